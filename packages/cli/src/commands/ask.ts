import type { ChatEvent } from '@cortex/contracts'
import { defineCommand } from '../command.ts'
import { CortexUnreachable, UsageFault } from '../errors.ts'
import type { Ending } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { oneLine, visibleText } from '../terminal/visible-text.ts'

/** Characters of a message, as the chat takes it. */
const longestMessage = 20_000

export const ask = defineCommand({
  words: 'ask',
  summary: 'Say something to Cortex and read the answer as it comes',
  details: 'The answer goes to the standard output; what was started, and the conversation to go on with, to the standard error. Tasks go on by themselves after the answer.',
  args: [{ name: 'MESSAGE', text: 'What to do, in words; - reads it from the standard input' }],
  options: {
    conversation: { value: 'ID', text: 'Go on with this conversation instead of a new one' },
    json: { text: 'Each event of the answer as one line of JSON' }
  },
  examples: ['cortex ask "Take an inventory of images and licences"', 'cortex ask - < request.txt'],
  async run ({ args: [message = ''], options, terminal, client }) {
    const text = message === '-' ? await terminal.readInput(longestMessage) : message
    if (text.trim() === '') throw new UsageFault('MESSAGE is empty')
    if (text.length > longestMessage) throw new UsageFault(`MESSAGE is longer than ${longestMessage} characters`)
    const cortex = client()
    const reply = new Reply(terminal)
    let ending: Ending | undefined
    for await (const { event: type, data } of cortex.events('/v1/chat', { body: { message: text, ...options.conversation !== undefined && { conversation_id: options.conversation } } })) {
      const event = { ...JSON.parse(data) as object, type } as ChatEvent | ConversationBegun
      if (options.json) terminal.json(event, { lines: true })
      else reply.show(event)
      if (event.type === 'RUN_FINISHED') ending = event.status === 'complete' ? 'done' : 'failed'
      if (event.type === 'RUN_ERROR') ending = 'failed'
    }
    if (!options.json) reply.end()
    if (ending === undefined) throw new CortexUnreachable(cortex.url.origin, 'it ended before the answer did; what was started goes on')
    return ending
  }
})

interface ConversationBegun { type: 'conversation', id: string, title: string }

class Reply {
  readonly #terminal: Terminal
  readonly #titles = new Map<string, string>()
  #conversation: string | null = null
  #lineEnded = true
  #index = -1

  constructor (terminal: Terminal) {
    this.#terminal = terminal
  }

  show (event: ChatEvent | ConversationBegun): void {
    switch (event.type) {
      case 'conversation':
        if ('id' in event) this.#conversation = event.id
        break
      case 'TEXT_MESSAGE_CONTENT':
        if (event.index !== this.#index) this.#endLine()
        this.#index = event.index
        this.#terminal.out(visibleText(event.delta))
        this.#lineEnded = event.delta.endsWith('\n')
        break
      case 'TOOL_CALL_START':
        this.#titles.set(event.tool_call_id, titleOf(event.input))
        break
      case 'TOOL_CALL_RESULT':
        this.#endLine()
        this.#terminal.note(callLine(this.#titles.get(event.tool_call_id) ?? '', event.status, event.output))
        break
      case 'RUN_ERROR':
        this.#endLine()
        this.#terminal.note(`${event.error.code}: ${oneLine(event.error.message)}`)
    }
  }

  end (): void {
    this.#endLine()
    if (this.#conversation !== null) this.#terminal.note(`\nGo on with: cortex ask --conversation ${oneLine(this.#conversation)} "…"`)
  }

  #endLine (): void {
    if (!this.#lineEnded) this.#terminal.out('\n')
    this.#lineEnded = true
  }
}

function titleOf (input: unknown): string {
  return typeof input === 'object' && input !== null && 'title' in input ? String(input.title) : ''
}

function callLine (title: string, status: 'succeeded' | 'failed', output: unknown): string {
  const { task_id: id, status: taskStatus, detail, message } = output as { task_id?: unknown, status?: unknown, detail?: unknown, message?: unknown } ?? {}
  if (status === 'failed') return oneLine(`  failed  ${title}  ${String(detail ?? message ?? '')}`)
  return oneLine(['  ', ...id === undefined ? [] : [String(id)], ...taskStatus === undefined ? [] : [String(taskStatus)], title].join('  '))
}
