import { readFileSync } from 'node:fs'
import { chatEvents, controlFrames, TaskEvent, TaskLog, type ChatEvent, type Message } from '@cortex/contracts'
import t from 'tap'
import { applyToMessage, messageOf } from '../src/domain/projection.ts'
import { EventReader } from './support/event-reader.ts'
import { completed, request, startStack, task, workOff } from './support/stack.ts'

t.test('a stream that comes back with its last id gets what it missed, once each and in order', async (t) => {
  const { url, converse } = await startStack(t, [
    (out) => out.start().text('One.').call('toolu_a', task('A')).end('tool_use'),
    (out) => out.start().text('Two.').end()
  ])
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  await talk.stream.nth('task')
  const all = talk.stream.frames.flatMap(({ id }) => id ?? [])
  t.same(all, all.map((_, index) => index + 1), 'the sequence has no gap')
  const { seq } = await talk.snapshot()
  for (const after of [0, 3, seq - 1]) {
    for (const [address, headers] of [[`?after=${after}`, {}], ['', { 'last-event-id': String(after) }], ['?after=0', { 'last-event-id': String(after) }]] as const) {
      const again = await EventReader.open(`${url}/v1/conversations/${talk.id}/stream${address}`, headers)
      await again.until(({ id }) => id === seq)
      t.same(again.frames.map(({ id }) => id), Array.from({ length: seq - after }, (_, index) => after + index + 1))
      again.close()
    }
  }
  const missed = await EventReader.open(`${url}/v1/conversations/${talk.id}/stream?after=3&follow=false`)
  await missed.end()
  t.same(missed.frames.map(({ id }) => id), Array.from({ length: seq - 3 }, (_, index) => index + 4), 'and nothing more where it asks for that alone')
})

t.test('the snapshot is the events applied', async (t) => {
  const { converse, orchestratorUrl } = await startStack(t, [
    (out) => out.start().thinking('Hm.', 's').text('One ', 'moment.').call('toolu_a', task('A')).call('toolu_b', { title: 'no description' }).end('tool_use'),
    (out) => out.start().text('Done.').end(),
    (out) => out.start().text('Summary.').end()
  ])
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  await workOff(orchestratorUrl, 1, () => completed)
  await talk.stream.nth('RUN_FINISHED', 2)
  const snapshot = await talk.snapshot()
  await talk.stream.until(({ id }) => id === snapshot.seq)
  const messages = new Map<string, Message>()
  const tasks = new Map<string, unknown>()
  for (const { event: type, data } of talk.stream.frames) {
    const event = { type, ...data } as ChatEvent
    const id = messageOf(event)
    if (event.type === 'message') messages.set(event.message.id, event.message)
    else if (id && messages.has(id)) messages.set(id, applyToMessage(messages.get(id)!, event))
    if (event.type === 'task') tasks.set(event.task.id, event.task)
  }
  t.same([...messages.values()], snapshot.messages)
  t.same([...tasks.values()], snapshot.tasks)
  t.match(snapshot.tasks, [{ status: 'completed' }])
})

t.test('a cursor from nowhere is told to read the snapshot', async (t) => {
  const { url, converse } = await startStack(t, [])
  const { id } = await converse()
  const stream = await EventReader.open(`${url}/v1/conversations/${id}/stream?after=4711`)
  await stream.end()
  t.same(stream.frames, [{ id: null, event: 'reset', data: {} }])
})

t.test('streams are sent away with goodbye when the service stops, and a restart goes on with the same sequence', async (t) => {
  const stack = await startStack(t, [(out) => out.start().text('Hello.').end(), (out) => out.start().text('Again.').end()])
  const talk = await stack.converse('hi')
  await talk.stream.nth('RUN_FINISHED')
  const { seq } = await talk.snapshot()
  await stack.restartChat()
  await talk.stream.end()
  t.equal(talk.stream.frames.at(-1)?.event, 'goodbye')
  const stream = await EventReader.open(`${stack.url}/v1/conversations/${talk.id}/stream?after=${seq}`)
  await talk.say('hi again')
  await stream.nth('RUN_FINISHED')
  t.equal(stream.frames[0]?.id, seq + 1)
  stream.close()
})

