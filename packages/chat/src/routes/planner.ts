import { PlannerIdentity } from '@cortex/contracts'
import type { Service } from '@cortex/service'

/** Who plans, for a page that has no conversation yet. */
export default async function planner (app: Service, { identity }: { identity: PlannerIdentity }) {
  app.get('/v1/planner', { config: { access: 'viewer' }, schema: { response: { 200: PlannerIdentity } } }, async () => identity)
}
