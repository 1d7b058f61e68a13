import t from 'tap'
import { ask, serve } from './fixtures.ts'

const call = { type: 'tool_use', id: 'toolu_1', name: 'cortex_get_tasks', input: {} }
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: '{}' }
const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: unknown) => ({ role: 'assistant', content })
const base = ask('hello')

const refusals: Readonly<Record<string, readonly [body: unknown, field: RegExp]>> = {
  'max_tokens is missing': [{ ...base, max_tokens: undefined }, /max_tokens/],
  'max_tokens is zero': [{ ...base, max_tokens: 0 }, /max_tokens/],
  'the model is missing': [{ ...base, model: undefined }, /model/],
  'there are no messages': [{ ...base, messages: [] }, /messages/],
  'temperature is set': [{ ...base, temperature: 0 }, /temperature/],
  'top_p is set': [{ ...base, top_p: 1 }, /top_p/],
  'top_k is set': [{ ...base, top_k: 1 }, /top_k/],
  'a thread is asked for': [{ ...base, thread: { type: 'create' } }, /thread/],
  'a field is misspelt': [{ ...base, max_token: 1 }, /max_token/],
  'a tool is forced on a model that cannot be': [{ ...base, model: 'claude-sonnet-5-5', tool_choice: { type: 'any' } }, /tool_choice/],
  'one tool is forced': [{ ...base, tool_choice: { type: 'tool', name: 'cortex_get_tasks' } }, /tool_choice/],
  'thinking is disabled on a model that always thinks': [{ ...base, model: 'claude-opus-5-5', thinking: { type: 'disabled' } }, /thinking/],
  'the first message is the assistant’s': [{ ...base, messages: [assistant('hi'), user('hi')] }, /messages\.0/],
  'the last message is the assistant’s': [{ ...base, messages: [user('hi'), assistant('hi')] }, /messages/],
  'two assistant messages follow each other': [{ ...base, messages: [user('hi'), assistant('a'), assistant('b'), user('hi')] }, /messages\.2/],
  'a role is unknown': [{ ...base, messages: [{ role: 'system', content: 'x' }] }, /messages\.0\.role/],
  'a message is empty': [{ ...base, messages: [user('')] }, /messages\.0\.content/],
  'a message has no blocks': [{ ...base, messages: [user([])] }, /messages\.0\.content/],
  'a text block is blank': [{ ...base, messages: [user([{ type: 'text', text: ' ' }])] }, /messages\.0\.content\.0\.text/],
  'a block is of no known type': [{ ...base, messages: [user([{ type: 'texte', text: 'x' }])] }, /messages\.0\.content\.0\.type/],
  'a call has no result': [{ ...base, messages: [user('hi'), assistant([call]), user('go on')] }, /toolu_1/],
  'one of two calls has no result': [{ ...base, messages: [user('hi'), assistant([call, { ...call, id: 'toolu_2' }]), user([result])] }, /toolu_2/],
  'a result answers no call': [{ ...base, messages: [user([result])] }, /toolu_1/],
  'a call is answered twice': [{ ...base, messages: [user('hi'), assistant([call]), user([result, result])] }, /twice/],
  'a result comes one message too late': [{ ...base, messages: [user('hi'), assistant([call]), user('wait'), assistant('ok'), user([result])] }, /toolu_1/],
  'text stands before a result': [{ ...base, messages: [user('hi'), assistant([call]), user([{ type: 'text', text: 'x' }, result])] }, /before/],
  'two calls share an id': [{ ...base, messages: [user('hi'), assistant([call]), user([result]), assistant([call]), user([result])] }, /unique/],
  'a user makes a call': [{ ...base, messages: [user([call])] }, /tool_use/],
  'an assistant gives a result': [{ ...base, messages: [user('hi'), assistant([result]), user('hi')] }, /tool_result/],
  'the input of a call is no object': [{ ...base, messages: [user('hi'), assistant([{ ...call, input: '{}' }]), user([result])] }, /input/],
  'a thinking block has lost its signature': [{ ...base, messages: [user('hi'), assistant([{ type: 'thinking', thinking: 'x' }]), user('hi')] }, /signature/],
  'a tool has a bad name': [{ ...base, tools: [{ name: 'cortex.create', input_schema: { type: 'object' } }] }, /tools\.0\.name/],
  'a tool name is too long': [{ ...base, tools: [{ name: 'x'.repeat(65), input_schema: { type: 'object' } }] }, /tools\.0\.name/],
  'two tools share a name': [{ ...base, tools: [{ name: 'a', input_schema: { type: 'object' } }, { name: 'a', input_schema: { type: 'object' } }] }, /unique/],
  'a tool has no schema': [{ ...base, tools: [{ name: 'a' }] }, /input_schema/],
  'a tool is one only the real service has': [{ ...base, tools: [{ type: 'web_search_20260318', name: 'web_search' }] }, /tools\.0\.type/],
  'a strict tool takes unknown fields': [{ ...base, tools: [{ name: 'a', strict: true, input_schema: { type: 'object' } }] }, /strict/],
  'the body is no JSON': ['{', /JSON/],
  'the body is a list': ['[]', /object/]
}

