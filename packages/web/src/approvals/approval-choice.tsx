import type { Approval } from '@cortex/contracts'
import { memo } from 'react'
import { usePage } from '../app-context.ts'
import { ChangeSetBody, ChangeSetHeading, ConfirmField } from '../drawer/change-set.tsx'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { LengthNote } from '../ui/length-note.tsx'
import { useInSight } from '../ui/use-in-sight.ts'
import { showHidden } from '../ui/visible-text.ts'
import { choices, lacksName, maxReason, type Answer } from './answers.ts'
import { AskedBy } from './asked-by.tsx'

/** The task that was split, which opens; its parts follow one another. */
function PartOf ({ whole: { task_id: taskId, title: whole }, title }: { whole: NonNullable<Approval['part_of']>, title: string | undefined }) {
  const { go } = usePage()
  return <button type='button' data-task-id={taskId} aria-haspopup='dialog' onClick={() => go({ taskId })} className='mb-0.5 min-h-6 ps-7 text-start text-sm break-words text-muted hover:underline max-lg:min-h-11'>{texts.approval.partOf(showHidden(whole), title === undefined ? undefined : showHidden(title))}</button>
}

export interface ApprovalChoiceProps {
  approval: Approval
  /** Their titles, by id. */
  conversations: ReadonlyMap<string, string>
  answer: Answer
  /** Why the last answer to this one was not taken. */
  error: string | null
  disabled: boolean
  onChange: (id: string, part: Partial<Answer>) => void
  /** Its change has been in sight to its end. */
  onSeen: (id: string) => void
}

/** One change set, whole, and what is to become of it. Drawn again only when its own answer changes: there may be two hundred. */
export const ApprovalChoice = memo(function ApprovalChoice ({ approval, conversations, answer, error, disabled, onChange, onSeen }: ApprovalChoiceProps) {
  const { go } = usePage()
  const { id, summary, task_id: taskId, task_title: title, part_of: whole, confirm } = approval
  const words = texts.batch
  const end = useInSight(() => onSeen(id))
  return (
    <li className='flex flex-col gap-2.5 rounded-xl border border-asking-edge bg-asking-soft p-3'>
      <div className='flex flex-wrap items-start gap-2'>
        <div className='flex min-w-0 flex-1 flex-col gap-1 max-sm:basis-full'>
          {whole && <PartOf whole={whole} title={title} />}
          <ChangeSetHeading as='h2' approval={approval} />
          <AskedBy approval={approval} conversations={conversations} />
        </div>
        <Button tone='ghost' className='-my-0.5 max-sm:ms-auto' aria-haspopup='dialog' data-task-id={taskId} onClick={() => go({ taskId })}>{words.openTask}</Button>
      </div>
      <ChangeSetBody approval={approval} />
      <span ref={end} aria-hidden />
      <fieldset disabled={disabled} className='flex flex-wrap items-center gap-x-5 gap-y-1'>
        <legend className='sr-only'>{words.choice(showHidden(summary))}</legend>
        {choices.map((choice) => (
          <label key={choice} className='flex min-h-8 items-center gap-2 text-sm font-medium max-lg:min-h-11'>
            <input type='radio' name={`answer-${id}`} checked={answer.choice === choice} onChange={() => onChange(id, { choice })} className='size-4 accent-accent' />
            {words.choices[choice]}
          </label>
        ))}
      </fieldset>
      {answer.choice === 'approve' && confirm !== undefined && <ConfirmField name={confirm} value={answer.typed} onChange={(typed) => onChange(id, { typed })} />}
      {answer.choice !== 'later' && (
        <label className='flex flex-col gap-1 text-sm font-medium'>
          {words.reason}
          <input type='text' dir='auto' value={answer.reason} autoComplete='off' disabled={disabled} placeholder={words.reasonHint} onChange={(event) => onChange(id, { reason: event.target.value })} className='h-9 rounded-lg border border-edge bg-surface px-2.5 font-normal max-lg:h-11 max-lg:text-[1rem]' />
        </label>
      )}
      {answer.choice !== 'later' && <LengthNote text={answer.reason} most={maxReason} />}
      {lacksName(approval, answer) && <p className='text-sm text-asking'>{words.nameMissing}</p>}
      <Fault text={error} />
    </li>
  )
})
