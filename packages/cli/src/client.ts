import type { Problem } from '@cortex/contracts'
import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream'
import { AnswerNotOurs, CortexUnreachable, ServerRefusal } from './errors.ts'

/** Milliseconds a request may take. */
const requestLimit = 60_000
/** Milliseconds without a sign of life after which a stream is dead; it beats every 15 s. */
const longestSilence = 45_000
/** Characters of one answer and of one event at most: a page of tasks, a task with its result and its diffs. */
const longestAnswer = 64_000_000
const longestEvent = 32_000_000

export interface Client {
  readonly url: URL
  /** @throws ServerRefusal, CTX_CORTEX_UNREACHABLE, CTX_ANSWER_NOT_OURS */
  get<Answer> (path: string, query?: Record<string, string | number | undefined>): Promise<Answer>
  /** @throws ServerRefusal, CTX_CORTEX_UNREACHABLE, CTX_ANSWER_NOT_OURS */
  post<Answer> (path: string, body: object): Promise<Answer>
  /** Server-sent events until either side ends them. @throws ServerRefusal, CTX_CORTEX_UNREACHABLE */
  events (path: string, options?: { body?: object, lastEventId?: string | undefined }): AsyncGenerator<EventSourceMessage>
}

/** Speaks to the chat, which speaks to the orchestrator in the person's name. */
export function createClient ({ url, token, signal }: { url: URL, token: string | undefined, signal: AbortSignal }): Client {
  async function send (path: string, init: RequestInit, ends: AbortSignal): Promise<Response> {
    try {
      const response = await fetch(new URL(path.slice(1), url), {
        ...init,
        headers: { ...init.body != null && { 'content-type': 'application/json' }, ...init.headers, ...token !== undefined && { authorization: `Bearer ${token}` } },
        // Wherever it led to, the token is not meant for it.
        redirect: 'error',
        signal: AbortSignal.any([signal, ends])
      })
      if (response.ok) return response
      throw new ServerRefusal(response.status, problemIn(await readText(response)))
    } catch (error) {
      throw faultOf(error)
    }
  }

  function faultOf (error: unknown): unknown {
    if (signal.aborted) return signal.reason
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CTX_')) return error
    return new CortexUnreachable(url.origin, reasonOf(error), { cause: error })
  }

  async function answer<Answer> (path: string, init: RequestInit): Promise<Answer> {
    const response = await send(path, init, AbortSignal.timeout(requestLimit))
    const text = await readText(response).catch((error: unknown) => { throw faultOf(error) })
    try {
      return JSON.parse(text) as Answer
    } catch {
      throw new AnswerNotOurs(url.origin, 'no JSON')
    }
  }

  return {
    url,
    get: (path, query = {}) => {
      const given = Object.entries(query).flatMap(([name, value]): Array<[string, string]> => value === undefined ? [] : [[name, String(value)]])
      return answer(given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`, {})
    },
    post: (path, body) => answer(path, { method: 'POST', body: JSON.stringify(body) }),
    async * events (path, { body, lastEventId } = {}) {
      const silent = new AbortController()
      const watchdog = setTimeout(() => silent.abort(new Error('it fell silent')), longestSilence)
      try {
        const response = await send(path, {
          ...body !== undefined && { method: 'POST', body: JSON.stringify(body) },
          headers: { accept: 'text/event-stream', ...lastEventId !== undefined && { 'last-event-id': lastEventId } }
        }, silent.signal)
        const alive = new TransformStream<Uint8Array, Uint8Array>({
          transform (chunk, controller) {
            watchdog.refresh()
            controller.enqueue(chunk)
          }
        })
        const text = response.body?.pipeThrough(alive).pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
        yield * text?.pipeThrough(new EventSourceParserStream({ maxBufferSize: longestEvent })) ?? []
      } catch (error) {
        throw faultOf(error)
      } finally {
        clearTimeout(watchdog)
        silent.abort()
      }
    }
  }
}

async function readText (response: Response): Promise<string> {
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>) ?? []) {
    text += chunk
    if (text.length > longestAnswer) throw new AnswerNotOurs(new URL(response.url).origin, 'it is longer than any of Cortex')
  }
  return text
}

function problemIn (text: string): Partial<Problem> {
  try {
    return JSON.parse(text) as Partial<Problem>
  } catch {
    return {}
  }
}

/** fetch says only that it failed; why stands in the cause. */
function reasonOf (error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  if (!(cause instanceof Error)) return String(cause)
  return 'code' in cause && typeof cause.code === 'string' && cause.code !== '' ? cause.code : cause.message
}
