import type { Task } from '@cortex/contracts'
import { memo, useMemo, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { tasksOf } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { clock, elapsed, hasEnded, latestOf, taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { StatusIcon } from '../ui/status.tsx'
import { useDesktop, useMedia } from '../ui/use-media.ts'
import { useNow } from '../ui/use-now.ts'
import { showHidden } from '../ui/visible-text.ts'
import { place, scaleOf, segmentsOf, type Scale, type Segment, type SegmentKind } from './segments.ts'

/** Rows drawn at first, the newest; a conversation may hold thousands of tasks. */
const firstShown = 200
const shownMore = 500

/** One row a task, on one scale of time. */
export function Timeline () {
  const all = usePageState((state) => [...tasksOf(state).values()], shallowEqual)
  const [whole, setWhole] = useState(false)
  const [limit, setLimit] = useState(firstShown)
  const desktop = useDesktop()
  const latest = latestOf(all)
  const chosen = whole ? all : latest
  const tasks = chosen.slice(-limit)
  const running = tasks.some((task) => !hasEnded(task))
  const ticked = useNow(running)
  const starts = tasks.map(({ metadata }) => Date.parse(metadata.created_at))
  const ends = tasks.map(({ metadata }) => Date.parse(metadata.completed_at ?? metadata.updated_at))
  // What just happened may be newer than the last tick of the clock. In whole seconds, so that what has ended stays as it was drawn.
  const now = Math.ceil(Math.max(ticked, ...ends) / 1_000) * 1_000
  const scale = useScale(Math.min(...starts), now)
  const Row = desktop ? WideRow : NarrowRow
  if (tasks.length === 0) return <p className='p-4 text-sm text-muted'>{texts.timeline.empty}</p>
  return (
    <div className='relative flex min-h-0 flex-1 flex-col'>
      {latest.length < all.length && <ScopeSwitch whole={whole} onChange={setWhole} />}
      <div tabIndex={0} role='group' aria-label={texts.timeline.label} className='min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]'>
        {tasks.length < chosen.length && <Button tone='ghost' className='mx-4' onClick={() => setLimit(limit + shownMore)}>{texts.board.earlierTasks(chosen.length - tasks.length)}</Button>}
        <div className='sticky top-0 z-10 border-b border-line bg-surface ps-4 lg:ps-[13.75rem]'>
          <div className='relative h-6 text-xs text-muted tabular-nums' aria-hidden>
            {scale.ticks.map((tick) => <span key={tick} className='absolute top-0.5 lg:-translate-x-1/2 lg:rtl:translate-x-1/2' style={{ insetInlineStart: `${place(scale, scale.start + tick)}%` }}>{clock(tick)}</span>)}
          </div>
        </div>
        <div className='relative'>
          <div className='pointer-events-none absolute inset-y-0 end-0 start-4 lg:start-[13.75rem]' aria-hidden>
            {scale.ticks.slice(1).map((tick) => <span key={tick} className='absolute inset-y-0 w-px bg-line' style={{ insetInlineStart: `${place(scale, scale.start + tick)}%` }} />)}
            {running && <span data-now className='absolute inset-y-0 w-0.5 bg-accent' style={{ insetInlineStart: `${place(scale, now)}%` }} />}
          </div>
          <ul className='relative'>{tasks.map((task) => <Row key={task.id} task={task} scale={scale} now={hasEnded(task) ? 0 : now} />)}</ul>
        </div>
      </div>
    </div>
  )
}

function ScopeSwitch ({ whole, onChange }: { whole: boolean, onChange: (whole: boolean) => void }) {
  return (
    <div role='group' aria-label={texts.timeline.scope} className='flex gap-1 px-4 pt-1 text-sm lg:absolute lg:-top-8 lg:end-4 lg:pt-0'>
      {[false, true].map((choice) => (
        <button key={String(choice)} type='button' aria-pressed={whole === choice} onClick={() => onChange(choice)} className={`min-h-7 rounded-md px-2 max-lg:min-h-11 ${whole === choice ? 'bg-raised font-medium' : 'text-muted hover:text-text'}`}>
          {choice ? texts.timeline.all : texts.timeline.latest}
        </button>
      ))}
    </div>
  )
}

function useScale (start: number, end: number): Scale {
  const desktop = useDesktop()
  const narrow = useMedia('(max-width: 79.99rem)')
  const wide = useMedia('(min-width: 90rem)')
  // Labels are as long on a narrow window; there they take more of it.
  const room = !desktop || wide ? 0.17 : narrow ? 0.28 : 0.21
  return useMemo(() => scaleOf(start, end, desktop ? 6 : 4, room), [start, end, desktop, room])
}

/** `now` is 0 for a task that has ended: time passes it by. */
interface RowProps { task: Task, scale: Scale, now: number }

const WideRow = memo(function WideRow ({ task, scale, now }: RowProps) {
  const segments = segmentsOf(task, now)
  const end = segments.at(-1)?.to ?? scale.start
  return (
    <RowButton task={task} className='flex h-6 items-center ps-4'>
      <span className='flex w-[12.75rem] shrink-0 items-center gap-2 pe-3 text-sm'>
        <StatusIcon status={task.status} size={14} />
        <span dir='auto' className='truncate'>{taskTitle(task)}</span>
      </span>
      <span className='relative h-full min-w-0 flex-1'>
        <Bars segments={segments} task={task} scale={scale} className='top-[5px] h-3.5' />
        <span className={`absolute top-1/2 end-1 -translate-y-1/2 truncate ps-1.5 text-xs ${labelColor(task)}`} style={{ insetInlineStart: `${place(scale, end)}%` }}>{showHidden(labelOf(task, now))}</span>
      </span>
    </RowButton>
  )
})

const NarrowRow = memo(function NarrowRow ({ task, scale, now }: RowProps) {
  return (
    <RowButton task={task} className='flex min-h-14 flex-col gap-1 border-b border-line py-1.5 ps-4'>
      <span className='flex items-center gap-2 pe-4 text-sm'>
        <StatusIcon status={task.status} size={14} />
        <span dir='auto' className='min-w-0 truncate'>{taskTitle(task)}</span>
        <span className={`relative ms-auto max-w-[50%] shrink-0 truncate bg-surface ps-2 ${labelColor(task)}`}>{showHidden(labelOf(task, now))}</span>
      </span>
      <span className='relative h-4'><Bars segments={segmentsOf(task, now)} task={task} scale={scale} className='top-0.5 h-3.5' /></span>
    </RowButton>
  )
})

function RowButton ({ task, className, children }: { task: Task, className: string, children: React.ReactNode }) {
  const { go } = usePage()
  const selected = usePageState(({ route }) => route.taskId === task.id)
  return (
    <li>
      <button type='button' aria-haspopup='dialog' onClick={() => go({ taskId: task.id })} className={`w-full text-start outline-offset-[-2px] ${selected ? 'bg-accent-soft' : 'hover:bg-raised/60'} ${className}`}>{children}</button>
    </li>
  )
}

const bars: Record<Exclude<SegmentKind, 'wait'>, string> = {
  ask: 'striped-asking border-asking',
  run: 'bg-running-soft border-running',
  worked: 'bg-running-fill border-running',
  done: 'bg-done-soft border-done',
  failed: 'bg-failed-soft border-failed',
  cancelled: 'striped-quiet border-quiet',
  lost: 'bg-quiet-soft border-quiet'
}

function Bars ({ segments, task, scale, className }: { segments: readonly Segment[], task: Task, scale: Scale, className: string }) {
  return segments.map(({ kind, from, to }) => {
    const box = { insetInlineStart: `${place(scale, from)}%`, width: `${place(scale, to) - place(scale, from)}%` }
    return kind === 'wait'
      ? <span key={from} className='absolute top-1/2 border-t border-dashed border-edge' style={box} />
      : (
        <span key={from} data-kind={kind} className={`absolute min-w-1 overflow-hidden rounded-[4px] border ${bars[kind]} ${className}`} style={box}>
          {kind === 'run' && <span className='block h-full bg-running-fill' style={{ width: `${task.progress?.percent ?? 0}%` }} />}
        </span>
        )
  })
}

function labelColor ({ status }: Task): string {
  return status === 'awaiting_approval' ? 'text-asking' : status === 'failed' ? 'text-failed' : 'text-muted'
}

function labelOf (task: Task, now: number): string {
  switch (task.status) {
    case 'in_progress': return `${task.progress?.percent ?? 0}%`
    case 'awaiting_approval': return texts.timeline.needsApproval
    case 'failed': return texts.timeline.failed
    case 'queued': return texts.timeline.queued
    case 'waiting': return waitLabel(task)
    case 'completed': case 'cancelled': return clock(elapsed(task, now) ?? 0)
  }
}

/** By name where it is one task, by number where it is more: there is little room. */
function waitLabel ({ depends_on: needs, waiting_for: waitingFor }: Task): string {
  if (needs.length > 1) return texts.timeline.waitsForTasks(needs.length)
  return waitingFor === null ? texts.timeline.waits : texts.timeline.waitsFor(waitingFor)
}