t.test('requests the real service refuses are refused here, in its own form', async (t) => {
  const { post } = await serve(t)
  for (const [fault, [body, field]] of Object.entries(refusals)) {
    const { status, headers, text } = await post(body)
    const answer = JSON.parse(text) as { type: string, error: { type: string, message: string }, request_id: string }
    t.equal(status, 400, fault)
    t.match(answer, { type: 'error', error: { type: 'invalid_request_error', message: field }, request_id: headers.get('request-id') ?? 'none' }, fault)
  }
})

t.test('a stream is refused before it begins, so that the client sees a status', async (t) => {
  const { post } = await serve(t)
  const { status, headers } = await post({ ...base, stream: true, max_tokens: undefined })
  t.equal(status, 400)
  t.match(headers.get('content-type'), /application\/json/)
})

t.test('what the real service accepts is accepted', async (t) => {
  const { post } = await serve(t)
  const accepted = {
    'two user messages in a row, as after a stop': { ...base, messages: [user('hello'), user('hello')] },
    'results first, then text': { ...base, messages: [user('hi'), assistant([call]), user([result, { type: 'text', text: 'hello' }])] },
    'thinking that comes back signed': { ...base, messages: [user('hi'), assistant([{ type: 'thinking', thinking: 'x', signature: 'y' }, { type: 'text', text: 'a' }]), user('hello')] },
    'system blocks, caching and effort': { ...base, system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }], output_config: { effort: 'high' }, thinking: { type: 'adaptive', display: 'summarized' } }
  }
  for (const [what, body] of Object.entries(accepted)) t.equal((await post(body)).status, 200, what)
  t.equal((await post(base, '/v1/messages?beta=true')).status, 200, 'the query string is ignored')
})

t.test('some credential and the version header are asked for, of either kind', async (t) => {
  const { url } = await serve(t)
  const send = async (headers: Record<string, string>) => {
    const response = await fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(base) })
    return [response.status, (await response.json() as { error?: { type: string } }).error?.type]
  }
  const version = { 'anthropic-version': '2026-10-21' }
  t.strictSame(await send({ ...version, authorization: 'Bearer x' }), [200, undefined])
  t.strictSame(await send({ ...version, 'x-api-key': 'x' }), [200, undefined])
  t.strictSame(await send(version), [401, 'authentication_error'])
  t.strictSame(await send({ authorization: 'Bearer x' }), [400, 'invalid_request_error'])
})

t.test('a body over the limit and a page of another origin are refused in the same form', async (t) => {
  const { post } = await serve(t)
  const large = await post(JSON.stringify(ask('x'.repeat(33_600_000))))
  t.equal(large.status, 413)
  t.match(JSON.parse(large.text), { type: 'error', error: { type: 'request_too_large' } })
  const foreign = await post(base, '/v1/messages', { origin: 'https://example.com' })
  t.equal(foreign.status, 403)
  t.match(JSON.parse(foreign.text), { error: { type: 'permission_error' } })
})

t.test('the stream on the wire follows the grammar: named events, blocks strictly one after the other, usage that grows', async (t) => {
  const { post } = await serve(t)
  const { headers, text } = await post({ ...ask('Deploy Redis and scan the images for CVEs'), stream: true })
  t.match(headers.get('content-type'), /text\/event-stream/)
  const frames = text.trim().split('\n\n').map((frame) => /^event: (?<event>\w+)\ndata: (?<data>.*)$/.exec(frame)?.groups ?? {})
  const events = frames.map(({ event = '', data = '{}' }) => ({ ...JSON.parse(data) as { type: string, index?: number, message?: { usage: { output_tokens: number } }, usage?: { output_tokens: number } }, event }))
  for (const { event, type } of events) t.equal(event, type)
  let open = -1
  let next = 0
  for (const { type, index } of events) {
    if (type === 'content_block_start') {
      t.strictSame([open, index], [-1, next], 'a block begins when none is open')
      open = next++
    }
    if (type === 'content_block_delta') t.equal(index, open, 'a delta belongs to the open block')
    if (type === 'content_block_stop') {
      t.equal(index, open)
      open = -1
    }
  }
  t.equal(next, 3)
  t.strictSame(events.map(({ type }) => type).filter((type) => type.startsWith('message')), ['message_start', 'message_delta', 'message_stop'])
  t.ok((events.at(-2)?.usage?.output_tokens ?? 0) > (events[0]?.message?.usage.output_tokens ?? 0))
})
