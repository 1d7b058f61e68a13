import { randomUUID } from 'node:crypto'
import type { ChangeClaim, ClaimAnswer, Lease, LeaseList, LeaseOutcome, LeaseReport, LeaseRequest, LeaseState, Problem } from '@cortex/contracts'
import type { Static } from '@sinclair/typebox'
import { workerTokenRefused } from './errors.ts'

/** The lease is another worker's by now: whatever this one still does must stop at once. */
export class LeaseLost extends Error {}

/** Nobody answered, or the answer was a fault of the server: the same request may be sent again. */
export class OrchestratorUnavailable extends Error {}

/** What we show is not a worker's token there, or not any more: the operator's to mend, and the work is not at fault. */
export class WorkerTokenRefused extends OrchestratorUnavailable {
  readonly code: string

  constructor (url: string, shown: boolean) {
    const { code, message } = workerTokenRefused(new URL(url).host, shown ? 'refuses' : 'asks for')
    super(message)
    this.code = code
  }
}

/** The request itself was refused; sending it again would be refused again. */
export class OrchestratorRefused extends Error {
  readonly code: string

  constructor (code: string, message: string) {
    super(message)
    this.code = code
  }
}

const answerLimit = 10_000

/** The orchestrator's lease routes. Errors are one of those above, or the caller's own abort. */
export class OrchestratorClient {
  readonly #url: string
  readonly #authorization: { authorization?: string }

  constructor (url: string, token?: string) {
    this.#url = url.replace(/\/$/, '')
    this.#authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  }

  /** Tells of a lease that nobody has, which changes nothing. @throws WorkerTokenRefused; whatever else comes of it says nothing of the token */
  async introduce (signal: AbortSignal): Promise<void> {
    await this.report('none', {}, signal).catch((error: unknown) => { if (error instanceof WorkerTokenRefused) throw error })
  }

  async lease (request: Static<typeof LeaseRequest>, signal: AbortSignal): Promise<Lease[]> {
    const limit = request.wait_seconds * 1_000 + answerLimit
    const { leases } = await this.#post<LeaseList>('/v1/leases', request, signal, limit)
    return leases
  }

  async report (leaseId: string, report: LeaseReport, signal: AbortSignal): Promise<LeaseState> {
    return this.#post<LeaseState>(`/v1/leases/${encodeURIComponent(leaseId)}/report`, report, signal, 5_000)
  }

  async claim (leaseId: string, claim: ChangeClaim, signal: AbortSignal): Promise<ClaimAnswer> {
    return this.#post<ClaimAnswer>(`/v1/leases/${encodeURIComponent(leaseId)}/claims`, claim, signal, 5_000)
  }

  async outcome (leaseId: string, outcome: LeaseOutcome, signal: AbortSignal): Promise<void> {
    await this.#post<unknown>(`/v1/leases/${encodeURIComponent(leaseId)}/outcome`, outcome, signal, answerLimit, { prefer: 'return=minimal' })
  }

  async #post<T> (path: string, body: unknown, signal: AbortSignal, limit: number, headers: Record<string, string> = {}): Promise<T> {
    let response: Response
    let text: string
    try {
      response = await fetch(`${this.#url}${path}`, {
        method: 'POST',
        headers: { ...this.#authorization, ...headers, 'content-type': 'application/json', 'x-request-id': randomUUID() },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(limit)])
      })
      text = await response.text()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw new OrchestratorUnavailable('The orchestrator does not answer', { cause: error })
    }
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T
    const { code, detail } = problemOf(text)
    if (code === 'CTX_LEASE_LOST') throw new LeaseLost(detail)
    if (response.status === 401 || code === 'CTX_ROLE_MISSING') throw new WorkerTokenRefused(this.#url, this.#authorization.authorization !== undefined)
    if (response.status >= 500 || response.status === 408 || response.status === 429) throw new OrchestratorUnavailable(`${response.status} ${detail}`)
    throw new OrchestratorRefused(code, detail)
  }
}

function problemOf (text: string): Pick<Problem, 'code' | 'detail'> {
  try {
    const { code, detail } = JSON.parse(text) as Partial<Problem>
    return { code: code ?? 'unknown', detail: detail ?? text.slice(0, 500) }
  } catch {
    return { code: 'unknown', detail: text.slice(0, 500) }
  }
}