t.test('log lines of a task reach the open stream without an id', async (t) => {
  const { converse, orchestratorUrl } = await startStack(t, [(out) => out.start().call('toolu_a', task('A')).end('tool_use'), (out) => out.start().text('ok').end()])
  const talk = await converse('go')
  await talk.stream.nth('task')
  const { body: { leases: [lease] } } = await request<{ leases: Array<{ lease_id: string }> }>('POST', `${orchestratorUrl}/v1/leases`, {
    agent_id: 'by-hand', masters: [{ id: 'infrastructure-master', title: 'I', categories: ['infrastructure'], concurrency: 4 }], wait_seconds: 5
  })
  await request('POST', `${orchestratorUrl}/v1/leases/${lease?.lease_id}/report`, { log: [{ at: new Date().toISOString(), level: 'info', message: 'reading' }] })
  const frame = await talk.stream.nth('log')
  t.equal(frame.id, null)
  t.match(frame.data, { from: 0, lines: [{ message: 'reading' }] })
})

t.test('progress of a task is passed on at most about ten times a second, the last of it always', async (t) => {
  const { converse, orchestratorUrl } = await startStack(t, [(out) => out.start().call('toolu_a', task('A')).end('tool_use'), (out) => out.start().text('ok').end()])
  const talk = await converse('go')
  await talk.stream.nth('task')
  const { body: { leases: [lease] } } = await request<{ leases: Array<{ lease_id: string }> }>('POST', `${orchestratorUrl}/v1/leases`, {
    agent_id: 'by-hand', masters: [{ id: 'infrastructure-master', title: 'I', categories: ['infrastructure'], concurrency: 4 }], wait_seconds: 5
  })
  const began = Date.now()
  for (let percent = 1; percent <= 100; percent++) {
    await request('POST', `${orchestratorUrl}/v1/leases/${lease?.lease_id}/report`, { progress: { percent, step: `step ${percent}` } })
  }
  await talk.stream.until(({ data }) => (data.task as { progress?: { percent: number } } | undefined)?.progress?.percent === 100)
  const updates = talk.stream.frames.filter(({ event }) => event === 'task').length
  t.ok(updates <= 4 + Math.ceil((Date.now() - began) / 100) + 1, `${updates} updates`)
})

t.test('POST /v1/chat names its conversation first and ends with the answer', async (t) => {
  const { url, model, api } = await startStack(t, [(out) => out.start().text('Hello you.').end(), (out) => out.start().text('And again.').end()])
  const ask = async (body: object) => {
    const reader = await EventReader.open(`${url}/v1/chat`, { 'content-type': 'application/json' }, { method: 'POST', body: JSON.stringify(body) })
    await reader.end()
    return reader.frames
  }
  const first = await ask({ message: 'Hello' })
  t.equal(first[0]?.event, 'conversation')
  t.equal(first.at(-1)?.event, 'RUN_FINISHED')
  t.equal(first.flatMap(({ data }) => data.delta ?? []).join(''), 'Hello you.')
  const id = first[0]?.data.id
  const second = await ask({ message: 'Once more', conversation_id: id })
  t.equal(second[0]?.data.id, id)
  t.equal(model.requests[1]?.messages.length, 3)
  t.match(await api('POST', '/v1/chat', { message: 'x', conversation_id: 'conv-00000000000000000000' }), { status: 404, body: { code: 'CTX_CONVERSATION_NOT_FOUND' } })
})

t.test('docs/wire.md names every event with its fields', async (t) => {
  const rows = new Map(readFileSync(new URL('../../../docs/wire.md', import.meta.url), 'utf8').split('\n').map((line) => [/^\| `([\w.]+)`/.exec(line)?.[1], line]))
  const named = (name: string, fields: string[]) => {
    for (const field of fields) t.ok(rows.get(name)?.split('|')[2]?.includes(`\`${field}\``), `${name}: ${field}`)
  }
  for (const [name, { properties }] of Object.entries(chatEvents)) named(name, Object.keys(properties).filter((field) => field !== 'type'))
  for (const name of controlFrames) t.ok(rows.has(name), name)
  named('log', Object.keys(TaskLog.properties))
  named('task.created', Object.keys(TaskEvent.properties).filter((field) => field !== 'approval'))
})
