import type { Fault } from '@cortex/contracts'
import { createError } from '@fastify/error'

export { createError }

/** Input that a schema cannot judge alone, refused with the faults by field. 400. */
export class InputError extends createError('CTX_INPUT_INVALID', '%s', 400) {
  readonly faults: readonly Fault[]

  constructor (faults: readonly Fault[]) {
    super(describeFaults(faults))
    this.faults = faults
  }
}

export function describeFaults (faults: readonly Fault[]): string {
  return faults.map(({ field, message }) => field ? `${field} ${message}` : message).join('; ')
}

export const ConfigError = createError('CTX_CONFIG_INVALID', 'The settings cannot be used: %s', 500)
export const FolderUnusable = createError('CTX_FOLDER_UNUSABLE', '%s names %s, which is no folder this process can make and write to (%s); name another or mend its permissions', 500)
export const PricesInvalid = createError('CTX_PRICES_INVALID', 'The prices in %s cannot be used: %s', 500)
export const HostRefused = createError('CTX_HOST_REFUSED', 'This service answers on its loopback address only; the Host header names another', 403)
export const OriginRefused = createError('CTX_ORIGIN_REFUSED', 'Requests from pages of another origin are refused', 403)
export const RouteNotFound = createError('CTX_ROUTE_NOT_FOUND', 'There is no %s %s', 404)
export const RequestUnreadable = createError('CTX_REQUEST_UNREADABLE', 'This is not HTTP as it can be read; see to Content-Length, to the headers and to line ends', 400)
export const RequestLate = createError('CTX_REQUEST_LATE', 'The request did not arrive within 60 s; send it again', 408)
export const HeadersTooLarge = createError('CTX_HEADERS_TOO_LARGE', 'The headers and the URL are larger than 16 KB together; send fewer or shorter ones', 431)
export const Stopping = createError('CTX_STOPPING', 'The service is stopping; try again in a moment', 503)
export const SignInMissing = createError('CTX_SIGN_IN_MISSING', 'HOST=%s can be reached from other machines and no sign-in is configured; use 127.0.0.1', 500)
export const StreamsTooMany = createError('CTX_STREAMS_TOO_MANY', 'This process serves %s event streams, the most it may. Close one, or come back in a minute', 503)
