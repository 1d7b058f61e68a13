import type { SearchHit, SearchHits, TaskList } from '@cortex/contracts'
import { ListTodo, MessageSquare, Type, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import { usePage } from '../app-context.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { ShortTime } from '../ui/short-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useLoad } from '../ui/use-load.ts'
import { showHidden } from '../ui/visible-text.ts'
import { TaskTable } from './task-table.tsx'

const pageSize = 50
const mostShown = 200
const mostTasks = 20

/** Where the words stand: in titles, messages, tasks and their results, and in tasks of no conversation. */
export function SearchResults ({ query }: { query: string }) {
  const [limit, setLimit] = useState(pageSize)
  const { value, error } = useLoad<SearchHits>(`/v1/search?${new URLSearchParams({ text: query, limit: String(limit) })}`)
  const tasks = useLoad<TaskList>(`/v1/tasks?${new URLSearchParams({ text: query, limit: String(mostTasks) })}`)
  // A hit in a task goes by the task's title, so the hits wait for the tasks: what is about to be pressed would change its words.
  const settled = tasks.value !== null || tasks.error !== null
  const hits = settled ? value?.hits ?? [] : []
  const others = (tasks.value?.tasks ?? []).filter(({ id }) => !hits.some((hit) => hit.id === id))
  return (
    <>
      <Fault text={error ?? tasks.error} />
      {(!value || !settled) && error === null && <Skeleton />}
      {value && tasks.value && hits.length === 0 && others.length === 0 && <p role='status' className='text-muted'>{texts.screens.noneFound}</p>}
      {hits.length > 0 && (
        <section aria-label={texts.screens.hits} className='flex flex-col gap-1.5'>
          <h2 className='font-semibold'>{texts.screens.hits}</h2>
          <ul className='overflow-hidden rounded-xl border border-line bg-surface'>{hits.map((hit) => <Hit key={`${hit.kind} ${hit.id}`} hit={hit} taskTitle={tasks.value?.tasks.find(({ id }) => id === hit.id)?.payload.title} query={query} />)}</ul>
        </section>
      )}
      {settled && value?.next_cursor && limit < mostShown && <Button className='self-center' onClick={() => setLimit(Math.min(mostShown, limit + pageSize))}>{texts.screens.more}</Button>}
      {others.length > 0 && (
        <section aria-label={texts.screens.tasks} className='flex flex-col gap-1.5'>
          <h2 className='font-semibold'>{texts.screens.tasks}</h2>
          <TaskTable tasks={others} />
        </section>
      )}
    </>
  )
}

const icons: Record<SearchHit['kind'], LucideIcon> = { title: Type, message: MessageSquare, task: ListTodo }

function Hit ({ hit: { kind, id, conversation_id: conversationId, conversation_title: title, at, snippet }, taskTitle, query }: { hit: SearchHit, taskTitle: string | undefined, query: string }) {
  const { go } = usePage()
  const Icon = icons[kind]
  return (
    <li className='border-t border-line first:border-t-0'>
      <button type='button' onClick={() => go({ screen: 'chat', conversationId, taskId: kind === 'task' ? id : null, messageId: kind === 'message' ? id : null })} className='flex min-h-11 w-full gap-3 px-3 py-2 text-start outline-offset-[-2px] hover:bg-raised'>
        <Icon size={15} className='mt-0.5 shrink-0 text-muted' aria-hidden />
        <span className='min-w-0 flex-1'>
          <span dir='auto' className='text-page block truncate font-medium'>{showHidden(taskTitle ?? title) || texts.chat.new}</span>
          {taskTitle !== undefined && <span dir='auto' className='text-page block truncate text-sm text-muted'>{showHidden(title)}</span>}
          {kind !== 'title' && <span dir='auto' className='text-page line-clamp-2 block text-sm break-words text-muted'><Marked text={showHidden(withoutMarks(snippet))} query={query} /></span>}
        </span>
        <ShortTime at={at} className='shrink-0 text-sm text-muted' />
      </button>
    </li>
  )
}

/** What Markdown is written with, and nobody looks for: a piece of a text cannot be drawn as one. */
function withoutMarks (text: string): string {
  return text.replaceAll(/\*\*|`/g, '')
}

/** The text with what was looked for in bold; each word looked for may be the beginning of one, and is letters and digits alone. */
function Marked ({ text, query }: { text: string, query: string }) {
  const words = query.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  if (words.length === 0) return text
  return text.split(new RegExp(`(${words.join('|')})`, 'iu')).map((part, index) => index % 2 === 1 ? <mark key={index} className='bg-transparent font-semibold text-text'>{part}</mark> : part)
}
