import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'

/** What a file of the operator's says by now. */
export interface Current<T> { readonly value: T }

export interface CurrentFile<T> extends Current<T> {
  /** Looks at the file no more; what is being read at this moment is replaced before it counts. */
  close (): Promise<void>
}

export interface CurrentFileOptions<T> {
  /** undefined: what counts without a file never changes. */
  file: string | undefined
  read: (file: string | undefined) => T | Promise<T>
  /** For the log: "policy". */
  what: string
  logger: Pick<FastifyBaseLogger, 'info' | 'error'>
  /** Gets what counts no more. */
  replaced?: (old: T) => void
}

/** Milliseconds between looks. Two in a row have to find the same change, so that no half of a file is read that is being written. */
const interval = 1_000

/**
 * Reads a file, and again whenever it changes, is replaced, or what a link on its way leads to does. One that cannot be used is told in the log with each
 * fault, and what was read before it counts on.
 * @throws what `read` throws, the first time
 */
export async function keepCurrent<T> ({ file, read, what, logger, replaced = () => {} }: CurrentFileOptions<T>): Promise<CurrentFile<T>> {
  let known = await signOf(file)
  let value = await read(file)
  let readAt = new Date().toISOString()
  if (file === undefined) return { value, close: async () => {} }
  const path = resolve(file)
  logger.info({ file: path, read_at: readAt }, `${what}: read`)

  let seen = known
  let looking: Promise<void> | undefined
  let closed = false
  const look = async (): Promise<void> => {
    const sign = await signOf(file)
    const settled = sign === seen
    seen = sign
    if (sign === known || !settled) return
    known = sign
    try {
      const fresh = await read(file)
      if (closed) return replaced(fresh)
      const old = value
      value = fresh
      readAt = new Date().toISOString()
      logger.info({ file: path, read_at: readAt }, `${what}: read again, and counts from now on`)
      replaced(old)
    } catch (error) {
      logger.error({ err: error, file: path, read_at: readAt }, `${what}: changed, and cannot be used; what was read before still counts`)
    }
  }
  const timer = setInterval(() => { looking ??= look().finally(() => { looking = undefined }) }, interval).unref()
  return {
    get value () { return value },
    async close () {
      closed = true
      clearInterval(timer)
    }
  }
}

/** Differs from what it was when the file does. */
async function signOf (file: string | undefined): Promise<string> {
  if (file === undefined) return ''
  const found = await stat(file, { bigint: true }).catch(() => null)
  return found ? [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ') : 'missing'
}
