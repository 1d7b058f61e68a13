import { HttpAgent, type BaseEvent } from '@ag-ui/client'
import t from 'tap'
import { startStack, task } from './support/stack.ts'

t.test("AG-UI's own client runs a conversation: text, thinking, parallel calls and results, in its words", async (t) => {
  const { url, model, api } = await startStack(t, [
    (out) => out.start().thinking('Let me see.', 's').text('Two ', 'tasks.').call('toolu_a', task('A')).call('toolu_b', task('B')).end('tool_use'),
    (out) => out.start().text('Both are started.').end(),
    (out) => out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'Half a sen' }).cut(),
    (out) => out.start().text('A whole sentence.').end(),
    (out) => out.start().text('I can').end('refusal', { stop_details: { type: 'refusal', category: 'cyber', explanation: 'This could cause harm.' } })
  ])
  const agent = new HttpAgent({ url: `${url}/agui`, threadId: 'my thread' })
  const run = async (content: string) => {
    const events: BaseEvent[] = []
    agent.addMessage({ id: `m${agent.messages.length}`, role: 'user', content })
    await agent.runAgent({}, { onEvent: ({ event }) => { events.push(event) } }).catch(() => {})
    return events
  }
  const events = await run('go')
  const names = events.map(({ type }) => String(type)).filter((type) => type !== 'CUSTOM')
  t.equal(names[0], 'RUN_STARTED')
  t.equal(names.at(-1), 'RUN_FINISHED')
  t.same(agent.messages.filter(({ role }) => role === 'assistant').flatMap((message) => 'content' in message && message.content ? [message.content] : []), ['Two tasks.', 'Both are started.'])
  t.same(agent.messages.flatMap((message) => 'toolCalls' in message ? message.toolCalls ?? [] : []).map(({ id, function: { name, arguments: input } }) => [id, name, (JSON.parse(input) as { title: string }).title]), [['toolu_a', 'cortex_create_task', 'A'], ['toolu_b', 'cortex_create_task', 'B']])
  t.same(agent.messages.filter(({ role }) => role === 'tool').length, 2)

  await run('again')
  const said = agent.messages.map((message) => typeof message.content === 'string' ? message.content : '')
  t.ok(said.includes('A whole sentence.'))
  t.notOk(said.includes('Half a sen'), 'what was taken back is not shown')
  t.match((await run('something bad')).at(-1), { type: 'RUN_ERROR', code: 'CTX_MODEL_REFUSED' })
  t.equal(model.requests[2]?.messages.length, 5, 'the thread is one conversation')
  const { body } = await api<{ conversations: Array<{ title: string }> }>('GET', '/v1/conversations')
  t.same(body.conversations.map(({ title }) => title), ['go'])
  t.same(model.violations, [])
})

t.test('a run that is sent again is answered with the same reply, and what cannot be answered is refused by field', async (t) => {
  const { url, model, api } = await startStack(t, [(out) => out.start().text('Once.').end()])
  const input = { threadId: 'x', runId: 'r1', messages: [{ id: 'm1', role: 'user', content: [{ type: 'text', text: 'hi' }] }], tools: [] }
  const ask = async () => await (await fetch(`${url}/agui`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) })).text()
  const first = await ask()
  t.match(first, /"delta":"Once\."/)
  t.equal(await ask(), first)
  t.equal(model.requests.length, 1)
  for (const [field, change] of [
    ['tools', { tools: [{ name: 'mine' }] }],
    ['messages.0', { messages: [{ id: 'm1', role: 'assistant', content: 'x' }] }],
    ['messages.0', { messages: [{ id: 'm1', role: 'user', content: [{ type: 'image', url: 'x' }] }] }],
    ['messages.0', { messages: [{ id: 'm1', role: 'user', content: ' ' }] }],
    ['threadId', { threadId: '' }]
  ] as const) t.match(await api('POST', '/agui', { ...input, ...change }), { status: 400, body: { code: 'CTX_INPUT_INVALID', errors: [{ field }] } }, field)
})
