import { PasswordSignIn, personRoles, SignInState, spellUser, type PersonRole } from '@cortex/contracts'
import { InputError, isPassword, toProblem, type Gate, type Principal, type Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import type { FastifyError, FastifyRequest } from 'fastify'
import { ProviderMissing, SignInNoRole, SignInOff, SignInStale, SignInWrong } from '../errors.ts'
import { pendingSeconds } from '../sign-in/cookies.ts'
import { isOwnPath } from '../sign-in/return-to.ts'

/** How a person gets a session, and ends it. */
export default async function signIn (app: Service) {
  const open = { access: 'open' } as const

  app.get('/v1/sign-in', { config: open, schema: { summary: 'How one signs in here, and who asks', tags: ['sign-in'], response: { 200: SignInState } } }, async (request): Promise<SignInState> => {
    if (!app.signIn) return { required: false, password: false, provider: null, person: toPerson(request.principal) }
    const { people, settings: { oidc }, gate } = app.signIn
    const principal = await gate.identify(request)
    return { required: true, password: people.havePasswords, provider: oidc?.title ?? null, person: principal && { ...toPerson(principal), ...keptBy(app.signIn.keyOf(principal)) } }
  })

  app.post('/v1/sign-in/password', { config: open, schema: { summary: 'Sign in with a password', tags: ['sign-in'], body: PasswordSignIn, response: { 200: SignInState } } }, async (request, reply): Promise<SignInState> => {
    if (!app.signIn) throw new SignInOff()
    const { people, sessions, throttle, gate, settings: { oidc } } = app.signIn
    const { name: given, password } = request.body
    const name = spellUser(given)
    const address = gate.addressOf(request)
    if (!await throttle.check(name, address, () => isPassword(password, people.passwordOf(name)))) {
      request.log.warn({ address, user: people.isListed(name) ? name : null }, 'a sign-in was refused')
      throw new SignInWrong()
    }
    await sessions.begin(request, reply, { name, via: 'password', groups: [] })
    return { required: true, password: true, provider: oidc?.title ?? null, person: { name, roles: people.rolesOf(name, 'password', []), via: 'password', ...keptBy(app.signIn.keyOf({ kind: 'person', owner: name, via: 'password' })) } }
  })

  app.get('/v1/sign-in/oidc', {
    config: open, schema: { summary: 'Sign in at the OpenID provider', tags: ['sign-in'], querystring: Type.Object({ return_to: Type.String({ maxLength: 1_000, default: '/' }) }, { additionalProperties: false }) }
  }, async (request, reply) => {
    const { return_to: returnTo } = request.query
    if (!app.signIn?.provider) throw new ProviderMissing()
    if (!isOwnPath(returnTo)) throw new InputError([{ field: 'querystring.return_to', message: 'must be a path of this page, as /c/…' }])
    const { provider, cookies, gate } = app.signIn
    try {
      const { url, ...secrets } = await provider.begin()
      cookies.writePending(reply, { ...secrets, returnTo, expiresAt: Date.now() + pendingSeconds * 1_000 })
      return await reply.redirect(url.href, 303)
    } catch (error) {
      return await reply.redirect(backToPage(error as FastifyError, request, gate), 303)
    }
  })

  app.get('/v1/sign-in/oidc/callback', { config: open, schema: { hide: true } }, async (request, reply) => {
    if (!app.signIn?.provider) throw new ProviderMissing()
    const { provider, people, sessions, cookies, gate } = app.signIn
    try {
      const pending = cookies.takePending(request, reply)
      if (!pending) throw new SignInStale()
      const { name, groups } = await provider.finish(new URL(request.url, 'http://here.invalid').search, pending)
      if (people.rolesOf(name, 'oidc', groups).length === 0) throw new SignInNoRole()
      await sessions.begin(request, reply, { name, via: 'oidc', groups: people.knownGroups(groups) })
      return await reply.redirect(pending.returnTo, 303)
    } catch (error) {
      return await reply.redirect(backToPage(error as FastifyError, request, gate), 303)
    }
  })

  app.post('/v1/sign-out', { config: { access: 'viewer' }, schema: { summary: 'Sign out', tags: ['sign-in'], body: Type.Object({}, { additionalProperties: false }), response: { 204: Type.Null() } } }, async (request, reply) => {
    await app.signIn?.sessions.end(request, reply)
    return reply.code(204).send(null)
  })
}

/** A person looks at this: the page says it in words. */
function backToPage (error: FastifyError, request: FastifyRequest, gate: Gate): string {
  const { code, status } = toProblem(error, request.id)
  request.log[status >= 500 ? 'error' : 'warn']({ err: error, address: gate.addressOf(request) }, 'a sign-in at the provider came to nothing')
  return `/?sign_in=${code}`
}

function keptBy (key: string | null): { key?: string } {
  return key === null ? {} : { key }
}

function toPerson ({ name, roles, via }: Principal): NonNullable<SignInState['person']> {
  return { name, roles: roles.filter((role): role is PersonRole => personRoles.includes(role as PersonRole)), via }
}
