import { DatabaseUnusable, StoreUnavailable, StoreUnreachable } from '../../errors.ts'

/** SQLSTATE: serialization_failure, deadlock_detected, lock_not_available. Another try may succeed. */
const conflicts = new Set(['40001', '40P01', '55P03'])
/** disk_full, insufficient_resources, io_error: the server cannot write. */
const diskFaults = new Set(['53100', '53000', '58030'])
/** The server is stopping, starting, took the connection away or the statement took too long; too many connections. */
const unreachable = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04', '53300', '57014'])
/** SQLSTATE classes and codes: no connection, wrong credentials, no such database, missing rights. */
const refusals = /^08|^28|^3D|^42501/
const networkFaults = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN'])

/** The error, or CTX_STORE_UNREACHABLE for whatever says that there was no server to answer. Its words name neither address nor credentials; its cause, for the log, names no credentials. */
export function asUnreachable (error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code = '' } = error as { code?: string }
  if (networkFaults.has(code) || unreachable.has(code) || code.startsWith('08')) return new StoreUnreachable(code, { cause: error })
  return /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/.test(error.message)
    ? new StoreUnreachable('the connection broke', { cause: error })
    : error
}

/** The error that ends a start, in words for whoever set DATABASE_URL: nobody answered, or nobody let us in. What is wrong once we are in stays as it is. */
export function asUnusable (error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code = '' } = error as { code?: string }
  const reached = code.startsWith('CTX_') ? !isUnreachable(error) : /^[0-9A-Z]{5}$/.test(code) && !refusals.test(code) && !unreachable.has(code)
  if (reached) return error
  const { message, code: causeCode } = (error.cause ?? error) as { message: string, code?: string }
  return new DatabaseUnusable(message || causeCode)
}

export function isUnreachable (error: unknown): boolean {
  return error instanceof StoreUnreachable
}

export function isConflict (error: unknown): boolean {
  return conflicts.has((error as { code?: string }).code ?? '')
}

/** The error as a caller is told. */
export function asTold (error: unknown): unknown {
  const { code = '', message } = error as { code?: string, message: string }
  return diskFaults.has(code) ? new StoreUnavailable(message) : error
}
