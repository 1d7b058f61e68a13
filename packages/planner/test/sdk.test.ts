import Anthropic from '@anthropic-ai/sdk'
import t from 'tap'
import { ask, serve, three } from './fixtures.ts'

t.test('the SDK streams text first, then three calls whose inputs are whole, and the final message is the same', async (t) => {
  const { client } = await serve(t)
  const events: string[] = []
  let text = ''
  const stream = client.messages.stream(ask(three))
  stream.on('streamEvent', (event) => events.push(event.type))
  stream.on('text', (delta) => { text += delta })
  const message = await stream.finalMessage()

  t.equal(message.stop_reason, 'tool_use')
  t.strictSame(message.content.map(({ type }) => type), ['text', 'tool_use', 'tool_use', 'tool_use'])
  t.equal(text, 'Three independent tasks; starting them in parallel.')
  const inputs = message.content.flatMap((block) => block.type === 'tool_use' ? [block.input as Record<string, string>] : [])
  t.strictSame(inputs.map(({ title, category }) => [title, category]), [
    ['Deploy Monitoring Stack', 'infrastructure'], ['Configure Security Scanning', 'security'], ['Set Up CI/CD Pipeline', 'cicd']
  ])
  t.equal(events[0], 'message_start')
  t.strictSame(events.slice(-2), ['message_delta', 'message_stop'])
  t.ok(message.usage.input_tokens > 20 && message.usage.output_tokens > 20, 'usage is counted')
  t.equal(new Set(message.content.flatMap((block) => block.type === 'tool_use' ? [block.id] : [])).size, 3, 'ids are unique')
})

t.test('a call streams its input in pieces, the first empty, and begins with an empty object', async (t) => {
  const { client } = await serve(t)
  const pieces: string[] = []
  const starts: unknown[] = []
  const stream = client.messages.stream(ask('Deploy Redis to staging'))
  stream.on('streamEvent', (event) => {
    if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') starts.push(event.content_block.input)
    if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta') pieces.push(event.delta.partial_json)
  })
  await stream.finalMessage()
  t.strictSame(starts, [{}])
  t.equal(pieces[0], '')
  t.ok(pieces.length > 2)
  t.match(JSON.parse(pieces.join('')), { title: 'Deploy Redis to Staging', category: 'infrastructure', priority: 'medium' })
})

t.test('without streaming the answer is one message', async (t) => {
  const { client } = await serve(t)
  const message = await client.messages.create(ask('hello'))
  t.equal(message.stop_reason, 'end_turn')
  t.equal(message.role, 'assistant')
  t.equal(message.model, 'cortex-rules-1')
  t.match(message.content, [{ type: 'text', text: /^Hello/ }])
})

t.test('tool results come back as a reply that names the tasks and their masters, without further calls', async (t) => {
  const { client } = await serve(t)
  const first = await client.messages.create(ask(three))
  const calls = first.content.filter((block) => block.type === 'tool_use')
  const { content } = await client.messages.create({
    ...ask(three),
    messages: [{ role: 'user', content: three }, { role: 'assistant', content: first.content }, {
      role: 'user',
      content: calls.map((call, i) => i === 2
        ? { type: 'tool_result', tool_use_id: call.id, content: 'CTX_STORE_FULL: the disk is full', is_error: true }
        : { type: 'tool_result', tool_use_id: call.id, content: JSON.stringify({ task_id: `task-chat-176677945104${i}-2axt2h5cq`, status: 'queued', message: `“x” is with ${(call.input as { category: string }).category}-master`, created_at: '', estimated_start: '' }) })
    }]
  })
  t.equal(content.length, 1)
  const [block] = content
  const text = block?.type === 'text' ? block.text : ''
  t.match(text, /Deploy Monitoring Stack\*\* is with infrastructure-master/)
  t.match(text, /Configure Security Scanning\*\* is with security-master/)
  t.match(text, /Set Up CI\/CD Pipeline\*\* was not started: .*the disk is full/)
})

t.test('faults reach the SDK as its own error classes, with the request id', async (t) => {
  const { client } = await serve(t)
  const error = await client.messages.create({ ...ask('hi'), messages: [] }).catch((error: unknown) => error)
  t.ok(error instanceof Anthropic.BadRequestError)
  t.match(error, { status: 400, type: 'invalid_request_error', requestID: /./ })
})

t.test('tokens are counted and models listed', async (t) => {
  const { client } = await serve(t)
  const short = await client.messages.countTokens({ model: 'x', messages: [{ role: 'user', content: 'hi' }] })
  const long = await client.messages.countTokens({ model: 'x', messages: [{ role: 'user', content: 'hi '.repeat(400) }] })
  t.ok(short.input_tokens > 0 && long.input_tokens >= 300)
  const models = await client.models.list()
  t.strictSame(models.data.map(({ id }) => id), ['cortex-rules-1'])
  t.equal((await client.models.retrieve('cortex-rules-1')).type, 'model')
  await t.rejects(client.models.retrieve('nobody'), Anthropic.NotFoundError)
})

t.test('any model id is accepted, as the same client asks for Claude elsewhere', async (t) => {
  const { client } = await serve(t)
  t.equal((await client.messages.create({ ...ask('hello'), model: 'claude-sonnet-5-5', thinking: { type: 'adaptive' }, output_config: { effort: 'low' }, cache_control: { type: 'ephemeral' } })).model, 'claude-sonnet-5-5')
})

t.test('a limit in the middle of a call ends the message with max_tokens and a call that is not whole', async (t) => {
  const { client } = await serve(t)
  const message = await client.messages.stream({ ...ask(three), max_tokens: 30 }).finalMessage()
  t.equal(message.stop_reason, 'max_tokens')
  t.ok(message.usage.output_tokens <= 30)
})

t.test('a reply comes in many small pieces', async (t) => {
  const { client } = await serve(t, 1)
  const pieces: string[] = []
  const message = await client.messages.stream(ask('what can you do?')).on('text', (piece) => { pieces.push(piece) }).finalMessage()
  t.ok(pieces.length > 10, `${pieces.length} pieces`)
  t.match(message.content, [{ type: 'text', text: pieces.join('') }])
})

t.test('a reader that leaves in the middle does not keep the planner from closing', async (t) => {
  const { client } = await serve(t, 20)
  const stream = client.messages.stream(ask('what can you do?'))
  await new Promise<void>((resolve) => stream.once('text', () => resolve()))
  stream.abort()
  await t.rejects(stream.finalMessage(), Anthropic.APIUserAbortError)
})
