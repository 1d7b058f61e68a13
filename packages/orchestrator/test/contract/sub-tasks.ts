import { appliedKey, splitKey, type AgentList, type ApprovalList, type AuditPage, type CancelledTask, type Lease, type RetriedTask, type StartedBatchRollback, type StartedRollback, type SubTask, type TaskList, type TaskMetrics, type TaskStatusReports } from '@cortex/contracts'
import t from 'tap'
import { changeSet, only, type Orchestrate, type Orchestrator, planHash, result } from '../orchestrator.ts'

const error = { code: 'CTX_EXAMPLE', message: 'No room' }
const parts: SubTask[] = [
  { title: 'Write A', description: 'All of A', ref: 'a' },
  { title: 'Write B', description: 'All of B', depends_on: ['a'] },
  { title: 'Look at C', description: 'All of C', category: 'general' }
]
const split = (lease: Lease, cortex: Orchestrator, subTasks: SubTask[] = parts) => cortex.end(lease.lease_id, { kind: 'sub_tasks', sub_tasks: subTasks })
const partsOf = async (cortex: Orchestrator, id: string) => (await cortex.send<TaskList>('GET', `/v1/tasks?parent_id=${id}`)).body.tasks.reverse()
const titles = (leases: readonly Lease[]) => leases.map(({ task }) => task.payload.title)
const by = (leases: readonly Lease[], title: string) => only(leases.filter(({ task }) => task.payload.title === title))

