import { StoreUnavailable, StoreUnreachable } from '../../errors.ts'

/** SQLSTATE: serialization_failure, deadlock_detected, lock_not_available. Another try may succeed. */
const conflicts = new Set(['40001', '40P01', '55P03'])
/** disk_full, insufficient_resources, io_error: the server cannot write. */
const diskFaults = new Set(['53100', '53000', '58030'])
/** The server is stopping, starting, or took the connection away; too many connections. */
const unreachable = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04', '53300'])
const networkFaults = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN'])

/** The error, or CTX_STORE_UNREACHABLE for whatever says that there was no server to answer. It names neither address nor credentials. */
export function asUnreachable (error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code = '' } = error as { code?: string }
  if (networkFaults.has(code) || unreachable.has(code) || code.startsWith('08')) return new StoreUnreachable(code)
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/.test(error.message)
    ? new StoreUnreachable('the connection broke')
    : error
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
