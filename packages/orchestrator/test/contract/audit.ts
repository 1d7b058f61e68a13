import { hash } from 'node:crypto'
import { canonicalJson, type ApprovalList, type AuditEntry, type AuditPage, type Lease, type TaskMetrics, type WorkerAct } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { changeSet, only, type Orchestrate, type Orchestrator, planHash, result } from '../orchestrator.ts'

const error = { code: 'CTX_EXAMPLE', message: 'No room' }
const ada = { 'cortex-user': 'ada' }
const grace = { 'cortex-user': 'grace' }

const read = async (cortex: Orchestrator, query = '') => (await cortex.send<AuditPage>('GET', `/v1/audit?limit=200${query}`)).body

/** Each line as `actor action`, with workers by that word alone. */
const told = (entries: readonly AuditEntry[]) => entries.map(({ actor, action }) => `${actor.replace(/^worker:daryl-.*/, 'worker')} ${action}`)

/** Each entry names the one before, and says what its own fields hash to. */
export function checkChain (t: Test, { entries, head }: AuditPage): void {
  let previous = { seq: 0, hash: `sha256:${'0'.repeat(64)}` }
  for (const { hash: claimed, ...entry } of entries) {
    t.match(entry, { seq: previous.seq + 1, prev_hash: previous.hash })
    t.equal(claimed, `sha256:${hash('sha256', canonicalJson(entry))}`)
    previous = { seq: entry.seq, hash: claimed }
  }
  t.same(head, previous)
}

