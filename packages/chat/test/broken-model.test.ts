import t from 'tap'
import { createLogger } from '@cortex/service'
import { startStack, task } from './support/stack.ts'

interface Sent { content: Array<{ type: string, text?: string, tool_use_id?: string }> }

t.test('a reply that breaks off before anything was shown is asked for again without a word', async (t) => {
  const { model, converse } = await startStack(t, [
    (out) => { out.start().error('overloaded_error') },
    (out) => out.start().text('Here I am.').end()
  ])
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  t.equal(model.requests.length, 2)
  t.equal(talk.stream.frames.filter(({ event }) => event === 'message').length, 2, 'the question and the reply, no reset')
})

t.test('text that was shown is taken back when the reply begins anew', async (t) => {
  const { converse } = await startStack(t, [
    (out) => { out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'Half a sen' }).cut() },
    (out) => out.start().text('A whole sentence.').end()
  ])
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  const reset = await talk.stream.nth('message', 3)
  t.match(reset.data.message, { status: 'streaming', content: [] })
  const [reply] = await talk.replies()
  t.same(reply?.content, [{ type: 'text', text: 'A whole sentence.' }])
})

t.test('after a call was made the request is never replayed: the model goes on from the results', async (t) => {
  const { model, converse, orchestratorUrl } = await startStack(t, [
    (out) => { out.start().text('Two tasks.').call('toolu_a', task('First')).open({ type: 'tool_use', id: 'toolu_b', name: 'cortex_create_task', input: {} }).delta({ type: 'input_json_delta', partial_json: '{"title":' }).error('api_error') },
    (out) => out.start().call('toolu_c', task('Second')).end('tool_use'),
    (out) => out.start().text('Both.').end()
  ])
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  const { tasks } = await (await fetch(`${orchestratorUrl}/v1/tasks`)).json() as { tasks: Array<{ payload: { title: string } }> }
  t.same(tasks.map(({ payload }) => payload.title).sort(), ['First', 'Second'])
  const [, assistant, user] = model.requests[1]?.messages as unknown as Sent[]
  t.same(assistant?.content.map(({ type }) => type), ['text', 'tool_use'])
  t.same(user?.content.map(({ tool_use_id: id }) => id), ['toolu_a'])
  const [reply] = await talk.replies()
  t.same(reply?.content.map(({ type }) => type), ['text', 'tool_call', 'tool_call', 'text'])
  t.same(model.violations, [])
})

t.test('a model that goes silent is asked again, which is told until it writes, and given up in the end', async (t) => {
  const { model, converse } = await startStack(t, [
    (out) => { out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'Well' }) },
    (out) => { out.start() },
    (out) => { out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'Now' }) }
  ], { limits: { idle: 200, failures: 3 } })
  const talk = await converse('go')
  for (const nth of [3, 4]) t.match((await talk.stream.nth('message', nth)).data.message, { status: 'streaming', content: [], error: { code: 'CTX_MODEL_STALLED' } })
  await talk.stream.nth('TEXT_MESSAGE_CONTENT', 2)
  t.match(await talk.replies(), [{ status: 'streaming', error: null }])
  const { data } = await talk.stream.nth('RUN_ERROR')
  t.match(data.error, { code: 'CTX_MODEL_STALLED', retryable: true })
  t.equal(model.requests.length, 3)
  const [reply] = await talk.replies()
  t.equal(reply?.status, 'failed')
})

t.test('what the API refuses is told by its kind, and a later message works', async (t) => {
  const refusals = [[401, 'authentication_error', 'CTX_MODEL_KEY_REFUSED', false], [404, 'not_found_error', 'CTX_MODEL_UNKNOWN', false], [400, 'invalid_request_error', 'CTX_MODEL_REQUEST_REFUSED', false]] as const
  const { model, converse } = await startStack(t, refusals.map(([status, type]) => (out) => out.refuse(status, type)))
  const talk = await converse()
  for (const [index, [, , code, retryable]] of refusals.entries()) {
    await talk.say(`try ${index}`)
    const { data } = await talk.stream.nth('RUN_ERROR', index + 1)
    t.match(data.error, { code, retryable })
  }
  model.add((out) => out.start().text('Now it works.').end())
  await talk.say('again')
  await talk.stream.nth('RUN_FINISHED')
  t.same(model.violations, [], 'questions nobody answered do not break alternation')
})

t.test('an overloaded model is repeated by the SDK alone, not once more by the loop', async (t) => {
  const overloaded = (out: { refuse (status: number, type: string): void }) => out.refuse(529, 'overloaded_error')
  const { model, converse } = await startStack(t, [overloaded, overloaded, overloaded, overloaded])
  const talk = await converse('go')
  const { data } = await talk.stream.nth('RUN_ERROR')
  t.match(data.error, { code: 'CTX_MODEL_OVERLOADED', retryable: true })
  t.equal(model.requests.length, 3)
})

