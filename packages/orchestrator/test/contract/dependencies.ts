import type { CancelledTask, ClosedBatch, RetriedTask, Task, TaskList } from '@cortex/contracts'
import t from 'tap'
import { only, type Orchestrate, result } from '../orchestrator.ts'

const batch = { 'cortex-batch': 'batch-1' }

export function dependencies (orchestrate: Orchestrate, chain: number): void {
  t.test('a call may need another of its turn, whichever comes first', async (t) => {
    const cortex = await orchestrate(t)
    const dashboards = await cortex.create({ title: 'Dashboards', depends_on: ['prometheus'] }, batch)
    t.match(await cortex.task(dashboards), { status: 'waiting', waiting_for: 'prometheus' })
    const prometheus = await cortex.create({ title: 'Prometheus', ref: 'prometheus' }, batch)
    t.match(await cortex.task(dashboards), { status: 'waiting', waiting_for: 'Prometheus', depends_on: [prometheus] })
    const alerts = await cortex.create({ title: 'Alerts', depends_on: ['prometheus', dashboards] }, batch)
    t.match((await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close')).body, { faults: [] })

    const { lease_id: lease, task } = only(await cortex.lease())
    t.equal(task.id, prometheus)
    await cortex.end(lease, { kind: 'completed', result })
    t.match(await cortex.task(dashboards), { status: 'queued', waiting_for: null })
    t.match(await cortex.task(alerts), { status: 'waiting', waiting_for: 'Dashboards' })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
    t.equal(only(await cortex.lease()).task.id, alerts)
  })

  t.test('a name nobody carries and a circle fail their own calls when the batch closes, and nothing else', async (t) => {
    const cortex = await orchestrate(t)
    const fine = await cortex.create({ title: 'Fine' }, batch)
    const lost = await cortex.create({ title: 'Lost', ref: 'lost', depends_on: ['nobody'] }, batch)
    const behind = await cortex.create({ title: 'Behind', depends_on: ['lost'] }, batch)
    const a = await cortex.create({ title: 'A', ref: 'a', depends_on: ['b'] }, batch)
    const b = await cortex.create({ title: 'B', ref: 'b', depends_on: ['a'] }, batch)
    const self = await cortex.create({ title: 'Self', ref: 'self', depends_on: ['self'] }, batch)
    const { body } = await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})
    t.same(new Map(body.faults.map((fault) => [fault.task_id, fault.code])), new Map([
      [lost, 'CTX_DEPENDENCY_UNKNOWN'], [a, 'CTX_DEPENDENCY_CYCLE'], [b, 'CTX_DEPENDENCY_CYCLE'], [self, 'CTX_DEPENDENCY_CYCLE']
    ]))
    t.match(body.faults.find((fault) => fault.task_id === lost)?.message, /nobody.*its refs are lost, a, b, self/)
    t.match(await cortex.task(fine), { status: 'queued' })
    t.match(await cortex.task(behind), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Lost”, which failed' } })
    for (const id of [lost, a, b, self]) t.match(await cortex.task(id), { status: 'failed', error: { code: /^CTX_DEPENDENCY_/ } })
  })

  t.test('a task with two faults fails once, with both in its message', async (t) => {
    const cortex = await orchestrate(t)
    const x = await cortex.create({ title: 'X', ref: 'x', depends_on: ['y', 'nope'] }, batch)
    const y = await cortex.create({ title: 'Y', ref: 'y', depends_on: ['x'] }, batch)
    const behind = await cortex.create({ depends_on: ['y', 'x'] }, batch)
    const { rev } = await cortex.task(x)
    const { body: { faults } } = await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})
    t.match(faults, [{ task_id: x, code: 'CTX_DEPENDENCY_UNKNOWN', message: /names nope,.*circle: x → y → x/ }, { task_id: y, code: 'CTX_DEPENDENCY_CYCLE', message: /: y → x → y$/ }])
    t.match(await cortex.task(x), { rev: rev + 1, status: 'failed', error: { message: faults[0]?.message } })
    t.match(await cortex.task(behind), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Y”, which failed' } })
  })

  t.test('a circle that leads out of the batch and back is named to each of its members', async (t) => {
    const cortex = await orchestrate(t)
    const a = await cortex.create({ ref: 'a', depends_on: ['x'] }, batch)
    const outside = await cortex.create({ depends_on: [a] })
    const x = await cortex.create({ ref: 'x', depends_on: [outside] }, batch)
    const { body } = await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})
    t.same(new Set(body.faults.map((fault) => fault.task_id)), new Set([a, outside, x]))
    for (const id of [a, outside, x]) t.match(await cortex.task(id), { status: 'failed', error: { code: 'CTX_DEPENDENCY_CYCLE' } })
  })

  t.test('the largest circle, and the longest list of names, are told within what an error may hold', async (t) => {
    const cortex = await orchestrate(t)
    const ref = (index: number) => `${'x'.repeat(60)}${index % 300}`
    await Promise.all(Array.from({ length: 300 }, (_, index) => cortex.create({ ref: ref(index), depends_on: [ref(index + 1), ...index === 0 ? Array.from({ length: 49 }, (_, n) => `${'y'.repeat(60)}${n}`) : []] }, batch)))
    const { body: { faults } } = await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})
    t.equal(faults.length, 300)
    t.same(faults.filter(({ message }) => message.length > 4_000), [])
    for (const { task_id: id } of faults.slice(0, 3)) t.equal((await cortex.task(id)).status, 'failed')
  })

  t.test('a ref names one task of its batch; a second call with it is refused, a repeat of the first is answered', async (t) => {
    const cortex = await orchestrate(t)
    const key = { ...batch, 'idempotency-key': 'call-1' }
    const first = await cortex.create({ title: 'First', ref: 'name' }, key)
    t.match(await cortex.refuse('cortex_create_task', { title: 'Second', description: 'B', ref: 'name' }, batch), {
      status: 409, body: { code: 'CTX_REF_TAKEN', detail: `tool_input.ref name names “First” (${first}) in this batch already; give this call a ref of its own` }
    })
    t.equal(await cortex.create({ title: 'First', ref: 'name' }, key), first)
    t.not(await cortex.create({ ref: 'name' }, { 'cortex-batch': 'batch-2' }), first)
    const both = await Promise.all(['A', 'B'].map((title) => cortex.call('cortex_create_task', { title, description: 'B', ref: 'twin' }, batch)))
    t.same(both.map(({ status }) => status).sort(), [200, 409], 'of two at once, one')
  })

  t.test('of circles that share a task every member is told the shortest one through it, and those behind that it failed', async (t) => {
    const cortex = await orchestrate(t)
    const hub = await cortex.create({ ref: 'hub', depends_on: ['left', 'right'] }, batch)
    const left = await cortex.create({ ref: 'left', depends_on: ['hub', 'right'] }, batch)
    const right = await cortex.create({ title: 'Right', ref: 'right', depends_on: ['left'] }, batch)
    const behind = await cortex.create({ title: 'Behind', ref: 'behind', depends_on: ['right'] }, batch)
    const last = await cortex.create({ depends_on: ['behind'] }, batch)
    const { body } = await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})
    t.same(new Map(body.faults.map(({ task_id: id, message }) => [id, message.split(': ')[1]])), new Map([
      [hub, 'hub → left → hub'], [left, 'left → hub → left'], [right, 'right → left → right']
    ]))
    t.match(await cortex.task(behind), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Right”, which failed' } })
    t.match(await cortex.task(last), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Behind”, which was cancelled' } })
  })

  t.test('a task cancelled with two others comes back when the last of them is retried, whichever that is', async (t) => {
    const cortex = await orchestrate(t)
    const [first, second] = [await cortex.create({ title: 'First' }), await cortex.create({ title: 'Second' })]
    const needy = await cortex.create({ title: 'Needy', depends_on: [first, second] })
    for (const id of [first, second]) await cortex.call('cortex_cancel_task', { task_id: id })
    t.match((await cortex.call('cortex_retry_task', { task_id: first })).body, { revived: [] })
    t.match(await cortex.task(needy), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Second”, which was cancelled' } })
    t.match((await cortex.call('cortex_retry_task', { task_id: second })).body, { revived: [{ title: 'Needy' }] })
  })

  t.test('a task cancelled before a name it needs had come needs it after a retry', async (t) => {
    const cortex = await orchestrate(t)
    const early = await cortex.create({ title: 'Early', depends_on: ['late'] }, batch)
    await cortex.call('cortex_cancel_task', { task_id: early })
    await cortex.create({ title: 'Late', ref: 'late' }, batch)
    t.match((await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})).body.faults, [])
    t.match(await cortex.task(early), { status: 'cancelled' })
    await cortex.call('cortex_retry_task', { task_id: early })
    t.match(await cortex.task(early), { status: 'waiting', waiting_for: 'Late' })
  })

  t.test('a retry never drops a dependency: what no task carries or goes round in a circle is refused, and nothing changes', async (t) => {
    const cortex = await orchestrate(t)
    const first = await cortex.create({ title: 'First', ref: 'first' }, batch)
    const early = await cortex.create({ title: 'Early', depends_on: ['nobody'] }, batch)
    const taken = await cortex.create({ title: 'Taken', depends_on: ['first', 'nobody'] }, batch)
    const late = await cortex.create({ title: 'Late', depends_on: ['nobody'] }, batch)
    const [a, b] = [await cortex.create({ ref: 'a', depends_on: ['b'] }, batch), await cortex.create({ ref: 'b', depends_on: ['a'] }, batch)]
    for (const id of [first, early]) await cortex.call('cortex_cancel_task', { task_id: id })
    await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})
    for (const [id, words] of [[early, /names nobody/], [taken, /names nobody/], [late, /names nobody/], [a, /circle/], [b, /circle/]] as const) {
      const before = await cortex.task(id)
      t.match(await cortex.refuse('cortex_retry_task', { task_id: id }), { status: 409, body: { code: 'CTX_DEPENDENCY_HOPELESS', detail: words } })
      t.same(await cortex.task(id), before)
    }
    t.match((await cortex.call('cortex_retry_task', { task_id: first })).body, { revived: [] })
    t.match(await cortex.task(taken), { status: 'cancelled', metadata: { cancel_reason: /Can never start: its depends_on names nobody/ } })
  })

  t.test('what came under a name after the batch was closed is found by a retry, unless that would make a circle', async (t) => {
    const cortex = await orchestrate(t)
    const [early, round] = [await cortex.create({ title: 'Early', ref: 'early', depends_on: ['late'] }, batch), await cortex.create({ title: 'Round', ref: 'round', depends_on: ['back'] }, batch)]
    await cortex.send<ClosedBatch>('POST', '/v1/batches/batch-1/close', {})
    const late = await cortex.create({ title: 'Late', ref: 'late' }, batch)
    await cortex.create({ title: 'Back', ref: 'back', depends_on: ['round'] }, batch)
    t.match(await cortex.call('cortex_retry_task', { task_id: early }), { status: 200, body: { status: 'waiting' } })
    t.match(await cortex.task(early), { depends_on: [late], waiting_for: 'Late' })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
    t.equal(only(await cortex.lease()).task.id, early)
    t.match(await cortex.refuse('cortex_retry_task', { task_id: round }), { status: 409, body: { code: 'CTX_DEPENDENCY_HOPELESS', detail: /names back.* Create one that has it, in the same batch/ } })
  })

  t.test('a retry that is refused because of what it needs changes nothing', async (t) => {
    const cortex = await orchestrate(t)
    const first = await cortex.create({ title: 'First' })
    const second = await cortex.create({ title: 'Second', depends_on: [first] })
    await cortex.call('cortex_cancel_task', { task_id: first })
    const before = await cortex.task(second)
    const { status, body } = await cortex.refuse('cortex_retry_task', { task_id: second })
    t.match({ status, body }, { status: 409, body: { code: 'CTX_DEPENDENCY_LOST', detail: '“Second” cannot start anew: it needs “First”, which was cancelled. Retry that one first' } })
    t.same(await cortex.task(second), before)
  })

  t.test('when a name comes that is lost already, all that waited for it go with it', async (t) => {
    const cortex = await orchestrate(t)
    const lost = await cortex.create({ title: 'Lost' })
    await cortex.call('cortex_cancel_task', { task_id: lost })
    const near = await cortex.create({ title: 'Near', ref: 'near', depends_on: ['name'] }, batch)
    const far = await cortex.create({ title: 'Far', depends_on: ['near'] }, batch)
    await cortex.create({ title: 'Name', ref: 'name', depends_on: [lost] }, batch)
    t.match(await cortex.task(near), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Name”, which was cancelled' } })
    t.match(await cortex.task(far), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Near”, which was cancelled' } })
  })

  t.test('a batch nobody closes closes itself after a time of quiet', async (t) => {
    const cortex = await orchestrate(t, { batchQuiet: 50 })
    const lost = await cortex.create({ depends_on: ['nobody'] }, batch)
    const { body } = await cortex.call<{ status: string }>('cortex_get_task_status', { task_id: lost, wait_seconds: 10 })
    t.equal(body.status, 'failed')
  })

  t.test('without a batch a dependency must be a task', async (t) => {
    const cortex = await orchestrate(t)
    t.match(await cortex.refuse('cortex_create_task', { title: 'A', description: 'B', depends_on: ['t1'] }), { status: 400, body: { code: 'CTX_DEPENDENCY_UNKNOWN' } })
  })

  t.test('what fails takes those that need it with it, by name, and a retry revives them', async (t) => {
    const cortex = await orchestrate(t)
    const first = await cortex.create({ title: 'First' })
    const second = await cortex.create({ title: 'Second', depends_on: [first] })
    const third = await cortex.create({ title: 'Third', depends_on: [second] })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'No room' }, retryable: false })
    t.match(await cortex.task(second), { status: 'cancelled', metadata: { cancel_reason: 'Needs “First”, which failed' } })
    t.match(await cortex.task(third), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Second”, which was cancelled' } })

    const { body } = await cortex.call<{ revived: Array<{ title: string }> }>('cortex_retry_task', { task_id: first })
    t.same(body.revived.map(({ title }) => title), ['Second', 'Third'])
    t.match(await cortex.task(first), { status: 'queued', error: null })
    t.match(await cortex.task(third), { status: 'waiting', waiting_for: 'Second' })
    t.equal((await cortex.task(third) as Task).metadata.cancel_reason, undefined)
    const again = only(await cortex.lease())
    t.equal(again.attempt, 2)
    t.match(await cortex.refuse('cortex_retry_task', { task_id: first }), { status: 409, body: { code: 'CTX_TASK_NOT_ENDED' } })
  })

  t.test('what ends takes all that need it with it, however long the chain and however dense the graph', async (t) => {
    const cortex = await orchestrate(t)
    const root = await cortex.create({ title: 'Root', ref: 'chain-0' }, batch)
    const links = Array.from({ length: chain }, (_, index) => ({ ref: `chain-${index + 1}`, depends_on: [`chain-${index}`] }))
    const layers = Array.from({ length: 60 }, (_, index) => ({ ref: `layer-${index}`, depends_on: index === 0 ? ['chain-0'] : links.slice(0, Math.min(index, 50)).map((_, back) => `layer-${index - 1 - back}`) }))
    await Promise.all([...links, ...layers].map((input) => cortex.create(input, batch)))
    const { body } = await cortex.call<CancelledTask>('cortex_cancel_task', { task_id: root })
    t.equal(body.dependents.length, chain + 60)
    t.same((await cortex.send<TaskList>('GET', '/v1/tasks?status=waiting')).body.tasks, [])
    t.equal((await cortex.call<RetriedTask>('cortex_retry_task', { task_id: root })).body.revived.length, chain + 60)
  })

  t.test('a task that needs a lost one is answered as cancelled, with the reason', async (t) => {
    const cortex = await orchestrate(t)
    const lost = await cortex.create({ title: 'The cluster' })
    await cortex.call('cortex_cancel_task', { task_id: lost })
    t.match(await cortex.call('cortex_create_task', { title: 'The app', description: 'B', depends_on: [lost] }), { status: 200, body: { status: 'cancelled', message: '“The app” was cancelled before it began: Needs “The cluster”, which was cancelled' } })
  })

  t.test('a task that is set for a time waits for it', async (t) => {
    const cortex = await orchestrate(t)
    const later = await cortex.create({ run_at: new Date(Date.now() + 3_600_000).toISOString() })
    t.match(await cortex.task(later), { status: 'waiting', waiting_for: /the time it was set for/ })
    await cortex.call('cortex_cancel_task', { task_id: later })
    t.match(await cortex.call('cortex_retry_task', { task_id: later }), { body: { status: 'waiting', message: /starts anew, attempt 1, and waits for the time it was set for, \d{4}-/ } }, 'also when it is retried')
    const soon = await cortex.create({ title: 'Soon', run_at: new Date(Date.now() + 300).toISOString() })
    t.equal(only(await cortex.lease()).task.id, soon)
  })
}
