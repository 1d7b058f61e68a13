import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChat } from '@cortex/chat'
import type { ConversationSnapshot } from '@cortex/contracts'
import { startOrchestrator } from '@cortex/orchestrator'
import t from 'tap'
import { SqliteConversationStore } from '../src/store/sqlite/sqlite-conversation-store.ts'
import { EventReader } from './support/event-reader.ts'
import { startScriptedModel } from './support/scripted-model.ts'
import { completed, request, task, workOff } from './support/stack.ts'

t.test('events missed while chat was away are taken in when it is back, whether the orchestrator still has them or not', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cortex-feed-'))
  const model = await startScriptedModel((out) => out.start().call('toolu_a', task('A')).call('toolu_b', task('B')).end('tool_use'), (out) => out.start().text('ok').end())
  const orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
  const start = async () => await startChat({ home, host: '127.0.0.1', port: 0, orchestratorUrl: orchestrator.url, model: { kind: 'claude', baseUrl: model.url, apiKey: 'x', model: 'm' } })
  let chat = await start()
  t.teardown(async () => {
    await chat.close()
    await orchestrator.close()
    await model.close()
    rmSync(home, { recursive: true, force: true })
  })
  const { body: { id } } = await request<{ id: string }>('POST', `${chat.url}/v1/conversations`, {})
  const first = await EventReader.open(`${chat.url}/v1/conversations/${id}/stream`)
  await request('POST', `${chat.url}/v1/conversations/${id}/messages`, { text: 'go', client_id: 'one' })
  await first.nth('RUN_FINISHED')
  await first.nth('task', 2)
  first.close()
  await chat.close()
  const lastSeq = (await closedSnapshot(home, id))?.seq ?? 0

  const { body: { tasks } } = await request<{ tasks: Array<{ id: string }> }>('GET', `${orchestrator.url}/v1/tasks`)
  await request('POST', `${orchestrator.url}/v1/tasks/${tasks[0]?.id}/cancel`, { reason: 'no' })
  chat = await start()
  const second = await EventReader.open(`${chat.url}/v1/conversations/${id}/stream?after=${lastSeq}`)
  t.match((await second.nth('task')).data, { task: { id: tasks[0]?.id, status: 'cancelled' } })
  second.close()
  await chat.close()

  const store = new SqliteConversationStore(home)
  await store.commit([{ kind: 'feed_cursor', cursor: 1_000_000 }])
  await store.close()
  model.add((out) => out.start().text('One done, one cancelled.').end())
  await workOff(orchestrator.url, 1, () => completed)
  chat = await start()
  const third = await EventReader.open(`${chat.url}/v1/conversations/${id}/stream?after=${lastSeq}`)
  await third.nth('RUN_FINISHED')
  third.close()
  const { body } = await request<ConversationSnapshot>('GET', `${chat.url}/v1/conversations/${id}`)
  t.same(body.tasks.map(({ status }) => status).sort(), ['cancelled', 'completed'])
  t.equal(body.messages.at(-1)?.kind, 'summary')
})

t.test('a turn whose calls meet a restarting orchestrator waits for it, and the feed comes back by itself', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cortex-feed-'))
  let orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
  const { url } = orchestrator
  const model = await startScriptedModel(
    (out) => out.start().text('hello').end(),
    async (out) => {
      await orchestrator.close()
      out.start().call('toolu_a', task('A')).end('tool_use')
    },
    (out) => out.start().text('ok').end()
  )
  const chat = await startChat({ home, host: '127.0.0.1', port: 0, orchestratorUrl: url, model: { kind: 'claude', baseUrl: model.url, apiKey: 'x', model: 'm' } })
  t.teardown(async () => {
    await chat.close()
    await orchestrator.close()
    await model.close()
    rmSync(home, { recursive: true, force: true })
  })
  const { body: { id } } = await request<{ id: string }>('POST', `${chat.url}/v1/conversations`, {})
  const stream = await EventReader.open(`${chat.url}/v1/conversations/${id}/stream`)
  t.teardown(() => stream.close())
  await request('POST', `${chat.url}/v1/conversations/${id}/messages`, { text: 'hi', client_id: 'one' })
  await stream.nth('RUN_FINISHED')
  await request('POST', `${chat.url}/v1/conversations/${id}/messages`, { text: 'go', client_id: 'two' })
  await stream.nth('TOOL_CALL_START')
  orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: Number(new URL(url).port) })
  t.match((await stream.nth('TOOL_CALL_RESULT')).data, { status: 'succeeded' })
  t.match((await stream.nth('task')).data, { task: { payload: { title: 'A' } } })
  await stream.nth('RUN_FINISHED', 2)
})

async function closedSnapshot (home: string, id: string) {
  const store = new SqliteConversationStore(home)
  try {
    return await store.snapshot(id)
  } finally {
    await store.close()
  }
}
