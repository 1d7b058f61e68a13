import type { Approval, ConversationList, Task, TaskList } from '@cortex/contracts'
import { useEffect, useMemo, useState } from 'react'
import { usePage } from '../app-context.ts'
import { useLoad } from '../ui/use-load.ts'

/** What tells change sets apart that read the same: their tasks, and the titles of their conversations. */
export interface Behind {
  readonly tasks: ReadonlyMap<string, Task>
  /** Of the conversations the person may read. */
  readonly titles: ReadonlyMap<string, string>
}

/** Read anew whenever something else waits. */
export function useBehind (approvals: readonly Approval[]): Behind {
  const { value: tasks, reload: readTasks } = useLoad<TaskList>('/v1/tasks?status=awaiting_approval&limit=200')
  const { value: conversations, reload: readConversations } = useLoad<ConversationList>('/v1/conversations?limit=200')
  const waiting = approvals.map(({ task_id: id }) => id).join()
  const listed = useMemo(() => tasks && new Map(tasks.tasks.map((task) => [task.id, task])), [tasks])
  const parts = useParts(useMemo(() => listed ? waiting.split(',').filter((id) => id !== '' && !listed.has(id)) : [], [listed, waiting]))
  useEffect(() => {
    readTasks()
    readConversations()
  }, [readTasks, readConversations, waiting])
  return useMemo(() => ({
    tasks: new Map([...parts, ...listed ?? []]),
    titles: new Map(conversations?.conversations.map(({ id, title }) => [id, title]))
  }), [parts, listed, conversations])
}

/** Parts of a task are in no list: each is read by itself, once. */
function useParts (ids: readonly string[]): ReadonlyMap<string, Task> {
  const { api } = usePage()
  const [parts, setParts] = useState<ReadonlyMap<string, Task>>(new Map())
  useEffect(() => {
    const gone = new AbortController()
    for (const id of ids) {
      if (parts.has(id)) continue
      // Without it the change set stands under its own words.
      api.get<Task>(`/v1/tasks/${id}`, gone.signal).then((task) => setParts((before) => new Map(before).set(id, task)), () => {})
    }
    return () => gone.abort()
  // What was read meanwhile is no reason to ask again.
  }, [api, ids])
  return parts
}
