import type { Category, Task, TaskList, TaskStatus } from '@cortex/contracts'
import { useCallback, useEffect, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { canAsk } from '../sign-in/may.ts'
import { statusOrder } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { excessOf, LengthNote } from '../ui/length-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useLoad } from '../ui/use-load.ts'
import { useRefresh } from '../ui/use-refresh.ts'
import { useTry } from '../ui/use-try.ts'
import { RetryFailed } from './retry-failed.tsx'
import { fieldClass, longestSearch, Screen } from './screen.tsx'
import { TaskTable } from './task-table.tsx'

const pageSize = 50
const mostAtOnce = 200
/** This screen has no stream of its own; it looks again this often. */
const refreshMs = 3_000

const categories = Object.keys(texts.screens.categories) as Category[]

/** The tasks of everybody's conversations, newest first. */
export function TasksScreen () {
  const { api, store } = usePage()
  const [text, setText] = useState('')
  const [status, setStatus] = useState<TaskStatus | ''>('')
  const [category, setCategory] = useState<Category | ''>('')
  const [limit, setLimit] = useState(pageSize)
  const [older, setOlder] = useState<{ filters: string, list: TaskList } | null>(null)
  const live = usePageState(canAsk)
  const reading = useTry()
  const tooLong = excessOf(text, longestSearch) > 0
  const filters = new URLSearchParams({ ...(status && { status }), ...(category && { category }), ...(text.trim() && { text: text.trim() }) }).toString()
  const { value: list, error, reload } = useLoad<TaskList>(tooLong ? null : `/v1/tasks?limit=${limit}${filters && `&${filters}`}`)
  useRefresh(reload, refreshMs)

  /** For the drawer, which may be open on any of them. */
  const remember = useCallback((read: readonly Task[]) => {
    store.set(({ allTasks }) => ({ allTasks: new Map([...allTasks, ...read.map((task) => [task.id, task] as const)]) }))
  }, [store])
  const beyond = older?.filters === filters ? older.list : null
  const tasks = merge(list?.tasks ?? [], beyond?.tasks ?? [])
  const cursor = beyond ? beyond.next_cursor : list?.next_cursor ?? null
  useEffect(() => {
    if (list) remember(list.tasks)
  }, [remember, list])

  /** What is newest is looked at again and again; what is older than one answer holds is read once. */
  function showMore () {
    if (limit < mostAtOnce) return setLimit(Math.min(mostAtOnce, limit + pageSize))
    if (cursor === null) return
    reading.run(async () => {
      const next = await api.get<TaskList>(`/v1/tasks?limit=${mostAtOnce}&cursor=${encodeURIComponent(cursor)}${filters && `&${filters}`}`)
      setOlder({ filters, list: { tasks: merge(beyond?.tasks ?? [], next.tasks), next_cursor: next.next_cursor } })
      remember(next.tasks)
    })
  }
  const filtered = filters !== ''
  return (
    <Screen text={texts.screens.tasksText}>
      <div className='flex flex-wrap gap-2'>
        <input type='search' dir='auto' value={text} autoComplete='off' placeholder={texts.screens.searchTasks} aria-label={texts.screens.searchTasks} onChange={(event) => setText(event.target.value)} className={`${fieldClass} flex-1 max-sm:basis-full`} />
        <select value={status} aria-label={texts.screens.status} onChange={(event) => setStatus(event.target.value as TaskStatus | '')} className={`${fieldClass} max-sm:flex-1`}>
          <option value=''>{texts.screens.any}</option>
          {statusOrder.map((each) => <option key={each} value={each}>{texts.status[each]}</option>)}
        </select>
        <select value={category} aria-label={texts.screens.category} onChange={(event) => setCategory(event.target.value as Category | '')} className={`${fieldClass} max-sm:flex-1`}>
          <option value=''>{texts.screens.anyCategory}</option>
          {categories.map((each) => <option key={each} value={each}>{texts.screens.categories[each]}</option>)}
        </select>
      </div>
      <LengthNote text={text} most={longestSearch} />
      <Fault text={error} />
      {!list && error === null && !tooLong && <Skeleton />}
      {list && (
        <div className='flex min-h-8 flex-wrap items-center gap-2 text-sm text-muted'>
          <p role='status' className='me-auto'>{tasks.length === 0 ? (filtered ? texts.screens.noneFound : texts.screens.noTasks) : texts.screens.loadedOf(tasks.length)}</p>
          {filtered && <Button tone='ghost' onClick={() => { setText(''); setStatus(''); setCategory('') }}>{texts.screens.clear}</Button>}
          <RetryFailed tasks={tasks} disabled={!live} onDone={reload} />
        </div>
      )}
      {tasks.length > 0 && <TaskTable tasks={tasks} />}
      <Fault text={reading.error} />
      {cursor !== null && <Button className='self-center' disabled={reading.busy} onClick={showMore}>{texts.screens.more}</Button>}
    </Screen>
  )
}

/** Newer pages win: a task moves on while older pages stay as they were read. */
function merge (newer: readonly Task[], older: readonly Task[]): Task[] {
  const known = new Set(newer.map(({ id }) => id))
  return [...newer, ...older.filter(({ id }) => !known.has(id))]
}
