import { deriveSecret, People, type Gate, type SignInSettings } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import type { OrchestratorClient } from '../orchestrator-client.ts'
import { SignInCookies } from './cookies.ts'
import { CredentialCache } from './credential-cache.ts'
import { createChatGate } from './gate.ts'
import { OidcProvider } from './oidc.ts'
import type { PageKey } from './page-key.ts'
import { Sessions } from './sessions.ts'
import { Throttle } from './throttle.ts'

export interface SignIn {
  readonly settings: SignInSettings
  readonly people: People
  readonly credentials: CredentialCache
  readonly cookies: SignInCookies
  readonly sessions: Sessions
  readonly throttle: Throttle
  readonly provider: OidcProvider | null
  readonly gate: Gate
  readonly keyOf: PageKey
}

/** @throws CTX_USERS_INVALID */
export function createSignIn (settings: SignInSettings, orchestrator: OrchestratorClient, serviceToken: string, logger: FastifyBaseLogger | undefined): SignIn {
  const { usersFile, publicUrl, oidc, sessionHours } = settings
  const people = new People(usersFile, logger)
  const credentials = new CredentialCache(orchestrator)
  // Whoever gets the name later gets another entry, and another key.
  const keyOf: PageKey = ({ kind, owner, via }) => kind !== 'person' || via === null ? null : deriveSecret(serviceToken, `page ${owner} ${people.stampOf(owner, 'token', via)}`)
  const cookies = new SignInCookies(publicUrl?.protocol === 'https:', serviceToken)
  return {
    settings,
    people,
    credentials,
    cookies,
    sessions: new Sessions({ orchestrator, credentials, cookies, people, sessionHours }),
    throttle: new Throttle(),
    provider: oidc && publicUrl && new OidcProvider(oidc, publicUrl, logger),
    gate: createChatGate({ settings, people, credentials, cookies, keyOf }),
    keyOf
  }
}
