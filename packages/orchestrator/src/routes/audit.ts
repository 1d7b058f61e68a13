import { AuditEntry, AuditPage } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'

/** Who had what done, in the order it was committed. It is read here and written by nobody. */
export default async function audit (app: Service) {
  // Logs go elsewhere, so whoever writes the chain anew would have to change those as well.
  app.addHook('onReady', async () => { app.log.info(await app.taskStore.auditHead(), 'the audit ends here') })

  app.get('/v1/audit', {
    config: { access: 'admin' },
    schema: {
      summary: 'The audit, oldest first',
      tags: ['audit'],
      querystring: Type.Object({
        after: Type.Integer({ minimum: 0, default: 0, description: 'The number of the last entry that is known' }),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        task_id: Type.Optional(Type.String({ maxLength: 200 })),
        batch_id: Type.Optional(Type.String({ maxLength: 200 }))
      }, { additionalProperties: false }),
      response: { 200: AuditPage }
    }
  }, async ({ query }) => {
    const head = await app.taskStore.auditHead()
    const lines = await app.taskStore.audit({ ...query, limit: query.limit + 1 })
    const page = lines.slice(0, query.limit)
    return {
      entries: page.map(({ line }) => JSON.parse(line) as AuditEntry),
      next_after: lines.length > page.length ? page.at(-1)?.seq ?? null : null,
      head
    }
  })
}
