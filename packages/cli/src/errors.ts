import { createError } from '@cortex/service/errors'
import type { Problem } from '@cortex/contracts'
import { oneLine } from './terminal/visible-text.ts'
import type { Ending } from './exit-code.ts'

/** How the command was called cannot be done; the message says what to change, and the usage follows it. */
export class UsageFault extends Error {}

/** The server said no. */
export class ServerRefusal extends Error {
  readonly code: string
  readonly status: number
  readonly problem: Partial<Problem>

  constructor (status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.code = problem.code ?? 'CTX_UNKNOWN'
    this.status = status
    this.problem = problem
  }
}

export const CortexNotRunning = createError('CTX_CORTEX_NOT_RUNNING', 'There is no %s, so no Cortex runs on that data folder; start it with npm start, or name its address in CORTEX_URL', 500)
export const CortexUnreachable = createError('CTX_CORTEX_UNREACHABLE', '%s does not answer (%s); see whether Cortex runs there', 500)
export const AnswerNotOurs = createError('CTX_ANSWER_NOT_OURS', '%s answers with what is none of Cortex (%s); see to CORTEX_URL', 500)
export const TokenUnprotected = createError('CTX_TOKEN_UNPROTECTED', 'CORTEX_TOKEN would cross the network to %s unencrypted; use an https address', 500)
export const ApprovalMissing = createError('CTX_APPROVAL_NOT_FOUND', 'Task %s waits for no approval', 404)

/** The exit code's name for an error, whoever threw it. */
export function endingOf (error: unknown): Ending {
  if (error instanceof UsageFault) return 'usage'
  const { code = '', statusCode, status = statusCode } = error as { code?: string, status?: number, statusCode?: number }
  if (code === 'CTX_CORTEX_UNREACHABLE' || code === 'CTX_CORTEX_NOT_RUNNING') return 'unreachable'
  if (code === 'CTX_CONFIG_INVALID') return 'usage'
  if (status === 404) return 'notFound'
  if (!(error instanceof ServerRefusal)) return status === 400 ? 'usage' : 'failed'
  if (status === 401 || status === 403 || status === 409) return 'refused'
  if (status !== undefined && status >= 502 && status <= 504) return 'unreachable'
  return status !== undefined && status < 500 ? 'usage' : 'failed'
}

/** One line a person reads, and a line for each field at fault. */
export function describeError (error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error))
  const code = 'code' in error ? String(error.code) : ''
  // Errors of the system begin with their code.
  const message = code.startsWith('CTX_') ? `${code}: ${error.message}` : error.message
  const { errors = [], request_id: id, status } = error instanceof ServerRefusal ? { ...error.problem, status: error.status } : {}
  return [
    ...message.split('\n').map(oneLine),
    ...errors.map(({ field, message }) => `  ${oneLine(field)}: ${oneLine(message)}`),
    ...status !== undefined && status >= 500 && id !== undefined ? [`  request ${oneLine(id)}`] : []
  ].join('\n')
}
