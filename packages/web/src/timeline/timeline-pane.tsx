import { PanelBottom } from 'lucide-react'
import { usePage, usePageState } from '../app-context.ts'
import { tasksOf } from '../state/page-state.ts'
import { texts } from '../texts.ts'
import { Timeline } from './timeline.tsx'

/** The desktop's timeline below the board; its head folds it away. */
export function TimelinePane () {
  const { store, preferences } = usePage()
  const empty = usePageState((state) => tasksOf(state).size === 0)
  const open = usePageState((state) => state.timelineOpen)
  if (empty) return null
  function toggle () {
    preferences.keepTimelineOpen(!open)
    store.set({ timelineOpen: !open })
  }
  return (
    <section aria-label={texts.timeline.label} className={`flex shrink-0 flex-col border-t border-line bg-surface ${open ? 'h-[278px]' : ''}`}>
      <h2 className='shrink-0'>
        <button type='button' aria-expanded={open} title={open ? texts.timeline.hide : texts.timeline.show} onClick={toggle} className='flex min-h-9 items-center gap-2 px-4 text-sm font-semibold'>
          <PanelBottom size={15} className='text-muted' aria-hidden />
          {texts.timeline.label}
        </button>
      </h2>
      {open && <Timeline />}
    </section>
  )
}
