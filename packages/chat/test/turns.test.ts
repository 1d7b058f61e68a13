import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOrchestrator } from '@cortex/orchestrator'
import type { Task } from '@cortex/contracts'
import t from 'tap'
import { ConversationLog } from '../src/conversation-log.ts'
import { createModel } from '../src/model.ts'
import { OrchestratorClient } from '../src/orchestrator-client.ts'
import { SqliteConversationStore } from '../src/store/sqlite/sqlite-conversation-store.ts'
import { Toolbox } from '../src/toolbox.ts'
import { turnLimits } from '../src/turn-run.ts'
import { Turns } from '../src/turns.ts'
import { UsageReports } from '../src/usage-reports.ts'
import { conversation } from './conversation-store-contract.ts'
import { startScriptedModel } from './support/scripted-model.ts'
import { completed, task, workOff } from './support/stack.ts'

t.test('a batch that has ended as far as chat knows, but not in truth, is not summed up yet', async (t) => {
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
  const model = createModel({ kind: 'claude', baseUrl: api.url, apiKey: 'x', model: 'm' }, { models: {} }, undefined)
  const start = () => new Turns({ store, log, model, toolbox: new Toolbox(orchestrator, undefined), logger: undefined, limits: turnLimits, orchestrator, usage: new UsageReports(orchestrator, undefined) })
  const conversationId = 'conv-00000000000000000000'
  await store.create(conversation(conversationId))
  for (const name of ['A', 'B']) {
    await orchestrator.executeTool({ tool_name: 'cortex_create_task', tool_input: task(name) }, name, { conversationId, batchId: 'batch-x', user: 'local' }, new AbortController().signal)
  }
  await workOff(server.url, 2, () => completed)
  const { tasks } = await orchestrator.tasks({ batch_id: 'batch-x' })
  const take = async (task: Task) => await log.commit([{ kind: 'event', conversationId, event: { type: 'task', task } }])

  // The events of the second task are still on their way.
  await take(tasks[0]!)
  const early = start()
  early.wake(conversationId)
  await early.settled()
  t.equal(api.requests.length, 0)

  await take(tasks[1]!)
  const late = start()
  late.wake(conversationId)
  await late.settled()
  t.equal(api.requests.length, 1)
  t.match((await store.snapshot(conversationId))?.messages, [{ kind: 'summary', status: 'complete' }])
})
