import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ConversationSnapshot, TaskList } from '@cortex/contracts'
import { startOrchestrator } from '@cortex/orchestrator'
import t from 'tap'
import { EventReader } from './support/event-reader.ts'
import { completed, request, startStack, task, workOff } from './support/stack.ts'
import { startScriptedModel, type Script } from './support/scripted-model.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

interface Teardown { teardown (work: () => void | Promise<void>): void }

/** Chat as a process of its own, so that it can be killed as a machine kills it. */
async function startProcess (t: Teardown, home: string, orchestratorUrl: string, modelUrl: string): Promise<{ url: string, kill (): Promise<void> }> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, CORTEX_HOME: home, PORT: '0', ORCHESTRATOR_URL: orchestratorUrl, CORTEX_MODEL_KIND: 'rules', ANTHROPIC_BASE_URL: modelUrl },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  t.teardown(kill)
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { msg: string, url: string }
      if (msg === 'ready') resolve(url)
    })
    exited.then(() => reject(new Error('chat ended before it was ready')), reject)
  })
  return { url, kill }
}

/** Runs the first turn of a conversation until `killWhen`, kills chat there and starts it again. */
async function killed (t: Teardown, scripts: Script[], killWhen: (stream: EventReader) => Promise<unknown>) {
  const home = mkdtempSync(join(tmpdir(), 'cortex-kill-'))
  const model = await startScriptedModel(...scripts)
  const orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await orchestrator.close()
    await model.close()
    rmSync(home, { recursive: true, force: true })
  })
  const first = await startProcess(t, home, orchestrator.url, model.url)
  const { body: { id } } = await request<{ id: string }>('POST', `${first.url}/v1/conversations`, {})
  const before = await EventReader.open(`${first.url}/v1/conversations/${id}/stream`)
  await request('POST', `${first.url}/v1/conversations/${id}/messages`, { text: 'go', client_id: 'one' })
  await killWhen(before)
  await first.kill()

  const second = await startProcess(t, home, orchestrator.url, model.url)
  const stream = await EventReader.open(`${second.url}/v1/conversations/${id}/stream?after=${before.frames.at(-1)?.id}`)
  t.teardown(() => stream.close())
  return {
    model,
    stream,
    snapshot: async () => (await request<ConversationSnapshot>('GET', `${second.url}/v1/conversations/${id}`)).body,
    say: async (text: string) => await request('POST', `${second.url}/v1/conversations/${id}/messages`, { text, client_id: 'another' }),
    tasks: async () => (await request<TaskList>('GET', `${orchestrator.url}/v1/tasks`)).body.tasks
  }
}

t.test('killed while text streams: after the restart the reply is written anew', async (t) => {
  const { model, stream, snapshot } = await killed(t, [
    (out) => { out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'Half' }) },
    (out) => out.start().text('Whole.').end()
  ], async (stream) => await stream.nth('TEXT_MESSAGE_CONTENT'))
  await stream.nth('RUN_FINISHED')
  const { messages } = await snapshot()
  t.same(messages.map(({ role, status, content }) => [role, status, content]), [
    ['user', 'complete', [{ type: 'text', text: 'go' }]], ['assistant', 'complete', [{ type: 'text', text: 'Whole.' }]]
  ])
  t.same(model.violations, [])
})

t.test('killed between two calls of one message: no task is made twice, and the turn goes on with both results paired', async (t) => {
  const { model, stream, snapshot, tasks, say } = await killed(t, [
    (out) => { out.start().text('Working.').call('toolu_a', task('A')).call('toolu_b', task('B')).open({ type: 'tool_use', id: 'toolu_c', name: 'cortex_create_task', input: {} }) },
    (out) => out.start().text('Two were made.').end(),
    (out) => out.start().text('Of course.').end()
  ], async (stream) => await stream.nth('TOOL_CALL_RESULT', 2))
  await stream.nth('RUN_FINISHED')
  t.same((await tasks()).map(({ payload }) => payload.title).sort(), ['A', 'B'])
  const [, reply] = (await snapshot()).messages
  t.same(reply?.content.map((block) => block.type === 'tool_call' ? block.status : block.type), ['text', 'succeeded', 'succeeded', 'text'])
  await say('can we continue?')
  await stream.nth('RUN_FINISHED', 2)
  t.same(model.violations, [])
})