export function audit (orchestrate: Orchestrate): void {
  t.test('a secret that somebody types into a title or a reason is not in the audit, from which nothing can be taken out', async (t) => {
    const cortex = await orchestrate(t)
    const token = `ghp_${'a1B2'.repeat(9)}`
    const id = await cortex.create({ title: `Rotate ${token}` })
    await cortex.call('cortex_cancel_task', { task_id: id, reason: `DB_PASSWORD=hunter2 is known, and ${token}` })
    const { entries } = await read(cortex)
    t.match(entries.map(({ details }) => details), [{ title: 'Rotate [redacted: GitHub token]' }, { reason: 'DB_PASSWORD=[redacted: password or token] is known, and [redacted: GitHub token]' }])
    t.notMatch(JSON.stringify(entries), /hunter2|a1B2/)
  })

  t.test('the audit tells who asked, what was offered under which hash, who approved, what was done and how it ended, in one chain', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create({ title: 'Deploy it' }, { ...ada, 'cortex-batch': 'batch-1', 'cortex-conversation': 'conv-1', 'idempotency-key': 'toolu_1' })
    const { lease_id: first } = only(await cortex.lease())
    await cortex.end(first, { kind: 'needs_approval', change_set: changeSet })
    const { id: approval } = only((await cortex.send<ApprovalList>('GET', '/v1/approvals')).body.approvals)
    await cortex.send('POST', `/v1/approvals/${approval}`, { decision: 'approve', plan_hash: planHash, reason: 'looks right' }, grace)
    const { lease_id: second } = only(await cortex.lease())
    const act = (n: number, action: WorkerAct['action']): WorkerAct => ({
      n, action, plan_hash: planHash, toolkit: 'workspace', authority: 'approved by grace', reference: 'c0ffee', changes: [{ tool: 'workspace_write', target: 'a.yaml', verb: 'create' }], changes_total: 1
    })
    await cortex.report(second, { acts: [act(0, 'change.started')] })
    // A report whose answer was lost comes again, with what came meanwhile.
    await cortex.report(second, { acts: [act(0, 'change.started'), act(1, 'change.applied')] })
    await cortex.report(second, { acts: [act(2, 'change.verified')] })
    await cortex.end(second, { kind: 'completed', result })
    await cortex.send('POST', '/v1/batches/batch-1/close', {})

    const page = await read(cortex)
    checkChain(t, page)
    t.same(told(page.entries), [
      'user:ada task.created', 'worker task.started', 'worker change_set.offered', 'user:grace approval.decided', 'worker task.started',
      'worker change.started', 'worker change.applied', 'worker change.verified', 'worker task.completed', 'cortex batch.closed'
    ])
    t.match(page.entries.map(({ details }) => details), [
      { title: 'Deploy it', conversation_id: 'conv-1', idempotency_key: 'toolu_1', request_sha256: hash('sha256', 'All of it') },
      { attempt: 1 },
      { approval_id: approval, plan_hash: planHash, risk: 'low', changes: [{ target: 'a.yaml', verb: 'create', diff_sha256: hash('sha256', '+a: 1') }], changes_total: 1 },
      { approval_id: approval, plan_hash: planHash, decision: 'approved', reason: 'looks right' },
      { attempt: 1 },
      { plan_hash: planHash, changes: [{ tool: 'workspace_write', target: 'a.yaml' }] },
      { plan_hash: planHash, reference: 'c0ffee', authority: 'approved by grace' },
      { plan_hash: planHash },
      { evidence: 1, result_sha256: hash('sha256', canonicalJson(result)) },
      { tasks: 1, faults: 0 }
    ])
    t.ok(page.entries.slice(0, -1).every(({ task_id: taskId, batch_id: batchId }) => taskId === id && batchId === 'batch-1'))
    t.notMatch(JSON.stringify(page.entries), /a: 1|All of it/, 'neither diffs nor requests are in it')
    const restarted = await cortex.restart()
    t.same(await read(restarted), page)
  })

  t.test('a person who cancels or retries is named; what goes with it is not theirs, and what is refused leaves no line', async (t) => {
    const cortex = await orchestrate(t)
    const first = await cortex.create({ title: 'First' })
    const needy = await cortex.create({ title: 'Needy', depends_on: [first] })
    await cortex.call('cortex_cancel_task', { task_id: first, reason: 'wrong one' }, ada)
    await cortex.call('cortex_cancel_task', { task_id: first }, ada)
    await cortex.send('POST', `/v1/tasks/${first}/retry`, undefined, grace)
    t.same(told((await read(cortex, `&task_id=${first}`)).entries), ['user:api task.created', 'user:ada task.cancelled', 'user:grace task.retried'])
    t.match((await read(cortex, `&task_id=${needy}`)).entries.map(({ actor, action, details }) => ({ actor, action, details })), [
      { actor: 'user:api', action: 'task.created', details: { status: 'waiting', depends_on: 1 } },
      { actor: 'cortex', action: 'task.cancelled', details: { reason: 'Needs “First”, which was cancelled' } },
      { actor: 'cortex', action: 'task.revived' }
    ])
    const { lease_id: lease } = only(await cortex.lease())
    await cortex.call('cortex_cancel_task', { task_id: first, reason: 'no' }, ada)
    await cortex.end(lease, { kind: 'cancelled', note: 'stopped' })
    t.same(told((await read(cortex, `&task_id=${first}`)).entries).slice(3), ['worker task.started', 'user:ada task.cancel_requested', 'worker task.cancelled'])
    checkChain(t, await read(cortex))
  })

  t.test('workers that are lost or stopped, attempts that fail and questions that are taken back are told', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    await cortex.lease()
    // The agent comes back without it.
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'released' })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'failed', error, retryable: true })
    await cortex.end(only(await cortex.lease({ wait_seconds: 10 })).lease_id, { kind: 'needs_approval', change_set: changeSet })
    await cortex.call('cortex_cancel_task', { task_id: id }, ada)
    t.same(told((await read(cortex)).entries), [
      'user:api task.created', 'worker task.started', 'cortex task.lost', 'worker task.started', 'worker task.released', 'worker task.started', 'worker task.attempt_failed',
      'worker task.started', 'worker change_set.offered', 'user:ada task.cancelled', 'cortex change_set.superseded'
    ])
  })

  t.test('the audit is read in pages, of one task or one batch where that is named', async (t) => {
    const cortex = await orchestrate(t)
    await Promise.all(Array.from({ length: 5 }, () => cortex.create({}, { 'cortex-batch': 'batch-a' })))
    const other = await cortex.create({}, { 'cortex-batch': 'batch-b' })
    const page = async (query: string) => (await cortex.send<AuditPage>('GET', `/v1/audit?${query}`)).body
    const first = await page('limit=4')
    t.match([first.entries.map(({ seq }) => seq), first.next_after, first.head.seq], [[1, 2, 3, 4], 4, 6])
    const second = await page('limit=4&after=4')
    t.match([second.entries.map(({ seq }) => seq), second.next_after], [[5, 6], null])
    t.equal((await page('batch_id=batch-a')).entries.length, 5)
    t.match((await page('batch_id=batch-b')).entries, [{ task_id: other }])
    t.match(await cortex.send('GET', '/v1/audit?limit=201'), { status: 400, body: { errors: [{ field: 'limit' }] } })
  })

  t.test('what a batch and a conversation used is summed, over retries too, and a worker is told when a limit is reached', async (t) => {
    const cortex = await orchestrate(t, { budget: { task: { usd: null, tokens: 1_000 }, batch: { usd: 1, tokens: null }, conversation: { usd: null, tokens: 2_000 } } })
    const headers = { 'cortex-batch': 'batch-1', 'cortex-conversation': 'conv-1' }
    const [one, two] = [await cortex.create({}, headers), await cortex.create({}, headers)]
    const leases = await cortex.lease()
    const of = (id: string): Lease => only(leases.filter(({ task }) => task.id === id))
    t.match(of(one).budget, { spent: null, in_usd: true })
    await cortex.create({ category: 'general' })
    const alone = only(await cortex.lease({ held: leases.map(({ lease_id: id }) => id) }))
    t.match(alone.budget, { spent: null, in_usd: false }, 'a task of no batch has no part in its limit')
    const use = async (lease: Lease, tokens: number, cost: number) => (await cortex.report(lease.lease_id, { usage: { input_tokens: tokens, output_tokens: 0, cost_usd: cost } })).body.budget
    t.match(await use(of(one), 400, 0.5), { spent: null })
    t.match(await use(of(two), 100, 0.625), { spent: /the batch has used \$1\.13 of the \$1 .*CORTEX_BUDGET_BATCH_USD/ })
    t.match(await use(of(one), 1_000, 0.5), { spent: /the task has used 1000 tokens of the 1000 .*CORTEX_BUDGET_TASK_TOKENS/ })
    t.equal((await cortex.report(of(one).lease_id)).body.budget, undefined, 'a mere heartbeat costs no look at the sums')
    await cortex.end(of(one).lease_id, { kind: 'failed', error, retryable: false })
    await cortex.send('POST', `/v1/tasks/${one}/retry`, undefined, ada)
    const again = only(await cortex.lease({ held: [of(two).lease_id, alone.lease_id] }))
    t.match(again.budget, { spent: /the task has used 1000 tokens/ })
    t.match(await use(again, 900, 0.25), { spent: /the task has used 1900 tokens/ })
    t.match((await cortex.task(one)).usage, { input_tokens: 1_900, cost_usd: 0.75 })
    const { body } = await cortex.call<TaskMetrics>('cortex_get_metrics', { batch_id: 'batch-1' }, headers)
    t.match(body.spent, { batch: { input_tokens: 2_000, output_tokens: 0, cost_usd: 1.375 }, conversation: { input_tokens: 2_000 } })
    t.match((await cortex.call<TaskMetrics>('cortex_get_metrics', {})).body.spent, { batch: null, conversation: null })
    const turn = { turn_id: 'run-1', usage: { input_tokens: 7, output_tokens: 3, cost_usd: 0.5 } }
    t.same((await Promise.all([1, 2].map(() => cortex.send('POST', '/v1/conversations/conv-1/usage', turn)))).map(({ status }) => status), [200, 200])
    const { body: { spent } } = await cortex.call<TaskMetrics>('cortex_get_metrics', {}, headers)
    t.match(spent.conversation, { input_tokens: 2_007, output_tokens: 3, cost_usd: 1.875 }, 'a turn of the chat counts once, for its conversation')
  })
}