t.test('a refusal is shown with its explanation and not sent back', async (t) => {
  const { model, converse } = await startStack(t, [
    (out) => out.start().text('I can').end('refusal', { stop_details: { type: 'refusal', category: 'cyber', explanation: 'This could cause harm.' } }),
    (out) => out.start().text('Gladly.').end()
  ])
  const talk = await converse('something bad')
  const { data } = await talk.stream.nth('RUN_ERROR')
  t.match(data.error, { code: 'CTX_MODEL_REFUSED', message: 'This could cause harm.', retryable: false })
  await talk.say('something good')
  await talk.stream.nth('RUN_FINISHED')
  t.same(model.requests[1]?.messages, [{ role: 'user', content: [{ type: 'text', text: 'something good' }] }])
})

t.test('a reply cut by its length limit is kept and marked', async (t) => {
  const { converse } = await startStack(t, [(out) => out.start().text('So long').end('max_tokens')])
  const talk = await converse('go')
  const { data } = await talk.stream.nth('RUN_ERROR')
  t.match(data.error, { code: 'CTX_MODEL_TRUNCATED', retryable: true })
  const [reply] = await talk.replies()
  t.same(reply?.content, [{ type: 'text', text: 'So long' }])
})

t.test('a paused turn is sent back unchanged', async (t) => {
  const { model, converse } = await startStack(t, [
    (out) => out.start().text('One moment').end('pause_turn'),
    (out) => out.start().text(' and done.').end()
  ])
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  t.same(model.requests[1]?.messages.at(-1), { role: 'assistant', content: [{ type: 'text', text: 'One moment' }] })
})

t.test('a model that says nothing is asked once more without a word, and if it still says nothing the reply ends with that', async (t) => {
  const { model, converse } = await startStack(t, [
    (out) => out.start().thinking('Hm.', 'sig-1').end(),
    (out) => out.start().text('Here I am.').end(),
    (out) => out.start().end(),
    (out) => out.start().text(' \n').end(),
    (out) => out.start().text('Again.').end(),
    (out) => out.start().call('toolu_a', task('A')).end('tool_use'),
    (out) => out.start().end()
  ])
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  t.same((await talk.replies())[0]?.content, [{ type: 'text', text: 'Here I am.' }])
  await talk.say('and?')
  t.match((await talk.stream.nth('RUN_ERROR')).data.error, { code: 'CTX_MODEL_SILENT', retryable: true })
  t.equal(model.requests.length, 4)
  await talk.say('hello?')
  await talk.stream.nth('RUN_FINISHED', 2)
  await talk.say('then make a task')
  t.match((await talk.stream.nth('RUN_FINISHED', 3)).data, { status: 'complete' }, 'what was done is an answer, and is not asked for again')
  t.equal(model.requests.length, 7)
  t.same(model.violations, [])
})

t.test('what a model server says is shown, exported and logged without the credential it was sent, however it repeats it', async (t) => {
  const lines: string[] = []
  const logger = createLogger({ level: 'debug', name: 'chat' }, { write: (line: string) => { lines.push(line) } })
  for (const apiKey of ['sk-ant-api03-Zm9vYmFyYmF6cXV4', 'pw7/z', 'correct horse']) {
    const encoded = Buffer.from(`cortex:${apiKey}`).toString('base64')
    const echo = `bad key Bearer ${apiKey}, sent as ${apiKey.length > 5 ? `Basic ${encoded}` : Buffer.from(apiKey).toString('base64')}`
    const { converse, url } = await startStack(t, [
      (out) => out.refuse(400, 'invalid_request_error', echo),
      (out) => out.start().text('No').end('refusal', { stop_details: { type: 'refusal', category: 'cyber', explanation: echo } })
    ], { settings: { apiKey }, logger })
    const talk = await converse('go')
    const { data } = await talk.stream.nth('RUN_ERROR')
    await talk.say('again')
    const refused = await talk.stream.nth('RUN_ERROR', 2)
    const exported = await (await fetch(`${url}/v1/conversations/${talk.id}/export`)).text()
    t.match(data.error, { message: /^The model refused the request: bad key Bearer \[redacted: [^\]]+\], sent as/ })
    const seen = JSON.stringify([data, refused.data, await talk.snapshot(), exported]) + lines.join('')
    t.notOk(seen.includes(apiKey), apiKey)
    t.notOk(seen.includes(encoded) || seen.includes(Buffer.from(apiKey).toString('base64')), `${apiKey} in base64`)
  }
  t.match(lines.join(''), /reply of the model broke off/)
})

