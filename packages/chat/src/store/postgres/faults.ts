import { DatabaseUnusable, StoreUnavailable, StoreUnreachable } from '../../errors.ts'

/** SQLSTATE: the server is stopping, starting, took the connection away, has no room for another, or the statement took too long. */
const unreachable = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04', '53300', '57014'])
/** disk_full, insufficient_resources, io_error: the server cannot write. */
const diskFaults = new Set(['53100', '53000', '58030'])
const networkFaults = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN'])
/** node-postgres has no codes for these. */
const brokenConnection = /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/
/** Wrong credentials, no such database, missing rights, no address at all. */
const refusals = /^28|^3D|^42501|^ERR_INVALID_URL/

/** What PostgreSQL and the network say becomes an error an operator can act on. Its words name neither address nor credentials. */
export function asStoreError (error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code = '' } = error as { code?: string }
  if (diskFaults.has(code)) return new StoreUnavailable(error.message, { cause: error })
  if (networkFaults.has(code) || unreachable.has(code) || code.startsWith('08')) return new StoreUnreachable(code, { cause: error })
  return brokenConnection.test(error.message) ? new StoreUnreachable('the connection broke', { cause: error }) : error
}

/** The error that ends a start, in words for whoever set DATABASE_URL. */
export function asUnusable (error: unknown): unknown {
  const { code = '', message } = error as { code?: string, message?: string }
  if (error instanceof StoreUnreachable) return new DatabaseUnusable((error.cause as Error | undefined)?.message || message)
  return refusals.test(code) ? new DatabaseUnusable(message) : error
}
