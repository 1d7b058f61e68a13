import type { PlannerIdentity, PlannerSettings } from '@cortex/contracts'
import { KeyRound, TriangleAlert } from 'lucide-react'
import { usePageState } from '../app-context.ts'
import { texts } from '../texts.ts'
import { useLoad } from '../ui/use-load.ts'
import { useRefresh } from '../ui/use-refresh.ts'

/** A test at the start may take minutes where the model has to be loaded first. */
const refreshMs = 15_000

/** Says calmly that no language model answers, or what the one that does has been seen not to do. */
export function PlannerBanner () {
  const planner = usePageState(({ planner, route }) => route.screen === 'chat' ? planner : null)
  switch (planner?.kind) {
    case 'rules': return <Banner icon={KeyRound} text={texts.planner.rulesNotice} />
    case 'local': return <TestedBanner planner={planner} />
    default: return planner?.notice ? <Banner icon={TriangleAlert} text={planner.notice} /> : null
  }
}

function TestedBanner ({ planner: { model, notice } }: { planner: PlannerIdentity }) {
  const { value: settings, reload } = useLoad<PlannerSettings>('/v1/planner')
  const test = settings?.self_test
  useRefresh(test === null ? reload : nothing, refreshMs)
  const text = test ? texts.planner.selfTest[test.outcome](model) : notice
  return text === null ? null : <Banner icon={TriangleAlert} text={text} />
}

function nothing (): void {}

function Banner ({ icon: Icon, text }: { icon: typeof KeyRound, text: string }) {
  return (
    <section aria-label={texts.screens.who} className='flex min-h-9 shrink-0 items-center gap-3 border-b border-line bg-accent-soft px-4 py-1.5 text-sm'>
      <Icon size={15} className='shrink-0 text-accent' aria-hidden />
      <p dir='auto' className='min-w-0 text-page break-words'>{text}</p>
    </section>
  )
}