t.test('killed while a call waits for its answer: it is made again under its key, and the first task stays the only one', async (t) => {
  const { stream, tasks, model, snapshot } = await killed(t, [
    (out) => out.start().call('toolu_a', task('A')).end('tool_use'),
    // A status read that waits keeps the turn in the middle of its calls.
    (out, { messages }) => out.start()
      .call('toolu_b', { task_id: /task-chat-\d+-\w+/.exec(JSON.stringify(messages))?.[0], wait_seconds: 2 }, 'cortex_get_task_status')
      .call('toolu_c', task('C')).end('tool_use'),
    (out) => out.start().text('Resumed.').end()
  ], async (stream) => await stream.until(({ event, data }) => event === 'TOOL_CALL_RESULT' && data.tool_call_id === 'toolu_c'))
  await stream.nth('RUN_FINISHED')
  t.same((await tasks()).map(({ payload }) => payload.title).sort(), ['A', 'C'])
  const results = model.requests[2]?.messages.at(-1)?.content as Array<{ tool_use_id: string, is_error?: boolean }>
  t.same(results.map(({ tool_use_id: id, is_error: error }) => [id, error]), [['toolu_b', undefined], ['toolu_c', undefined]])
  t.same((await snapshot()).messages[1]?.content.map((block) => block.type === 'tool_call' ? block.status : block.type), ['succeeded', 'succeeded', 'succeeded', 'text'])
  t.same(model.violations, [])
})

t.test('a service that stops in the middle of a turn takes it up again, and a summary is not written twice', async (t) => {
  const stack = await startStack(t, [
    (out) => out.start().call('toolu_a', task('A')).end('tool_use'),
    (out) => out.start().text('Started.').end(),
    (out) => { out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'The task' }) },
    (out) => out.start().text('The task is done.').end()
  ])
  const talk = await stack.converse('go')
  await talk.stream.nth('RUN_FINISHED')
  await workOff(stack.orchestratorUrl, 1, () => completed)
  await talk.stream.nth('RUN_STARTED', 2)
  await stack.model.requested(3)
  await stack.restartChat()
  const stream = await EventReader.open(`${stack.url}/v1/conversations/${talk.id}/stream`)
  await stream.nth('RUN_FINISHED', 2)
  await stack.restartChat()
  stream.close()
  const { messages } = await talk.snapshot()
  t.same(messages.map(({ kind, status }) => [kind, status]), [['turn', 'complete'], ['turn', 'complete'], ['summary', 'complete']])
  t.equal(stack.model.requests.length, 4)
  t.same(stack.model.violations, [])
})

t.test('a retry after the summary opens the batch again, and its end brings another', async (t) => {
  const stack = await startStack(t, [
    (out) => out.start().call('toolu_a', task('A')).end('tool_use'),
    (out) => out.start().text('Started.').end(),
    (out) => out.start().text('It failed.').end(),
    (out) => out.start().text('Now it is done.').end()
  ])
  const talk = await stack.converse('go')
  await talk.stream.nth('RUN_FINISHED')
  const [lease] = await workOff(stack.orchestratorUrl, 1, () => ({ kind: 'failed', error: { code: 'CTX_X', message: 'no luck' }, retryable: false }))
  await talk.stream.nth('RUN_FINISHED', 2)
  t.equal((await stack.api('POST', `/v1/tasks/${lease?.task.id}/retry`, {})).status, 200)
  await workOff(stack.orchestratorUrl, 1, () => completed)
  await talk.stream.nth('RUN_FINISHED', 3)
  t.same((await talk.replies()).map(({ kind }) => kind), ['turn', 'summary', 'summary'])
  t.match(JSON.stringify(stack.model.requests[2]?.messages.at(-1)), /no luck/)
})
