import { setTimeout as delay } from 'node:timers/promises'
import { terminalStatuses, type LogLine, type Task, type TaskEvent, type TaskLog, type TaskStatus } from '@cortex/contracts'
import type { Client } from '../client.ts'
import { defineCommand } from '../command.ts'
import { ServerRefusal } from '../errors.ts'
import type { Ending } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { oneLine, visibleLogLine } from '../terminal/visible-text.ts'
import { idArgument, pendingOf, taskPath } from './tasks.ts'

/** Lines of one page of a log. */
const pageSize = 2_000
/** Milliseconds before a stream that broke off is opened anew, and how often that is tried in a row. */
const pause = 1_000
const mostTries = 30

export const tasksLogs = defineCommand({
  words: 'tasks logs',
  summary: 'Read the log of a task',
  details: 'With --follow it ends with the task: 0 when the task is completed, 1 when it failed or was cancelled. So a script waits for a task.',
  args: [idArgument],
  options: {
    follow: { short: 'f', text: 'Go on as lines come, until the task has ended' },
    json: { text: 'Each line as one line of JSON' }
  },
  examples: ['cortex tasks logs -f task-chat-1766779451040-2axt2h5cq'],
  async run ({ args: [id = ''], options, terminal, client, signal }) {
    const cortex = client()
    const log = new PrintedLog(cortex, id, (line) => options.json ? terminal.json(line, { lines: true }) : terminal.out(renderLine(line, terminal)))
    const task = await cortex.get<Task>(taskPath(id))
    await log.catchUp()
    if (!options.follow) return undefined
    return await follow({ cortex, id, log, terminal, signal, task })
  }
})

interface Following { cortex: Client, id: string, log: PrintedLog, terminal: Terminal, signal: AbortSignal, task: Task }

/** Reads the stream, again and again through drops, until the task has ended. */
async function follow ({ cortex, id, log, terminal, signal, task: first }: Following): Promise<Ending> {
  let task = first
  let asked: string | null = null
  for (let tries = 0; ;) {
    try {
      // Nothing is missed between a look at the task and its stream: the look comes when the stream is open.
      for await (const { event, data } of cortex.events(`${taskPath(id)}/events`)) {
        tries = 0
        if (event === 'task.log') await log.take(JSON.parse(data) as TaskLog)
        else if (event === 'ready' || event === 'reset') {
          task = await cortex.get<Task>(taskPath(id))
          await log.catchUp()
        } else if (event !== 'goodbye') ({ task } = JSON.parse(data) as TaskEvent)
        if (isEnded(task.status)) break
        if (task.status === 'awaiting_approval') {
          const pending = await pendingOf(cortex, id)
          if (pending && pending.id !== asked) terminal.note(oneLine(`waits for approval: ${pending.summary} (cortex approvals show ${asked = pending.id})`))
        }
      }
    } catch (error) {
      signal.throwIfAborted()
      const { code = '' } = error as { code?: string }
      if (++tries > mostTries || !(code === 'CTX_CORTEX_UNREACHABLE' || (error instanceof ServerRefusal && error.status >= 500))) throw error
    }
    if (isEnded(task.status)) break
    await delay(pause, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
  await log.catchUp()
  const why = task.error ? `${task.error.code}: ${task.error.message}` : task.metadata.cancel_reason
  terminal.note(`${id} is ${task.status}${why ? `: ${oneLine(why)}` : ''}`)
  return task.status === 'completed' ? 'done' : 'failed'
}

function isEnded (status: TaskStatus): boolean {
  return (terminalStatuses as readonly TaskStatus[]).includes(status)
}

/** The lines up to a number, each printed once, in order, whichever way it came. */
class PrintedLog {
  readonly #cortex: Client
  readonly #id: string
  readonly #print: (line: LogLine) => void
  #next = 0

  constructor (cortex: Client, id: string, print: (line: LogLine) => void) {
    this.#cortex = cortex
    this.#id = id
    this.#print = print
  }

  async catchUp (): Promise<void> {
    for (;;) {
      const page = await this.#cortex.get<TaskLog>(`${taskPath(this.#id)}/log`, { from: this.#next, limit: pageSize })
      this.#append(page)
      if (page.lines.length === 0 || this.#next >= page.total) return
    }
  }

  async take (log: TaskLog): Promise<void> {
    if (log.from > this.#next) await this.catchUp()
    this.#append(log)
  }

  #append ({ from, lines }: TaskLog): void {
    for (const line of lines.slice(Math.max(0, this.#next - from))) this.#print(line)
    this.#next = Math.max(this.#next, from + lines.length)
  }
}

function renderLine ({ at, level, message }: LogLine, terminal: Terminal): string {
  const tone = level === 'error' ? 'red' : level === 'warn' ? 'yellow' : null
  const [first = '', ...rest] = visibleLogLine(message).split('\n')
  return [`${terminal.style('dim', at.slice(11, 23))} ${tone ? terminal.style(tone, level) : level} ${first}`, ...rest.map((line) => `             ${line}`)].join('\n') + '\n'
}
