import { PlannerSettings } from '@cortex/contracts'
import type { Service } from '@cortex/service'

/** Who plans and what may be chosen. Keys and addresses are no business of the page. */
export default async function planner (app: Service) {
  app.get('/v1/planner', { config: { access: 'viewer' }, schema: { summary: 'Who answers, and which models may be chosen', tags: ['planner'], response: { 200: PlannerSettings } } }, async () => app.planner.settings())
}
