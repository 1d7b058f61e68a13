import type { Service } from '@cortex/service'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** Prometheus text. Names follow the conventions: base units, `_total` for counters. */
export default async function metrics (app: Service) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const tasks = new Gauge({ name: 'cortex_tasks', help: 'Tasks by status: those that live, and those that ended since this process began', labelNames: ['status'], registers: [registry] })
  app.get('/readyz', { schema: { hide: true } }, async () => {
    await app.taskStore.lastSeq()
    return { status: 'ok' }
  })
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    for (const [status, count] of Object.entries(app.taskTally.byStatus())) tasks.set({ status }, count)
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}
