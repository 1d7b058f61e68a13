import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { TaskLog, TaskStatusReport } from '@cortex/contracts'
import t from 'tap'
import { storeBounds } from '../../src/store/bounds.ts'
import { changeSet, masters, only, type Orchestrate, result } from '../orchestrator.ts'

export function leases (orchestrate: Orchestrate): void {
  t.test('a worker gets its task, reports, and ends it with evidence', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const { lease_id: lease, worker, attempt, task, journal, approval } = only(await cortex.lease())
    t.match(worker, /^daryl-[0-9a-z]{6}$/)
    t.match({ attempt, task, journal, approval }, { attempt: 1, task: { id, status: 'in_progress', worker }, journal: [], approval: null })
    const at = new Date().toISOString()
    await cortex.report(lease, {
      progress: { percent: 40, step: 'Writing', steps: [{ name: 'Read', status: 'done' }, { name: 'Writing', status: 'running' }] },
      log: [{ at, level: 'info', message: 'read 3 files' }, { at, level: 'warn', message: 'one is empty' }]
    })
    t.match(await cortex.task(id), { progress: { percent: 40, step: 'Writing' } })
    t.match((await cortex.send<TaskLog>('GET', `/v1/tasks/${id}/log?from=1`)).body, { from: 1, total: 2, lines: [{ level: 'warn', attempt: 1, message: 'one is empty' }] })
    t.match((await cortex.end(lease, { kind: 'completed', result: { summary: 'Done', evidence: [] } })), { status: 400, body: { code: 'CTX_INPUT_INVALID' } }, 'no evidence, no completion')
    t.equal((await cortex.end(lease, { kind: 'completed', result })).status, 200)
    t.match(await cortex.task(id), { status: 'completed', result, progress: { percent: 100 }, attempts: [{ attempt: 1, worker, outcome: 'completed' }] })
  })

  t.test('a worker that says it wants no more is told nothing of the task it ended', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const { lease_id: lease } = only(await cortex.lease())
    const answer = await fetch(`${cortex.url}/v1/leases/${lease}/outcome`, {
      method: 'POST', headers: { 'content-type': 'application/json', prefer: 'return=minimal' }, body: JSON.stringify({ kind: 'completed', result })
    })
    t.match([answer.status, answer.headers.get('preference-applied'), await answer.text()], [204, 'return=minimal', ''])
    t.match(await cortex.task(id), { status: 'completed' })
  })

  t.test('a long poll is answered the moment a task is there', async (t) => {
    const cortex = await orchestrate(t)
    const waiting = cortex.lease({ wait_seconds: 30 })
    const id = await cortex.create()
    t.equal(only(await waiting).task.id, id)
  })

  t.test('a task that was created before any agent had come goes to the master that takes its category', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create({ category: 'security' })
    t.match(await cortex.task(id), { assigned_to: 'security-master' })
    t.match(only(await cortex.lease({ wait_seconds: 20 })), { task: { id, assigned_to: 'general-master' } })
  })

  t.test('what no worker can have used is refused, so that the sums stay true', async (t) => {
    const cortex = await orchestrate(t)
    await cortex.create()
    const { lease_id: lease } = only(await cortex.lease())
    for (const usage of [{ input_tokens: 1e16, output_tokens: 0, cost_usd: 0 }, { input_tokens: 0, output_tokens: 1e20, cost_usd: 0 }, { input_tokens: 0, output_tokens: 0, cost_usd: 1e308 }]) {
      t.match(await cortex.report(lease, { usage }), { status: 400, body: { code: 'CTX_INPUT_INVALID' } })
    }
    t.equal((await cortex.report(lease, { usage: { input_tokens: 1_000_000_000, output_tokens: 0, cost_usd: 1 } })).status, 200)
    t.match(await cortex.call('cortex_get_metrics', {}), { status: 200, body: { usage: { input_tokens: 1_000_000_000 } } })
  })

  t.test('more urgent tasks start first, then older ones, within the limit of their master', async (t) => {
    const cortex = await orchestrate(t)
    const low = await cortex.create({ priority: 'low' })
    const medium = await cortex.create()
    const critical = await cortex.create({ priority: 'critical' })
    const other = await cortex.create({ category: 'general' })
    const leases = await cortex.lease()
    t.same(leases.map(({ task }) => task.id), [critical, medium, other], 'infrastructure takes two at once')
    await cortex.end(leases[0]?.lease_id ?? '', { kind: 'completed', result })
    t.equal(only(await cortex.lease({ held: leases.map(({ lease_id: lease }) => lease) })).task.id, low)
  })

  t.test('all masters together keep the global limit', async (t) => {
    const cortex = await orchestrate(t, { concurrency: 3 })
    for (let index = 0; index < 8; index++) await cortex.create({ category: index % 2 ? 'general' : 'infrastructure' })
    t.equal((await cortex.lease()).length, 3)
  })

  t.test('two tasks on one target never run at once, and the second says whom it waits for', async (t) => {
    const cortex = await orchestrate(t)
    await cortex.create({ title: 'First', target: 'cluster/prod' })
    const second = await cortex.create({ title: 'Second', target: ' /Cluster// Prod/ ' })
    t.match(await cortex.task(second), { target: 'cluster/prod', metadata: { original_input: { target: ' /Cluster// Prod/ ' } } })
    t.match(await cortex.refuse('cortex_create_task', { title: 'A', description: 'B', target: ' // ' }), { status: 400, body: { errors: [{ field: 'tool_input.target' }] } })
    const { lease_id: lease } = only(await cortex.lease())
    t.match(await cortex.task(second), { status: 'waiting', waiting_for: 'First, which works on cluster/prod' })
    await cortex.end(lease, { kind: 'completed', result })
    t.equal(only(await cortex.lease()).task.id, second)
  })

  t.test('a task that waits for a target names who has it now, and nobody once it waits for room alone', async (t) => {
    const cortex = await orchestrate(t, { concurrency: 1 })
    const [, second, third] = [await cortex.create({ title: 'First', target: 'cluster/prod' }), await cortex.create({ title: 'Second', target: 'cluster/prod' }), await cortex.create({ title: 'Third', target: 'cluster/prod' })]
    const { lease_id: lease } = only(await cortex.lease())
    await cortex.end(lease, { kind: 'completed', result })
    t.match(await cortex.call('cortex_get_task_status', { task_id: second, wait_seconds: 10 }), { body: { status: 'queued', waiting_for: null } })
    await cortex.lease()
    t.match(await cortex.task(third), { status: 'waiting', waiting_for: 'Second, which works on cluster/prod' })
  })

  t.test('of many that wait for one target, those next in line name who has it and the others wait for their turn, untouched however often it changes hands', async (t) => {
    const cortex = await orchestrate(t)
    const ids: string[] = []
    for (let index = 0; index < 24; index++) ids.push(await cortex.create({ title: `Number ${index}`, target: 'cluster/prod' }))
    const last = ids.at(-1) ?? ''
    const changesOf = async () => (await Promise.all(ids.map(cortex.task))).reduce((sum, { rev }) => sum + rev, 0)
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
    const before = { task: await cortex.task(last), changes: await changesOf() }
    t.match(before.task, { status: 'waiting', waiting_for: 'its turn on cluster/prod' })
    for (let index = 1; index <= 8; index++) {
      const lease = only(await cortex.lease())
      t.equal(lease.task.id, ids[index])
      t.match(await cortex.task(ids[index + 1] ?? ''), { status: 'waiting', waiting_for: `Number ${index}, which works on cluster/prod` })
      await cortex.end(lease.lease_id, { kind: 'completed', result })
    }
    t.same(await cortex.task(last), before.task)
    const changes = await changesOf() - before.changes
    t.ok(changes < 8 * 24, `${changes} changes while eight had it`)
  })

  t.test('a lease without heartbeats is lost; the task goes on from its journal and the late worker changes nothing', async (t) => {
    const cortex = await orchestrate(t, { leaseDuration: 2_500 })
    const id = await cortex.create()
    const late = only(await cortex.lease())
    await cortex.report(late.lease_id, { journal: [{ key: 'step-1', value: { before: true } }, { key: 'step-2', value: 1 }] })
    await cortex.report(late.lease_id, { journal: [{ key: 'step-1', value: { after: true } }] })
    const next = only(await cortex.lease({ agent_id: 'another' }))
    t.match({ id: next.task.id, attempt: next.attempt }, { id, attempt: 2 })
    t.same(next.journal, [{ key: 'step-1', value: { after: true } }, { key: 'step-2', value: 1 }])
    t.match(await cortex.report(late.lease_id, { progress: { percent: 99, step: 'late' } }), { status: 409, body: { code: 'CTX_LEASE_LOST' } })
    t.match(await cortex.end(late.lease_id, { kind: 'completed', result }), { status: 409, body: { code: 'CTX_LEASE_LOST' } })
    t.match(await cortex.task(id), { status: 'in_progress', attempts: [{ outcome: 'lost' }, { outcome: null }] })
  })

  t.test('an agent that comes back without its leases does not wait for them to run out', async (t) => {
    const cortex = await orchestrate(t, { leaseDuration: 60_000 })
    await cortex.create()
    t.equal(only(await cortex.lease()).attempt, 1)
    t.equal(only(await cortex.lease({ held: [] })).attempt, 2)
  })

  t.test('a task whose worker falls silent time and again is given up, and says why', async (t) => {
    const cortex = await orchestrate(t, { leaseDuration: 50 })
    const id = await cortex.create()
    for (const attempt of [1, 2, 3]) t.equal(only(await cortex.lease({ agent_id: `agent-${attempt}` })).attempt, attempt)
    t.match(await cortex.call('cortex_get_task_status', { task_id: id, wait_seconds: 10 }), { body: { status: 'failed' } })
    t.match(await cortex.task(id), { status: 'failed', error: { code: 'CTX_ATTEMPTS_EXHAUSTED', message: /3 times in a row/ } })
  })

  t.test('a task that gets a step further each time outlives any number of lost workers', async (t) => {
    const cortex = await orchestrate(t, { leaseDuration: 50 })
    const id = await cortex.create()
    for (const attempt of [1, 2, 3, 4, 5, 6]) {
      const lease = only(await cortex.lease({ agent_id: `agent-${attempt}` }))
      t.equal(lease.attempt, attempt)
      await cortex.report(lease.lease_id, { journal: [{ key: `step-${attempt}`, value: true }] })
    }
    t.match(await cortex.task(id), { status: 'in_progress', attempt: 6 })
  })

  t.test('a journal has a bound, which entries that are written again do not count twice for; beyond it nothing of a report is stored', async (t) => {
    const cortex = await orchestrate(t, { bounds: { ...storeBounds, journalEntries: 3, journalBytes: 100 } })
    await cortex.create()
    const { lease_id: lease } = only(await cortex.lease())
    const entry = (key: string, length: number) => ({ key, value: 'é'.repeat((length - 2) / 2) })
    t.equal((await cortex.report(lease, { journal: [entry('a', 60), entry('b', 40)] })).status, 200)
    t.equal((await cortex.report(lease, { journal: [entry('b', 20), entry('b', 40)] })).status, 200)
    const journal = [entry('a', 60), entry('b', 40)]
    t.match(await cortex.report(lease, { journal: [entry('b', 20), entry('c', 22)] }), { status: 413, body: { code: 'CTX_JOURNAL_FULL', detail: /102 bytes, and 100 is the most.*Split the task/ } })
    t.match(await cortex.report(lease, { journal: ['c', 'd'].map((key) => ({ key, value: 0 })) }), { status: 413, body: { code: 'CTX_JOURNAL_FULL', detail: /4 entries, and 3/ } })
    const again = only(await cortex.lease({ held: [] }))
    t.same(again.journal, journal)
    // In one commit, which counts what it writes itself.
    const both = await Promise.all(['c', 'd'].map(async (key) => (await cortex.report(again.lease_id, { journal: [entry('a', 20), entry(key, 40)] })).status))
    t.same(both.sort(), [200, 413])
  })

  t.test('one answer carries no more of journals than one task may have: the others come with the next, and one of an earlier version that is longer ends its task in words', async (t) => {
    const first = await orchestrate(t)
    const ids = await Promise.all([60, 60, 200].map((_, index) => first.create({ title: `T${index}`, category: 'general' })))
    const leases = new Map((await first.lease()).map(({ lease_id: lease, task }) => [task.id, lease]))
    for (const [index, id] of ids.entries()) await first.report(leases.get(id) ?? '', { journal: [{ key: 'a', value: '.'.repeat([60, 60, 200][index] ?? 0) }] })
    const cortex = await first.restart({ bounds: { ...storeBounds, journalBytes: 100 } })
    const held: string[] = []
    while (held.length < 2) {
      const next = only(await cortex.lease({ held, wait_seconds: 20 }))
      t.equal(next.journal.length, 1)
      held.push(next.lease_id)
    }
    const long = ids[2] ?? ''
    if ((await cortex.task(long)).status !== 'failed') t.same(await cortex.lease({ held, wait_seconds: 1 }), [])
    t.match(await cortex.task(long), { status: 'failed', error: { code: 'CTX_JOURNAL_FULL' } })
    t.match(await cortex.call('cortex_retry_task', { task_id: long }), { status: 200 })
    t.same(only(await cortex.lease({ held, wait_seconds: 20 })).journal, [])
  })

  t.test('a machine that is restarted again and again does not fail the task, until it is plain that the task ends the worker', async (t) => {
    const cortex = await orchestrate(t, { leaseDuration: 60_000 })
    const id = await cortex.create()
    for (let attempt = 1; attempt <= 10; attempt++) t.equal(only(await cortex.lease({ held: [] })).attempt, attempt)
    t.same(await cortex.lease({ held: [], wait_seconds: 0 }), [])
    t.match(await cortex.task(id), { status: 'failed', error: { code: 'CTX_ATTEMPTS_EXHAUSTED', message: /10 times in a row/ } })
  })

  t.test('a task that its workers let go again and again waits longer each time for the next, and goes on with the same attempt', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const letGo = async () => (await cortex.end(only(await cortex.lease()).lease_id, { kind: 'released' })).body
    for (let time = 1; time <= 5; time++) t.match(await letGo(), { status: 'queued', attempt: 1 })
    t.match(await letGo(), { status: 'waiting', waiting_for: /another worker at .*, after 6 let it go/ })
    const { lease_id: lease, task } = only(await cortex.lease())
    t.match(task, { id, attempt: 1 })
    await cortex.report(lease, { journal: [{ key: 'step', value: 1 }] })
    t.match((await cortex.end(lease, { kind: 'released' })).body, { status: 'queued' }, 'a step was made')
  })

  t.test('restarts do not count for silence: a worker that falls silent once after them is no danger', async (t) => {
    const cortex = await orchestrate(t, { leaseDuration: 300 })
    const id = await cortex.create()
    for (let attempt = 1; attempt <= 3; attempt++) t.equal(only(await cortex.lease({ held: [] })).attempt, attempt)
    t.equal(only(await cortex.lease({ agent_id: 'another' })).attempt, 4)
    t.match(await cortex.task(id), { status: 'in_progress' })
  })

  t.test('an agent that fell silent is not given its lost task by the poll it left open', async (t) => {
    const cortex = await orchestrate(t, { leaseDuration: 300 })
    const id = await cortex.create()
    const { lease_id: held } = only(await cortex.lease())
    const leftOpen = cortex.lease({ held: [held], wait_seconds: 20 })
    t.match(only(await cortex.lease({ agent_id: 'another', wait_seconds: 20 })), { attempt: 2, task: { id } })
    t.same(await leftOpen, [], 'and it is answered, so that one that is there after all asks anew')
  })

  t.test('no step of a completed task is left running', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const { lease_id: lease } = only(await cortex.lease())
    await cortex.report(lease, { progress: { percent: 10, step: 'Plan', steps: [{ name: 'Read', status: 'done' }, { name: 'Plan', status: 'running' }, { name: 'Wait for approval', status: 'pending' }] } })
    await cortex.end(lease, { kind: 'completed', result })
    t.match(await cortex.task(id), { progress: { percent: 100, steps: [{ status: 'done' }, { status: 'done' }, { status: 'skipped' }] } })
  })

  t.test('who waits for a change is answered when the service stops', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const waiting = request(`${cortex.url}/execute-tool`, { method: 'POST', headers: { 'content-type': 'application/json' } })
    const answered = once(waiting, 'response') as Promise<[IncomingMessage]>
    waiting.end(JSON.stringify({ tool_name: 'cortex_get_task_status', tool_input: { task_id: id, wait_seconds: 30 } }))
    await once(waiting, 'finish')
    // Answered behind the one that waits.
    for (let round = 0; round < 3; round++) await cortex.task(id)
    await cortex.stop()
    const [{ statusCode }] = await answered
    t.equal(statusCode, 200)
  })

  t.test('a worker that breaks because it was stopped leaves a cancelled task; one that had finished leaves a completed one', async (t) => {
    const cortex = await orchestrate(t)
    const [broken, done] = [await cortex.create({ title: 'Broken' }), await cortex.create({ title: 'Done' })]
    const behind = await cortex.create({ title: 'Behind', depends_on: [broken] })
    const leases = new Map((await cortex.lease()).map(({ lease_id: lease, task }) => [task.id, lease]))
    for (const id of [broken, done]) await cortex.call('cortex_cancel_task', { task_id: id, reason: 'changed my mind' })
    await cortex.end(leases.get(broken) ?? '', { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'the pipe broke' }, retryable: true })
    await cortex.end(leases.get(done) ?? '', { kind: 'completed', result })
    t.match(await cortex.task(broken), { status: 'cancelled', error: null, metadata: { cancel_reason: 'changed my mind' }, attempts: [{ outcome: 'cancelled' }] })
    t.match((await cortex.send<TaskLog>('GET', `/v1/tasks/${broken}/log`)).body.lines.at(-1), { level: 'warn', message: 'The worker broke when it was stopped: the pipe broke' })
    t.match(await cortex.task(behind), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Broken”, which was cancelled' } })
    t.match(await cortex.task(done), { status: 'completed' })
  })

  t.test('a failure that may pass is tried again later', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'network away' }, retryable: true })
    t.match(await cortex.task(id), { status: 'waiting', waiting_for: /another try.*network away/ })
    const second = only(await cortex.lease({ wait_seconds: 10 }))
    t.equal(second.attempt, 2)
    await cortex.end(second.lease_id, { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'x'.repeat(4_000) }, retryable: true })
    await cortex.end(only(await cortex.lease({ wait_seconds: 10 })).lease_id, { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'x'.repeat(4_000) }, retryable: true })
    t.match((await cortex.call('cortex_get_task_status', { task_id: id })).body, { status: 'failed', error: { code: 'CTX_EXAMPLE', message: /^x{3900,} \(attempt 3 of 3, the last\)$/ } })
  })

  t.test('cancel ends a waiting task at once, tells a running worker, and names those that go with it', async (t) => {
    const cortex = await orchestrate(t)
    const first = await cortex.create({ title: 'First' })
    await cortex.create({ title: 'Second', depends_on: [first] })
    const { lease_id: lease } = only(await cortex.lease())
    t.match(await cortex.call('cortex_cancel_task', { task_id: first, reason: 'changed my mind' }), { body: { status: 'in_progress', message: /told to stop/ } })
    t.match(await cortex.report(lease), { body: { cancel_requested: true, cancel_reason: 'changed my mind' } })
    await cortex.end(lease, { kind: 'cancelled', note: 'nothing had been changed' })
    t.match(await cortex.task(first), { status: 'cancelled', metadata: { cancel_reason: 'changed my mind' } })
    t.match(await cortex.call('cortex_cancel_task', { task_id: first }), { status: 409, body: { code: 'CTX_TASK_ENDED' } })

    const third = await cortex.create({ title: 'Third' })
    const fourth = await cortex.create({ title: 'Fourth', depends_on: [third] })
    t.match(await cortex.send('POST', `/v1/tasks/${third}/cancel`, { reason: 'not now' }, { 'cortex-user': 'ada' }), { status: 200, body: { status: 'cancelled', dependents: [{ task_id: fourth, title: 'Fourth' }] } })
    t.match(await cortex.task(fourth), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Third”, which was cancelled' } })
  })

  t.test('of a cancel and a finish at the same moment exactly one wins', async (t) => {
    const cortex = await orchestrate(t)
    for (let round = 0; round < 10; round++) {
      const id = await cortex.create()
      const { lease_id: lease } = only(await cortex.lease())
      const [cancel, finish] = await Promise.all([cortex.call('cortex_cancel_task', { task_id: id }), cortex.end(lease, { kind: 'completed', result })])
      t.equal(finish.status, 200)
      t.ok(cancel.status === 200 || cancel.status === 409)
      if (cancel.status === 200) t.match([cancel.body, (await cortex.send<TaskLog>('GET', `/v1/tasks/${id}/log`)).body.lines.at(-1)], [{ message: /A result that arrives first counts$/ }, { level: 'warn', message: /^The cancel came too late, for the work was done: / }])
      t.match(await cortex.task(id), { status: 'completed', result })
    }
  })

  t.test('wait_seconds answers when the status changes', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const { lease_id: lease } = only(await cortex.lease())
    const waiting = cortex.call<TaskStatusReport>('cortex_get_task_status', { task_id: id, wait_seconds: 30 })
    await cortex.end(lease, { kind: 'needs_approval', change_set: changeSet })
    t.match((await waiting).body, { status: 'awaiting_approval', approval: { status: 'pending', plan_hash: changeSet.plan_hash } })
  })

  t.test('a restart keeps leases alive for their workers, and what was on its way is dispatched anew', async (t) => {
    const first = await orchestrate(t)
    const id = await first.create()
    const { lease_id: lease } = only(await first.lease())
    const queued = await first.create({ title: 'Queued' })
    const second = await first.restart()
    t.equal((await second.report(lease)).status, 200)
    t.equal(only(await second.lease({ held: [lease] })).task.id, queued)
    t.equal((await second.end(lease, { kind: 'completed', result })).status, 200)
    t.match(await second.task(id), { status: 'completed' })
  })

  t.test('a lease request that is wrong is refused by field', async (t) => {
    const cortex = await orchestrate(t)
    t.match(await cortex.send('POST', '/v1/leases', { agent_id: 'a/b', masters: [] }), { status: 400, body: { errors: [{ field: 'agent_id' }, { field: 'masters' }] } })
    t.match(await cortex.send('POST', '/v1/leases', { agent_id: 'a', masters, capacity: 65 }), { status: 400, body: { errors: [{ field: 'capacity' }] } })
  })
}
