import t from 'tap'
import { eventsOf, readFrames } from '../event-reader.ts'
import { only, result, type Orchestrate } from '../orchestrator.ts'

export function events (orchestrate: Orchestrate): void {
  t.test('every change is an event with its own seq and the whole record', async (t) => {
    const cortex = await orchestrate(t)
    const frames = readFrames(t, `${cortex.url}/v1/events?after=0`, (_, all) => eventsOf(all).some(({ task }) => task.status === 'completed'))
    const id = await cortex.create()
    const { lease_id: lease } = only(await cortex.lease())
    await cortex.report(lease, { progress: { percent: 50, step: 'Half' }, log: [{ at: new Date().toISOString(), level: 'output', message: 'half' }] })
    await cortex.end(lease, { kind: 'completed', result })
    const all = await frames
    t.match(all[0], { event: 'ready' })
    t.equal(all[0]?.id, undefined)
    const events = eventsOf(all)
    t.same(events.map(({ seq }) => seq), events.map((_, index) => index + 1))
    t.same(events.map(({ type, task }) => `${type} ${task.status}`), ['task.created queued', 'task.changed queued', 'task.changed in_progress', 'task.progress in_progress', 'task.changed completed'])
    t.match(JSON.parse(all.find(({ event }) => event === 'task.log')?.data ?? ''), { task_id: id, from: 0, lines: [{ message: 'half' }], total: 1 })
  })

  t.test('a reader that comes back with its last id sees no gap and no repeat, also while events pour in and across a restart', async (t) => {
    const first = await orchestrate(t)
    const writing = (async () => { for (let index = 0; index < 120; index++) await first.create({ title: `Task ${index}` }) })()
    const seqs: number[] = []
    let cursor = 0
    while (seqs.length < 120) {
      const take = 1 + (seqs.length % 7)
      for (const { seq } of eventsOf(await readFrames(t, `${first.url}/v1/events`, (_, all) => eventsOf(all).length >= Math.min(take, 120 - seqs.length), { 'last-event-id': String(cursor) }))) {
        seqs.push(seq)
        cursor = seq
      }
    }
    await writing
    t.same(seqs, seqs.map((_, index) => index + 1))
    const second = await first.restart()
    const id = await second.create()
    t.match(eventsOf(await readFrames(t, `${second.url}/v1/events?after=${cursor}`, ({ id }) => id !== undefined)), [{ seq: cursor + 1, task_id: id }])
  })

  t.test('a cursor this store never gave out is told to read anew', async (t) => {
    const cortex = await orchestrate(t)
    await cortex.create()
    const frames = await readFrames(t, `${cortex.url}/v1/events?after=999`, ({ event }) => event === 'reset')
    t.same(JSON.parse(frames.at(-1)?.data ?? ''), { seq: 1 })
    for (const cursor of ['abc', '0x1', '1e0', '%201', '']) t.match(await cortex.send('GET', `/v1/events?after=${cursor}`), { status: 400 }, `after=${cursor}`)
    t.match(await cortex.send('GET', '/v1/events', undefined, { 'last-event-id': '0x1' }), { status: 400, body: { errors: [{ field: /last-event-id/, message: /in digits/ }] } })
  })

  t.test('one task can be followed alone', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const frames = readFrames(t, `${cortex.url}/v1/tasks/${id}/events?after=0`, (_, all) => eventsOf(all).some(({ task }) => task.status === 'cancelled'))
    await cortex.create()
    await cortex.call('cortex_cancel_task', { task_id: id })
    t.same([...new Set(eventsOf(await frames).map((event) => event.task_id))], [id])
    t.match(await cortex.send('GET', '/v1/tasks/nothing/events'), { status: 404 })
  })

  t.test('a stop says goodbye to its readers and waits for none of them', async (t) => {
    const cortex = await orchestrate(t)
    const frames = readFrames(t, `${cortex.url}/v1/events`, ({ event }, all) => {
      if (all.length === 1) void cortex.stop()
      return event === 'goodbye'
    })
    t.equal((await frames).at(-1)?.event, 'goodbye')
    await cortex.stop()
  })

  t.test('a reader of one task that comes back with its last id sees what it missed of that task, whatever its first URL said', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const [first] = eventsOf(await readFrames(t, `${cortex.url}/v1/tasks/${id}/events?after=0`, (frame) => frame.id !== undefined))
    await cortex.create()
    const { lease_id: lease } = (await cortex.lease()).find(({ task }) => task.id === id) ?? { lease_id: '' }
    await cortex.end(lease, { kind: 'completed', result })
    const missed = eventsOf(await readFrames(t, `${cortex.url}/v1/tasks/${id}/events?after=0`, (_, all) => eventsOf(all).length === 3, { 'last-event-id': String(first?.seq) }))
    t.same(missed.map((event) => event.task_id), [id, id, id])
    t.ok(missed.every(({ seq }, index) => seq > (missed[index - 1]?.seq ?? first?.seq ?? 0)))
    t.equal(missed.at(-1)?.task.status, 'completed')
  })
}
