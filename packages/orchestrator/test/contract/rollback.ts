import { appliedKey, type LeaseOutcome, type Problem, type StartedBatchRollback, type StartedRollback } from '@cortex/contracts'
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

  t.test('what failed or was cancelled is rolled back too, with what all its attempts carried out, and is retried no more once it was', async (t) => {
    const cortex = await orchestrate(t)
    const failed = (): LeaseOutcome => ({ kind: 'failed', error: { code: 'CTX_X', message: 'It broke' }, retryable: false })
    const rollBack = <Body>(id: string) => cortex.send<Body>('POST', `/v1/tasks/${id}/rollback`, {})
    const retry = (id: string) => cortex.send<Problem>('POST', `/v1/tasks/${id}/retry`, {})
    const carriedOut = (name: string) => ({ key: `${appliedKey}${name}`, value: [{ target: name }] })
    const headers = { 'cortex-batch': 'batch-1' }
    const id = await cortex.create({ title: 'First' }, headers)
    const lease = only(await cortex.lease())
    await cortex.report(lease.lease_id, { journal: [{ key: 'way', value: 1 }, carriedOut('a'), { key: `${appliedKey}taken back`, value: [] }] })
    await cortex.end(lease.lease_id, failed())
    t.equal((await retry(id)).status, 200)
    const again = only(await cortex.lease())
    t.strictSame(again.journal.map(({ key }) => key).filter((key) => !key.startsWith(appliedKey)), [], 'the next attempt begins from nothing')
    await cortex.report(again.lease_id, { journal: [{ key: 'way', value: 2 }, carriedOut('b')] })
    await cortex.end(again.lease_id, failed())

    const { body: { task_id: denied } } = await rollBack<StartedRollback>(id)
    const back = only(await cortex.lease())
    t.strictSame(back.undo, [carriedOut('a'), carriedOut('b')])
    t.match(await retry(id), { status: 409, body: { code: 'CTX_TASK_ROLLED_BACK', detail: new RegExp(denied) } })
    await cortex.end(back.lease_id, { kind: 'cancelled', note: 'denied' })
    t.equal((await retry(id)).status, 200)
    t.match(await rollBack<Problem>(id), { status: 409, body: { code: 'CTX_ROLLBACK_TOO_EARLY', detail: /only a task that has ended/ } })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'cancelled', note: 'enough' })

    const empty = await cortex.create({ title: 'Second' }, headers)
    const nothing = only(await cortex.lease())
    await cortex.report(nothing.lease_id, { journal: [{ key: `${appliedKey}taken back`, value: [] }] })
    await cortex.end(nothing.lease_id, failed())
    const { body } = await cortex.send<StartedBatchRollback>('POST', '/v1/batches/batch-1/rollback', {})
    t.match(body, { rollbacks: [{ rollback_of: id, status: 'queued' }], left: [{ task_id: empty, code: 'CTX_ROLLBACK_EMPTY' }] })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
    t.match(await retry(id), { status: 409, body: { code: 'CTX_TASK_ROLLED_BACK', detail: /completed/ } })
  })
}
