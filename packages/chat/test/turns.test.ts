import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOrchestrator } from '@cortex/orchestrator'
import type { Task } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { ConversationLog } from '../src/conversation-log.ts'
import { createModel } from '../src/model.ts'
import { OrchestratorClient } from '../src/orchestrator-client.ts'
import { SqliteConversationStore } from '../src/store/sqlite/sqlite-conversation-store.ts'
import { Toolbox } from '../src/toolbox.ts'
import { turnLimits } from '../src/turn-run.ts'
import { newTurn, Turns } from '../src/turns.ts'
import { UsageReports } from '../src/usage-reports.ts'
import { conversation } from './conversation-store-contract.ts'
import { startScriptedModel } from './support/scripted-model.ts'
import { completed, task, workOff } from './support/stack.ts'

const conversationId = 'conv-00000000000000000000'

/** Turns on a store of their own, which do nothing before they are woken. */
async function prepare (t: Test) {
  const home = mkdtempSync(join(tmpdir(), 'cortex-turns-'))
  const api = await startScriptedModel((out) => out.start().text('Both are done.').end())
  const server = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
  const store = new SqliteConversationStore(home)
  t.teardown(async () => {
    await store.close()
    await server.close()
    await api.close()
    rmSync(home, { recursive: true, force: true })
  })
  const orchestrator = new OrchestratorClient(server.url)
  const log = new ConversationLog(store)
  const model = createModel({ kind: 'claude', baseUrl: api.url, apiKey: 'x', model: 'm' }, { value: { models: {} } }, undefined)
  const start = () => new Turns({ store, log, model, toolbox: new Toolbox(orchestrator, undefined), logger: undefined, limits: turnLimits, orchestrator, usage: new UsageReports(orchestrator, undefined) })
  await store.create(conversation(conversationId))
  /** A batch of tasks that have ended, of which the conversation has not heard. */
  const finish = async (batchId: string, ...names: string[]) => {
    for (const name of names) await orchestrator.executeTool({ tool_name: 'cortex_create_task', tool_input: task(name) }, name, { conversationId, batchId, user: 'local' }, new AbortController().signal)
    await workOff(server.url, names.length, () => completed)
    return (await orchestrator.tasks({ batch_id: batchId })).tasks
  }
  const take = async (task: Task | undefined) => await log.commit(task ? [{ kind: 'event', conversationId, event: { type: 'task', task } }] : [])
  return { api, store, log, start, finish, take }
}

t.test('a batch that has ended as far as chat knows, but not in truth, is not summed up yet', async (t) => {
  const { api, store, start, finish, take } = await prepare(t)
  const tasks = await finish('batch-x', 'A', 'B')

  // The events of the second task are still on their way.
  await take(tasks[0])
  const early = start()
  early.wake(conversationId)
  await early.settled()
  t.equal(api.requests.length, 0)

  await take(tasks[1])
  const late = start()
  late.wake(conversationId)
  await late.settled()
  t.equal(api.requests.length, 1)
  t.match((await store.snapshot(conversationId))?.messages, [{ kind: 'summary', status: 'complete' }])
})

t.test('stop between two turns leaves out the summary that is due and those that wait', async (t) => {
  const { api, store, log, start, finish, take } = await prepare(t)
  const turns = start()
  t.equal(await turns.stop(conversationId), false)
  const [task] = await finish('batch-x', 'A')
  await take(task)
  t.equal(await turns.stop(conversationId), true)
  await log.commit([{ kind: 'turn', conversationId, turn: newTurn('summary', 'A batch ended', 'local') }])
  t.equal(await turns.stop(conversationId), true)
  t.equal(await turns.stop(conversationId), false)
  turns.wake(conversationId)
  await turns.settled()
  t.equal(api.requests.length, 0)
  t.same(await store.unfinished(), [])
})

t.test('after fifty summaries in a row no other is written until a person says something', async (t) => {
  const { api, store, log, start, finish, take } = await prepare(t)
  const done = (kind: 'turn' | 'summary') => ({ kind: 'turn' as const, conversationId, turn: { ...newTurn(kind, 'x', 'local'), state: 'done' as const } })
  await log.commit(Array.from({ length: 50 }, () => done('summary')))
  const turns = start()
  const run = async (batchId: string) => {
    const [task] = await finish(batchId, batchId)
    await take(task)
    turns.wake(conversationId)
    await turns.settled()
  }
  await run('batch-x')
  t.equal(api.requests.length, 0)
  t.same(await store.unfinished(), [])
  await log.commit([done('turn')])
  await run('batch-y')
  t.equal(api.requests.length, 1)
})
