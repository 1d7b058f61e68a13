import type { Approval } from '@cortex/contracts'
import { useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { maxReason } from '../approvals/answers.ts'
import { canDecide, mayDecide } from '../sign-in/may.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { excessOf, LengthNote } from '../ui/length-note.tsx'
import { useTry } from '../ui/use-try.ts'
import { showHidden } from '../ui/visible-text.ts'
import { ProblemError } from '../wire/api.ts'
import { ChangeSetBody, ChangeSetHeading, ConfirmField } from './change-set.tsx'

/** The question a task waits with: the exact change, then the two answers. */
export function ApprovalPanel ({ approval }: { approval: Approval }) {
  const [denying, setDenying] = useState(false)
  const [reason, setReason] = useState('')
  const [confirm, setConfirm] = useState('')
  const { commands } = usePage()
  const planner = usePageState((state) => state.planner)
  const live = usePageState(canDecide)
  const decides = usePageState(mayDecide)
  const answer = useTry()

  function decide (decision: 'approve' | 'deny') {
    answer.run(async () => {
      try {
        await commands.decide(approval, decision, decision === 'deny' ? { reason: reason.trim() } : { confirm })
      } catch (error) {
        if (error instanceof ProblemError && error.status === 409) throw new ProblemError(409, { code: error.code, detail: `${texts.approval.changedMeanwhile} (${error.message})` })
        throw error
      }
    })
  }

  return (
    <section aria-label={texts.approval.label} className='flex flex-col gap-2.5 rounded-xl border border-asking-edge bg-asking-soft p-3'>
      <ChangeSetHeading approval={approval} />
      <ChangeSetBody approval={approval} />
      {denying && (
        <label className='flex flex-col gap-1 text-sm font-medium'>
          {texts.approval.reason(planner)}
          <textarea value={reason} rows={3} autoFocus placeholder={texts.approval.reasonPlaceholder} onChange={(event) => setReason(event.target.value)} className='rounded-lg border border-edge bg-surface px-2.5 py-1.5 font-normal max-lg:text-[1rem]' />
        </label>
      )}
      {denying && <LengthNote text={reason} most={maxReason} />}
      {!denying && approval.confirm !== undefined && (
        <ConfirmField name={approval.confirm} value={confirm} onChange={setConfirm} />
      )}
      <Fault text={answer.error} />
      <div className='flex flex-wrap items-center justify-end gap-2'>
        <p className='me-auto text-sm text-muted'>{!decides ? texts.signIn.noDecision : !live ? texts.approval.offline : !denying && texts.approval.exactly}</p>
        {denying
          ? (
            <>
              <Button disabled={answer.busy} onClick={() => setDenying(false)}>{texts.approval.back}</Button>
              <Button tone='danger' disabled={!live || answer.busy || excessOf(reason, maxReason) > 0} onClick={() => decide('deny')}>{answer.busy ? texts.approval.sending : texts.approval.denyNow}</Button>
            </>
            )
          : (
            <>
              <Button disabled={!live || answer.busy} onClick={() => setDenying(true)}>{texts.approval.deny}</Button>
              <Button tone='primary' disabled={!live || answer.busy || (approval.confirm !== undefined && confirm !== approval.confirm)} onClick={() => decide('approve')}>{answer.busy ? texts.approval.sending : texts.approval.approve}</Button>
            </>
            )}
      </div>
    </section>
  )
}

/** An answer that was given, with what it was about, for who comes later. */
export function AnsweredApproval ({ approval }: { approval: Approval }) {
  const approved = approval.status === 'approved'
  return (
    <details className='rounded-xl border border-line px-3 py-2'>
      <summary className='min-h-6 py-0.5 text-sm'>
        <span className={approved ? 'text-done' : 'text-failed'}>{(approved ? texts.approval.approved : texts.approval.denied)(approval.decided_by)}</span>
        <span className='text-muted'> · {approved ? texts.approval.showChange : texts.approval.showDenied}</span>
      </summary>
      <div className='mt-2 flex flex-col gap-2.5'>
        {approval.reason && <p dir='auto' className='text-page text-sm break-words'>{showHidden(approval.reason)}</p>}
        <ChangeSetBody approval={approval} />
      </div>
    </details>
  )
}