t.test('a key that a model repeats is neither shown nor stored nor in a task, however it comes in pieces', async (t) => {
  const apiKey = 'k7Qd"Zm9v/YmFyYmF6'
  const [head, tail] = [apiKey.slice(0, 9), apiKey.slice(9)]
  const encoded = Buffer.from(apiKey).toString('base64')
  const { converse, api, model } = await startStack(t, [
    (out) => out.start().thinking(`The key is ${apiKey}.`, 'sig-1').text('Yours is ', ...apiKey, ` or ${encoded.slice(0, 7)}`, encoded.slice(7), '; k7Q').call('toolu_a', task(`Rotate ${apiKey}`, { metadata: { [apiKey]: [encoded] } })).end('tool_use'),
    (out) => { out.start().open({ type: 'thinking', thinking: '', signature: '' }).delta({ type: 'thinking_delta', thinking: `So ${head}` }).delta({ type: 'thinking_delta', thinking: `${tail} it is` }).shut().text('k7Qd is no key, test is a word, nor is k7Qd"Zm9v/YmFyYmF').end() },
    (out) => { out.start().open({ type: 'text', text: `Again ${head}` }).delta({ type: 'text_delta', text: `${tail} and k7Qd"Zm` }) }
  ], { settings: { apiKey } })
  const talk = await converse('go')
  await talk.stream.nth('RUN_FINISHED')
  await talk.say('again')
  await talk.stream.nth('TEXT_MESSAGE_CONTENT', 3)
  await api('POST', `/v1/conversations/${talk.id}/stop`, {})
  await talk.stream.nth('RUN_FINISHED', 2)
  const { messages, tasks } = await talk.snapshot()
  const seen = JSON.stringify([talk.stream.frames, messages, tasks, model.requests.map(({ messages }) => messages)])
  for (const form of [apiKey, JSON.stringify(apiKey).slice(1, -1), JSON.stringify(JSON.stringify(apiKey).slice(1, -1)).slice(1, -1), encoded.slice(0, -4)]) t.notOk(seen.includes(form), form)
  t.equal(tasks[0]?.payload.title, 'Rotate [redacted: our credential]')
  const said = messages.filter(({ role }) => role === 'assistant').map(({ content }) => content.flatMap((block) => block.type === 'text' ? [block.text] : []))
  t.same(said, [['Yours is [redacted: our credential] or [redacted: our credential]; k7Q', 'k7Qd is no key, test is a word, nor is k7Qd"Zm9v/YmFyYmF'], ['Again [redacted: our credential] and ']])
  t.same(model.violations, [])
})

t.test('a message the API refuses is left out of what is sent later; one that was too long with all before it is not', async (t) => {
  const { model, converse } = await startStack(t, [
    (out) => out.refuse(401, 'authentication_error'),
    (out) => out.refuse(400, 'invalid_request_error', 'messages.0: text is not allowed'),
    (out) => out.start().text('Gladly.').end(),
    (out) => out.refuse(400, 'invalid_request_error', 'messages.0.content: cannot be read'),
    (out) => out.refuse(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    (out) => out.refuse(400, 'invalid_request_error'),
    (out) => out.start().text('Here.').end()
  ])
  const talk = await converse('never heard')
  await talk.stream.nth('RUN_ERROR')
  const fail = async (text: string, nth: number) => {
    await talk.say(text)
    return (await talk.stream.nth('RUN_ERROR', nth)).data.error
  }
  t.match(await fail('something odd', 2), { code: 'CTX_MODEL_REQUEST_REFUSED', message: /text is not allowed\. Your message was not answered and is left out.*another way\.$/, retryable: false })
  await talk.say('something good')
  await talk.stream.nth('RUN_FINISHED')
  t.same(model.requests[2]?.messages, [{ role: 'user', content: [{ type: 'text', text: 'something good' }] }])
  t.notMatch((await fail('kept one', 3) as { message: string }).message, /left out/)
  t.notMatch((await fail('kept two', 4) as { message: string }).message, /left out/)
  t.match(JSON.stringify(model.requests[4]?.messages.at(-1)), /kept one.*kept two/)
  t.match(await fail('odd again', 5), { message: /left out/ })
  await talk.say('and now')
  await talk.stream.nth('RUN_FINISHED', 2)
  t.same(model.requests[6]?.messages.at(-1), { role: 'user', content: [{ type: 'text', text: 'and now' }] })
  const { messages } = await talk.snapshot()
  t.equal(messages.length, 14, 'the page keeps all of it')
  t.same(model.violations, [])
})
