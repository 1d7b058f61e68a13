import type { ApprovalList } from '@cortex/contracts'
import { ShieldCheck } from 'lucide-react'
import { useCallback, useRef, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { Screen } from '../screens/screen.tsx'
import { canDecide } from '../sign-in/may.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { excessOf } from '../ui/length-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useLoad } from '../ui/use-load.ts'
import { useRefresh } from '../ui/use-refresh.ts'
import { useTry } from '../ui/use-try.ts'
import { byRisk, choices, decisionsOf, lacksName, maxReason, noAnswer, type Answer, type Answers, type Choice } from './answers.ts'
import { ApprovalChoice } from './approval-choice.tsx'
import { ApproveAll } from './approve-all.tsx'
import { useConversationTitles } from './use-conversation-titles.ts'

/** As many as one call may answer. */
const mostAtOnce = 200
/** Change sets are large, so this looks less often than a list of tasks. */
const refreshMs = 5_000

/** Everything that waits for a person on one screen: a choice and a reason each, sent together. */
export function ApprovalsScreen () {
  const { commands, store } = usePage()
  const { value, error, reload } = useLoad<ApprovalList>(`/v1/approvals?status=pending&limit=${mostAtOnce}`)
  const [answers, setAnswers] = useState<Answers>(new Map())
  const [faults, setFaults] = useState<ReadonlyMap<string, string>>(new Map())
  const [outcome, setOutcome] = useState('')
  const [approvingAll, setApprovingAll] = useState(false)
  const seen = useRef(new Set<string>())
  const live = usePageState(canDecide)
  const sending = useTry()
  useRefresh(reload, refreshMs)

  const answerOne = useCallback((id: string, part: Partial<Answer>) => {
    setAnswers((before) => new Map(before).set(id, { ...(before.get(id) ?? noAnswer), ...part }))
  }, [])
  const markSeen = useCallback((id: string) => { seen.current.add(id) }, [])
  const asked = byRisk(value?.approvals ?? [])
  const conversations = useConversationTitles(asked)
  const answerAll = (choice: Choice) => setAnswers((before) => new Map(asked.map(({ id }) => [id, { ...(before.get(id) ?? noAnswer), choice }])))
  const decisions = decisionsOf(asked, answers)
  const tooLong = decisions.some(({ reason = '' }) => excessOf(reason, maxReason) > 0)
  const nameless = asked.some((approval) => lacksName(approval, answers.get(approval.id) ?? noAnswer))

  function send () {
    sending.run(async () => {
      const results = await commands.decideMany(decisions)
      const refused = results.flatMap(({ id, error }) => error ? [[id, error.message] as const] : [])
      const words = texts.batch.sent(results.length - refused.length, refused.length)
      setFaults(new Map(refused))
      setAnswers((before) => new Map([...before].filter(([id]) => !results.some((result) => result.id === id))))
      setOutcome(words)
      store.set({ announcement: words })
      reload()
    })
  }

  if (!value) return <Screen>{error === null ? <Skeleton /> : <Fault text={error} />}</Screen>
  return (
    <Screen text={texts.batch.text}>
      {error !== null && <Fault text={error} />}
      {outcome !== '' && <p className='text-sm text-done'>{outcome}</p>}
      {asked.length === 0
        ? <NothingWaits />
        : (
          <>
            {asked.length > 1 && <ForAll disabled={!live || sending.busy} onChoose={(choice) => choice === 'approve' ? setApprovingAll(true) : answerAll(choice)} />}
            {asked.length === mostAtOnce && <p className='text-sm text-muted'>{texts.batch.most(mostAtOnce)}</p>}
            <ul className='flex flex-col gap-4'>
              {asked.map((approval) => <ApprovalChoice key={approval.id} approval={approval} conversations={conversations} answer={answers.get(approval.id) ?? noAnswer} error={faults.get(approval.id) ?? null} disabled={!live || sending.busy} onChange={answerOne} onSeen={markSeen} />)}
            </ul>
            {approvingAll && <ApproveAll approvals={asked} seen={seen.current} onYes={() => answerAll('approve')} onClose={() => setApprovingAll(false)} />}
            <div className='sticky bottom-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-edge bg-surface px-4 py-3 shadow-xl'>
              <p className='min-w-0 flex-1 text-sm text-muted tabular-nums'>{live ? countWords(decisions, asked.length) : texts.approval.offline}</p>
              <Button tone='primary' className='max-sm:w-full' disabled={!live || sending.busy || nameless || tooLong || decisions.length === 0} onClick={send}>{sending.busy ? texts.approval.sending : texts.batch.send(decisions.length)}</Button>
              {sending.error !== null && <div className='w-full'><Fault text={sending.error} /></div>}
            </div>
          </>
          )}
    </Screen>
  )
}

function countWords (decisions: ReturnType<typeof decisionsOf>, all: number): string {
  const approved = decisions.filter(({ decision }) => decision === 'approve').length
  return texts.batch.count(approved, decisions.length - approved, all - decisions.length)
}

function ForAll ({ disabled, onChoose }: { disabled: boolean, onChoose: (choice: Choice) => void }) {
  return (
    <div role='group' aria-label={texts.batch.forAll} className='flex flex-wrap items-center gap-2 text-sm'>
      <span className='me-1 text-muted'>{texts.batch.forAll}</span>
      {choices.map((choice) => <Button key={choice} disabled={disabled} onClick={() => onChoose(choice)}>{texts.batch.choices[choice]}</Button>)}
    </div>
  )
}

function NothingWaits () {
  return (
    <div className='flex flex-col items-center gap-1 py-16 text-center'>
      <ShieldCheck size={28} className='mb-1.5 text-muted' aria-hidden />
      <h2 className='font-semibold'>{texts.batch.none}</h2>
      <p className='max-w-96 text-muted'>{texts.batch.noneText}</p>
    </div>
  )
}
