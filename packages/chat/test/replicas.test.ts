import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChatConfig, startChat, type ChatOptions } from '@cortex/chat'
import type { ConversationSnapshot, Lease, TaskList } from '@cortex/contracts'
import { startOrchestrator } from '@cortex/orchestrator'
import { newSecret, readConfig, readSignIn } from '@cortex/service'
import t, { type Test } from 'tap'
import { spawnChat } from './support/chat-process.ts'
import { EventReader } from './support/event-reader.ts'
import { createDatabase } from './support/postgres-database.ts'
import { ask, cookieOf, password, writeUsers } from './support/signed-in.ts'
import { startScriptedModel, type Script } from './support/scripted-model.ts'
import { completed, request, task, workOff } from './support/stack.ts'

const home = mkdtempSync(join(tmpdir(), 'cortex-replicas-'))
const databaseUrl = await createDatabase(t)
const model = await startScriptedModel()
const orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
const options: ChatOptions = {
  home, databaseUrl, claimDuration: 1_000, host: '127.0.0.1', port: 0, orchestratorUrl: orchestrator.url, model: { kind: 'claude', baseUrl: model.url, apiKey: 'test', model: 'scripted' }
}
const here = await startChat(options)
t.teardown(async () => {
  await here.close()
  await orchestrator.close()
  await model.close()
  rmSync(home, { recursive: true, force: true })
})

/** A conversation with a stream on each of the two chats. */
async function converse (t: Test, there: string, ...scripts: Script[]) {
  model.add(...scripts)
  const { body: { id } } = await request<{ id: string }>('POST', `${there}/v1/conversations`, {})
  const [stream, streamThere] = [await EventReader.open(`${here.url}/v1/conversations/${id}/stream`), await EventReader.open(`${there}/v1/conversations/${id}/stream`)]
  t.teardown(() => {
    stream.close()
    streamThere.close()
  })
  let said = 0
  return {
    id,
    stream,
    streamThere,
    say: async (url: string, text: string) => await request('POST', `${url}/v1/conversations/${id}/messages`, { text, client_id: `c${said++}` }),
    snapshot: async () => (await request<ConversationSnapshot>('GET', `${here.url}/v1/conversations/${id}`)).body
  }
}

const numbers = (stream: EventReader) => stream.frames.flatMap(({ id }) => id ?? [])

t.test('a stream open on one chat shows what another writes, number by number, with its log lines; either stops and deletes', async (t) => {
  const there = await startChat(options)
  t.teardown(async () => await there.close())
  const talk = await converse(t, there.url,
    (out) => out.start().text('One ', 'moment.').call('toolu_a', task('A')).end('tool_use'),
    (out) => out.start().text('Started.').end(),
    (out) => out.start().text('Done.').end(),
    (out) => { out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'And now I' }) })
  await talk.say(there.url, 'go')
  await talk.stream.nth('RUN_FINISHED')
  await workOff(orchestrator.url, 1, () => completed)
  await talk.stream.nth('RUN_FINISHED', 2)
  await talk.streamThere.nth('RUN_FINISHED', 2)
  t.same(numbers(talk.stream), Array.from({ length: (await talk.snapshot()).seq }, (_, index) => index + 1))
  t.same(numbers(talk.streamThere), numbers(talk.stream))

  const { body: { leases: [lease] } } = await leaseNew(talk.id)
  await request('POST', `${orchestrator.url}/v1/leases/${lease?.lease_id}/report`, { log: [{ at: new Date().toISOString(), level: 'info', message: 'reading' }] })
  for (const stream of [talk.stream, talk.streamThere]) t.match((await stream.nth('log')).data, { lines: [{ message: 'reading' }] })

  await talk.say(there.url, 'again')
  await talk.stream.nth('RUN_STARTED', 3)
  await talk.stream.until(({ data }) => data.delta === 'And now I')
  t.same(await request('POST', `${here.url}/v1/conversations/${talk.id}/stop`), { status: 202, body: { stopped: true } })
  t.match((await talk.stream.nth('RUN_FINISHED', 3)).data, { status: 'stopped' })
  await request('DELETE', `${here.url}/v1/conversations/${talk.id}`)
  await talk.streamThere.end()
  t.equal(talk.streamThere.frames.at(-1)?.event, 'goodbye')
  t.same(model.violations, [])

  /** A task of the conversation that nobody works on, leased by hand. */
  async function leaseNew (conversationId: string) {
    await fetch(`${orchestrator.url}/execute-tool`, { method: 'POST', headers: { 'content-type': 'application/json', 'cortex-conversation': conversationId }, body: JSON.stringify({ tool_name: 'cortex_create_task', tool_input: task('B') }) })
    await talk.stream.until(({ data }) => JSON.stringify(data.task ?? {}).includes('"title":"B"'))
    return await request<{ leases: Lease[] }>('POST', `${orchestrator.url}/v1/leases`, { agent_id: 'by-hand', masters: [{ id: 'infrastructure-master', title: 'I', categories: ['infrastructure'], concurrency: 4 }], wait_seconds: 5 })
  }
})

