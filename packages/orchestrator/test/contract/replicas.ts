import type { Approval, AuditPage, ClosedBatch, Lease, TaskStatusReport } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { eventsOf, readFrames } from '../event-reader.ts'
import { changeSet, masters, only, planHash, result, type Orchestrator } from '../orchestrator.ts'
import type { OrchestratorOptions } from '../../src/index.ts'
import { checkChain } from './audit.ts'

/** Starts orchestrators that share one store and nothing else. */
export type Replicate = (t: Test, options?: Partial<OrchestratorOptions>) => Promise<[Orchestrator, Orchestrator]>

/** What a store keeps to when several orchestrators stand on it. */
export function replicas (replicate: Replicate): void {
  t.test('what is created at one is leased at the other, and an answer there reaches who waits here', async (t) => {
    const [here, there] = await replicate(t)
    const waiting = there.lease({ wait_seconds: 20 })
    const id = await here.create()
    const { lease_id: lease, task } = only(await waiting)
    t.equal(task.id, id)
    const change = here.call<TaskStatusReport>('cortex_get_task_status', { task_id: id, wait_seconds: 20 })
    await there.end(lease, { kind: 'completed', result })
    t.match((await change).body, { status: 'completed' })
  })

  t.test('limits and target locks are exact over both, and nothing runs twice', async (t) => {
    const both = await replicate(t, { concurrency: 3 })
    const ids = await Promise.all(Array.from({ length: 60 }, (_, index) => both[index % 2 as 0 | 1].create({ category: index % 3 ? 'general' : 'infrastructure', ...(index % 5 === 0 && { target: 'cluster/prod' }) })))
    const running = new Map<string, Lease>()
    const done: string[] = []
    const limits = { 'infrastructure-master': 2, 'general-master': 4 } as Record<string, number>
    await Promise.all(Array.from({ length: 8 }, async (_, agent) => {
      const cortex = both[agent % 2 as 0 | 1]
      while (done.length < ids.length) {
        for (const lease of await cortex.lease({ agent_id: `agent-${agent}`, capacity: 1, wait_seconds: 1 })) {
          const { task } = lease
          if (running.has(task.id) || done.includes(task.id)) t.fail(`${task.id} runs twice`)
          running.set(task.id, lease)
          const now = [...running.values()].map((each) => each.task)
          if (now.length > 3) t.fail(`${now.length} at once`)
          if (now.filter((each) => each.assigned_to === task.assigned_to).length > (limits[task.assigned_to] ?? 0)) t.fail(`${task.assigned_to} is over its limit`)
          if (now.filter((each) => each.target !== null).length > 1) t.fail('one target twice')
          await cortex.report(lease.lease_id)
          running.delete(task.id)
          done.push(task.id)
          t.equal((await cortex.end(lease.lease_id, { kind: 'completed', result })).status, 200)
        }
      }
    }))
    t.same(done.toSorted(), ids.toSorted())
  })

  t.test('a cancel at one reaches the worker that beats its heart at the other', async (t) => {
    const [here, there] = await replicate(t)
    const id = await here.create()
    const { lease_id: lease } = only(await there.lease())
    await here.call('cortex_cancel_task', { task_id: id, reason: 'changed my mind' })
    const deadline = Date.now() + 5_000
    let answer = await there.report(lease)
    while (!answer.body.cancel_requested && Date.now() < deadline) answer = await there.report(lease)
    t.match(answer.body, { cancel_requested: true, cancel_reason: 'changed my mind' })
  })

  t.test('events of both come in one order, without gap or repeat, also to a reader that changes over', async (t) => {
    const both = await replicate(t)
    const writing = Promise.all(both.map(async (cortex) => { for (let index = 0; index < 60; index++) await cortex.create() }))
    const seqs: number[] = []
    for (let turn = 0; seqs.length < 120; turn++) {
      const wanted = Math.min(1 + turn % 7, 120 - seqs.length)
      const { url } = both[turn % 2 as 0 | 1]
      const frames = await readFrames(t, `${url}/v1/events`, (_, all) => eventsOf(all).length >= wanted, { 'last-event-id': String(seqs.at(-1) ?? 0) })
      seqs.push(...eventsOf(frames).map(({ seq }) => seq))
    }
    await writing
    t.same(seqs, seqs.map((_, index) => index + 1))
  })

  t.test('the audit of both is one chain', async (t) => {
    const both = await replicate(t)
    await Promise.all(Array.from({ length: 60 }, (_, index) => both[index % 2 as 0 | 1].create()))
    const { body } = await both[0].send<AuditPage>('GET', '/v1/audit?limit=200')
    t.equal(body.entries.length, 60)
    checkChain(t, body)
  })

  t.test('a repeat at the other answers the first task, and both at once make one', async (t) => {
    const [here, there] = await replicate(t)
    const first = await here.create({}, { 'idempotency-key': 'toolu_1' })
    t.equal(await there.create({}, { 'idempotency-key': 'toolu_1' }), first)
    const together = await Promise.all([here, there, here, there].map((cortex) => cortex.create({}, { 'idempotency-key': 'toolu_2' })))
    t.equal(new Set(together).size, 1)
  })

  t.test('of two answers to one approval, given at both at once, exactly one wins', async (t) => {
    const [here, there] = await replicate(t)
    await here.create()
    await there.end(only(await there.lease()).lease_id, { kind: 'needs_approval', change_set: changeSet })
    const { id } = only((await here.send<{ approvals: Approval[] }>('GET', '/v1/approvals?status=pending')).body.approvals)
    const answers = await Promise.all([here, there].map((cortex, index) => cortex.send('POST', `/v1/approvals/${id}`, { decision: index ? 'approve' : 'deny', plan_hash: planHash })))
    t.same(answers.map(({ status }) => status).sort(), [200, 409])
  })

  t.test('a lease that is lost at one goes on at the other, where the late worker changes nothing', async (t) => {
    const [here, there] = await replicate(t, { leaseDuration: 1_000 })
    const id = await here.create()
    const late = only(await here.lease())
    await here.report(late.lease_id, { journal: [{ key: 'step-1', value: 1 }] })
    await here.stop()
    const next = only(await there.lease({ agent_id: 'another', wait_seconds: 20 }))
    t.match(next, { attempt: 2, task: { id }, journal: [{ key: 'step-1', value: 1 }] })
    t.match(await there.end(late.lease_id, { kind: 'completed', result }), { status: 409, body: { code: 'CTX_LEASE_LOST' } })
  })

  t.test('a batch whose calls came to both is one batch', async (t) => {
    const [here, there] = await replicate(t)
    const batch = { 'cortex-batch': 'batch-1' }
    const needy = await here.create({ depends_on: ['there', 'nobody'] }, batch)
    const behind = await here.create({ depends_on: ['there'] }, batch)
    await there.create({ title: 'There', ref: 'there' }, batch)
    t.match((await here.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})).body.faults, [{ task_id: needy, code: 'CTX_DEPENDENCY_UNKNOWN' }])
    t.match(await here.task(behind), { status: 'waiting', waiting_for: 'There' })
    await there.end(only(await there.lease({ masters })).lease_id, { kind: 'completed', result })
    t.match(await here.task(behind), { status: 'queued' })
  })
}
