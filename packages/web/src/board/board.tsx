import type { Task, TaskStatus } from '@cortex/contracts'
import { useState } from 'react'
import { usePageState } from '../app-context.ts'
import { tasksOf, type PageState } from '../state/page-state.ts'
import { masterName, statusOrder } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { TaskCard } from './task-card.tsx'

interface Lane {
  readonly master: string
  readonly ids: readonly string[]
  readonly done: number
  readonly all: number
}

/** One lane a master, in the order the masters came in: a card never jumps because its status changed. */
function lanesOf (state: PageState): Lane[] {
  const lanes = new Map<string, Task[]>()
  for (const task of tasksOf(state).values()) {
    const lane = lanes.get(task.assigned_to)
    if (lane) lane.push(task)
    else lanes.set(task.assigned_to, [task])
  }
  return [...lanes].map(([master, tasks]) => ({
    master,
    ids: tasks.filter(({ status }) => passes(state.filter, status)).map(({ id }) => id),
    done: tasks.filter(({ status }) => status === 'completed').length,
    all: tasks.length
  })).filter(({ ids }) => ids.length > 0)
}

const passes = (filter: TaskStatus | null, status: TaskStatus) => filter === null || filter === status

const sameLanes = (a: readonly Lane[], b: readonly Lane[]) => a.length === b.length && a.every((lane, index) => {
  const other = b[index]
  return other !== undefined && lane.master === other.master && lane.done === other.done && lane.all === other.all && sameIds(lane.ids, other.ids)
})

const sameIds = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((id, index) => id === b[index])

export function Board () {
  const lanes = usePageState(lanesOf, sameLanes)
  return (
    <div className='grid auto-cols-[minmax(11.5rem,1fr)] grid-flow-col items-start gap-3'>
      {lanes.map(({ master, ids, done, all }) => (
        <section key={master} aria-label={masterName(master)} className='flex min-w-0 flex-col gap-2'>
          <header className='flex items-baseline justify-between gap-2 px-1'>
            <h2 className='truncate font-semibold'>{masterName(master)}</h2>
            <span className='shrink-0 text-sm text-muted'>{texts.board.done(done, all)}</span>
          </header>
          <Cards ids={ids} />
        </section>
      ))}
    </div>
  )
}

/** Cards shown at first. A conversation may hold thousands of tasks, and what is old has ended; a filter looks through all of them. */
const firstShown = 40
const shownMore = 200

/** The newest cards of a lane. Older ones come above them, so that none changes its place. */
function Cards ({ ids }: { ids: readonly string[] }) {
  const [limit, setLimit] = useState(firstShown)
  const hidden = Math.max(0, ids.length - limit)
  return (
    <>
      {hidden > 0 && <Button onClick={() => setLimit(limit + shownMore)}>{texts.board.earlierTasks(hidden)}</Button>}
      {ids.slice(hidden).map((id) => <TaskCard key={id} id={id} />)}
    </>
  )
}

/** The phone's board: one list, in the order of what matters to a person. */
export function TaskList () {
  const ids = usePageState((state) => {
    const tasks = [...tasksOf(state).values()].filter(({ status }) => passes(state.filter, status))
    return tasks.sort((a, b) => statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status)).map(({ id }) => id)
  }, sameIds)
  const [limit, setLimit] = useState(firstShown)
  const hidden = Math.max(0, ids.length - limit)
  return (
    <div className='flex flex-col gap-2'>
      {ids.slice(0, limit).map((id) => <TaskCard key={id} id={id} />)}
      {hidden > 0 && <Button onClick={() => setLimit(limit + shownMore)}>{texts.board.moreNeeds(hidden)}</Button>}
    </div>
  )
}
