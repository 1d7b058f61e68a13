import type { Approval, ApprovalDecisionResults, ApprovalList, ChangeSet } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { changeSet, only, type Orchestrate, type Orchestrator, planHash, result } from '../orchestrator.ts'

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

/** Tasks that each wait with one of these change sets. */
async function askFor<const Sets extends readonly ChangeSet[]> (cortex: Orchestrator, changeSets: Sets): Promise<{ [Index in keyof Sets]: Approval }> {
  for (const set of changeSets) {
    await cortex.create({ category: 'general' })
    await cortex.end(only(await cortex.lease({ capacity: 1 })).lease_id, { kind: 'needs_approval', change_set: set })
  }
  return (await cortex.send<ApprovalList>('GET', '/v1/approvals')).body.approvals.reverse() as { [Index in keyof Sets]: Approval }
}

export function approvals (orchestrate: Orchestrate): void {
  t.test('a change set waits for a person and holds no slot meanwhile', async (t) => {
    const { cortex, id, approval } = await awaitApproval(t, orchestrate)
    const { plan_hash: hash, ...shown } = changeSet
    t.match(approval, { ...shown, plan_hash: hash, task_id: id, conversation_id: 'conv-1', status: 'pending', decided_by: null, reason: null })
    t.match(await cortex.task(id), { status: 'awaiting_approval', attempts: [{ outcome: 'awaiting_approval' }] })
    await cortex.create()
    await cortex.create()
    const metrics = await (await fetch(`${cortex.url}/metrics`)).text()
    t.match(metrics, /^cortex_approvals_pending 1$/m)
    t.match(metrics, /^cortex_oldest_approval_seconds \d+\.\d/m)
    t.match(metrics, /^cortex_oldest_queued_seconds\{master="infrastructure-master"\} 0\.\d/m)
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

  t.test('an approval that wants a name typed is refused by field without it, and a denial needs none', async (t) => {
    const cortex = await orchestrate(t)
    const [first, second] = await askFor(cortex, [{ ...changeSet, confirm: 'payments' }, { ...changeSet, confirm: 'orders' }])
    t.match([first, second], [{ confirm: 'payments' }, { confirm: 'orders' }])
    const answer = (approval: Approval, body: object) => cortex.send('POST', `/v1/approvals/${approval.id}`, { plan_hash: planHash, ...body })
    for (const confirm of [undefined, '', 'Payments', 'orders']) {
      t.match(await answer(first, { decision: 'approve', confirm }), { status: 400, body: { code: 'CTX_INPUT_INVALID', errors: [{ field: 'confirm', message: /"payments"/ }] } }, String(confirm))
    }
    t.match(await cortex.task(first.task_id), { status: 'awaiting_approval' })
    t.match(await answer(first, { decision: 'approve', confirm: 'payments' }), { status: 200, body: { status: 'approved' } })
    t.match(await answer(second, { decision: 'deny' }), { status: 200, body: { status: 'denied' } })
  })

  t.test('a screen of approvals is answered in one call with a choice each, and one that fails drops no other', async (t) => {
    const cortex = await orchestrate(t)
    const [fine, denied, stale, named] = await askFor(cortex, [changeSet, changeSet, changeSet, { ...changeSet, confirm: 'orders' }])
    const { status, body } = await cortex.send<ApprovalDecisionResults>('POST', '/v1/approvals', {
      decisions: [
        { id: stale.id, decision: 'approve', plan_hash: `sha256:${'1'.repeat(64)}` },
        { id: fine.id, decision: 'approve', plan_hash: planHash },
        { id: 'approval-none', decision: 'approve', plan_hash: planHash },
        { id: denied.id, decision: 'deny', plan_hash: planHash, reason: 'not on a Friday' },
        { id: named.id, decision: 'approve', plan_hash: planHash },
        { id: fine.id, decision: 'deny', plan_hash: planHash }
      ]
    }, { 'cortex-user': 'ada' })
    t.equal(status, 200)
    t.match(body.results, [
      { id: stale.id, approval: null, error: { code: 'CTX_APPROVAL_PLAN_CHANGED' } },
      { id: fine.id, approval: { status: 'approved', decided_by: 'ada' }, error: null },
      { id: 'approval-none', approval: null, error: { code: 'CTX_APPROVAL_NOT_FOUND' } },
      { id: denied.id, approval: { status: 'denied', decided_by: 'ada', reason: 'not on a Friday' }, error: null },
      { id: named.id, approval: null, error: { code: 'CTX_INPUT_INVALID', message: /^confirm must be the name.*"orders"/ } },
      { id: fine.id, approval: null, error: { code: 'CTX_APPROVAL_DECIDED', message: 'This approval is approved already, by ada' } }
    ])
    const pending = await cortex.send<ApprovalList>('GET', '/v1/approvals?status=pending')
    t.same(pending.body.approvals.map(({ id }) => id).sort(), [stale.id, named.id].sort())
  })

  t.test('of two people who answer the same screen at once, one wins each question and the other is told who', async (t) => {
    const cortex = await orchestrate(t)
    const asked = await askFor(cortex, [changeSet, changeSet, changeSet])
    const answer = (user: string, decision: string) => cortex.send<ApprovalDecisionResults>('POST', '/v1/approvals', { decisions: asked.map(({ id }) => ({ id, decision, plan_hash: planHash })) }, { 'cortex-user': user })
    const [ada, grace] = await Promise.all([answer('ada', 'approve'), answer('grace', 'deny')])
    const stored = (await cortex.send<ApprovalList>('GET', '/v1/approvals')).body.approvals
    for (const [index, { id }] of asked.entries()) {
      const [winner, loser] = ada.body.results[index]!.error === null ? ['ada', grace.body.results[index]!] as const : ['grace', ada.body.results[index]!] as const
      t.match(loser, { approval: null, error: { code: 'CTX_APPROVAL_DECIDED', message: new RegExp(`already, by ${winner}$`) } })
      t.match(stored.find((approval) => approval.id === id), { decided_by: winner, status: winner === 'ada' ? 'approved' : 'denied' })
    }
  })

  t.test('what waits for an answer outlives a restart, and is answered as if there had been none', async (t) => {
    const { cortex, id, approval } = await awaitApproval(t, orchestrate)
    const again = await cortex.restart()
    t.match((await again.send<ApprovalList>('GET', '/v1/approvals?status=pending')).body.approvals, [approval])
    t.match(await again.send('POST', `/v1/approvals/${approval.id}`, { decision: 'approve', plan_hash: planHash }), { status: 200 })
    t.match(only(await again.lease()), { attempt: 1, task: { id }, approval: { status: 'approved' }, journal: [{ key: 'plan' }] })
  })
}
