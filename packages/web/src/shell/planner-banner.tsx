import { KeyRound } from 'lucide-react'
import { usePageState } from '../app-context.ts'
import { texts } from '../texts.ts'

/** Says calmly that no language model answers. */
export function PlannerBanner () {
  const notice = usePageState(({ planner, route }) => route.screen === 'chat' && planner?.kind === 'rules' ? planner.notice ?? texts.planner.rulesNotice : null)
  if (notice === null) return null
  return (
    <section aria-label={texts.screens.who} className='flex min-h-9 shrink-0 items-center gap-3 border-b border-line bg-accent-soft px-4 py-1.5 text-sm'>
      <KeyRound size={15} className='shrink-0 text-accent' aria-hidden />
      <p className='min-w-0'>{notice}</p>
    </section>
  )
}
