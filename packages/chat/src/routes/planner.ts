import { Health, PlannerIdentity } from '@cortex/contracts'
import type { Service } from '@cortex/service'

/** Who plans, for a page that has no conversation yet. */
export default async function planner (app: Service, { identity }: { identity: PlannerIdentity }) {
  app.get('/v1/planner', { schema: { response: { 200: PlannerIdentity } } }, async () => identity)

  // Chat is of use while the orchestrator is away: it says so itself. So it is ready once its own store answers.
  app.get('/readyz', { schema: { response: { 200: Health } } }, async () => {
    await app.conversationStore.feedCursor()
    return { status: 'ok' as const }
  })
}
