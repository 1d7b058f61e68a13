import type { Task, TaskStatus, ToolCallBlock } from '@cortex/contracts'
import { ChevronDown, ChevronRight, CircleX, LoaderCircle, Undo2, Wrench } from 'lucide-react'
import { useId, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { canAsk } from '../sign-in/may.ts'
import { canRollBack, tasksOf } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { hasEnded, statusOrder } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { statusColor, StatusIcon } from '../ui/status.tsx'
import { problemOf, taskIdOf, titleOf } from './tool-call.ts'

/** Rows of a group before the rest is folded: a turn may make fifty calls. */
const foldAfter = 12

/** Calls that ran side by side: open while they run, one line with counts afterwards. What failed stays in sight. */
export function ToolGroup ({ calls }: { calls: readonly ToolCallBlock[] }) {
  const tasks = usePageState((state) => calls.map((call) => tasksOf(state).get(taskIdOf(call))), shallowEqual)
  const done = calls.filter(({ status }) => status !== 'running').length
  const running = done < calls.length
  const [chosen, setChosen] = useState<boolean | null>(null)
  const [whole, setWhole] = useState(false)
  const open = chosen ?? running
  const id = useId()
  const rows = open ? calls : calls.filter(({ status }) => status === 'failed')
  const shown = whole ? rows : rows.slice(0, foldAfter)
  const creates = calls.every(({ name }) => name === 'cortex_create_task')
  const made = creates ? tasks.filter((task) => task !== undefined) : []

  return (
    <div className='overflow-hidden rounded-xl border border-line bg-raised'>
      <button type='button' aria-expanded={open} aria-controls={id} onClick={() => setChosen(!open)} className='flex min-h-9 w-full items-center gap-2 px-3 py-1.5 text-start text-sm font-medium'>
        {running ? <LoaderCircle size={15} className='shrink-0 animate-turn text-running' aria-hidden /> : <Wrench size={15} className='shrink-0 text-muted' aria-hidden />}
        <span className='min-w-0 flex-1 line-clamp-2'>{groupTitle(calls, done)}</span>
        {!open && <Counts tasks={made} />}
        {open ? <ChevronDown size={16} className='shrink-0 text-muted' aria-hidden /> : <ChevronRight size={16} className='shrink-0 text-muted rtl:-scale-x-100' aria-hidden />}
      </button>
      <div id={id}>
        {shown.length > 0 && (
          <ul className='border-t border-line py-1.5'>
            {shown.map((call) => <CallRow key={call.id} call={call} task={tasks[calls.indexOf(call)]} />)}
            {rows.length > shown.length && <li className='px-2'><Button tone='ghost' onClick={() => setWhole(true)}>{texts.calls.more(rows.length - shown.length)}</Button></li>}
          </ul>
        )}
        {open && <CancelAll tasks={made.filter((task) => !hasEnded(task))} />}
        {open && <RollBackAll tasks={made} />}
      </div>
    </div>
  )
}

function groupTitle (calls: readonly ToolCallBlock[], done: number): string {
  const [first] = calls
  const alike = calls.every(({ name }) => name === first?.name) ? first?.name : undefined
  const worked = calls.filter(({ status }) => status === 'succeeded').length
  if (done < calls.length) return (alike === 'cortex_create_task' ? texts.calls.creating : texts.calls.running)(done, calls.length)
  if (alike === 'cortex_create_task') return texts.calls.created(worked)
  const words = alike === undefined ? undefined : texts.calls.done[alike]
  return words && worked > 0 ? words(worked) : texts.calls.ran(calls.length)
}

function Counts ({ tasks }: { tasks: readonly Task[] }) {
  const counts = new Map<TaskStatus, number>()
  for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1)
  return (
    <span className='flex items-center gap-2.5 text-sm'>
      {statusOrder.filter((status) => status !== 'waiting' && status !== 'cancelled' && counts.has(status)).map((status) => (
        <span key={status} className={`flex items-center gap-1 ${statusColor[status]}`}>
          <StatusIcon status={status} size={14} />
          <span className='sr-only'>{texts.statusCount(status, counts.get(status) ?? 0)}</span>
          {counts.get(status)}
        </span>
      ))}
    </span>
  )
}

