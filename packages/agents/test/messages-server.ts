import type { IncomingMessage, ServerResponse } from 'node:http'
import { listen } from './support/listen.ts'
import type { TestOwner } from './workspace.ts'

export interface Block { type: string, [key: string]: unknown }
export interface SentMessage { role: string, content: string | Block[] }
export interface SentRequest { model: string, max_tokens: number, system: string, tools: Array<{ name: string }>, messages: SentMessage[], thinking?: unknown, output_config?: unknown, cache_control?: unknown }

/** What the scripted model answers to one request. */
export type Script =
  | { say?: string, think?: string, calls?: Array<[name: string, input: unknown]>, stop?: string, usage?: object | null }
  | { status: number, error: string }
  | { breaks: 'eof' | 'error' | 'silence' }

export interface MessagesServer {
  url: string
  requests: SentRequest[]
  /** Settles when a client gave up on a reply that stood silent. */
  abandoned: Promise<void>
  script (...answers: Array<Script | ((request: SentRequest) => Script)>): void
  /** Settles when this many requests have come. */
  asked (count: number): Promise<void>
}

/** The Messages API with its real grammar on loopback, answering from a script, and as strict on conversations as the real one. */
export async function startMessagesServer (t: TestOwner): Promise<MessagesServer> {
  const answers: Array<Script | ((request: SentRequest) => Script)> = []
  const requests: SentRequest[] = []
  const abandoned = Promise.withResolvers<void>()
  const arrivals = new EventTarget()
  let calls = 0

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // What a start asks, to see whether its key counts.
    if (request.method === 'GET') {
      response.end('{"data":[]}')
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const sent = JSON.parse(Buffer.concat(chunks).toString()) as SentRequest
    requests.push(sent)
    arrivals.dispatchEvent(new Event('request'))
    const fault = faultOf(sent)
    const next = answers.shift()
    const script: Script = fault !== undefined ? { status: 400, error: fault } : typeof next === 'function' ? next(sent) : next ?? { status: 400, error: 'the script has ended' }
    if ('status' in script) {
      response.writeHead(script.status, { 'content-type': 'application/json', 'request-id': 'req_1' })
      response.end(JSON.stringify({ type: 'error', error: { type: script.status === 529 ? 'overloaded_error' : 'invalid_request_error', message: script.error } }))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (type: string, data: object) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
    send('message_start', { message: { id: 'msg_1', type: 'message', role: 'assistant', model: sent.model, content: [], stop_reason: null, stop_sequence: null, usage: 'usage' in script ? script.usage : { input_tokens: 10, output_tokens: 1 } } })
    if ('breaks' in script) {
      send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
      send('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Half a' } })
      if (script.breaks === 'error') send('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })
      if (script.breaks === 'silence') response.on('close', () => abandoned.resolve())
      else response.end()
      return
    }
    let index = 0
    const block = (start: object, ...deltas: object[]) => {
      send('content_block_start', { index, content_block: start })
      for (const delta of deltas) send('content_block_delta', { index, delta })
      send('content_block_stop', { index: index++ })
    }
    if (script.think !== undefined) block({ type: 'thinking', thinking: '', signature: '' }, { type: 'thinking_delta', thinking: script.think }, { type: 'signature_delta', signature: 'sig' })
    if (script.say !== undefined) block({ type: 'text', text: '' }, { type: 'text_delta', text: script.say })
    for (const [name, input] of script.calls ?? []) block({ type: 'tool_use', id: `toolu_${++calls}`, name, input: {} }, { type: 'input_json_delta', partial_json: '' }, { type: 'input_json_delta', partial_json: JSON.stringify(input) })
    send('message_delta', { delta: { stop_reason: script.stop ?? (script.calls ? 'tool_use' : 'end_turn'), stop_sequence: null }, usage: script.usage === undefined ? { output_tokens: 20 } : { output_tokens: null } })
    send('message_stop', {})
    response.end()
  }

  const url = await listen(t, answer)
  return {
    url,
    requests,
    abandoned: abandoned.promise,
    script: (...more) => { answers.push(...more) },
    async asked (count) {
      while (requests.length < count) await new Promise((resolve) => { arrivals.addEventListener('request', resolve, { once: true }) })
    }
  }
}

/** Every call must have its result in the very next message, results first; roles take turns. */
function faultOf ({ messages }: SentRequest): string | undefined {
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== 'assistant' || typeof content === 'string') continue
    const wanted = content.filter(({ type }) => type === 'tool_use').map(({ id }) => id)
    if (wanted.length === 0) continue
    const next = messages[index + 1]
    const blocks = next && typeof next.content !== 'string' ? next.content : []
    if (next?.role !== 'user' || wanted.some((id) => !blocks.some((block) => block.type === 'tool_result' && block.tool_use_id === id))) return `tool_use ids without tool_result: ${wanted.join(', ')}`
    if (blocks.findLastIndex(({ type }) => type === 'tool_result') >= wanted.length) return 'tool_result must come first'
  }
  return undefined
}

/** The results the last user message brought, by their order. */
export function resultsIn ({ messages }: SentRequest): Array<{ content: string, is_error: boolean }> {
  const content = messages.at(-1)?.content
  return Array.isArray(content) ? content.filter(({ type }) => type === 'tool_result') as never : []
}
