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
export const AddressUnusable = createError('CTX_ADDRESS_UNUSABLE', '%s cannot be listened on (%s): %s', 500)
export const StoreUnreadable = createError('CTX_STORE_UNREADABLE', '%s cannot be read as a store of Cortex (%s); restore a backup, or set CORTEX_HOME to another folder', 500)
export const StoreLocked = createError('CTX_STORE_LOCKED', 'The data folder %s is in use by another process%s; stop that one, wait for it if it is a restore or an import, or name another folder in CORTEX_HOME', 500)
export const RestoreUnfinished = createError('CTX_RESTORE_UNFINISHED', 'A restore of %s was begun in %s and did not end, so what is there may be neither the old nor the new; call that restore again, or put back what lies in the newest replaced-… folder, if there is one, and remove %s there', 500)
export const KeyRefused = createError('CTX_KEY_REFUSED', '%s refuses the key (HTTP %s); set ANTHROPIC_API_KEY to one that is valid there, or leave it out', 500)
export const PricesInvalid = createError('CTX_PRICES_INVALID', 'The prices in %s (CORTEX_PRICES) cannot be used: %s', 500)
export const HostRefused = createError('CTX_HOST_REFUSED', 'The Host header names another host than this service answers for: its loopback address, and that of CORTEX_PUBLIC_URL where it is set', 403)
export const OriginRefused = createError('CTX_ORIGIN_REFUSED', 'Requests from pages of another origin are refused', 403)
export const RouteNotFound = createError('CTX_ROUTE_NOT_FOUND', 'There is no %s %s', 404)
export const RequestUnreadable = createError('CTX_REQUEST_UNREADABLE', 'This is not HTTP as it can be read; see to Content-Length, to the headers and to line ends', 400)
export const RequestLate = createError('CTX_REQUEST_LATE', 'The request did not arrive within 60 s; send it again', 408)
export const HeadersTooLarge = createError('CTX_HEADERS_TOO_LARGE', 'The headers and the URL are larger than 16 KB together; send fewer or shorter ones', 431)
export const Stopping = createError('CTX_STOPPING', 'The service is stopping; try again in a moment', 503)
export const SignInMissing = createError('CTX_SIGN_IN_MISSING', 'HOST=%s can be reached from other machines and no sign-in is configured; set %s, or use 127.0.0.1', 500)
export const SignInRequired = createError('CTX_SIGN_IN_REQUIRED', 'Sign in, or send a valid API token as Authorization: Bearer', 401)
export const ProxiedHasPassword = createError('CTX_PROXIED_HAS_PASSWORD', 'The proxy says you are %s, and that name has a password here, by which alone it is let in; whoever runs Cortex takes the password out of the file of CORTEX_USERS, or has the proxy name you otherwise', 401)
export const ProxiedNoRole = createError('CTX_PROXIED_NO_ROLE', 'The proxy says you are %s, who may do nothing here; ask whoever runs Cortex for a role in the file of CORTEX_USERS', 401)
export const RoleMissing = createError('CTX_ROLE_MISSING', 'This needs the role %s', 403)
export const RouteUndeclared = createError('CTX_ROUTE_UNDECLARED', '%s %s does not declare who may ask; set config.access where it is registered', 500)
export const RateExceeded = createError('CTX_RATE_EXCEEDED', 'Too many requests from this address; try again in %s s', 429)
export const UsersInvalid = createError('CTX_USERS_INVALID', 'The users in %s (CORTEX_USERS) cannot be used: %s', 500)
export const StreamsTooMany = createError('CTX_STREAMS_TOO_MANY', 'This process serves %s event streams, the most it may. Close one, or come back in a minute', 503)
