import { openedForHeader, PersonName, spellUser, type Credential } from '@cortex/contracts'
import { bearerOf, clientAddress, hashSecret, principalOfToken, ProxiedHasPassword, ProxiedNoRole, type Gate, type People, type Principal, type ProxySettings, type SignInSettings } from '@cortex/service'
import type { FastifyRequest } from 'fastify'
import type { CredentialCache } from './credential-cache.ts'
import type { SignInCookies } from './cookies.ts'
import type { PageKey } from './page-key.ts'

export interface ChatGateOptions {
  settings: SignInSettings
  people: People
  credentials: CredentialCache
  cookies: SignInCookies
  keyOf: PageKey
}

const personName = new RegExp(PersonName.pattern ?? '')

/** A token, where one is sent; else what a proxy of the operator's says; else the session of the cookie. */
export function createChatGate ({ settings: { publicUrl, proxy, oidc, requestsPerMinute }, people, credentials, cookies, keyOf }: ChatGateOptions): Gate {
  return {
    publicUrl,
    anyHost: false,
    requestsPerMinute,
    addressOf: (request) => clientAddress(request, proxy?.addresses ?? null),
    isInternal: () => false,
    rolesVersion: () => people.version,
    whyNot (request) {
      const proxied = bearerOf(request) === undefined && proxy ? readProxy(request, proxy) : null
      if (!proxied) return null
      return people.passwordOf(proxied.name) === undefined ? new ProxiedNoRole(proxied.name) : new ProxiedHasPassword(proxied.name)
    },
    async identify (request) {
      const token = bearerOf(request)
      if (token === null) return null
      if (token !== undefined) return principalOfToken(await credentials.find(hashSecret(token)), people)
      const proxied = proxy && readProxy(request, proxy)
      if (proxied) return whoOpened(request, personOf(people, proxied.name, 'proxy', proxied.groups, null))
      const secret = cookies.readSession(request)
      const session = secret === null ? null : await credentials.find(hashSecret(secret))
      if (session?.kind !== 'session' || (session.via === 'oidc' && !oidc)) return null
      if (people.isOver(session)) return null
      return whoOpened(request, personOf(people, session.owner, session.via, session.groups, session))
    }
  }

  /** A page that was opened for somebody else shows theirs and would ask in this one's name. */
  function whoOpened (request: FastifyRequest, person: Principal | null): Principal | null {
    const mark = request.headers[openedForHeader]
    const key = person && keyOf(person)
    return mark !== undefined && key !== null && mark !== hashSecret(key).slice(0, 32) ? null : person
  }
}

/** null when the person may do nothing here, or not any more. */
function personOf (people: People, given: string, via: Credential['via'], groups: readonly string[], credential: Credential | null): Principal | null {
  const name = spellUser(given)
  const roles = people.rolesOf(name, via, groups)
  return roles.length === 0 ? null : { name, owner: name, roles, kind: 'person', ambient: true, credential, via, groups }
}

/** What the header says counts from the operator's proxies alone; from anybody else it is nothing. */
function readProxy (request: FastifyRequest, { addresses, nameHeader, groupsHeader }: ProxySettings): { name: string, groups: string[] } | null {
  if (nameHeader === undefined || !addresses.has(request.socket.remoteAddress ?? '')) return null
  const name = request.headers[nameHeader]
  if (typeof name !== 'string' || name.length > 100 || !personName.test(name)) return null
  const groups = groupsHeader === undefined ? [] : [request.headers[groupsHeader] ?? []].flat().join(',').split(',').map((group) => group.trim())
  return { name, groups }
}
