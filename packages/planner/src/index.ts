import { startService, type ListenOptions } from '@cortex/service'
import { buildApp, type PlannerOptions } from './app.ts'

export type StartPlannerOptions = PlannerOptions & ListenOptions

/** Serves the Messages API on loopback, answered by rules. `url` is the `baseURL` of the SDK, with any key. */
export async function startPlanner ({ host, port, ...options }: StartPlannerOptions): Promise<{ url: string, close: () => Promise<void> }> {
  const app = buildApp(options)
  const url = await startService(app, { host, port }, 'PLANNER_PORT')
  return { url, close: () => app.close() }
}
