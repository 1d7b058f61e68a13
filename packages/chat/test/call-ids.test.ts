import type { TaskList, ToolCallBlock } from '@cortex/contracts'
import t from 'tap'
import { request, startStack, task } from './support/stack.ts'

t.test('a server that counts its calls anew in each message, and gives some the same id, loses none: each is made, shown and answered by itself', async (t) => {
  const { model, converse, orchestratorUrl } = await startStack(t, [
    (out) => out.start().call('call_0', task('A')).call('call_0', task('B')).call('call_0', task('A')).call('call_1', task('C')).end('tool_use'),
    (out) => out.start().call('call_0', task('D')).call('t\u00fc\nx', task('Odd id')).call('x'.repeat(10_000), task('Long id')).call('', task('No id')).end('tool_use'),
    (out) => out.start().text('All started.').end(),
    (out) => out.start().call('call_0', task('A')).end('tool_use'),
    (out) => out.start().text('Once more.').end()
  ], { kind: 'local' })
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  const results = (model.requests[1]?.messages.at(-1)?.content ?? []) as Array<{ content: string }>
  const first = results.map(({ content }) => (JSON.parse(content) as { task_id: string }).task_id)
  t.equal(new Set(first).size, 4, 'each call of the message got its own task')
  await talk.say('the same again')
  await talk.stream.nth('RUN_FINISHED', 2)

  model.add((out) => out.start().call('call_0', task('A')).end('tool_use'), (out) => out.start().text('Here as well.').end())
  const other = await converse('go')
  await other.stream.nth('RUN_FINISHED')

  const { tasks } = (await request<TaskList>('GET', `${orchestratorUrl}/v1/tasks?limit=200`)).body
  t.same(tasks.map(({ payload }) => payload.title).sort(), ['A', 'A', 'A', 'A', 'B', 'C', 'D', 'Long id', 'No id', 'Odd id'])
  const calls = [...await talk.replies(), ...await other.replies()].flatMap(({ content }) => content.filter((block): block is ToolCallBlock => block.type === 'tool_call'))
  t.same(calls.map(({ status }) => status), Array.from({ length: 10 }, () => 'succeeded'))
  t.equal(new Set(calls.slice(0, 9).map(({ id }) => id)).size, 9, 'no two calls of a conversation share an id')
  t.same(calls.slice(0, 9).map(({ output }) => (output as { task_id: string }).task_id).slice(0, 4), first)
  t.same(model.violations, [])
})