export function subTasks (orchestrate: Orchestrate): void {
  t.test('a worker splits its task, which holds nothing while its parts run as tasks of their own and goes on in the same attempt with what they came to', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create({ title: 'Whole', priority: 'high' }, { 'cortex-batch': 'batch-1', 'cortex-conversation': 'conv-1', 'cortex-user': 'ada' })
    const before = await cortex.task(id)
    const lease = only(await cortex.lease())
    t.match(await split(lease, cortex, [{ title: 'A', description: 'A', ref: 'a' }, { title: 'B', description: 'B', ref: 'a', depends_on: ['b'] }]), {
      status: 400, body: { code: 'CTX_INPUT_INVALID', errors: [{ field: 'sub_tasks.1.ref', message: /earlier/ }, { field: 'sub_tasks.1.depends_on', message: /names b, which no earlier/ }] }
    })
    for (const wrong of [[], Array.from({ length: 13 }, () => ({ title: 'A', description: 'B' }))]) t.match(await split(lease, cortex, wrong), { status: 400 })
    await cortex.report(lease.lease_id, { journal: [{ key: 'step', value: 1 }], progress: { percent: 30, step: 'Reading' } })
    t.equal((await split(lease, cortex)).status, 200)
    t.match(await split(lease, cortex), { status: 409, body: { code: 'CTX_LEASE_LOST' } }, 'a repeat makes no second set')

    const [a, b, c, ...more] = await partsOf(cortex, id)
    t.same(more, [])
    t.match([a, b, c], [{ status: 'queued', depends_on: [] }, { status: 'waiting', depends_on: [a?.id], waiting_for: 'Write A' }, { assigned_to: 'general-master' }])
    for (const part of [a, b, c]) t.match(part, { type: 'worker_task', parent_id: id, ref: null, batch_id: 'batch-1', conversation_id: 'conv-1', requested_by: 'ada', priority: 3, metadata: { source: 'worker' } })
    t.match(await cortex.task(id), {
      status: 'waiting',
      worker: null,
      sub_tasks: [a?.id, b?.id, c?.id],
      waiting_for: '3 sub-tasks: Write A, Write B, Look at C',
      attempts: [{ outcome: 'split' }],
      progress: { percent: 30, step: '0 of 3 sub-tasks ended', steps: [{ name: 'Write A', status: 'pending' }, {}, {}] }
    })
    for (const query of ['', '?status=queued', '?batch_id=batch-1', '?conversation_id=conv-1', '?text=Write']) {
      t.same((await cortex.send<TaskList>('GET', `/v1/tasks${query}`)).body.tasks.filter((task) => task.id !== id), [], 'lists leave them out')
    }
    t.equal((await cortex.call<TaskStatusReports>('cortex_get_tasks', { parent_id: id })).body.tasks.length, 3)
    t.match((await cortex.call<TaskMetrics>('cortex_get_metrics', {})).body, { by_status: { waiting: 1, queued: 0 } }, 'it counts as one request')
    t.match((await cortex.send<{ faults: [] }>('POST', '/v1/batches/batch-1/close', {})).body, { faults: [] })

    const running = await cortex.lease()
    t.same(titles(running).sort(), ['Look at C', 'Write A'])
    t.match((await cortex.task(id)).progress?.steps, [{ status: 'running' }, { status: 'pending' }, { status: 'running' }])
    t.match((await cortex.call<AgentList>('cortex_list_agents', {})).body.masters, [{ running: 1 }, { running: 1 }], 'each counts within the limit of its master')
    t.match(await split(by(running, 'Write A'), cortex), { status: 409, body: { code: 'CTX_SPLIT_REFUSED', detail: /it is a sub-task itself/ } })
    await cortex.end(by(running, 'Look at C').lease_id, { kind: 'needs_approval', change_set: changeSet })
    t.match(await cortex.task(id), { waiting_for: 'your approval of Look at C; 3 sub-tasks: Write A, Write B, Look at C' })
    const approval = only((await cortex.send<ApprovalList>('GET', '/v1/approvals?conversation_id=conv-1')).body.approvals)
    t.match(approval, { task_id: c?.id, task_title: 'Look at C', requested_by: 'ada', part_of: { task_id: id, title: 'Whole' } })
    await cortex.end(by(running, 'Write A').lease_id, { kind: 'failed', error, retryable: false })
    t.match(await cortex.task(b?.id ?? ''), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Write A”, which failed' } })
    t.match(await cortex.task(id), { status: 'waiting', waiting_for: 'your approval of Look at C; 1 sub-task: Look at C' })
    await cortex.send('POST', `/v1/approvals/${approval.id}`, { decision: 'approve', plan_hash: planHash })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })

    const again = only(await cortex.lease())
    t.match(again, {
      attempt: 1,
      task: { id, status: 'in_progress', waiting_for: null, progress: { steps: [{ status: 'failed' }, { status: 'skipped' }, { status: 'done' }] } },
      journal: [{ key: 'step', value: 1 }],
      sub_tasks: [
        { task_id: a?.id, title: 'Write A', status: 'failed', error, result: null }, { status: 'cancelled', cancel_reason: /Needs/ }, { status: 'completed', result, error: null }
      ]
    })
    t.match(await split(again, cortex), { status: 409, body: { code: 'CTX_SPLIT_REFUSED', detail: /it was split already/ } })
    t.match(await cortex.refuse('cortex_retry_task', { task_id: a?.id }), { status: 409, body: { code: 'CTX_SUB_TASK_SETTLED', detail: /“Write A” is a sub-task of “Whole”, which no longer waits/ } })
    t.match(await cortex.end(again.lease_id, { kind: 'completed', result }), { status: 200, body: { status: 'completed', attempt: 1 } }, 'that a part failed is for it to tell')
    t.match((await cortex.call<TaskMetrics>('cortex_get_metrics', {})).body, { by_status: { completed: 1, failed: 0, cancelled: 0 }, throughput: { ended_last_hour: 1 } })
    t.equal((await cortex.task(id)).metadata.created_at, before.metadata.created_at)

    const told = (await cortex.send<AuditPage>('GET', '/v1/audit?limit=200&batch_id=batch-1')).body.entries
    t.match(told.filter(({ task_id: task }) => task === id).map(({ action }) => action), ['task.created', 'task.started', 'task.split', 'task.started', 'task.completed'])
    t.match(told.filter(({ task_id: task, action }) => task === a?.id && action === 'task.created'), [{ actor: `worker:${lease.worker}`, details: { parent_id: id } }])
    t.match(told.find(({ action }) => action === 'batch.closed')?.details, { tasks: 1 })
  })

  t.test('parts work on the target of the whole one at a time, what needs the whole waits for all of it, and they use of one budget with it, each use summed once', async (t) => {
    const cortex = await orchestrate(t, { budget: { task: { usd: null, tokens: 100 }, batch: { usd: null, tokens: null }, conversation: { usd: null, tokens: 1_000 } } })
    const use = async (lease: Lease) => (await cortex.report(lease.lease_id, { usage: { input_tokens: 40, output_tokens: 0, cost_usd: 1 } })).body.budget
    await cortex.create({ title: 'Whole', target: 'cluster/prod' }, { 'cortex-conversation': 'conv-1' })
    const whole = only(await cortex.lease())
    const behind = await cortex.create({ title: 'Behind', depends_on: [whole.task.id] })
    const stranger = await cortex.create({ title: 'Stranger', target: 'cluster/prod', priority: 'low' })
    t.match(await use(whole), { spent: null })
    await split(whole, cortex, [{ title: 'One', description: 'A' }, { title: 'Two', description: 'B' }])
    for (const [title, spent] of [['One', null], ['Two', /the task has used 120 tokens of the 100/]] as const) {
      const lease = only(await cortex.lease())
      t.match(lease.task, { target: 'cluster/prod', payload: { title } })
      t.match(await cortex.task(stranger), { status: 'waiting', waiting_for: /which works on cluster\/prod/ })
      t.match(await cortex.task(behind), { status: 'waiting', waiting_for: 'Whole' })
      t.match(await use(lease), { spent })
      await cortex.end(lease.lease_id, { kind: 'completed', result })
    }
    t.match((await cortex.call<TaskMetrics>('cortex_get_metrics', { conversation_id: 'conv-1' })).body, { usage: { input_tokens: 120, cost_usd: 3 }, spent: { conversation: { input_tokens: 120 } } })
    const again = only(await cortex.lease())
    t.equal(again.task.id, whole.task.id)
    t.match(again.budget, { spent: /the task has used 120/ })
    await cortex.end(again.lease_id, { kind: 'completed', result })
    t.same(titles(await cortex.lease()), ['Behind', 'Stranger'])
  })

  t.test('a cancel of the whole cancels its parts, and it has ended when the last of them has, also after a restart', async (t) => {
    const first = await orchestrate(t)
    const begin = async (cortex: Orchestrator, title: string) => {
      const id = await cortex.create({ title, category: 'general' })
      const lease = only(await cortex.lease())
      await split(lease, cortex, parts.map(({ category: _, ...part }) => part))
      return id
    }
    const idle = await begin(first, 'Idle')
    t.match((await first.call<CancelledTask>('cortex_cancel_task', { task_id: idle, reason: 'changed my mind' }, { 'cortex-user': 'ada' })).body, { status: 'cancelled' })
    for (const part of await partsOf(first, idle)) t.match(part, { status: 'cancelled' })
    t.match(await first.task(idle), { status: 'cancelled', metadata: { cancel_reason: 'changed my mind' } })

    const busy = await begin(first, 'Busy')
    const behind = await first.create({ title: 'Behind', depends_on: [busy] })
    const cortex = await first.restart()
    t.match(await cortex.task(busy), { status: 'waiting', waiting_for: /^3 sub-tasks/ })
    const running = await cortex.lease()
    await cortex.end(by(running, 'Look at C').lease_id, { kind: 'needs_approval', change_set: changeSet })
    t.match((await cortex.call<CancelledTask>('cortex_cancel_task', { task_id: busy, reason: 'too late' })).body, { status: 'waiting', message: /told to stop/ })
    const left = await partsOf(cortex, busy)
    t.match(left, [{ status: 'in_progress' }, { status: 'cancelled' }, { status: 'cancelled' }])
    t.match(await cortex.refuse('cortex_retry_task', { task_id: left[2]?.id }), { status: 409, body: { code: 'CTX_SUB_TASK_SETTLED' } })
    t.same((await cortex.send<ApprovalList>('GET', '/v1/approvals?status=pending')).body.approvals, [])
    const { lease_id: lease } = by(running, 'Write A')
    t.match(await cortex.report(lease), { body: { cancel_requested: true } })
    t.match(await cortex.task(busy), { status: 'waiting' })
    await cortex.end(lease, { kind: 'cancelled', note: 'stopped' })
    t.match(await cortex.task(busy), { status: 'cancelled', metadata: { cancel_reason: 'too late' } })
    t.match(await cortex.task(behind), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Busy”, which was cancelled' } })
    t.same(await cortex.lease({ wait_seconds: 0, held: running.map(({ lease_id: id }) => id) }), [])
  })

  t.test('a part that failed is retried while the whole waits; a retry of the whole begins anew and may split anew, and a rollback of it takes back what its parts did', async (t) => {
    const cortex = await orchestrate(t)
    const headers = { 'cortex-batch': 'batch-1' }
    const id = await cortex.create({ title: 'Whole', category: 'general' }, headers)
    const applied = (name: string) => ({ key: `${appliedKey}${name}`, value: [{ target: name }] })
    const lease = only(await cortex.lease())
    await cortex.report(lease.lease_id, { journal: [applied('before'), { key: splitKey, value: true }] })
    await split(lease, cortex, [{ title: 'One', description: 'A' }, { title: 'Two', description: 'B' }])
    const running = await cortex.lease()
    const one = by(running, 'One').task.id
    await cortex.end(by(running, 'One').lease_id, { kind: 'failed', error, retryable: false })
    t.match((await cortex.call<RetriedTask>('cortex_retry_task', { task_id: one })).body, { status: 'queued', attempt: 2 })
    t.match(await cortex.task(id), { waiting_for: '2 sub-tasks: One and Two' })
    await cortex.report(by(running, 'Two').lease_id, { journal: [applied('two')] })
    await cortex.end(by(running, 'Two').lease_id, { kind: 'completed', result })
    const retried = only(await cortex.lease())
    await cortex.report(retried.lease_id, { journal: [applied('one')] })
    await cortex.end(retried.lease_id, { kind: 'completed', result })
    const whole = only(await cortex.lease())
    t.match(whole.sub_tasks, [{ title: 'One', status: 'completed' }, { title: 'Two', status: 'completed' }])
    await cortex.report(whole.lease_id, { journal: [applied('after')] })
    await cortex.end(whole.lease_id, { kind: 'completed', result })

    t.match((await cortex.send<StartedBatchRollback>('POST', '/v1/batches/batch-1/rollback', {})).body, { rollbacks: [{ rollback_of: id }], left: [] })
    const back = only(await cortex.lease())
    t.same(back.undo?.map(({ key }) => key), ['before', 'two', 'one', 'after'].map((name) => `${appliedKey}${name}`))
    t.match(await split(back, cortex), { status: 409, body: { code: 'CTX_SPLIT_REFUSED', detail: /rolls another back/ } })
    await cortex.end(back.lease_id, { kind: 'completed', result })

    const other = await cortex.create({ title: 'Other', category: 'general' })
    await split(only(await cortex.lease()), cortex, [{ title: 'Once', description: 'A' }])
    const part = only(await cortex.lease())
    await cortex.report(part.lease_id, { journal: [applied('first try')] })
    await cortex.end(part.lease_id, { kind: 'completed', result })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'failed', error, retryable: false })
    await cortex.call('cortex_retry_task', { task_id: other })
    const anew = only(await cortex.lease())
    t.match({ attempt: anew.attempt, parts: anew.sub_tasks, journal: anew.journal }, { attempt: 2, parts: undefined, journal: [] })
    t.equal((await split(anew, cortex, [{ title: 'Twice', description: 'A' }])).status, 200)
    t.match((await partsOf(cortex, other)).map(({ payload }) => payload.title), ['Once', 'Twice'])
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
    t.match(await cortex.send<StartedRollback>('POST', `/v1/tasks/${other}/rollback`, {}), { status: 200 }, 'what an earlier attempt did through its parts counts')
  })
}
