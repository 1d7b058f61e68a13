import { CreatedToken, CredentialView, mayUse, NewToken, ownerOf, SessionList, TokenList, type Credential } from '@cortex/contracts'
import { hashSecret, InputError, newSecret, type Principal, type Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { SessionNotFound, SignInOff, TokenByToken, TokenNotFound, TokensTooMany } from '../errors.ts'
import { newId } from '../ids.ts'
import type { OrchestratorClient } from '../orchestrator-client.ts'

/** Tokens one person may have at once. */
const mostTokens = 50
const day = 86_400_000

const params = Type.Object({ id: Type.String({ maxLength: 100 }) })

/** Each person's own sessions and API tokens; admins see and revoke those of everybody. A token has no role its maker does not have. */
export default async function tokens (app: Service, { orchestrator }: { orchestrator: OrchestratorClient }) {
  const config = { access: 'viewer' } as const

  app.get('/v1/tokens', { config, schema: { summary: 'API tokens: one\'s own, for an admin everybody\'s', tags: ['sign-in'], response: { 200: TokenList } } }, async ({ principal }) => {
    if (!app.signIn) return { tokens: [] }
    return { tokens: (await orchestrator.credentials('token', reachOf(principal))).map(toView) }
  })

  app.post('/v1/tokens', { config, schema: { summary: 'Make an API token; it is shown once', tags: ['sign-in'], body: NewToken, response: { 201: CreatedToken } } }, async (request, reply) => {
    if (!app.signIn) throw new SignInOff()
    const { principal: { kind, owner, roles: held, via, groups }, body: { name, roles, days } } = request
    if (kind !== 'person' || via === null) throw new TokenByToken()
    const missing = mayUse('admin', held) ? [] : roles.filter((role) => !held.includes(role))
    if (missing.length > 0) throw new InputError([{ field: 'roles', message: `may hold no role you do not have, and worker for admins alone: ${missing.join(', ')}` }])
    const own = await orchestrator.credentials('token', owner)
    if (own.length >= mostTokens) throw new TokensTooMany(mostTokens)
    if (own.some((token) => token.name === name)) throw new InputError([{ field: 'name', message: 'is the name of another token of yours' }])
    const token = newSecret('ctx_')
    const now = Date.now()
    const credential: Credential = {
      id: newId('token'),
      kind: 'token',
      hash: hashSecret(token),
      owner,
      via,
      name,
      roles,
      groups: [...groups].slice(0, 500),
      stamp: app.signIn.people.stampOf(owner, 'token', via),
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + days * day).toISOString(),
      used_at: null
    }
    await orchestrator.addCredential(credential)
    request.log.info({ user: owner, id: credential.id, roles }, 'an API token was made')
    return reply.code(201).send({ ...toView(credential), token })
  })

  app.delete('/v1/tokens/:id', { config, schema: { summary: 'Revoke an API token', tags: ['sign-in'], params, response: { 204: Type.Null() } } }, async (request, reply) => {
    if (!await revoke('token-', request.params.id, request.principal)) throw new TokenNotFound()
    return reply.code(204).send(null)
  })

  app.get('/v1/sessions', { config, schema: { summary: 'Who is signed in where: oneself, for an admin everybody', tags: ['sign-in'], response: { 200: SessionList } } }, async ({ principal }) => {
    if (!app.signIn) return { sessions: [] }
    return { sessions: (await orchestrator.credentials('session', reachOf(principal))).map(toView) }
  })

  app.delete('/v1/sessions/:id', { config, schema: { summary: 'End a session', tags: ['sign-in'], params, response: { 204: Type.Null() } } }, async (request, reply) => {
    if (!await revoke('session-', request.params.id, request.principal)) throw new SessionNotFound()
    return reply.code(204).send(null)
  })

  async function revoke (prefix: string, id: string, principal: Principal): Promise<boolean> {
    if (!app.signIn || !id.startsWith(prefix)) return false
    const removed = await orchestrator.removeCredential(id, reachOf(principal), principal.name)
    if (!removed) return false
    app.signIn.credentials.forget()
    app.endStreamsOf(id)
    app.log.info({ user: principal.name, id, owner: removed.owner }, 'a session or API token was revoked')
    return true
  }
}

/** Whose they may see: undefined for everybody's. */
function reachOf ({ owner, roles }: Principal): string | undefined {
  return mayUse('admin', roles) ? undefined : owner
}

function toView ({ id, owner, via, name, roles, created_at: created, expires_at: expires, used_at: used }: Credential): CredentialView {
  return { id, owner: ownerOf(owner), via, name, roles, created_at: created, expires_at: expires, used_at: used }
}
