import type { Approval } from '@cortex/contracts'
import { texts } from '../texts.ts'
import { Confirm } from '../ui/confirm.tsx'
import { showHidden } from '../ui/visible-text.ts'

/** Names listed before the rest is only counted. */
const mostNamed = 5

export interface ApproveAllProps {
  /** The riskiest first. */
  approvals: readonly Approval[]
  /** Ids of those whose change was in sight to its end. */
  seen: ReadonlySet<string>
  onYes: () => void
  onClose: () => void
}

/** Asks before everything is marked for approval: how much it is, how far the riskiest reaches, and what nobody has looked at. */
export function ApproveAll ({ approvals, seen, onYes, onClose }: ApproveAllProps) {
  const words = texts.batch.approveAll
  const [riskiest] = approvals
  const unseen = approvals.filter(({ id }) => !seen.has(id))
  const named = unseen.slice(0, mostNamed).map(({ task_title: title, summary }) => showHidden(title ?? summary))
  return (
    <Confirm
      title={words.title(approvals.length)}
      text={`${riskiest ? words.risk(riskiest.risk) : ''} ${words.notSent}`}
      yes={words.yes(approvals.length)}
      no={texts.approval.back}
      run={async () => onYes()}
      onClose={onClose}
    >
      {unseen.length > 0 && (
        <div className='mt-3 text-sm'>
          <p className='font-medium text-asking'>{words.unseen(unseen.length)}</p>
          <ul className='mt-1 flex list-disc flex-col gap-0.5 ps-5'>
            {named.map((name, index) => <li key={index} className='break-words [unicode-bidi:plaintext]'>{name}</li>)}
            {unseen.length > named.length && <li>{texts.calls.more(unseen.length - named.length)}</li>}
          </ul>
        </div>
      )}
    </Confirm>
  )
}
