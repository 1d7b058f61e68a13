import { ownerOf, PersonName, personRoles, rolesHeader, spellUser, toolHeaders, type Credential, type PersonRole } from '@cortex/contracts'
import { bearerOf, hashSecret, isSameSecret, principalOfToken, workerTokenOf, type Gate, type People, type Principal } from '@cortex/service'
import type { FastifyRequest } from 'fastify'
import type { CredentialStore } from './store/credential-store.ts'

export interface OrchestratorGate {
  serviceToken: string
  /** Where given, tokens of people who are no longer in it count for nothing. */
  people: People | null
  /** Milliseconds that sessions and tokens of who was taken out are kept, for a mistake to be put right; an hour unless given. */
  grace?: number
  requestsPerMinute: number
}

/** How often the last use of a token is written down. Milliseconds. */
const noteUse = 60_000
const name = new RegExp(PersonName.pattern ?? '')

/** Tokens alone open the orchestrator: the service token, that of the workers of its machine, and API tokens. */
export function createGate ({ serviceToken, people, requestsPerMinute }: OrchestratorGate, credentials: CredentialStore): Gate {
  const workerToken = workerTokenOf(serviceToken)
  return {
    publicUrl: null,
    anyHost: true,
    requestsPerMinute,
    rolesVersion: () => people?.version ?? '',
    addressOf: ({ ip }) => ip,
    isInternal (request) {
      const token = bearerOf(request)
      return token != null && (isSameSecret(token, serviceToken) || isSameSecret(token, workerToken))
    },
    async identify (request) {
      const token = bearerOf(request)
      if (token == null) return null
      if (isSameSecret(token, serviceToken)) return forWhom(request)
      if (isSameSecret(token, workerToken)) return { name: 'worker', owner: 'worker', roles: ['worker'], kind: 'worker', ambient: false, credential: null, via: null, groups: [] }
      return principalOfToken(await findValid(credentials, hashSecret(token), new Date()), people)
    }
  }
}

/** A session or token that has not expired. */
export async function findValid (credentials: CredentialStore, hash: string, now: Date): Promise<Credential | null> {
  const credential = await credentials.find(hash)
  const at = now.toISOString()
  if (!credential || credential.expires_at <= at) return null
  if (now.getTime() - Date.parse(credential.used_at ?? credential.created_at) > noteUse) await credentials.used(credential.id, at)
  return credential
}

/** Another part of Cortex asks for itself, or for a person whom it has let in. */
function forWhom ({ headers }: FastifyRequest): Principal | null {
  const roles = headers[rolesHeader]
  if (roles === undefined) return { name: 'chat', owner: 'chat', roles: ['service'], kind: 'service', ambient: false, credential: null, via: null, groups: [] }
  const given = headers[toolHeaders.user]
  if (typeof given !== 'string' || typeof roles !== 'string' || !name.test(given.split('/')[0] ?? '')) return null
  const [user, owner] = [spellUser(given), ownerOf(given)]
  return { name: user, owner, roles: roles.split(',').filter((role): role is PersonRole => personRoles.includes(role as PersonRole)), kind: user === owner ? 'person' : 'token', ambient: false, credential: null, via: null, groups: [] }
}
