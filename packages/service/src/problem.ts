import { trace } from '@opentelemetry/api'
import type { Fault, Problem } from '@cortex/contracts'
import type { FastifyError } from 'fastify'
import { describeFaults, InputError } from './errors.ts'
import { statusWords } from './status-words.ts'
import { describeSchemaErrors } from './validation.ts'

/** What Fastify refuses by itself, in our words. */
export const requestProblems: Readonly<Record<string, readonly [code: string, detail: string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['CTX_JSON_MALFORMED', 'The body is not valid JSON, or names __proto__ or constructor.prototype'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['CTX_JSON_MALFORMED', 'The body is empty; send a JSON object'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['CTX_MEDIA_TYPE_UNSUPPORTED', 'Send the body as Content-Type: application/json'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['CTX_BODY_TOO_LARGE', 'The body is larger than 1 MB (1048576 bytes)'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['CTX_BODY_TORN', 'The body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: ['CTX_URL_MALFORMED', 'The URL cannot be decoded'],
  FST_ERR_MAX_PARAM_LENGTH: ['CTX_URL_MALFORMED', 'A part of the URL is too long']
}

/** An error whose own words are for the log alone, as they name addresses or settings: `told` is what whoever asks is told. */
export type LoggedError = FastifyError & { told?: string }

/** Any error as RFC 9457 problem details. What went wrong inside us is never told, only the ids to find it in the log. */
export function toProblem (error: LoggedError, requestId: string): Problem {
  const faults = faultsOf(error)
  const status = faults ? 400 : error.statusCode ?? 500
  if (faults) return problem('CTX_INPUT_INVALID', status, describeFaults(faults), requestId, faults)
  // A 5xx of our own naming (CTX_…) says what an operator can do, as when the disk is full; any other stays inside.
  if (status >= 500 && !error.code?.startsWith('CTX_')) return problem('CTX_INTERNAL', 500, `Something failed here; the log has it under request ${requestId}`, requestId)
  const known = requestProblems[error.code]
  if (known) return problem(known[0], status, known[1], requestId)
  // JSON.parse and secure-json-parse throw plain SyntaxErrors with a status and no code.
  if (error instanceof SyntaxError && status === 400) return problem('CTX_JSON_MALFORMED', 400, 'The body is not valid JSON, or names __proto__ or constructor.prototype', requestId)
  if (error.code?.startsWith('CTX_')) return problem(error.code, status, error.told ?? error.message, requestId)
  return problem('CTX_REQUEST_INVALID', status, 'The request is not one this route can answer', requestId)
}

function faultsOf (error: FastifyError): Fault[] | null {
  if (error instanceof InputError) return [...error.faults]
  if (!error.validation) return null
  const root = error.validationContext === 'body' || error.validationContext === undefined ? '' : error.validationContext
  return describeSchemaErrors(error.validation as never, root)
}

function problem (code: string, status: number, detail: string, requestId: string, errors?: Fault[]): Problem {
  const traceId = trace.getActiveSpan()?.spanContext().traceId
  return { type: `urn:cortex:error:${code}`, title: statusWords[status] ?? 'Error', status, detail, code, request_id: requestId, ...(traceId !== undefined && { trace_id: traceId }), ...(errors && { errors }) }
}