function CallRow ({ call, task }: { call: ToolCallBlock, task: Task | undefined }) {
  const { go } = usePage()
  const label = (
    <>
      {task ? <StatusIcon status={task.status} /> : call.status === 'failed' ? <CircleX size={15} className='shrink-0 text-failed' aria-hidden /> : call.status === 'running' ? <LoaderCircle size={15} className='shrink-0 animate-turn text-muted' aria-hidden /> : <Wrench size={15} className='shrink-0 text-muted' aria-hidden />}
      <span dir='auto' className={`min-w-0 flex-1 truncate text-page ${call.status === 'running' ? 'text-muted' : ''}`}>{titleOf(call, task)}</span>
      <span className='shrink-0 text-muted'>{task ? rowStatus(task) : call.status === 'failed' ? texts.calls.failed : ''}</span>
    </>
  )
  const row = 'flex min-h-7 w-full items-center gap-2 px-3 text-start text-sm max-lg:min-h-11'
  return (
    <li>
      {task
        ? <button type='button' className={`${row} hover:bg-accent-soft`} onClick={() => go({ taskId: task.id })}>{label}</button>
        : <div className={row}>{label}</div>}
      {call.status === 'failed' && <p dir='auto' className='px-3 pb-1 ps-9 text-sm break-words text-failed'>{problemOf(call.output)}</p>}
    </li>
  )
}

function rowStatus ({ status, progress }: Task): string {
  return status === 'in_progress' && progress ? `${progress.percent}%` : texts.status[status]
}

/** The way back for a whole batch, once nothing of it runs any more. */
function RollBackAll ({ tasks }: { tasks: readonly Task[] }) {
  const { commands } = usePage()
  const live = usePageState(canAsk)
  const changed = usePageState((state) => tasks.every(hasEnded) ? tasks.filter((task) => canRollBack(state, task)).length : 0)
  const [asking, setAsking] = useState(false)
  const [outcome, setOutcome] = useState('')
  const batchId = tasks[0]?.batch_id ?? null
  if (batchId === null || (changed === 0 && outcome === '')) return null
  async function rollBack (batchId: string) {
    const { rollbacks, left } = await commands.rollBackBatch(batchId)
    setOutcome(texts.calls.rolledBack(rollbacks.length, left.map(({ message }) => message)))
  }
  return (
    <div className='border-t border-line px-2 py-1.5'>
      {outcome !== '' && <p role='status' className='px-1 py-1 text-sm break-words text-muted'>{outcome}</p>}
      {changed > 0 && <Button tone='ghost' icon={Undo2} disabled={!live} onClick={() => setAsking(true)}>{texts.calls.rollBackAll(changed)}</Button>}
      {asking && (
        <Confirm
          title={texts.calls.rollBackAllTitle}
          text={texts.calls.rollBackAllText}
          yes={texts.drawer.rollBack}
          no={texts.drawer.leaveChanged}
          run={() => rollBack(batchId)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}

function CancelAll ({ tasks }: { tasks: readonly Task[] }) {
  const { commands } = usePage()
  const live = usePageState(canAsk)
  const [asking, setAsking] = useState(false)
  if (tasks.length === 0) return null
  return (
    <div className='border-t border-line px-2 py-1.5'>
      <Button tone='ghost' disabled={!live} onClick={() => setAsking(true)}>{texts.calls.cancelAll(tasks.length)}</Button>
      {asking && (
        <Confirm
          title={texts.drawer.cancelMany(tasks.length)}
          text={texts.drawer.cancelText}
          yes={texts.calls.cancelAll(tasks.length)}
          no={texts.drawer.keep}
          run={() => Promise.all(tasks.map(({ id }) => commands.cancelTask(id)))}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}
