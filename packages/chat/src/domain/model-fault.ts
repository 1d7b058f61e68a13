import { APIConnectionError, APIError } from '@anthropic-ai/sdk'
import type { ChatError } from '@cortex/contracts'

/** The model sent nothing for too long. */
export class ModelStalled extends Error {}

/** The reply broke off on the way. What failed before it began was repeated by the SDK already. */
export function brokeOff (error: unknown): boolean {
  const beforeReply = error instanceof APIConnectionError || (error instanceof APIError && error.status !== undefined)
  return !beforeReply && toChatError(error).retryable
}

/** What a person is told. Decided by the error's type, never by its words. */
export function toChatError (error: unknown): ChatError {
  if (error instanceof ModelStalled) return fault('CTX_MODEL_STALLED', 'The model stopped answering in the middle of its reply.', true)
  if (error instanceof APIConnectionError) return fault('CTX_MODEL_UNREACHABLE', 'The model cannot be reached.', true)
  // Without an API error it is the stream that broke: cut in the middle, or not in the form the API has.
  if (!(error instanceof APIError)) return fault('CTX_MODEL_CUT_OFF', 'The connection to the model broke in the middle of its reply.', true)
  switch (error.type) {
    case 'rate_limit_error': return fault('CTX_MODEL_RATE_LIMITED', 'The rate limit of the model is reached.', true)
    case 'overloaded_error': return fault('CTX_MODEL_OVERLOADED', 'The model is overloaded.', true)
    case 'authentication_error':
    case 'permission_error': return fault('CTX_MODEL_KEY_REFUSED', 'The model refused the API key; check ANTHROPIC_API_KEY.', false)
    case 'billing_error': return fault('CTX_MODEL_UNPAID', 'The account of the API key cannot pay for this request.', false)
    case 'not_found_error': return fault('CTX_MODEL_UNKNOWN', 'There is no such model; check CORTEX_MODEL.', false)
    case 'invalid_request_error': return fault('CTX_MODEL_REQUEST_REFUSED', `The model refused the request: ${error.apiMessage ?? error.message}`.slice(0, 1_000), false)
  }
  if (error.status !== undefined && error.status < 500) return fault('CTX_MODEL_REQUEST_REFUSED', `The model refused the request (HTTP ${error.status}).`, false)
  return fault('CTX_MODEL_FAILED', 'The model failed to answer.', true)
}

function fault (code: string, message: string, retryable: boolean): ChatError {
  return { code, message, retryable }
}
