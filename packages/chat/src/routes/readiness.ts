import { Health } from '@cortex/contracts'
import type { Service } from '@cortex/service'

/** Chat is of use while the orchestrator is away: it says so itself. So it is ready when its own store answers. */
export default async function readiness (app: Service) {
  app.get('/readyz', { config: { access: 'open', traced: false }, schema: { response: { 200: Health } } }, async () => {
    await app.conversationStore.feedCursor()
    return { status: 'ok' as const }
  })
}
