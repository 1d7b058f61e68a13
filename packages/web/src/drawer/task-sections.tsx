import type { ApprovalList, Task, TaskList } from '@cortex/contracts'
import { Check, Circle, CircleMinus, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { Markdown } from '../chat/markdown.tsx'
import { openTask, shownApprovals, shownTasks } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { clock, elapsed, masterName, pendingApproval, taskTitle } from '../state/task-view.ts'
import { addUsage, nothingSpent } from '../state/usage.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { StatusWord } from '../ui/status.tsx'
import { useLoad } from '../ui/use-load.ts'
import { useNow } from '../ui/use-now.ts'
import { showHidden } from '../ui/visible-text.ts'
import { ApprovalPanel } from './approval-panel.tsx'
import { LogView } from './log-view.tsx'
import { TaskCommands } from './task-commands.tsx'

export function ErrorSection ({ task }: { task: Task }) {
  if (task.status !== 'failed' || !task.error) return null
  return (
    <section className='flex gap-2.5 rounded-xl bg-failed-soft px-3 py-2.5'>
      <CircleX size={16} className='mt-1 shrink-0 text-failed' aria-hidden />
      <div className='min-w-0'>
        <p dir='auto' className='text-page font-medium break-words whitespace-pre-wrap'>{showHidden(task.error.message)}</p>
        <p className='mt-1 text-sm text-muted'>{texts.drawer.attemptOf(task.attempt, task.max_attempts)}</p>
      </div>
    </section>
  )
}

export function ResultSection ({ task: { result } }: { task: Task }) {
  if (!result) return null
  return (
    <section className='flex flex-col gap-2'>
      <h3 className='font-semibold'>{texts.drawer.result}</h3>
      <Markdown text={result.summary} />
      {result.report && <Markdown text={result.report} />}
      <h4 className='mt-1 text-sm font-medium text-muted'>{texts.drawer.evidence}</h4>
      <ul className='flex flex-col gap-1'>
        {result.evidence.map(({ claim, detail }, index) => (
          <li key={index}>
            <details>
              <summary className='min-h-6 py-0.5 text-sm max-lg:min-h-9'><Check size={14} className='me-1.5 inline text-done' aria-hidden /><bdi>{showHidden(claim)}</bdi></summary>
              <pre dir='ltr' className='mt-1 rounded-lg border border-line bg-inset px-3 py-1.5 font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]'>{showHidden(detail)}</pre>
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}

type StepStatus = keyof typeof texts.drawer.step

const stepIcons: Record<StepStatus, readonly [LucideIcon, string]> = {
  pending: [Circle, 'text-muted'],
  running: [LoaderCircle, 'animate-turn text-running'],
  done: [Check, 'text-done'],
  failed: [CircleX, 'text-failed'],
  skipped: [CircleMinus, 'text-muted']
}

/** What was under way when a task ended, ended with it. */
function finished (step: StepStatus, { status }: Task): StepStatus {
  if (step !== 'running') return step
  return status === 'completed' ? 'done' : status === 'failed' ? 'failed' : status === 'cancelled' ? 'skipped' : step
}

export function StepsSection ({ task }: { task: Task }) {
  const steps = task.progress?.steps ?? []
  if (task.sub_tasks) return <SubTasksSection task={task} />
  if (steps.length === 0) return null
  return (
    <section>
      <h3 className='mb-1 font-semibold'>{texts.drawer.steps}</h3>
      <ol className='flex flex-col'>
        {steps.map(({ name, status: reported }, index) => {
          const status = finished(reported, task)
          const [Icon, color] = stepIcons[status]
          return (
            <li key={index} className={`flex items-center gap-2.5 py-px ${status === 'pending' || status === 'skipped' ? 'text-muted' : ''}`}>
              <Icon size={15} className={`shrink-0 ${color}`} aria-hidden />
              <span dir='auto' className='min-w-0 break-words'>{showHidden(name)}</span>
              <span className='sr-only'>{texts.drawer.step[status]}</span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

/** They are in no list of the page, so they are read here: anew with each change of the whole, which tells of them. */
function SubTasksSection ({ task: { id, rev } }: { task: Task }) {
  const { value, error, reload } = useLoad<TaskList>(`/v1/tasks?parent_id=${id}&limit=200`)
  useEffect(reload, [reload, rev])
  return (
    <section>
      <h3 className='mb-1 font-semibold'>{texts.drawer.subTasks}</h3>
      <Fault text={error} />
      <ol className='flex flex-col gap-1'>{value?.tasks.toReversed().map((task) => <li key={task.id} className='flex flex-col gap-1'><SubTaskItem task={task} onChange={reload} /></li>)}</ol>
    </section>
  )
}

function SubTaskItem ({ task, onChange }: { task: Task, onChange: () => void }) {
  const { go } = usePage()
  const known = usePageState((state) => pendingApproval(shownApprovals(state).values(), task.id))
  // On a screen without a stream nothing has told of it.
  const { value: asked } = useLoad<ApprovalList>(known === undefined && task.status === 'awaiting_approval' ? `/v1/approvals?task_id=${task.id}&status=pending` : null)
  const approval = known ?? asked?.approvals[0]
  const [open, setOpen] = useState(false)
  const reason = task.status === 'waiting' && task.waiting_for !== null ? texts.board.waitsFor(task.waiting_for) : task.metadata.cancel_reason
  return (
    <>
      <details className='rounded-lg border border-line px-3 py-1.5' onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary className='min-h-6 py-0.5 text-sm max-lg:min-h-9'>
          <span className='me-2 inline-block align-middle'><StatusWord status={task.status} /></span>
          <bdi className='break-words'>{taskTitle(task)}</bdi>
        </summary>
        {open && (
          <div className='mt-2 flex flex-col gap-4'>
            <p dir='auto' className='text-page text-sm break-words whitespace-pre-wrap text-muted'>{showHidden(task.payload.query)}</p>
            {reason && <p dir='auto' className='text-page text-sm break-words'>{showHidden(reason)}</p>}
            <ErrorSection task={task} />
            <ResultSection task={task} />
            <StepsSection task={task} />
            <LogView taskId={task.id} />
            <div className='flex flex-wrap gap-2'>
              <TaskCommands task={task} onDone={onChange} />
              <Button tone='ghost' onClick={() => go({ taskId: task.id })}>{texts.batch.openTask}</Button>
            </div>
          </div>
        )}
      </details>
      {approval && <ApprovalPanel approval={approval} />}
    </>
  )
}

export function FactsSection ({ task }: { task: Task }) {
  const { go } = usePage()
  const screen = usePageState(({ route }) => route.screen)
  const needs = usePageState((state) => task.depends_on.flatMap((id) => shownTasks(state).get(id) ?? []), shallowEqual)
  const unblocks = usePageState((state) => [...shownTasks(state).values()].filter(({ depends_on: ids }) => ids.includes(task.id)), shallowEqual)
  const time = elapsed(task, useNow(task.status === 'in_progress' || task.status === 'awaiting_approval'))
  const { usage, result, conversation_id: conversationId } = task
  const spent = addUsage(nothingSpent, usage)
  return (
    <section>
      <dl className='grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1 text-sm'>
        {task.parent_id && <Fact name={texts.drawer.partOf}><Whole id={task.parent_id} /></Fact>}
        <Fact name={texts.drawer.asked}><span dir='auto' className='text-page block whitespace-pre-wrap'>{showHidden(task.payload.query)}</span></Fact>
        <Fact name={texts.drawer.agent}>{masterName(task.assigned_to)}{task.worker && <> <span dir='ltr' className='inline-block font-mono text-xs'>{task.worker}</span></>}</Fact>
        {time !== null && <Fact name={texts.drawer.elapsed}><span className='tabular-nums'>{clock(time)}</span></Fact>}
        <Fact name={texts.drawer.dependsOn}><TaskLinks tasks={needs} /></Fact>
        <Fact name={texts.drawer.unblocks}><TaskLinks tasks={unblocks} /></Fact>
        {task.metadata.cancel_reason && <Fact name={texts.drawer.why}><span dir='auto' className='block text-page'>{showHidden(task.metadata.cancel_reason)}</span></Fact>}
        <Fact name={texts.drawer.priority}>{texts.drawer.priorities[task.priority] ?? task.priority}</Fact>
        {task.target && <Fact name={texts.drawer.target}><span dir='ltr' className='inline-block font-mono text-xs'>{showHidden(task.target)}</span></Fact>}
        {result?.commit && <Fact name={texts.drawer.commit}><span dir='ltr' className='inline-block font-mono text-xs'>{result.commit}</span></Fact>}
        {result?.files && result.files.length > 0 && <Fact name={texts.drawer.files}>{result.files.map((file) => <span key={file} dir='ltr' className='block text-start font-mono text-xs'>{showHidden(file)}</span>)}</Fact>}
        {spent.tokens > 0 && <Fact name={texts.drawer.tokens}>{texts.usage(spent)}</Fact>}
        <Fact name={texts.drawer.id}><span dir='ltr' className='inline-block font-mono text-xs'>{task.id}</span></Fact>
        {screen !== 'chat' && conversationId && <Fact name={texts.drawer.conversation}><LinkButton onClick={() => go({ screen: 'chat', conversationId, taskId: task.id })}>{texts.drawer.openConversation}</LinkButton></Fact>}
      </dl>
    </section>
  )
}

function Fact ({ name, children }: { name: string, children: ReactNode }) {
  return (
    <>
      <dt className='text-muted'>{name}</dt>
      <dd className='min-w-0 break-words [overflow-wrap:anywhere]'>{children}</dd>
    </>
  )
}

function TaskLinks ({ tasks }: { tasks: readonly Task[] }) {
  const { go } = usePage()
  if (tasks.length === 0) return texts.drawer.nothing
  return <span className='flex flex-wrap gap-x-3'>{tasks.map((task) => <LinkButton key={task.id} onClick={() => go({ taskId: task.id })}>{taskTitle(task)}</LinkButton>)}</span>
}

/** The task that this is a part of. */
function Whole ({ id }: { id: string }) {
  const { go } = usePage()
  const whole = usePageState((state) => openTask(state, id))
  return <LinkButton onClick={() => go({ taskId: id })}>{whole ? taskTitle(whole) : id}</LinkButton>
}

function LinkButton ({ onClick, children }: { onClick: () => void, children: ReactNode }) {
  return <button type='button' onClick={onClick} className='min-h-6 text-start underline underline-offset-2 max-lg:min-h-9'>{children}</button>
}
