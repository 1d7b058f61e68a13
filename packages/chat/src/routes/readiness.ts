import { Health, Problem } from '@cortex/contracts'
import { toProblem, type Service } from '@cortex/service'
import type { OrchestratorClient } from '../orchestrator-client.ts'

/**
 * Chat is of use while the orchestrator is away: it says so itself. So it is ready when its own store answers. One that is not let in by the orchestrator is not:
 * nobody could sign in, and only an operator can mend it.
 */
export default async function readiness (app: Service, { orchestrator }: { orchestrator: OrchestratorClient }) {
  app.get('/readyz', { config: { access: 'open', traced: false }, schema: { response: { 200: Health, 503: Problem } } }, async (request, reply) => {
    await app.conversationStore.feedCursor()
    // Not thrown: it is in the log already, and probes ask every few seconds.
    if (orchestrator.refusal) return reply.code(503).type('application/problem+json').send(toProblem(orchestrator.refusal, request.id))
    return { status: 'ok' as const }
  })
}
