import { Health } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import type { OrchestratorClient } from '../orchestrator-client.ts'

/**
 * Chat is of use while the orchestrator is away: it says so itself. So it is ready when its own store answers. One that is not let in by the orchestrator is not:
 * nobody could sign in, and only an operator can mend it.
 */
export default async function readiness (app: Service, { orchestrator }: { orchestrator: OrchestratorClient }) {
  app.get('/readyz', { config: { access: 'open', traced: false }, schema: { response: { 200: Health } } }, async () => {
    await app.conversationStore.feedCursor()
    if (orchestrator.refusal) throw orchestrator.refusal
    return { status: 'ok' as const }
  })
}