t.test('messages sent to both chats are answered one after the other', async (t) => {
  const there = await startChat(options)
  t.teardown(async () => await there.close())
  const talk = await converse(t, there.url, ...Array.from({ length: 6 }, (_, n): Script => (out) => out.start().text(`Answer ${n}`).end()))
  const before = model.requests.length
  await Promise.all([0, 1, 2, 3, 4, 5].map(async (n) => await talk.say(n % 2 ? here.url : there.url, `question ${n}`)))
  await talk.stream.nth('RUN_FINISHED', 6)
  t.equal(model.requests.length - before, 6)
  t.same(model.requests.at(-1)?.messages.map(({ role }) => role), Array.from({ length: 11 }, (_, n) => n % 2 ? 'assistant' : 'user'))
  t.same(model.violations, [])
})

t.test('a chat that is killed between two calls of one message: another takes the turn over, makes no task twice and goes on with both results', async (t) => {
  const there = await spawnChat(t, options)
  const talk = await converse(t, there.url,
    (out) => { out.start().text('Working.').call('toolu_k', task('K')).call('toolu_l', task('L')).open({ type: 'tool_use', id: 'toolu_m', name: 'cortex_create_task', input: {} }) },
    (out) => out.start().text('Two were made.').end(),
    (out) => out.start().text('Of course.').end())
  await talk.say(there.url, 'go')
  await talk.stream.nth('TOOL_CALL_RESULT', 2)
  await there.kill()
  await talk.stream.nth('RUN_FINISHED')
  const { tasks } = (await request<TaskList>('GET', `${orchestrator.url}/v1/tasks?conversation_id=${talk.id}`)).body
  t.same(tasks.map(({ payload }) => payload.title).sort(), ['K', 'L'])
  t.same((await talk.snapshot()).messages[1]?.content.map((block) => block.type === 'tool_call' ? block.status : block.type), ['text', 'succeeded', 'succeeded', 'text'])
  t.equal((await talk.say(here.url, 'can we continue?')).status, 202)
  await talk.stream.nth('RUN_FINISHED', 2)
  t.same(numbers(talk.stream), Array.from({ length: (await talk.snapshot()).seq }, (_, index) => index + 1))
  t.same(model.violations, [])
})

t.test('a chat that stands still loses its turn to another, and writes nothing into it when it goes on', async (t) => {
  const there = await spawnChat(t, options)
  const hang = Promise.withResolvers<void>()
  const talk = await converse(t, there.url,
    async (out) => {
      out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'From the one that ' })
      await hang.promise
      out.delta({ type: 'text_delta', text: 'stood still' }).shut().end()
    },
    (out) => out.start().text('From the other.').end())
  await talk.say(there.url, 'go')
  await talk.stream.nth('TEXT_MESSAGE_CONTENT')
  void there.kill('SIGSTOP')
  await talk.stream.nth('RUN_FINISHED')
  hang.resolve()
  const { seq } = await talk.snapshot()
  void there.kill('SIGCONT')
  // It hears what was written while it stood still: then it has gone on.
  await talk.streamThere.until(({ id, event }) => id === seq || event === 'goodbye')
  const { messages, seq: after } = await talk.snapshot()
  t.equal(after, seq)
  t.same(messages.map(({ content }) => content), [[{ type: 'text', text: 'go' }], [{ type: 'text', text: 'From the other.' }]])
})

t.test('a chat that stops hands its turn over at once, and its streams with it', async (t) => {
  const there = await spawnChat(t, options)
  const talk = await converse(t, there.url,
    (out) => { out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'Half' }) },
    (out) => out.start().text('Whole.').end())
  await talk.say(there.url, 'go')
  await talk.stream.nth('TEXT_MESSAGE_CONTENT')
  await there.kill('SIGTERM')
  t.equal(talk.streamThere.frames.at(-1)?.event, 'goodbye')
  await talk.stream.nth('RUN_FINISHED')
  const again = await EventReader.open(`${here.url}/v1/conversations/${talk.id}/stream?after=${numbers(talk.streamThere).at(-1)}`)
  await again.nth('RUN_FINISHED')
  again.close()
  t.same([...numbers(talk.streamThere), ...numbers(again)], numbers(talk.stream))
  t.match((await talk.snapshot()).messages[1]?.content, [{ type: 'text', text: 'Whole.' }])
})

t.test('a stream on one chat ends when the share is taken back, or the conversation deleted, on another', async (t) => {
  const signIn = readSignIn(readConfig(ChatConfig, { CORTEX_USERS: writeUsers(home) }), '127.0.0.1')
  const [there, elsewhere] = [await startChat({ ...options, signIn, serviceToken: newSecret() }), await startChat({ ...options, signIn, serviceToken: newSecret() })]
  t.teardown(async () => await Promise.all([there.close(), elsewhere.close()]))
  const as = async (name: string, { url }: { url: string }) => cookieOf(await ask(url, 'POST', '/v1/sign-in/password', { body: { name, password } }))
  const [ada, vic] = [await as('ada', there), await as('vic', elsewhere)]
  const { body: { id } } = await ask(there.url, 'POST', '/v1/conversations', { cookie: ada, body: {} })
  const path = `/v1/conversations/${id}`
  const change = async (body: object) => await ask(there.url, 'PATCH', path, { cookie: ada, body })
  for (const end of [async () => await change({ shared: false }), async () => await ask(there.url, 'DELETE', path, { cookie: ada })]) {
    await change({ shared: true })
    const stream = await EventReader.open(`${elsewhere.url}${path}/stream`, { cookie: vic })
    t.teardown(() => stream.close())
    await change({ title: 'For everybody' })
    await stream.until(({ data }) => data.title === 'For everybody')
    await end()
    await stream.end()
    t.equal(stream.frames.at(-1)?.event, 'goodbye')
  }
})
