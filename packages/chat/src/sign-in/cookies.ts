import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveSecret } from '@cortex/service'
import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** What has to be remembered while a person is at the provider. */
export interface PendingSignIn {
  state: string
  nonce: string
  verifier: string
  returnTo: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** Time a person has at the provider. Seconds. */
export const pendingSeconds = 600

const algorithm = 'aes-256-gcm'
const ivLength = 12
const tagLength = 16

/** The two cookies of signing in. What waits for the provider is sealed with a key all replicas derive, so that any of them may take it up. */
export class SignInCookies {
  readonly #secure: boolean
  readonly #key: Buffer

  /** @param secure false only for http on loopback, where browsers keep no secure cookies */
  constructor (secure: boolean, serviceToken: string) {
    this.#secure = secure
    this.#key = Buffer.from(deriveSecret(serviceToken, 'cortex pending sign-in'), 'base64url')
  }

  readSession ({ cookies }: FastifyRequest): string | null {
    return cookies[this.#name('cortex-session')] ?? null
  }

  writeSession (reply: FastifyReply, secret: string, seconds: number): void {
    reply.setCookie(this.#name('cortex-session'), secret, this.#options(seconds))
  }

  endSession (reply: FastifyReply): void {
    reply.clearCookie(this.#name('cortex-session'), this.#options(0))
  }

  writePending (reply: FastifyReply, pending: PendingSignIn): void {
    const iv = randomBytes(ivLength)
    const cipher = createCipheriv(algorithm, this.#key, iv)
    const sealed = Buffer.concat([iv, cipher.update(JSON.stringify(pending), 'utf8'), cipher.final(), cipher.getAuthTag()])
    reply.setCookie(this.#name('cortex-sign-in'), sealed.toString('base64url'), this.#options(pendingSeconds))
  }

  /** Good once: it is taken away with the answer. null when there is none, or none of ours, or too old a one. */
  takePending ({ cookies }: FastifyRequest, reply: FastifyReply): PendingSignIn | null {
    const name = this.#name('cortex-sign-in')
    const sealed = Buffer.from(cookies[name] ?? '', 'base64url')
    reply.clearCookie(name, this.#options(0))
    if (sealed.length <= ivLength + tagLength) return null
    try {
      const decipher = createDecipheriv(algorithm, this.#key, sealed.subarray(0, ivLength), { authTagLength: tagLength })
      decipher.setAuthTag(sealed.subarray(-tagLength))
      const pending = JSON.parse(Buffer.concat([decipher.update(sealed.subarray(ivLength, -tagLength)), decipher.final()]).toString('utf8')) as PendingSignIn
      return pending.expiresAt > Date.now() ? pending : null
    } catch {
      return null
    }
  }

  /** The prefix has browsers refuse the cookie from any other host and over http. */
  #name (name: string): string {
    return this.#secure ? `__Host-${name}` : name
  }

  #options (maxAge: number): CookieSerializeOptions {
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.#secure, maxAge }
  }
}
