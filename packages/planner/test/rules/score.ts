import type { Call, Reply, Turn } from '../../src/rules/transcript.ts'
import type { Sentence } from '../sentences/sentence.ts'
import { called, history, reply, said, taskId } from './history.ts'

export interface Outcome {
  say: string
  /** What differs, in words; empty when all is as expected. */
  faults: string[]
  expected: number
  created: number
  /** Created tasks that are one of those expected, one to one: by the words of their titles, and by these and their field. */
  meant: number
  right: number
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

export function run ({ say, tasks = [], calls = [], says = [], titles = [], known, after }: Sentence): Outcome {
  const before = known ? history : []
  const talked: readonly Turn[] = after === undefined ? [] : [said(after), { role: 'assistant', parts: [{ type: 'text', text: reply(...before, said(after)).text }] }]
  const turns = [...before, ...talked, said(say)]
  const { calls: got, text } = reply(...turns)
  const created = got.filter(({ name }) => name === 'cortex_create_task').map(({ input }) => input)
  const refs = new Map(created.map(({ ref }, i) => [String(ref), String(i + 1)]))
  const expected = tasks.map(readExpected)
  const orders = created.map((input) => (input.depends_on as string[] | undefined ?? []).map((name) => refs.get(name) ?? `#${[1, 2, 3].find((n) => taskId(n) === name)}`))
  const faults: string[] = []
  const edges = { expected: 0, found: 0, right: 0 }
  const isMeant = (i: number, j: number): boolean => (titles[i] ?? '').split(' ').every((word) => String(created[j]?.title).toLowerCase().includes(word.toLowerCase()))
  const pairs = pairUp(expected.length, created.length, isMeant)
  const right = pairUp(expected.length, created.length, (i, j) => isMeant(i, j) && created[j]?.category === expected[i]?.category).size
  if (created.length !== expected.length) faults.push(`${created.length} tasks instead of ${expected.length}: ${created.map(({ title }) => title).join(' | ')}`)
  expected.forEach(({ category, priority, after }, i) => {
    const input = created[i]
    if (input && input.category !== category) faults.push(`“${input.title}” is ${input.category} instead of ${category}`)
    if (input && priority !== '' && input.priority !== priority) faults.push(`“${input.title}” has priority ${input.priority} instead of ${priority}`)
    const found = orders[i] ?? []
    // What a task waits for is held against the tasks that are the expected ones, wherever they stand.
    const place = pairs.get(i)
    const named = new Map([...pairs].map(([of, at]) => [String(at + 1), String(of + 1)]))
    const waits = place === undefined ? [] : [...reached(orders[place] ?? [], (name) => orders[Number(name) - 1] ?? [])].map((name) => name.startsWith('#') ? name : named.get(name) ?? '')
    const [all, wanted] = [reached(found, (name) => orders[Number(name) - 1] ?? []), reached(after, (name) => expected[Number(name) - 1]?.after ?? [])]
    edges.expected += wanted.size
    edges.right += waits.filter((name) => wanted.has(name)).length
    if (all.size !== wanted.size || [...all].some((name) => !wanted.has(name))) faults.push(`“${input?.title}” waits for ${found.join(' ') || 'nothing'} instead of ${after.join(' ') || 'nothing'}`)
  })
  for (const order of orders) edges.found += reached(order, (name) => orders[Number(name) - 1] ?? []).size
  const others = got.filter(({ name }) => name !== 'cortex_create_task').map(shorten)
  if (others.join(', ') !== calls.join(', ')) faults.push(`calls ${others.join(', ') || 'nothing'} instead of ${calls.join(', ') || 'nothing'}`)
  const told = lastText(turns, { text, calls: got })
  for (const part of says) if (!told.toLowerCase().includes(part.toLowerCase())) faults.push(`the reply does not say “${part}”: ${told}`)
  titles.forEach((part, i) => { if (!isMeant(i, i)) faults.push(`“${created[i]?.title}” does not say “${part}”`) })
  return { say, faults, expected: expected.length, created: created.length, meant: pairs.size, right, edges }
}

/** What is said once every call is answered. */
function lastText (turns: readonly Turn[], { text, calls }: Reply, round = 1): string {
  if (calls.length === 0 || round > 9) return text
  const answered = [...turns, ...called(calls, calls.map(answerTo), round * 100, text)]
  return lastText(answered, reply(...answered), round + 1)
}

/** The most pairs of an expected and a created task that fit, each in one pair; those in the same place first. */
function pairUp (expected: number, created: number, fits: (i: number, j: number) => boolean): ReadonlyMap<number, number> {
  const taken = new Map<number, number>()
  const place = (i: number, seen: Set<number>): boolean => {
    const free = Array.from({ length: created }, (_, j) => j).filter((j) => fits(i, j) && !seen.has(j)).sort((a, b) => Number(taken.has(a)) - Number(taken.has(b)) || Number(b === i) - Number(a === i))
    return free.some((j) => {
      seen.add(j)
      const other = taken.get(j)
      if (other !== undefined && !place(other, seen)) return false
      taken.set(j, i)
      return true
    })
  }
  for (let i = 0; i < expected; i++) place(i, new Set())
  return new Map([...taken].map(([j, i]) => [i, j]))
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

function answerTo ({ name, input }: Call, i: number): unknown {
  return name === 'cortex_get_tasks' ? { tasks: [], next_cursor: null } : { task_id: input.task_id ?? taskId(i + 4), status: 'queued', message: '' }
}

function readExpected (written: string): Expected {
  const [what = '', after = ''] = written.split(' > ')
  const [category = '', priority = ''] = what.split(' ')
  return { category, priority, after: after.split(' ').filter(Boolean) }
}

const percent = (part: number, whole: number): number => whole === 0 ? 100 : Math.round(1_000 * part / whole) / 10

/** Precision and recall of tasks by what they are about, of what they wait for, and what was started that nobody asked for. */
export function scoreOf (outcomes: readonly Outcome[]): Score {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const [expected, created] = [sum((outcome) => outcome.expected), sum((outcome) => outcome.created)]
  const pair = (right: number, found: number, wanted: number): string => `precision ${percent(right, found)} %, recall ${percent(right, wanted)} %`
  const idle = outcomes.filter((outcome) => outcome.expected === 0)
  const right = percent(outcomes.filter(({ faults }) => faults.length === 0).length, outcomes.length)
  const falseTasks = created - sum(({ meant }) => meant)
  const falseMessages = idle.filter((outcome) => outcome.created > 0).length
  return {
    right,
    falseTasks,
    falseMessages,
    lines: [
      `sentences right in full: ${right} % of ${outcomes.length}`,
      `tasks by their titles: ${pair(sum(({ meant }) => meant), created, expected)}`,
      `tasks by their titles and fields: ${pair(sum((outcome) => outcome.right), created, expected)}`,
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
