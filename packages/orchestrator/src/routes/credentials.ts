import { Credential, CredentialList, PersonName } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { auditCredential } from '../audit/drafts.ts'
import { readCaller } from '../caller.ts'
import { findValid } from '../gate.ts'

/** What chat keeps here of who signed in, so that it outlives a restart and counts for all replicas. Hashes come and go, never secrets. */
export default async function credentials (app: Service) {
  const config = { access: 'service' } as const
  const hide = true

  app.post('/v1/credentials', { config, schema: { hide, body: Credential, response: { 204: Type.Null() } } }, async ({ body }, reply) => {
    // A line of what then failed is a lesser evil than a token without a line.
    await app.taskStore.note(auditCredential(body, body.owner, 'began', new Date()))
    await app.credentials.add(body)
    return reply.code(204).send(null)
  })

  app.post('/v1/credentials/find', {
    config, schema: { hide, body: Type.Object({ hash: Credential.properties.hash }, { additionalProperties: false }), response: { 200: Type.Object({ credential: Type.Union([Credential, Type.Null()]) }) } }
  }, async ({ body: { hash } }) => ({ credential: await findValid(app.credentials, hash, new Date()) }))

  app.get('/v1/credentials', {
    config,
    schema: {
      hide,
      querystring: Type.Object({ kind: Credential.properties.kind, owner: Type.Optional(PersonName), limit: Type.Integer({ minimum: 1, maximum: 500, default: 500 }) }, { additionalProperties: false }),
      response: { 200: CredentialList }
    }
  }, async ({ query }) => ({ credentials: await app.credentials.list(query) }))

  app.delete('/v1/credentials/:id', {
    config,
    schema: {
      hide,
      params: Type.Object({ id: Credential.properties.id }),
      querystring: Type.Object({ owner: Type.Optional(PersonName) }, { additionalProperties: false }),
      response: { 200: Type.Object({ credential: Type.Union([Credential, Type.Null()]) }) }
    }
  }, async (request, reply) => {
    const { params: { id }, query: { owner } } = request
    const credential = await app.credentials.remove(id, owner)
    if (credential) await app.taskStore.note(auditCredential(credential, readCaller(request, reply).user, 'ended', new Date()))
    app.endStreamsOf(id)
    return { credential }
  })
}
