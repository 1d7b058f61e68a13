import type { ApprovalList, Task, TaskList, TaskStatus } from '@cortex/contracts'
import { useEffect, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { clock, elapsed, masterName, shortId, statusOrder } from '../state/task-view.ts'
import { shallowEqual } from '../state/store.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { ShortTime } from '../ui/short-time.tsx'
import { StatusWord } from '../ui/status.tsx'
import { useLoad } from '../ui/use-load.ts'
import { useNow } from '../ui/use-now.ts'
import { fieldClass, Screen } from './screen.tsx'

const pageSize = 50
const mostShown = 200
/** This screen has no stream of its own; it looks again this often. */
const refreshMs = 3_000

export function TasksScreen () {
  const { store } = usePage()
  const [text, setText] = useState('')
  const [status, setStatus] = useState<TaskStatus | ''>('')
  const [limit, setLimit] = useState(pageSize)
  const filters = new URLSearchParams({ limit: String(limit), ...(status && { status }), ...(text.trim() && { text: text.trim() }) })
  const tasks = useLoad<TaskList>(`/v1/tasks?${filters}`)
  const approvals = useLoad<ApprovalList>('/v1/approvals')
  const { reload: reloadTasks, value: list } = tasks
  const { reload: reloadApprovals, value: asked } = approvals

  useEffect(() => { if (list) store.set({ allTasks: new Map(list.tasks.map((task) => [task.id, task])) }) }, [store, list])
  useEffect(() => { if (asked) store.set({ allApprovals: new Map(asked.approvals.map((approval) => [approval.id, approval])) }) }, [store, asked])
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden) return
      reloadTasks()
      reloadApprovals()
    }, refreshMs)
    return () => clearInterval(timer)
  }, [reloadTasks, reloadApprovals])

  const shown = usePageState(({ allTasks }) => [...allTasks.values()], shallowEqual)
  return (
    <Screen text={texts.screens.tasksText}>
      <div className='flex flex-wrap gap-2'>
        <input type='search' value={text} maxLength={200} placeholder={texts.screens.searchTasks} aria-label={texts.screens.searchTasks} onChange={(event) => setText(event.target.value)} className={`${fieldClass} flex-1`} />
        <select value={status} aria-label={texts.screens.status} onChange={(event) => setStatus(event.target.value as TaskStatus | '')} className={fieldClass}>
          <option value=''>{texts.screens.any}</option>
          {statusOrder.map((each) => <option key={each} value={each}>{texts.status[each]}</option>)}
        </select>
      </div>
      <Fault text={tasks.error} />
      {list && shown.length === 0 && <p className='text-muted'>{text || status ? texts.screens.noneFound : texts.screens.noTasks}</p>}
      {shown.length > 0 && <TaskTable tasks={shown} />}
      {list?.next_cursor && limit < mostShown && <Button className='self-center' onClick={() => setLimit(Math.min(mostShown, limit + pageSize))}>{texts.screens.more}</Button>}
    </Screen>
  )
}

function TaskTable ({ tasks }: { tasks: readonly Task[] }) {
  return (
    <div className='overflow-hidden rounded-xl border border-line bg-surface'>
      <table className='w-full table-fixed text-sm'>
        <thead className='border-b border-line text-left text-muted'>
          <tr>
            <th scope='col' className='w-40 px-3 py-2 font-medium'>{texts.screens.status}</th>
            <th scope='col' className='px-3 py-2 font-medium'>{texts.screens.title}</th>
            <th scope='col' className='w-32 px-3 py-2 font-medium max-sm:hidden'>{texts.screens.agent}</th>
            <th scope='col' className='w-20 px-3 py-2 text-right font-medium max-sm:hidden'>{texts.drawer.elapsed}</th>
            <th scope='col' className='w-32 px-3 py-2 text-right font-medium max-lg:hidden'>{texts.screens.created}</th>
          </tr>
        </thead>
        <tbody>{tasks.map((task) => <TaskRow key={task.id} task={task} />)}</tbody>
      </table>
    </div>
  )
}

function TaskRow ({ task }: { task: Task }) {
  const { go } = usePage()
  const now = useNow(task.status === 'in_progress' || task.status === 'awaiting_approval')
  const time = elapsed(task, now)
  return (
    <tr className='border-t border-line first:border-t-0 hover:bg-raised'>
      <td className='px-3 py-2'><StatusWord status={task.status} /></td>
      <td className='px-3 py-2'>
        <button type='button' data-task-id={task.id} aria-haspopup='dialog' onClick={() => go({ taskId: task.id })} className='max-w-full text-left font-medium break-words hover:underline'>{task.payload.title}</button>
        <span className='ml-2 font-mono text-xs text-muted'>{shortId(task.id)}</span>
      </td>
      <td className='truncate px-3 py-2 text-muted max-sm:hidden'>{masterName(task.assigned_to)}</td>
      <td className='px-3 py-2 text-right text-muted tabular-nums max-sm:hidden'>{time === null ? '' : clock(time)}</td>
      <td className='px-3 py-2 text-right text-muted max-lg:hidden'><ShortTime at={task.metadata.created_at} /></td>
    </tr>
  )
}
