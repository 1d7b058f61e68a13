import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { AddressInfo } from 'node:net'
import { createTaskInput } from './payload.ts'

/** What the next turn is to be. */
export interface Script {
  /** `tool_use` blocks in one message. */
  calls: number
  /** Pieces of text before them; none unless given. */
  words?: number
  /** Milliseconds before each piece of a call or text; 0 sends the message as fast as it can be written. */
  pause: number
}

/** When it happened, on `performance.now()`. */
export interface Played {
  /** The event after the last call was sent: from here on its reader can know that it is whole. */
  lastCallWhole: number
  messageEnded: number
}

export interface ScriptedModel {
  url: string
  /** Says what the next turn is; resolves when its message has been sent. */
  play (script: Script): Promise<Played>
  close (): Promise<void>
}

interface Turn { script: Script, played: (played: Played) => void, failed: (error: unknown) => void }

/** Pieces the input of a call is sent in. */
const pieces = 8

/** The Messages API over HTTP, for turns of calls: a message of N `tool_use` blocks, and a sentence once their results have come back. */
export async function startScriptedModel (): Promise<ScriptedModel> {
  const turns: Turn[] = []
  const server = createServer((request, response) => { void answer(request, response).catch(() => response.destroy()) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function answer (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { messages } = JSON.parse(await text(request)) as { messages: Array<{ content: string | Array<{ type: string }> }> }
    const last = messages.at(-1)?.content
    const returning = Array.isArray(last) && last.some(({ type }) => type === 'tool_result')
    const reply = new Reply(response)
    if (returning) return reply.say('All of it is under way.')
    const turn = turns.shift()
    if (!turn) return reply.say('Nothing is asked for.')
    await reply.call(turn.script).then(turn.played, turn.failed)
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play: async (script) => await new Promise((resolve, reject) => { turns.push({ script, played: resolve, failed: reject }) }),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

/** One message in the grammar of the stream. */
class Reply {
  readonly #response: ServerResponse

  constructor (response: ServerResponse) {
    this.#response = response
    response.socket?.setNoDelay(true)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    this.#send('message_start', {
      message: { id: 'msg_bench', type: 'message', role: 'assistant', model: 'scripted', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 100, output_tokens: 1 } }
    })
  }

  say (sentence: string): void {
    this.#send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
    this.#send('content_block_delta', { index: 0, delta: { type: 'text_delta', text: sentence } })
    this.#send('content_block_stop', { index: 0 })
    this.#end('end_turn')
  }

  async call ({ calls, words = 0, pause }: Script): Promise<Played> {
    const json = JSON.stringify(createTaskInput())
    const size = Math.ceil(json.length / pieces)
    if (words > 0) await this.#speak(words, pause)
    for (let index = 0; index < calls; index++) {
      this.#send('content_block_start', { index, content_block: { type: 'tool_use', id: `toolu_${crypto.randomUUID()}`, name: 'cortex_create_task', input: {} } })
      for (let at = 0; at < json.length; at += size) {
        if (pause > 0) await delay(pause)
        this.#send('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: json.slice(at, at + size) } })
      }
      this.#send('content_block_stop', { index })
    }
    const lastCallWhole = performance.now()
    this.#end(calls > 0 ? 'tool_use' : 'end_turn')
    return { lastCallWhole, messageEnded: performance.now() }
  }

  async #speak (words: number, pause: number): Promise<void> {
    this.#send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
    for (let word = 0; word < words; word++) {
      if (pause > 0) await delay(pause)
      this.#send('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'some more words of it ' } })
    }
    this.#send('content_block_stop', { index: 0 })
  }

  #end (stopReason: string): void {
    this.#send('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 100 } })
    this.#send('message_stop', {})
    this.#response.end()
  }

  #send (type: string, fields: object): void {
    this.#response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
  }
}
