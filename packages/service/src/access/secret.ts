import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** A secret of 256 bits that can stand in headers and cookies. */
export function newSecret (prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** Secrets of 256 bits need no slow hash: nobody guesses them. */
export function hashSecret (secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Takes as long whatever is compared. */
export function isSameSecret (given: string, expected: string): boolean {
  return timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(expected).digest())
}

/** Another secret for one purpose, from which the first cannot be told. */
export function deriveSecret (secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url')
}

/** What workers on the same machine show: it leases tasks and opens nothing else. */
export function workerTokenOf (serviceToken: string): string {
  return deriveSecret(serviceToken, 'cortex worker')
}

/** The token of `Authorization: Bearer`; undefined when there is none, null when it is none. Tokens in a URL are never read: URLs are logged. */
export function bearerOf ({ headers: { authorization } }: FastifyRequest): string | null | undefined {
  if (authorization === undefined) return undefined
  return /^Bearer ([\x21-\x7e]{1,500})$/i.exec(authorization)?.[1] ?? null
}
