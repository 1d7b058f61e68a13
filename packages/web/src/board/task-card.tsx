import type { Task } from '@cortex/contracts'
import { memo } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { shownTasks } from '../state/page-state.ts'
import { clock, elapsed, remaining, shortId, taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { StatusWord } from '../ui/status.tsx'
import { useNow } from '../ui/use-now.ts'
import { showHidden } from '../ui/visible-text.ts'

/** A task at a glance. Renders again only when its own task changes. */
export const TaskCard = memo(function TaskCard ({ id }: { id: string }) {
  const { go } = usePage()
  const task = usePageState((state) => shownTasks(state).get(id))
  const selected = usePageState(({ route }) => route.taskId === id)
  if (!task) return null
  return (
    <button
      type='button'
      data-task-id={id}
      aria-haspopup='dialog'
      onClick={() => go({ taskId: id })}
      className={`@container flex w-full flex-col gap-1.5 rounded-xl [contain-intrinsic-block-size:auto_6rem] [content-visibility:auto] border bg-surface px-3 py-2.5 text-start hover:border-edge ${selected ? 'border-accent ring-1 ring-accent' : 'border-line'}`}
    >
      <span className='flex items-center gap-2 text-sm'>
        <StatusWord status={task.status} />
        <Elapsed task={task} />
        <span className='ms-auto hidden font-mono text-xs text-muted @[12rem]:inline'>{shortId(id)}</span>
      </span>
      <span dir='auto' className={`text-page leading-snug font-medium break-words ${task.status === 'cancelled' ? 'text-muted line-through' : ''}`}>{taskTitle(task)}</span>
      {task.status === 'in_progress' && <ProgressBar percent={task.progress?.percent ?? 0} />}
      <Note task={task} />
    </button>
  )
})

function Elapsed ({ task }: { task: Task }) {
  const running = task.status === 'in_progress' || task.status === 'awaiting_approval'
  const time = elapsed(task, useNow(running))
  return time === null || task.status === 'queued' || task.status === 'waiting' ? null : <span className='text-muted tabular-nums'>{clock(time)}</span>
}

function ProgressBar ({ percent }: { percent: number }) {
  return (
    <span className='my-0.5 block h-1.5 overflow-hidden rounded-full bg-running-soft'>
      <span className='block h-full rounded-full bg-running' style={{ width: `${percent}%` }} />
    </span>
  )
}

/** The one line that matters now: what is being done, why it waits, what came out, what went wrong. */
function Note ({ task }: { task: Task }) {
  const now = useNow(task.status === 'in_progress')
  if (task.status === 'in_progress') {
    const left = remaining(task, now)
    return (
      <span className='text-sm break-words text-muted'>
        {task.progress && <strong className='font-semibold text-text tabular-nums'>{task.progress.percent}% </strong>}
        <bdi>{showHidden(task.progress?.step || texts.board.starting)}</bdi>
        {left !== null && texts.board.about(clock(left))}
      </span>
    )
  }
  return <span dir='auto' className={`text-page line-clamp-3 text-sm break-words ${task.status === 'failed' ? 'text-failed' : 'text-muted'}`}>{showHidden(noteOf(task))}</span>
}

function noteOf ({ status, waiting_for: waitingFor, result, error, metadata }: Task): string {
  switch (status) {
    case 'queued': return waitingFor === null ? texts.board.nextInLine : texts.board.waitsFor(waitingFor)
    case 'waiting': return waitingFor === null ? texts.board.waits : texts.board.waitsFor(waitingFor)
    case 'awaiting_approval': return texts.board.needsAnswer
    case 'completed': return result?.summary ?? ''
    case 'failed': return error?.message.split('\n', 1)[0] ?? ''
    case 'cancelled': return metadata.cancel_reason ?? texts.board.cancelled
    case 'in_progress': return ''
  }
}
