import type { Approval, Task } from '@cortex/contracts'
import { CircleX, RotateCw, ShieldCheck, ShieldQuestionMark } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { canAsk } from '../sign-in/may.ts'
import { needsOf, type Needs } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { useTry } from '../ui/use-try.ts'
import { showHidden } from '../ui/visible-text.ts'

/** Items shown before the rest is folded, so that the board stays in sight. */
const foldAfter = 3

const sameNeeds = (a: Needs, b: Needs) => shallowEqual(a.approvals, b.approvals) && shallowEqual(a.failed, b.failed)

/** What only a person can move on: questions first, then failures. */
export function NeedsYou () {
  const { approvals, failed } = usePageState(needsOf, sameNeeds)
  const [whole, setWhole] = useState(false)
  const items: ReactNode[] = [
    ...approvals.map((approval) => <ApprovalItem key={approval.id} approval={approval} />),
    ...failed.map((task) => <FailedItem key={task.id} task={task} />)
  ]
  if (items.length === 0) return null
  const together = approvals.length > 1
  const folded = items.length - foldAfter
  return (
    <section aria-label={texts.board.needsYou} tabIndex={-1} className='rounded-xl flex flex-col gap-2'>
      {together && <ReviewAll count={approvals.length} />}
      {whole ? items : items.slice(0, foldAfter)}
      {folded > 0 && <Button tone='ghost' className='self-start' aria-expanded={whole} onClick={() => setWhole(!whole)}>{whole ? texts.board.fewerNeeds : texts.board.moreNeeds(folded)}</Button>}
    </section>
  )
}

/** Many questions are answered on one screen, the riskiest first. */
function ReviewAll ({ count }: { count: number }) {
  const { go } = usePage()
  return (
    <div className='flex items-center justify-between gap-3 ps-1'>
      <p className='min-w-0 text-sm font-medium text-asking'>{texts.board.waitingTogether(count)}</p>
      <Button icon={ShieldCheck} onClick={() => go({ screen: 'approvals', conversationId: null, taskId: null })}>{texts.board.reviewAll(count)}</Button>
    </div>
  )
}

interface ItemProps { icon: ReactNode, title: string, text: string, className: string, children: ReactNode, error?: string | null }

function Item ({ icon, title, text, className, children, error = null }: ItemProps) {
  return (
    <div className={`rounded-xl border px-3 py-2 ${className}`}>
      <div className='flex items-center gap-x-3 gap-y-2 max-lg:flex-wrap'>
        {icon}
        <div className='min-w-0 flex-1'>
          <p dir='auto' className='truncate text-page font-medium max-lg:whitespace-normal'>{title}</p>
          <p dir='auto' className='truncate text-page text-sm text-muted max-lg:line-clamp-3 max-lg:whitespace-normal'>{text}</p>
        </div>
        <div className='flex gap-2 max-lg:w-full max-lg:*:flex-1'>{children}</div>
      </div>
      <Fault text={error} />
    </div>
  )
}

function ApprovalItem ({ approval }: { approval: Approval }) {
  const { go } = usePage()
  const { task_title: title, part_of: whole } = approval
  const text = [whole && texts.approval.partOf(whole.title, title), texts.approval.changes(approval.changes.length), texts.approval.risk[approval.risk], approval.dry_run.split('\n', 1)[0]].filter(Boolean).join(' · ')
  return (
    <Item icon={<ShieldQuestionMark size={18} className='shrink-0 text-asking' aria-hidden />} title={showHidden(approval.summary)} text={showHidden(text)} className='border-asking-edge bg-asking-soft'>
      <Button onClick={() => go({ taskId: approval.task_id })}>{texts.board.reviewDiff}</Button>
    </Item>
  )
}

function FailedItem ({ task }: { task: Task }) {
  const { go, commands } = usePage()
  const live = usePageState(canAsk)
  const retry = useTry()
  return (
    <Item
      icon={<CircleX size={18} className='shrink-0 text-failed' aria-hidden />}
      title={texts.board.failed(taskTitle(task))}
      text={showHidden(task.error?.message.split('\n', 1)[0] ?? '')}
      className='border-line bg-surface'
      error={retry.error}
    >
      <Button tone='ghost' className='max-lg:border-edge' onClick={() => go({ taskId: task.id })}>{texts.board.viewLog}</Button>
      <Button icon={RotateCw} disabled={!live || retry.busy} onClick={() => retry.run(() => commands.retryTask(task.id))}>
        {texts.board.retry}
        <span className='font-normal text-muted'>{texts.board.used(task.attempt, task.max_attempts)}</span>
      </Button>
    </Item>
  )
}
