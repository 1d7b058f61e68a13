import type { PolicyList, PolicyRule } from '@cortex/contracts'
import { texts } from '../texts.ts'
import { Fault } from '../ui/fault.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useLoad } from '../ui/use-load.ts'
import { showHidden } from '../ui/visible-text.ts'
import { masterName } from '../state/task-view.ts'
import { Panel } from './panel.tsx'

type StandingPolicy = PolicyList['policies'][number]

/** What runs, what is asked and what is denied, as the agents say; it is changed in the operator's file alone. */
export function PolicyPanel () {
  const { value, error } = useLoad<PolicyList>('/v1/policy')
  const words = texts.policy
  return (
    <Panel title={words.title}>
      <p className='text-sm text-muted'>{words.text}</p>
      <p className='text-sm text-muted'>{words.hash}</p>
      <Fault text={error} />
      {!value && error === null && <Skeleton />}
      {value?.policies.length === 0 && <p className='text-sm text-asking'>{words.unknown}</p>}
      {value?.policies.map((policy, index) => <Rules key={index} policy={policy} alone={value.policies.length === 1} />)}
    </Panel>
  )
}

function Rules ({ policy: { file, rules, masters }, alone }: { policy: StandingPolicy, alone: boolean }) {
  const words = texts.policy
  return (
    <div className='mt-2 flex flex-col gap-2'>
      {!alone && <h3 className='text-sm font-medium'>{words.forMasters(masters.map(masterName))}</h3>}
      <p className='text-sm'>
        {file === null ? words.noFile : <>{words.fromFile} <span dir='ltr' className='font-mono text-xs [overflow-wrap:anywhere]'>{showHidden(file)}</span></>}
      </p>
      <ol className='flex flex-col divide-y divide-line rounded-lg border border-line text-sm'>
        {rules.map((rule) => (
          <li key={rule.name} className='flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-3 py-2'>
            <span className='min-w-0 flex-[1_1_14rem]'>
              <span dir='auto' className='text-page block font-medium break-words'>{showHidden(rule.name)}</span>
              <Conditions match={rule.match} />
            </span>
            <Decision rule={rule} />
          </li>
        ))}
        <li className='px-3 py-2 text-muted'>{rules.length === 0 ? words.defaults : words.otherwise}</li>
      </ol>
    </div>
  )
}

function Conditions ({ match }: { match: PolicyRule['match'] }) {
  const conditions = Object.entries(match)
  if (conditions.length === 0) return <span className='block text-muted'>{texts.policy.always}</span>
  return (
    <span className='flex flex-wrap gap-x-3 text-muted'>
      {conditions.map(([field, value]) => (
        <span key={field} className='min-w-0'>{texts.policy.fields[field as keyof PolicyRule['match']]} <span dir='ltr' className='font-mono text-xs [overflow-wrap:anywhere]'>{showHidden(texts.policy.values[String(value)] ?? String(value))}</span></span>
      ))}
    </span>
  )
}

const colors = { auto: 'text-done', ask: 'text-asking', deny: 'text-failed' } as const

function Decision ({ rule: { decision, confirm } }: { rule: PolicyRule }) {
  return <span className={`font-medium ${colors[decision]}`}>{texts.policy.decisions[decision]}{confirm !== undefined && `, ${confirm ? texts.policy.typed : texts.policy.notTyped}`}</span>
}
