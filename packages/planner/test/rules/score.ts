import type { Call } from '../../src/rules/transcript.ts'
import type { Sentence } from '../sentences/sentence.ts'
import { called, history, reply, said, taskId } from './history.ts'

export interface Outcome {
  say: string
  /** What differs, in words; empty when all is as expected. */
  faults: string[]
  expected: number
  created: number
  /** Tasks of the expected field. */
  categories: number
  edges: { expected: number, found: number, right: number }
}

export interface Score {
  /** Of how many sentences all is as a person would expect, in percent. */
  right: number
  /** Tasks nobody asked for, and the messages that should start none and started one. */
  falseTasks: number
  falseMessages: number
  lines: readonly string[]
}

interface Expected {
  category: string
  priority: string
  after: string[]
}

export function run ({ say, tasks = [], calls = [], says = [], titles = [], known }: Sentence): Outcome {
  const turns = [...(known ? history : []), said(say)]
  const { calls: got, text } = reply(...turns)
  const created = got.filter(({ name }) => name === 'cortex_create_task').map(({ input }) => input)
  const refs = new Map(created.map(({ ref }, i) => [String(ref), String(i + 1)]))
  const expected = tasks.map(readExpected)
  const orders = created.map((input) => (input.depends_on as string[] | undefined ?? []).map((name) => refs.get(name) ?? `#${[1, 2, 3].find((n) => taskId(n) === name)}`))
  const faults: string[] = []
  const edges = { expected: 0, found: 0, right: 0 }
  let categories = 0
  if (created.length !== expected.length) faults.push(`${created.length} tasks instead of ${expected.length}: ${created.map(({ title }) => title).join(' | ')}`)
  expected.forEach(({ category, priority, after }, i) => {
    const input = created[i]
    if (input?.category === category) categories++
    else if (input) faults.push(`“${input.title}” is ${input.category} instead of ${category}`)
    if (input && priority !== '' && input.priority !== priority) faults.push(`“${input.title}” has priority ${input.priority} instead of ${priority}`)
    const found = orders[i] ?? []
    const [all, wanted] = [reached(found, (name) => orders[Number(name) - 1] ?? []), reached(after, (name) => expected[Number(name) - 1]?.after ?? [])]
    const right = [...all].filter((name) => wanted.has(name)).length
    edges.expected += wanted.size
    edges.found += all.size
    edges.right += right
    if (right !== wanted.size || right !== all.size) faults.push(`“${input?.title}” waits for ${found.join(' ') || 'nothing'} instead of ${after.join(' ') || 'nothing'}`)
  })
  const others = got.filter(({ name }) => name !== 'cortex_create_task').map(shorten)
  if (others.join(', ') !== calls.join(', ')) faults.push(`calls ${others.join(', ') || 'nothing'} instead of ${calls.join(', ') || 'nothing'}`)
  const told = got.length === 0 ? text : reply(...turns, ...called(got, got.map(answerTo), 100, text)).text
  for (const part of says) if (!told.toLowerCase().includes(part.toLowerCase())) faults.push(`the reply does not say “${part}”: ${told}`)
  titles.forEach((part, i) => { if (!String(created[i]?.title).includes(part)) faults.push(`“${created[i]?.title}” does not say “${part}”`) })
  return { say, faults, expected: expected.length, created: created.length, categories, edges }
}

/** All that a task waits for, also through others. */
function reached (names: readonly string[], next: (name: string) => readonly string[], seen = new Set<string>()): ReadonlySet<string> {
  for (const name of names) {
    if (seen.has(name)) continue
    seen.add(name)
    reached(next(name), next, seen)
  }
  return seen
}

function answerTo ({ name }: Call, i: number): unknown {
  return name === 'cortex_get_tasks' ? { tasks: [], next_cursor: null } : { task_id: taskId(i + 4), status: 'queued', message: '' }
}

function readExpected (written: string): Expected {
  const [what = '', after = ''] = written.split(' > ')
  const [category = '', priority = ''] = what.split(' ')
  return { category, priority, after: after.split(' ').filter(Boolean) }
}

const percent = (part: number, whole: number): number => whole === 0 ? 100 : Math.round(1_000 * part / whole) / 10

/** Precision and recall for the number of tasks, their fields and what they wait for, and what was started that nobody asked for. */
export function scoreOf (outcomes: readonly Outcome[]): Score {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const [expected, created] = [sum((outcome) => outcome.expected), sum((outcome) => outcome.created)]
  const pair = (right: number, found: number, wanted: number): string => `precision ${percent(right, found)} %, recall ${percent(right, wanted)} %`
  const idle = outcomes.filter((outcome) => outcome.expected === 0)
  const right = percent(outcomes.filter(({ faults }) => faults.length === 0).length, outcomes.length)
  const falseTasks = sum((outcome) => Math.max(0, outcome.created - outcome.expected))
  const falseMessages = idle.filter((outcome) => outcome.created > 0).length
  return {
    right,
    falseTasks,
    falseMessages,
    lines: [
      `sentences right in full: ${right} % of ${outcomes.length}`,
      `task count: ${pair(sum((outcome) => Math.min(outcome.expected, outcome.created)), created, expected)}`,
      `category: ${pair(sum(({ categories }) => categories), created, expected)}`,
      `dependency: ${pair(sum(({ edges }) => edges.right), sum(({ edges }) => edges.found), sum(({ edges }) => edges.expected))}`,
      `false creations: ${falseTasks} tasks of ${created}; ${falseMessages} of the ${idle.length} messages that are to start nothing started something`
    ]
  }
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
