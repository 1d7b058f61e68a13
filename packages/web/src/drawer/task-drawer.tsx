import type { ApprovalList, Task } from '@cortex/contracts'
import { X } from 'lucide-react'
import { useEffect, useRef, type RefObject } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { openTask, shownApprovals, tasksOf } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { masterName, shortId, taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { IconButton } from '../ui/button.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { StatusWord } from '../ui/status.tsx'
import { useLoad } from '../ui/use-load.ts'
import { useRefresh } from '../ui/use-refresh.ts'
import { AnsweredApproval, ApprovalPanel } from './approval-panel.tsx'
import { LogView } from './log-view.tsx'
import { TaskCommands } from './task-commands.tsx'
import { ErrorSection, FactsSection, ResultSection, StepsSection } from './task-sections.tsx'

/** One task in full, what needs a person first. */
export function TaskDrawer ({ id }: { id: string }) {
  const { go } = usePage()
  const task = usePageState((state) => openTask(state, id))
  const loading = usePageState(({ route, conversation, connection }) => route.conversationId !== null && !conversation && connection.kind !== 'missing')
  const title = useRef<HTMLHeadingElement>(null)
  useLooseTask(id)
  useFocusInside(title, id)
  return (
    <div
      role='dialog'
      aria-label={task ? taskTitle(task) : texts.drawer.label}
      tabIndex={-1}
      className='outline-offset-[-2px] absolute inset-y-0 end-0 z-20 flex w-full flex-col border-line bg-surface lg:w-[min(100%,32.5rem)] lg:border-s lg:shadow-2xl'
    >
      <div className='flex flex-wrap items-center gap-x-2 gap-y-2 border-b border-line px-4 py-3'>
        <div className='min-w-0 flex-1'>
          {task && (
            <p className='flex flex-wrap items-center gap-x-3 text-sm'>
              <StatusWord status={task.status} />
              <span className='font-mono text-xs text-muted'>{shortId(id)}</span>
              <span className='text-muted'>{masterName(task.assigned_to)}</span>
            </p>
          )}
          <h2 ref={title} dir='auto' tabIndex={-1} className='text-base font-semibold text-page break-words outline-none'>{task ? taskTitle(task) : texts.drawer.label}</h2>
        </div>
        <IconButton icon={X} label={texts.drawer.close} size={18} className='lg:order-last' onClick={() => go({ taskId: null })} />
        {task && <TaskCommands task={task} />}
      </div>
      <div className='flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4'>
        {task ? <Sections key={id} task={task} /> : loading ? <Skeleton /> : <p className='text-muted'>{texts.drawer.missing}</p>}
      </div>
    </div>
  )
}

/** What no stream tells of is read again and again: any task on a screen without one, and a part of a split task. */
const refreshMs = 3_000

function useLooseTask (id: string): void {
  const { store } = usePage()
  const loose = usePageState((state) => state.route.screen !== 'chat' || (state.conversation !== null && !tasksOf(state).has(id)))
  const { value: task, reload: readTask } = useLoad<Task>(loose ? `/v1/tasks/${id}` : null)
  const { value: asked, reload: readApprovals } = useLoad<ApprovalList>(loose ? `/v1/approvals?task_id=${id}` : null)
  useRefresh(readTask, refreshMs)
  useRefresh(readApprovals, refreshMs)
  useEffect(() => {
    if (task) store.set(({ allTasks }) => ({ allTasks: new Map(allTasks).set(task.id, task) }))
  }, [store, task])
  useEffect(() => {
    if (asked) store.set(({ allApprovals }) => ({ allApprovals: new Map([...allApprovals, ...asked.approvals.map((approval) => [approval.id, approval] as const)]) }))
  }, [store, asked])
}

/** The focus comes in with the task, and goes back to where it was opened from, or to the task's card when that is gone. */
function useFocusInside (title: RefObject<HTMLElement | null>, id: string): void {
  const shown = useRef(id)
  useEffect(() => {
    const opener = document.activeElement
    return () => {
      const back = opener instanceof HTMLElement && opener.isConnected && opener !== document.body ? opener : document.querySelector<HTMLElement>(`[data-task-id="${shown.current}"]`)
      back?.focus()
    }
  }, [])
  useEffect(() => {
    shown.current = id
    title.current?.focus()
  }, [title, id])
}

function Sections ({ task }: { task: Task }) {
  const approvals = usePageState((state) => [...shownApprovals(state).values()].filter(({ task_id: taskId }) => taskId === task.id), shallowEqual)
  const open = approvals.filter(({ status }) => status === 'pending')
  const answered = approvals.filter(({ status }) => status === 'approved' || status === 'denied')
  return (
    <>
      <ErrorSection task={task} />
      {open.map((approval) => <ApprovalPanel key={approval.id} approval={approval} />)}
      {answered.map((approval) => <AnsweredApproval key={approval.id} approval={approval} />)}
      <ResultSection task={task} />
      <StepsSection task={task} />
      <LogView taskId={task.id} />
      <FactsSection task={task} />
    </>
  )
}
