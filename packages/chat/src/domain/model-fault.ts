import { APIConnectionError, APIError } from '@anthropic-ai/sdk'
import type { ChatError } from '@cortex/contracts'
import { modelCutOff, modelFailed, modelKeyRefused, modelOverloaded, modelRateLimited, modelRequestRefused, modelStalled, modelUnknown, modelUnpaid, modelUnreachable } from './turn-faults.ts'

/** The model sent nothing for too long. */
export class ModelStalled extends Error {}

/** The reply broke off on the way. What failed before it began was repeated by the SDK already. */
export function brokeOff (error: unknown): boolean {
  const beforeReply = error instanceof APIConnectionError || (error instanceof APIError && error.status !== undefined)
  return !beforeReply && toChatError(error).retryable
}

/** What a person is told. Decided by the error's type, never by its words. */
export function toChatError (error: unknown): ChatError {
  if (error instanceof ModelStalled) return modelStalled()
  if (error instanceof APIConnectionError) return modelUnreachable()
  // Without an API error it is the stream that broke: cut in the middle, or not in the form the API has.
  if (!(error instanceof APIError)) return modelCutOff()
  switch (error.type) {
    case 'rate_limit_error': return modelRateLimited()
    case 'overloaded_error': return modelOverloaded()
    case 'authentication_error':
    case 'permission_error': return modelKeyRefused()
    case 'billing_error': return modelUnpaid()
    case 'not_found_error': return modelUnknown()
    case 'invalid_request_error': return modelRequestRefused(`: ${error.apiMessage ?? error.message}`)
  }
  if (error.status !== undefined && error.status < 500) return modelRequestRefused(` (HTTP ${error.status}).`)
  return modelFailed()
}
