import { ClosedBatch } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'

export default async function batches (app: Service) {
  app.post('/v1/batches/:id/close', {
    config: { access: 'operator' },
    schema: {
      summary: 'All calls of the turn are out',
      tags: ['tasks'],
      params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
      body: Type.Object({}, { additionalProperties: false }),
      response: { 200: ClosedBatch }
    }
  }, async ({ params: { id } }) => ({ batch_id: id, faults: await app.taskStore.closeBatch(id) }))
}
