import { ChangeClaim, ClaimAnswer, LeaseList, LeaseOutcome, LeaseReport, LeaseRequest, LeaseState, Task } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { untilGone } from '../caller.ts'

const Params = Type.Object({ lease_id: Type.String({ maxLength: 100 }) })

/** What workers speak: they hold no credentials of the store. */
export default async function leases (app: Service) {
  app.post('/v1/leases', {
    config: { access: 'worker', traced: false },
    schema: { summary: 'Wait for work', tags: ['workers'], body: LeaseRequest, response: { 200: LeaseList } }
  }, async ({ body }, reply) => ({ leases: await app.coordinator.lease(body, untilGone(reply)) }))

  app.post('/v1/leases/:lease_id/report', {
    config: { access: 'worker', traced: false },
    schema: { summary: 'Heartbeat, with progress, log, journal and usage', tags: ['workers'], params: Params, body: LeaseReport, response: { 200: LeaseState } }
  }, async ({ params, body }) => await app.coordinator.report(params.lease_id, body))

  app.post('/v1/leases/:lease_id/claims', {
    config: { access: 'worker', traced: false },
    schema: { summary: 'Whether another task of the batch makes the same changes', tags: ['workers'], params: Params, body: ChangeClaim, response: { 200: ClaimAnswer } }
  }, async ({ params, body }) => await app.coordinator.claim(params.lease_id, body))

  app.post('/v1/leases/:lease_id/outcome', {
    config: { access: 'worker', traced: false },
    schema: {
      summary: 'The end of a lease',
      description: 'Answers the task as it stands then, or nothing to a worker that says `Prefer: return=minimal` (RFC 7240).',
      tags: ['workers'],
      params: Params,
      body: LeaseOutcome,
      response: { 200: Task, 204: Type.Null({ description: 'It is ended, and its worker wants to know no more' }) }
    }
  }, async ({ params, body, headers: { prefer } }, reply) => {
    const task = await app.coordinator.end(params.lease_id, body)
    return prefer === 'return=minimal' ? await reply.code(204).header('preference-applied', prefer).send(null) : task
  })
}
