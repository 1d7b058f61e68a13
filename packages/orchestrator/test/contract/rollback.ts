import { appliedKey, type Problem, type StartedRollback } from '@cortex/contracts'
import t from 'tap'
import { only, type Orchestrate, planHash, result } from '../orchestrator.ts'

export function rollback (orchestrate: Orchestrate): void {
  t.test('a rollback brings its worker what the task had carried out, and there is one at a time', async (t) => {
    const cortex = await orchestrate(t)
    const rollBack = <Body>(id: string) => cortex.send<Body>('POST', `/v1/tasks/${id}/rollback`, {}, { 'cortex-user': 'ada' })
    const id = await cortex.create({ target: 'cluster/prod', priority: 'high' }, { 'cortex-conversation': 'conv-1' })
    const lease = only(await cortex.lease())
    t.notOk(lease.undo)
    const applied = { key: `${appliedKey}${planHash}`, value: [{ target: 'a.yaml' }] }
    await cortex.report(lease.lease_id, { journal: [{ key: 'way', value: 1 }, applied] })
    t.match(await rollBack<Problem>(id), { status: 409, body: { code: 'CTX_ROLLBACK_TOO_EARLY' } })
    await cortex.end(lease.lease_id, { kind: 'completed', result })

    const { body: { task_id: first } } = await rollBack<StartedRollback>(id)
    t.match(await cortex.task(first), { type: 'user_query', rollback_of: id, target: 'cluster/prod', priority: 3, conversation_id: 'conv-1', requested_by: 'ada', metadata: { original_input: { rollback_of: id } } })
    t.match(await rollBack<Problem>(id), { status: 409, body: { code: 'CTX_ROLLBACK_EXISTS', detail: new RegExp(first) } })
    const back = only(await cortex.lease())
    t.strictSame(back.undo, [applied])
    t.strictSame(back.journal, [])
    await cortex.end(back.lease_id, { kind: 'failed', error: { code: 'CTX_X', message: 'It broke' }, retryable: false })

    const answers = await Promise.all([rollBack(id), rollBack(id)])
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 409], 'of two at once after one that failed, one begins')
    t.strictSame(only(await cortex.lease()).undo, [applied])
  })
}
