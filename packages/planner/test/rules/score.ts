import type { Call } from '../../src/rules/transcript.ts'
import type { Sentence } from '../sentences/sentence.ts'
import { history, reply, said, taskId } from './history.ts'

export interface Outcome {
  say: string
  /** What differs, in words; empty when all is as expected. */
  faults: string[]
  expected: number
  created: number
  categories: number
  edges: { expected: number, found: number, right: number }
}

interface Expected {
  category: string
  priority: string
  after: string[]
}

export function run ({ say, tasks = [], calls = [], says = [], titles = [], known }: Sentence): Outcome {
  const { calls: got, text } = reply(...(known ? history : []), said(say))
  const created = got.filter(({ name }) => name === 'cortex_create_task').map(({ input }) => input)
  const refs = new Map(created.map(({ ref }, i) => [String(ref), String(i + 1)]))
  const expected = tasks.map(readExpected)
  const faults: string[] = []
  const edges = { expected: 0, found: 0, right: 0 }
  let categories = 0
  if (created.length !== expected.length) faults.push(`${created.length} tasks instead of ${expected.length}: ${created.map(({ title }) => title).join(' | ')}`)
  expected.forEach(({ category, priority, after }, i) => {
    const input = created[i]
    if (input?.category === category) categories++
    else if (input) faults.push(`“${input.title}” is ${input.category} instead of ${category}`)
    if (input && priority !== '' && input.priority !== priority) faults.push(`“${input.title}” has priority ${input.priority} instead of ${priority}`)
    const found = (input?.depends_on as string[] | undefined ?? []).map((name) => refs.get(name) ?? `#${[1, 2, 3].find((n) => taskId(n) === name)}`)
    const right = found.filter((name) => after.includes(name)).length
    edges.expected += after.length
    edges.found += found.length
    edges.right += right
    if (right !== after.length || right !== found.length) faults.push(`“${input?.title}” waits for ${found.join(' ') || 'nothing'} instead of ${after.join(' ') || 'nothing'}`)
  })
  const others = got.filter(({ name }) => name !== 'cortex_create_task').map(shorten)
  if (others.join(', ') !== calls.join(', ')) faults.push(`calls ${others.join(', ') || 'nothing'} instead of ${calls.join(', ') || 'nothing'}`)
  for (const part of says) if (!text.toLowerCase().includes(part.toLowerCase())) faults.push(`the reply does not say “${part}”: ${text}`)
  titles.forEach((part, i) => { if (!String(created[i]?.title).includes(part)) faults.push(`“${created[i]?.title}” does not say “${part}”`) })
  return { say, faults, expected: expected.length, created: created.length, categories, edges }
}

function readExpected (written: string): Expected {
  const [what = '', after = ''] = written.split(' > ')
  const [category = '', priority = ''] = what.split(' ')
  return { category, priority, after: after.split(' ').filter(Boolean) }
}

function shorten ({ name, input }: Call): string {
  const { task_id: id, text, status, category, conversation } = input as Record<string, string>
  const number = [1, 2, 3].find((n) => taskId(n) === id)
  switch (name) {
    case 'cortex_get_task_status': return `status ${number}`
    case 'cortex_cancel_task': return `cancel ${number}`
    case 'cortex_retry_task': return `retry ${number}`
    default: return text === undefined ? `list ${status ?? category ?? conversation ?? 'all'}` : `find ${text}`
  }
}
