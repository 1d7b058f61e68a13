import { batchReportTags, type TaskStatus } from '@cortex/contracts'
import type { Call, Transcript } from './transcript.ts'

/** A task the conversation has spoken of. */
export interface KnownTask {
  id: string
  title: string
  description: string
  category: string | null
  /** As last heard; it may have changed since. */
  status: TaskStatus | 'not_found' | null
  /** Of this conversation, and not only looked up. */
  own: boolean
  /** Tasks created in one turn share a number; higher is later. */
  turn: number
}

export interface Step {
  call: Call
  /** The tool's answer as JSON; null when it was none. */
  output: Readonly<Record<string, unknown>> | null
  text: string
  failed: boolean
}

export interface Conversation {
  /** What the person said last. */
  ask: string
  previousAsk: string | null
  /** What was answered to that, just before. */
  lastAnswer: string
  /** Calls made for `ask` so far. */
  steps: readonly Step[]
  /** Tasks known when `ask` was said. */
  before: readonly KnownTask[]
  /** The same with what `steps` told. */
  now: readonly KnownTask[]
}

export function readConversation ({ turns }: Transcript): Conversation {
  let askAt = 0
  turns.forEach((turn, i) => { if (turn.role === 'user' && textOf(turn) !== '') askAt = i })
  const earlier = readSteps(turns.slice(0, askAt + 1))
  const steps = readSteps(turns.slice(askAt))
  const said = turns.slice(0, askAt)
  const asks = said.filter((turn) => turn.role === 'user' && textOf(turn) !== '' && !textOf(turn).includes(batchReportTags[0]))
  const tasks = new Map<string, KnownTask>()
  for (const { step, turn } of earlier) learn(tasks, step, turn)
  for (const text of said.filter(({ role }) => role === 'user').map(textOf)) learnReport(tasks, text)
  const before = [...tasks.values()].map((task) => ({ ...task }))
  for (const { step, turn } of steps) learn(tasks, step, turn + askAt)
  return {
    ask: textOf(turns[askAt]),
    previousAsk: asks.length > 0 ? textOf(asks.at(-1)) : null,
    lastAnswer: textOf(said.findLast(({ role }) => role === 'assistant')),
    steps: steps.map(({ step }) => step),
    before,
    now: [...tasks.values()]
  }
}

/** What was said; a block all in square brackets is a note of the client's and not the person's. */
function textOf (turn: Transcript['turns'][number] | undefined): string {
  return (turn?.parts ?? []).flatMap((part) => part.type === 'text' && !/^\[[^\]]*\]$/.test(part.text.trim()) ? [part.text] : []).join('\n').trim()
}

function readSteps (turns: Transcript['turns']): { step: Step, turn: number }[] {
  return turns.flatMap((turn, i) => turn.role === 'user'
    ? []
    : turn.parts.flatMap((part) => {
      if (part.type !== 'call') return []
      const result = turns[i + 1]?.parts.find((other) => other.type === 'result' && other.callId === part.id)
      if (result?.type !== 'result') return []
      return [{ turn: i, step: { call: { name: part.name, input: part.input }, output: readJson(result.text), text: result.text, failed: result.failed } }]
    }))
}

function learn (tasks: Map<string, KnownTask>, { call, output, failed }: Step, turn: number): void {
  if (failed || !output) return
  if (call.name === 'cortex_get_tasks') {
    const own = call.input.conversation === 'current'
    for (const row of Array.isArray(output.tasks) ? output.tasks : []) note(tasks, row as Record<string, unknown>, {}, turn, own)
  } else note(tasks, output, call.name === 'cortex_create_task' ? call.input : {}, turn, call.name === 'cortex_create_task')
}

/** Ids come from the tools alone; a title the person or a call made up never becomes one. */
function note (tasks: Map<string, KnownTask>, output: Readonly<Record<string, unknown>>, input: Readonly<Record<string, unknown>>, turn: number, own: boolean): void {
  const id = text(output.task_id)
  if (id === '') return
  const known = tasks.get(id)
  const status = text(output.status) as KnownTask['status'] & string
  if (status === 'not_found' && !known) return
  tasks.set(id, {
    id,
    title: text(output.title) || text(input.title) || known?.title || id,
    description: text(input.description) || known?.description || '',
    category: text(output.category) || text(input.category) || (known?.category ?? null),
    status: status || (known?.status ?? null),
    own: own || (known?.own ?? false),
    turn: known?.turn ?? turn
  })
}

function learnReport (tasks: Map<string, KnownTask>, said: string): void {
  const report = readTagged(said)
  for (const row of Array.isArray(report?.tasks) ? report.tasks : []) note(tasks, row as Record<string, unknown>, {}, 0, true)
}

/** The JSON between the report tags; null when there is none. */
export function readTagged (said: string): Readonly<Record<string, unknown>> | null {
  const [open, close] = batchReportTags
  const from = said.indexOf(open)
  const to = said.lastIndexOf(close)
  return from === -1 || to < from ? null : readJson(said.slice(from + open.length, to))
}

function readJson (value: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed as Record<string, unknown> : null
  } catch {
    return null
  }
}

export function text (value: unknown): string {
  return typeof value === 'string' ? value : ''
}
