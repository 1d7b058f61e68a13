import type { openedForHeader as contractHeader, Problem } from '@cortex/contracts'

/** Only types come from the contracts. */
const openedForHeader = 'cortex-opened-for' satisfies typeof contractHeader

/** Says for whom the page was opened, where people sign in. */
export function openedForHeaders (mark: string | null): Record<string, string> {
  return mark === null ? {} : { [openedForHeader]: mark }
}

const requestTimeoutMs = 30_000

/** The server said no, in words a person can read. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly status: number
  readonly code: string

  constructor (status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.status = status
    this.code = problem.code ?? 'CTX_UNKNOWN'
  }
}

/** Nobody answered: no network, or the server is away. */
export class UnreachableError extends Error {
  override name = 'UnreachableError'
}

export interface Api {
  /** @throws ProblemError, UnreachableError */
  get<Answer> (path: string, signal?: AbortSignal): Promise<Answer>
  /** @throws ProblemError, UnreachableError */
  post<Answer> (path: string, body: object): Promise<Answer>
  /** @throws ProblemError, UnreachableError */
  patch<Answer> (path: string, body: object): Promise<Answer>
  /** @throws ProblemError, UnreachableError */
  remove<Answer> (path: string): Promise<Answer>
  /** Milliseconds the server's clock is ahead of ours, as its answers tell; elapsed times are counted on its clock. */
  clockOffset (): number
}

export interface ApiOptions {
  /** Where the server is, without a slash at its end; empty for the page's own origin. */
  origin: string
  /** The mark of the person it is for; null where nobody signs in. */
  openedFor: string | null
  /** Called on each 401: somebody has to sign in. */
  onUnauthorized: () => void
}

export function createApi ({ origin, openedFor, onUnauthorized }: ApiOptions): Api {
  let offset = 0

  async function send<Answer> (path: string, init: RequestInit): Promise<Answer> {
    const timeout = AbortSignal.timeout(requestTimeoutMs)
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
    let response: Response
    let text: string
    try {
      response = await fetch(origin + path, { ...init, headers: { ...init.headers as Record<string, string> | undefined, ...openedForHeaders(openedFor) }, signal, cache: 'no-store', redirect: 'error' })
      text = await response.text()
    } catch (error) {
      throw init.signal?.aborted ? error : new UnreachableError('The server does not answer', { cause: error })
    }
    offset = readOffset(response) ?? offset
    if (response.status === 401) onUnauthorized()
    if (!response.ok) throw new ProblemError(response.status, readJson(text) ?? {})
    return readJson(text) as Answer
  }

  return {
    get: (path, signal) => send(path, signal ? { signal } : {}),
    post: (path, body) => send(path, withBody('POST', body)),
    patch: (path, body) => send(path, withBody('PATCH', body)),
    remove: (path) => send(path, { method: 'DELETE' }),
    clockOffset: () => offset
  }
}

function withBody (method: string, body: object): RequestInit {
  return { method, headers: { 'content-type': 'application/json', traceparent: newTraceparent() }, body: JSON.stringify(body) }
}

/** A trace begins with what a person does, in the form of W3C Trace Context. */
function newTraceparent (): string {
  const hex = (bytes: number) => Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `00-${hex(16)}-${hex(8)}-01`
}

/** The date header has whole seconds and travels a while, so small differences mean nothing. */
function readOffset (response: Response): number | null {
  const date = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(date)) return null
  const difference = date + 500 - Date.now()
  return Math.abs(difference) < 2_000 ? 0 : difference
}

function readJson (text: string): Partial<Problem> | null {
  try {
    return JSON.parse(text) as Partial<Problem>
  } catch {
    return null
  }
}
