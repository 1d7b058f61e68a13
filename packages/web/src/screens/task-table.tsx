import type { Task } from '@cortex/contracts'
import { memo } from 'react'
import { usePage } from '../app-context.ts'
import { clock, elapsed, masterName, shortId, taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { ShortTime } from '../ui/short-time.tsx'
import { StatusWord } from '../ui/status.tsx'
import { useNow } from '../ui/use-now.ts'
import { showHidden } from '../ui/visible-text.ts'

export function TaskTable ({ tasks }: { tasks: readonly Task[] }) {
  return (
    <div className='overflow-hidden rounded-xl border border-line bg-surface'>
      <table className='w-full table-fixed text-sm'>
        <thead className='border-b border-line text-start text-muted max-sm:sr-only'>
          <tr>
            <th scope='col' className='w-40 px-3 py-2 text-start font-medium max-sm:hidden'>{texts.screens.status}</th>
            <th scope='col' className='px-3 py-2 text-start font-medium'>{texts.screens.title}</th>
            <th scope='col' className='w-32 px-3 py-2 text-start font-medium max-sm:hidden'>{texts.screens.agent}</th>
            <th scope='col' className='w-20 px-3 py-2 text-end font-medium max-sm:hidden'>{texts.drawer.elapsed}</th>
            <th scope='col' className='w-32 px-3 py-2 text-end font-medium max-lg:hidden'>{texts.screens.created}</th>
          </tr>
        </thead>
        <tbody>{tasks.map((task) => <TaskRow key={task.id} task={task} />)}</tbody>
      </table>
    </div>
  )
}

const TaskRow = memo(function TaskRow ({ task }: { task: Task }) {
  const { go } = usePage()
  const now = useNow(task.status === 'in_progress' || task.status === 'awaiting_approval')
  const time = elapsed(task, now)
  const error = task.status === 'failed' ? showHidden(task.error?.message.split('\n', 1)[0] ?? '') : undefined
  return (
    <tr className='border-t border-line first:border-t-0 hover:bg-raised'>
      <td className='px-3 py-2 align-top max-sm:hidden'><StatusWord status={task.status} /></td>
      <td className='px-3 py-2'>
        <span className='flex justify-between gap-2 sm:hidden'><StatusWord status={task.status} /><ShortTime at={task.metadata.created_at} className='text-muted' /></span>
        <button type='button' data-task-id={task.id} aria-haspopup='dialog' onClick={() => go({ taskId: task.id })} className='-my-0.5 min-h-6 max-w-full text-start font-medium break-words hover:underline max-sm:min-h-9'><span dir='auto'>{taskTitle(task)}</span></button>
        <span dir='ltr' className='mx-2 font-mono text-xs text-muted'>{shortId(task.id)}</span>
        {error !== undefined && <p dir='auto' className='truncate text-page text-failed'>{error}</p>}
      </td>
      <td className='truncate px-3 py-2 align-top text-muted max-sm:hidden'>{masterName(task.assigned_to)}</td>
      <td className='px-3 py-2 text-end align-top text-muted tabular-nums max-sm:hidden'>{time === null ? '' : clock(time)}</td>
      <td className='px-3 py-2 text-end align-top text-muted max-lg:hidden'><ShortTime at={task.metadata.created_at} /></td>
    </tr>
  )
})
