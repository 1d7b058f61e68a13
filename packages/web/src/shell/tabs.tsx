import { ChartNoAxesGantt, LayoutGrid, MessageSquare } from 'lucide-react'
import { usePage, usePageState } from '../app-context.ts'
import { needCountHere } from '../state/page-state.ts'
import { texts } from '../texts.ts'

const tabs = [['chat', MessageSquare], ['tasks', LayoutGrid], ['timeline', ChartNoAxesGantt]] as const

/** The phone's way between chat, tasks and timeline. */
export function Tabs () {
  const { store, go } = usePage()
  const tab = usePageState((state) => state.tab)
  const needs = usePageState(needCountHere)
  return (
    <nav aria-label={texts.tabs.label} className='grid shrink-0 grid-cols-3 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden'>
      {tabs.map(([name, Icon]) => (
        <button
          key={name}
          type='button'
          aria-current={tab === name ? 'page' : undefined}
          onClick={() => { store.set({ tab: name }); go({ taskId: null }) }}
          className={`flex min-h-14 flex-col items-center justify-center gap-0.5 text-xs ${tab === name ? 'text-accent' : 'text-muted'}`}
        >
          <span className='relative'>
            <Icon size={21} strokeWidth={1.75} aria-hidden />
            {name === 'tasks' && needs > 0 && (
              <span className='absolute -top-1.5 start-3.5 grid h-[18px] min-w-[18px] place-items-center rounded-full bg-failed px-1 font-semibold text-surface'>
                <span aria-hidden>{needs}</span>
                <span className='sr-only'>{texts.chat.needYou(needs)}</span>
              </span>
            )}
          </span>
          {texts.tabs[name]}
        </button>
      ))}
    </nav>
  )
}
