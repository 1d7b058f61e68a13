import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChat } from '@cortex/chat'
import type { ConversationSnapshot, TaskList } from '@cortex/contracts'
import { startOrchestrator } from '@cortex/orchestrator'
import { startPostgres } from '@cortex/orchestrator/test-postgres'
import t from 'tap'
import { EventReader } from './support/event-reader.ts'
import { startScriptedModel } from './support/scripted-model.ts'
import { request, task } from './support/stack.ts'

t.test('a database that crashes in mid-turn: what is sent meanwhile is refused, and when it is back the turn goes on, with no task made twice', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cortex-outage-'))
  const server = await startPostgres()
  const down = Promise.withResolvers<void>()
  const model = await startScriptedModel(
    async (out) => {
      out.start().call('toolu_a', task('A')).open({ type: 'text', text: '' })
      await down.promise
      out.delta({ type: 'text_delta', text: 'said into the void' }).shut().end('tool_use')
    },
    (out) => out.start().text('Started.').end(),
    (out) => out.start().text('Here.').end())
  const orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
  const chat = await startChat({ home, databaseUrl: server.url, claimDuration: 1_000, host: '127.0.0.1', port: 0, orchestratorUrl: orchestrator.url, model: { kind: 'claude', baseUrl: model.url, apiKey: 'test', model: 'scripted' } })
  t.teardown(async () => {
    await chat.close()
    await orchestrator.close()
    await model.close()
    await server.stop()
    rmSync(home, { recursive: true, force: true })
  })
  const { body: { id } } = await request<{ id: string }>('POST', `${chat.url}/v1/conversations`, {})
  const stream = await EventReader.open(`${chat.url}/v1/conversations/${id}/stream`)
  const say = async (text: string, clientId: string) => await request('POST', `${chat.url}/v1/conversations/${id}/messages`, { text, client_id: clientId })
  await say('go', 'one')
  await stream.nth('TOOL_CALL_RESULT')
  await server.kill()
  t.match(await say('are you there?', 'two'), { status: 503, body: { code: 'CTX_STORE_UNREACHABLE' } })
  down.resolve()
  t.equal((await fetch(`${chat.url}/readyz`)).status, 503)
  t.equal((await fetch(`${chat.url}/livez`)).status, 200)
  await server.restart()
  const last = stream.frames.at(-1)?.id ?? 0
  stream.close()
  const again = await EventReader.open(`${chat.url}/v1/conversations/${id}/stream?after=${last}`)
  t.teardown(() => again.close())
  await again.nth('RUN_FINISHED')
  t.equal((await say('are you there?', 'two')).status, 202)
  await again.nth('RUN_FINISHED', 2)
  const { tasks } = (await request<TaskList>('GET', `${orchestrator.url}/v1/tasks`)).body
  t.same(tasks.map(({ payload }) => payload.title), ['A'])
  const { messages } = (await request<ConversationSnapshot>('GET', `${chat.url}/v1/conversations/${id}`)).body
  t.same(messages.map(({ status }) => status), ['complete', 'complete', 'complete', 'complete'])
  t.same(messages[1]?.content.map((block) => block.type === 'tool_call' ? block.status : block.type), ['succeeded', 'text'])
  t.same(model.violations, [])
})
