import type { Credential } from '@cortex/contracts'
import { hashSecret, newSecret, type People } from '@cortex/service'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { newId } from '../ids.ts'
import type { OrchestratorClient } from '../orchestrator-client.ts'
import type { SignInCookies } from './cookies.ts'
import type { CredentialCache } from './credential-cache.ts'

/** Sessions one person may have; the oldest end. */
const mostSessions = 20

export interface SessionsOptions {
  orchestrator: OrchestratorClient
  credentials: CredentialCache
  cookies: SignInCookies
  people: People
  sessionHours: number
}

/** Begins and ends what a cookie stands for. */
export class Sessions {
  readonly #options: SessionsOptions

  constructor (options: SessionsOptions) {
    this.#options = options
  }

  /** Always a new secret: one that was there before the sign-in, whoever put it there, stands for nothing afterwards. */
  async begin (request: FastifyRequest, reply: FastifyReply, { name, via, groups }: { name: string, via: Credential['via'], groups: readonly string[] }): Promise<void> {
    const { orchestrator, cookies, people, sessionHours } = this.#options
    await this.#endGiven(request)
    const secret = newSecret()
    const now = Date.now()
    await orchestrator.addCredential({
      id: newId('session'),
      kind: 'session',
      hash: hashSecret(secret),
      owner: name,
      via,
      name: browserOf(request.headers['user-agent']),
      roles: [],
      groups: [...groups],
      stamp: people.stampOf(name, 'session', via),
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + sessionHours * 3_600_000).toISOString(),
      used_at: null
    })
    cookies.writeSession(reply, secret, sessionHours * 3_600)
    request.log.info({ user: name, via }, 'a person signed in')
    for (const { id } of (await orchestrator.credentials('session', name)).slice(mostSessions)) await orchestrator.removeCredential(id, name, name)
  }

  async end (request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.#endGiven(request)
    this.#options.cookies.endSession(reply)
  }

  async #endGiven (request: FastifyRequest): Promise<void> {
    const { orchestrator, credentials, cookies } = this.#options
    const secret = cookies.readSession(request)
    const session = secret === null ? null : await credentials.find(hashSecret(secret))
    if (!session) return
    await orchestrator.removeCredential(session.id, session.owner, session.owner)
    credentials.forget()
    request.server.endStreamsOf(session.id)
  }
}

/** Enough to tell one's own sessions apart. */
function browserOf (userAgent = ''): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent)?.[1] ?? 'Browser'
  const system = /(Windows|Android|iPhone|iPad|Mac OS|Linux)/.exec(userAgent)?.[1]
  return system === undefined ? browser : `${browser}, ${system}`
}
