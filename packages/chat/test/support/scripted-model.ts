import { createServer, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { ContentBlockParam, MessageCreateParamsBase, MessageParam } from '@anthropic-ai/sdk/resources/messages'

export interface SentRequest extends MessageCreateParamsBase {
  headers: NodeJS.Dict<string | string[]>
}

/** One answer of the scripted Messages API: whatever a test wants the model to do. */
export type Script = (out: ReplyStream, request: SentRequest) => void | Promise<void>

/** Writes the stream grammar of the Messages API, event by event. */
export class ReplyStream {
  readonly #response: ServerResponse
  #index = -1

  constructor (response: ServerResponse) {
    this.#response = response
  }

  start (): this {
    this.#response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_scripted' })
    return this.event('message_start', {
      message: { id: 'msg_scripted', type: 'message', role: 'assistant', model: 'scripted', content: [], stop_reason: null, stop_sequence: null, stop_details: null, usage: { input_tokens: 10, output_tokens: 1 } }
    })
  }

  event (type: string, fields: object): this {
    this.#response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
    return this
  }

  open (block: object): this {
    return this.event('content_block_start', { index: ++this.#index, content_block: block })
  }

  delta (delta: object): this {
    return this.event('content_block_delta', { index: this.#index, delta })
  }

  shut (): this {
    return this.event('content_block_stop', { index: this.#index })
  }

  text (...pieces: string[]): this {
    this.open({ type: 'text', text: '' })
    for (const text of pieces) this.delta({ type: 'text_delta', text })
    return this.shut()
  }

  thinking (thinking: string, signature: string): this {
    return this.open({ type: 'thinking', thinking: '', signature: '' }).delta({ type: 'thinking_delta', thinking }).delta({ type: 'signature_delta', signature }).shut()
  }

  /** `json` as it goes over the wire, in two pieces. */
  callJson (id: string, name: string, json: string): this {
    const middle = json.length >> 1
    return this.open({ type: 'tool_use', id, name, input: {} })
      .delta({ type: 'input_json_delta', partial_json: '' })
      .delta({ type: 'input_json_delta', partial_json: json.slice(0, middle) })
      .delta({ type: 'input_json_delta', partial_json: json.slice(middle) })
      .shut()
  }

  call (id: string, input: object, name = 'cortex_create_task'): this {
    return this.callJson(id, name, JSON.stringify(input))
  }

  end (stopReason = 'end_turn', fields: object = {}): void {
    this.event('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null, ...fields }, usage: { output_tokens: 20 } })
    this.event('message_stop', {})
    this.#response.end()
  }

  /** As the API says it in the middle of a stream. */
  error (type: string): void {
    this.event('error', { error: { type, message: 'scripted' } })
    this.#response.end()
  }

  /** Without `message_stop`. */
  cut (): void {
    this.#response.end()
  }

  /** A whole message for a request that asked for no stream. */
  answer (text: string): void {
    this.#response.writeHead(200, { 'content-type': 'application/json' })
    this.#response.end(JSON.stringify({ id: 'msg_scripted', type: 'message', role: 'assistant', model: 'scripted', content: [{ type: 'text', text }], stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 10, output_tokens: 20 } }))
  }

  refuse (status: number, type: string, message = 'scripted refusal'): void {
    this.#response.writeHead(status, { 'content-type': 'application/json' })
    this.#response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_scripted' }))
  }
}

export interface ScriptedModel {
  url: string
  requests: SentRequest[]
  /** What the real API would have answered with 400. */
  violations: string[]
  /** Puts scripts at the end of what comes. */
  add (...scripts: Script[]): void
  /** Resolves when the n-th request (from 1) has come. */
  requested (n: number): Promise<SentRequest>
  close (): Promise<void>
}

/** A Messages API over HTTP that answers what a test wrote down, and judges each request as strictly as the real one. */
export async function startScriptedModel (...scripts: Script[]): Promise<ScriptedModel> {
  const requests: SentRequest[] = []
  const violations: string[] = []
  const waiting: Array<{ n: number, resolve: (request: SentRequest) => void }> = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const sent = { ...JSON.parse(body) as MessageCreateParamsBase, headers: request.headers }
    violations.push(...judge(sent.messages))
    requests.push(sent)
    for (const { n, resolve } of waiting) if (requests.length >= n) resolve(requests[n - 1]!)
    const script = scripts.shift()
    if (script) await script(new ReplyStream(response), sent)
    else new ReplyStream(response).refuse(500, 'api_error')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    violations,
    add: (...more) => { scripts.push(...more) },
    requested: async (n) => requests[n - 1] ?? await new Promise((resolve) => waiting.push({ n, resolve })),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

/** Alternation, pairing of calls and results, results first, no id for two calls. */
function judge (messages: readonly MessageParam[]): string[] {
  const faults: string[] = []
  const ids = messages.flatMap(({ content }) => typeof content === 'string' ? [] : content.flatMap((block) => block.type === 'tool_use' ? [block.id] : []))
  if (new Set(ids).size < ids.length) faults.push(`two calls of one id among ${ids.join()}`)
  for (const id of ids) if (!/^[a-zA-Z0-9_-]+$/.test(id)) faults.push(`the id ${id}`)
  if (messages[0]?.role !== 'user') faults.push('the first message is not the user\'s')
  for (const [index, { role, content }] of messages.entries()) {
    const previous = messages[index - 1]
    if (previous?.role === role) faults.push(`two ${role} messages in a row`)
    const blocks = typeof content === 'string' ? [] : content as ContentBlockParam[]
    if (blocks.length === 0) faults.push('empty content')
    const results = blocks.flatMap((block) => block.type === 'tool_result' ? [block.tool_use_id] : [])
    const calls = previous && typeof previous.content !== 'string' ? previous.content.flatMap((block) => block.type === 'tool_use' ? [block.id] : []) : []
    if (JSON.stringify([...results].sort()) !== JSON.stringify([...calls].sort())) faults.push(`results ${results.join()} for calls ${calls.join()}`)
    if (blocks.slice(0, results.length).some(({ type }) => type !== 'tool_result')) faults.push('text before results')
  }
  const last = messages.at(-1)
  const open = typeof last?.content === 'string' ? [] : last?.content.filter(({ type }) => type === 'tool_use') ?? []
  if (open.length > 0) faults.push('calls without results at the end')
  return faults
}
