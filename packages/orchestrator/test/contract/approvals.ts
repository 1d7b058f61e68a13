import type { Approval, ApprovalDecisionResults, ApprovalList } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { changeSet, only, type Orchestrate, planHash, result } from '../orchestrator.ts'

async function awaitApproval (t: Test, orchestrate: Orchestrate) {
  const cortex = await orchestrate(t)
  const id = await cortex.create({}, { 'cortex-conversation': 'conv-1' })
  const lease = only(await cortex.lease())
  await cortex.report(lease.lease_id, { journal: [{ key: 'plan', value: changeSet }] })
  await cortex.end(lease.lease_id, { kind: 'needs_approval', change_set: changeSet })
  const approval = only((await cortex.send<ApprovalList>('GET', '/v1/approvals?status=pending')).body.approvals)
  const decide = (decision: 'approve' | 'deny', rest: object = {}, user = 'ada') =>
    cortex.send<Approval & { code?: string }>('POST', `/v1/approvals/${approval.id}`, { decision, plan_hash: planHash, ...rest }, { 'cortex-user': user })
  return { cortex, id, lease, approval, decide }
}

export function approvals (orchestrate: Orchestrate): void {
  t.test('a change set waits for a person and holds no slot meanwhile', async (t) => {
    const { cortex, id, approval } = await awaitApproval(t, orchestrate)
    const { plan_hash: hash, ...shown } = changeSet
    t.match(approval, { ...shown, plan_hash: hash, task_id: id, conversation_id: 'conv-1', status: 'pending', decided_by: null, reason: null })
    t.match(await cortex.task(id), { status: 'awaiting_approval', attempts: [{ outcome: 'awaiting_approval' }] })
    await cortex.create()
    await cortex.create()
    t.equal((await cortex.lease()).length, 2)
  })

  t.test('an approved task goes on in the same attempt, with its journal and the answer', async (t) => {
    const { cortex, id, lease, decide } = await awaitApproval(t, orchestrate)
    t.match((await decide('approve')).body, { status: 'approved', decided_by: 'ada' })
    const next = only(await cortex.lease())
    t.match(next, { attempt: 1, task: { id }, approval: { status: 'approved', plan_hash: planHash }, journal: [{ key: 'plan' }] })
    t.not(next.lease_id, lease.lease_id)
    await cortex.end(next.lease_id, { kind: 'completed', result })
    t.match(await cortex.task(id), { status: 'completed' })
  })

  t.test('a denial reaches the worker with its reason, and a retry begins anew', async (t) => {
    const { cortex, id, decide } = await awaitApproval(t, orchestrate)
    await decide('deny', { reason: 'wrong namespace' })
    const denied = only(await cortex.lease())
    t.match(denied.approval, { status: 'denied', reason: 'wrong namespace', decided_by: 'ada' })
    await cortex.end(denied.lease_id, { kind: 'failed', error: { code: 'CTX_APPROVAL_DENIED', message: 'wrong namespace' }, retryable: false })
    await cortex.send('POST', `/v1/tasks/${id}/retry`)
    t.match(only(await cortex.lease()), { attempt: 2, approval: null, journal: [] })
  })

  t.test('an answer to another plan, to an unknown one or a second answer changes nothing', async (t) => {
    const { cortex, decide } = await awaitApproval(t, orchestrate)
    t.match(await decide('approve', { plan_hash: `sha256:${'1'.repeat(64)}` }), { status: 409, body: { code: 'CTX_APPROVAL_PLAN_CHANGED' } })
    t.match(await decide('approve', { plan_hash: undefined }), { status: 400, body: { errors: [{ field: 'plan_hash' }] } })
    t.match(await cortex.send('POST', '/v1/approvals/approval-none', { decision: 'approve', plan_hash: planHash }), { status: 404, body: { code: 'CTX_APPROVAL_NOT_FOUND' } })
    const answers = await Promise.all([decide('approve', {}, 'ada'), decide('deny', {}, 'grace')])
    t.same(answers.map(({ status }) => status).sort(), [200, 409])
    t.match(answers.find(({ status }) => status === 409)?.body, { code: 'CTX_APPROVAL_DECIDED', detail: /already, by (ada|grace)/ })
  })

  t.test('cancelling a task that waits for approval takes the question back', async (t) => {
    const { cortex, id, approval, decide } = await awaitApproval(t, orchestrate)
    await cortex.call('cortex_cancel_task', { task_id: id })
    t.match(only((await cortex.send<ApprovalList>('GET', '/v1/approvals?status=superseded')).body.approvals), { id: approval.id })
    t.match(await decide('approve'), { status: 409, body: { code: 'CTX_APPROVAL_DECIDED' } })
    t.same(await cortex.lease({ wait_seconds: 0 }), [])
  })

  t.test('a plan made anew supersedes the one before', async (t) => {
    const { cortex, id, decide } = await awaitApproval(t, orchestrate)
    await decide('approve')
    const next = only(await cortex.lease())
    const hash = `sha256:${'2'.repeat(64)}`
    await cortex.end(next.lease_id, { kind: 'needs_approval', change_set: { ...changeSet, plan_hash: hash } })
    t.match(await decide('approve'), { status: 409 })
    t.match((await cortex.send<ApprovalList>('GET', `/v1/approvals?task_id=${id}`)).body.approvals, [{ status: 'pending', plan_hash: hash }, { status: 'approved' }])
  })

  t.test('many are answered in one call, each on its own', async (t) => {
    const { cortex, approval } = await awaitApproval(t, orchestrate)
    const { body } = await cortex.send<ApprovalDecisionResults>('POST', '/v1/approvals', {
      decisions: [{ id: approval.id, decision: 'approve', plan_hash: planHash }, { id: 'approval-none', decision: 'approve', plan_hash: planHash }]
    })
    t.match(body.results, [{ id: approval.id, approval: { status: 'approved' }, error: null }, { id: 'approval-none', approval: null, error: { code: 'CTX_APPROVAL_NOT_FOUND' } }])
  })
}
