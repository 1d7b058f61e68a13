import type { PlannerSettings } from '@cortex/contracts'
import { Cpu, Sparkles } from 'lucide-react'
import { usePage, usePageState } from '../app-context.ts'
import { canAsk } from '../sign-in/may.ts'
import { texts } from '../texts.ts'
import { Fault } from '../ui/fault.tsx'
import { useLoad } from '../ui/use-load.ts'
import { useTry } from '../ui/use-try.ts'

/** Who answers here, and where there is more than one to choose from, who shall. */
export function ModelPicker () {
  const planner = usePageState((state) => state.planner)
  const id = usePageState(({ conversation }) => conversation?.id)
  const chosen = usePageState(({ conversation }) => conversation?.model ?? null)
  const live = usePageState(canAsk)
  const { value: settings } = useLoad<PlannerSettings>(id === undefined ? null : '/v1/planner')
  const { commands } = usePage()
  const change = useTry()
  if (!planner) return null
  const Icon = planner.kind === 'rules' ? Cpu : Sparkles
  const choices = settings && settings.models.length > 1 && planner.kind !== 'rules' ? settings : null
  return (
    <>
      <Icon size={15} className='shrink-0' aria-hidden />
      {choices && id !== undefined
        ? (
          <select value={chosen ?? ''} disabled={!live || change.busy} aria-label={texts.chat.model} onChange={({ target: { value } }) => change.run(() => commands.changeConversation(id, { model: value || null }))} className='min-h-7 min-w-0 truncate rounded-md bg-surface hover:text-text max-lg:min-h-11'>
            <option value=''>{texts.chat.modelDefault(choices.model)}</option>
            {choices.models.map((model) => <option key={model} value={model}>{model}</option>)}
          </select>
          )
        : <span className='truncate'>{planner.kind === 'rules' ? texts.planner.rules : planner.model}</span>}
      <Fault text={change.error} />
    </>
  )
}
