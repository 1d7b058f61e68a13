import { WaitingApprovals } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import type { OrchestratorClient } from '../orchestrator-client.ts'

/** Open pages ask every few seconds, all for the same: one answer serves those that ask within this time. Milliseconds. */
const fresh = 1_000

/** What waits for a person in all conversations and outside of them, without its diffs: enough to be counted and told of. */
export default async function waitingApprovals (app: Service, { orchestrator }: { orchestrator: OrchestratorClient }) {
  let last: { at: number, list: Promise<WaitingApprovals> } | null = null

  async function read (): Promise<WaitingApprovals> {
    const { approvals } = await orchestrator.approvals({ status: 'pending' })
    return { approvals: approvals.map(({ id, task_id: taskId, task_title: title, summary, conversation_id: conversationId }) => ({ id, task_id: taskId, title: title ?? summary, conversation_id: conversationId })) }
  }

  app.get('/v1/waiting-approvals', {
    config: { access: 'viewer', traced: false },
    schema: { summary: 'What waits for an answer, without its changes', tags: ['approvals'], response: { 200: WaitingApprovals } }
  }, async () => {
    const now = performance.now()
    if (last === null || now - last.at > fresh) {
      const list = read()
      list.catch(() => { last = null })
      last = { at: now, list }
    }
    return await last.list
  })
}
