import { APIConnectionError, APIError } from '@anthropic-ai/sdk'
import type { ChatError } from '@cortex/contracts'
import type { Concealer } from '@cortex/secrets/credentials'
import { modelCutOff, modelFailed, modelKeyRefused, modelOverloaded, modelRateLimited, modelRequestRefused, modelStalled, modelUnknown, modelUnpaid, modelUnreachable } from './turn-faults.ts'

/** The model sent nothing for too long. */
export class ModelStalled extends Error {}

/** The reply broke off on the way. What failed before it began was repeated by the SDK already. */
export function brokeOff (error: unknown, conceal: Concealer): boolean {
  const beforeReply = error instanceof APIConnectionError || (error instanceof APIError && error.status !== undefined)
  return !beforeReply && toChatError(error, conceal).retryable
}

/** A refusal that speaks of length or of an earlier message is no fault of what was said last. Only words tell: all of them have one type. */
const ofTheWhole = /too (?:long|large|many)|context|maximum|exceed|\btokens?\b/i
const place = /\bmessages[.[](\d+)/

/** Whether the server will not have what these messages end with, so that it would refuse all that is sent with it. */
export function refusesLast (error: unknown, messages: number): boolean {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 422)) return false
  if (error.type !== null && error.type !== 'invalid_request_error') return false
  const said = error.apiMessage ?? error.message
  const named = place.exec(said)?.[1]
  return named === undefined ? !ofTheWhole.test(said) : Number(named) === messages - 1
}

/** What a person is told. Decided by the error's type, never by its words. What is said is concealed before it is cut: half a key is not known any more. */
export function toChatError (error: unknown, conceal: Concealer): ChatError {
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
    case 'invalid_request_error': return modelRequestRefused(`: ${conceal.text(error.apiMessage ?? error.message)}`)
  }
  if (error.status !== undefined && error.status < 500) return modelRequestRefused(` (HTTP ${error.status}).`)
  return modelFailed()
}

/** The same, with what a person can do about a message that will not be sent again. */
export function leftOut (error: ChatError): ChatError {
  return { ...error, message: `${error.message.replace(/(?<![.!?])$/, '.')} Your message was not answered and is left out of what is sent from now on: write it in another way.` }
}
