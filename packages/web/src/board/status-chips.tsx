import type { TaskStatus } from '@cortex/contracts'
import { usePage, usePageState } from '../app-context.ts'
import { tasksOf } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { statusOrder } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { statusColor, statusFill, StatusIcon } from '../ui/status.tsx'

type Counts = Partial<Record<TaskStatus, number>>

/** In this order the bar reads from what is behind us to what is still to come. */
const barOrder = ['completed', 'in_progress', 'awaiting_approval', 'failed', 'waiting', 'queued', 'cancelled'] as const satisfies readonly TaskStatus[]

function useCounts (): Counts {
  return usePageState((state) => {
    const counts: Counts = {}
    for (const { status } of tasksOf(state).values()) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }, shallowEqual)
}

export function StatusBar () {
  const counts = useCounts()
  const present = barOrder.filter((status) => counts[status])
  const words = present.map((status) => `${counts[status]} ${texts.statusCount(status, counts[status] ?? 0)}`).join(', ')
  return (
    <div role='img' aria-label={`${texts.board.spread}: ${words}`} className='flex h-2 w-28 shrink-0 gap-0.5 overflow-hidden rounded-full max-[90rem]:hidden'>
      {present.map((status) => <span key={status} className={statusFill[status]} style={{ flexGrow: counts[status] ?? 0 }} />)}
    </div>
  )
}

/** A chip a status; pressing one shows its tasks only. */
export function StatusChips () {
  const { store } = usePage()
  const counts = useCounts()
  const filter = usePageState((state) => state.filter)
  return (
    <div role='group' aria-label={texts.board.filters} className='flex min-w-0 gap-1 overflow-x-auto max-lg:gap-1.5 p-0.5 max-lg:shrink-0 [scrollbar-width:none]'>
      {statusOrder.filter((status) => counts[status] ?? status === filter).map((status) => (
        <button
          key={status}
          type='button'
          aria-pressed={filter === status}
          onClick={() => store.set({ filter: filter === status ? null : status })}
          className={`flex min-h-7 shrink-0 items-center gap-1.5 rounded-full border px-2 text-xs font-medium max-lg:min-h-11 max-lg:px-3.5 max-lg:text-sm ${statusColor[status]} ${filter === status ? 'border-current bg-surface' : 'border-line hover:border-edge'}`}
        >
          <StatusIcon status={status} size={14} />
          {counts[status] ?? 0} {texts.statusCount(status, counts[status] ?? 0)}
        </button>
      ))}
    </div>
  )
}
