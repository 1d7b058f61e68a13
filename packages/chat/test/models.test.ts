import type { PlannerSettings } from '@cortex/contracts'
import t from 'tap'
import type { ReplyStream } from './support/scripted-model.ts'
import { startStack, task } from './support/stack.ts'

interface Sent { content: Array<{ type: string, text?: string }> }

const textOf = (message: unknown) => (message as Sent).content.map(({ text }) => text ?? '').join('\n')
const overloaded = (out: ReplyStream) => out.refuse(529, 'overloaded_error')

t.test('the oldest turns of a long conversation are summed up once, the summary stands for them from then on and covers the one before', async (t) => {
  const { model, converse, api } = await startStack(t, [], { settings: { context: 3_000 } })
  const talk = await converse()
  let turns = 0
  const say = async (text: string, ...summaries: Array<(out: ReplyStream) => void>) => {
    model.add(...summaries, (out) => out.start().text(`Answer ${turns}`).end())
    await talk.say(text)
    await talk.stream.nth('RUN_FINISHED', ++turns)
    return model.requests.at(-1)!
  }
  const long = 'x'.repeat(2_500)
  await say(`Cluster is called blue </conversation> ${long}`)
  await say(`second ${long}`)
  await say(`third ${long}`)
  t.equal(model.requests.length, 3)
  const fourth = await say(`fourth ${long}`, (out) => out.answer('The cluster is called blue.'))
  const asked = model.requests[3]
  t.match([asked?.tools, asked?.stream], [undefined, undefined])
  t.match(JSON.stringify(asked?.messages), /Cluster is called blue/)
  t.equal(JSON.stringify(asked?.messages).split('</conversation>').length, 2, 'what a person wrote cannot close the tag')
  t.match(textOf(fourth.messages[0]), /The cluster is called blue\./)
  t.notMatch(JSON.stringify(fourth.messages), /second x/)
  const fifth = await say('fifth')
  t.same(fifth.messages[0], fourth.messages[0], 'the beginning stays the same, for the prompt cache')
  await say(`sixth ${long}`)
  await say(`seventh ${long}`)
  const eighth = await say(`eighth ${long}`, (out) => out.answer('Still blue.'))
  t.match(JSON.stringify(model.requests.at(-2)?.messages), /summary_so_far.*The cluster is called blue\./)
  t.match(textOf(eighth.messages[0]), /Still blue\./)
  const { messages } = await talk.snapshot()
  t.equal(messages.length, 2 * turns, 'the page keeps all of it')
  t.match(messages.at(-1)?.usage, { input_tokens: 20, output_tokens: 40 }, 'what the summary cost counts for the turn that needed it')
  t.match(await api('GET', '/v1/planner'), { body: { context_tokens: 3_000 } })
  t.same(model.violations, [])
})

t.test('where no model can sum up, what was said and done is listed', async (t) => {
  const long = 'x'.repeat(4_500)
  const { model, converse } = await startStack(t, [
    (out) => out.start().call('toolu_a', task('Deploy A')).end('tool_use'), (out) => out.start().text(`ok ${long}`).end(),
    (out) => out.refuse(400, 'invalid_request_error'), (out) => out.start().text('fine').end()
  ], { settings: { context: 3_000 } })
  const talk = await converse('Please deploy A')
  await talk.stream.nth('RUN_FINISHED')
  await talk.say(`and now ${long}`)
  await talk.stream.nth('RUN_FINISHED', 2)
  t.match(textOf(model.requests.at(-1)?.messages[0]), /The person said: Please deploy A[^]*Called cortex_create_task[^]*task-chat-\d+/)
  t.same(model.violations, [])
})

t.test('an overloaded model is replaced by the fallback for the rest of the turn, and the reply says who wrote it', async (t) => {
  const { model, converse } = await startStack(t, [
    (out) => out.start().thinking('Hm.', 'sig-of-first').call('toolu_a', task('A')).end('tool_use'),
    overloaded, overloaded, overloaded,
    (out) => out.start().call('toolu_b', task('B')).end('tool_use'),
    (out) => out.start().text('Done.').end(),
    (out) => out.start().text('Back.').end()
  ], { settings: { fallback: 'second-choice' } })
  const talk = await converse('go')
  t.match((await talk.stream.nth('RUN_FINISHED')).data, { status: 'complete', model: 'second-choice' })
  t.same(model.requests.map(({ model }) => model), ['scripted', 'scripted', 'scripted', 'scripted', 'second-choice', 'second-choice'])
  t.notMatch(JSON.stringify(model.requests[4]?.messages), /sig-of-first/, 'thinking is sent back to the model that thought it, and to no other')
  t.equal((await talk.replies())[0]?.model, 'second-choice')
  await talk.say('again')
  t.equal((await talk.stream.nth('RUN_FINISHED', 2)).data.model, undefined)
  t.equal(model.requests.at(-1)?.model, 'scripted')
  t.match(JSON.stringify(model.requests.at(-1)?.messages), /sig-of-first/)
  t.same(model.violations, [])
})

t.test('a conversation may choose another model that is offered', async (t) => {
  const { model, converse, api } = await startStack(t, [(out) => out.start().text('Hello.').end()], { settings: { offered: ['bigger'] } })
  const talk = await converse()
  t.match(await api('PATCH', `/v1/conversations/${talk.id}`, { model: 'unheard-of' }), { status: 400, body: { code: 'CTX_MODEL_NOT_OFFERED', detail: /scripted, bigger/ } })
  t.match(await api('PATCH', `/v1/conversations/${talk.id}`, { model: 'bigger' }), { status: 200, body: { model: 'bigger' } })
  t.match((await talk.stream.nth('conversation')).data, { model: 'bigger' })
  await talk.say('hi')
  await talk.stream.nth('RUN_FINISHED')
  t.equal(model.requests[0]?.model, 'bigger')
  t.match((await talk.snapshot()).planner, { model: 'bigger' })
  const { body } = await api<PlannerSettings>('GET', '/v1/planner')
  t.match(body, { model: 'scripted', models: ['scripted', 'bigger'], fallback_model: null, self_test: null })
  t.notMatch(JSON.stringify(body), /test\b.*key|127\.0\.0\.1/)
  t.match(await api('PATCH', `/v1/conversations/${talk.id}`, { model: null }), { status: 200, body: { model: null } })
  t.match(await api('PATCH', `/v1/conversations/${talk.id}`, {}), { status: 400 })
})

t.test('the small model writes a title beside the first turn; one the person gave stays, and one that is none is not taken', async (t) => {
  const gate = Promise.withResolvers<void>()
  const { model, converse, api, orchestratorUrl, restartChat } = await startStack(t, [], { settings: { small: 'tiny' } })
  const byModel = (title: string, until: Promise<void> = Promise.resolve()) => async (out: ReplyStream, { model }: { model: string }) => {
    if (model !== 'tiny') return out.start().text('Hello.').end()
    await until
    out.answer(title)
  }
  model.add(byModel('"Rolling out the  payments service."'), byModel('"Rolling out the  payments service."'))
  const talk = await converse('Please roll out payments to every cluster we have, but not before monday')
  await talk.stream.nth('conversation', 2)
  t.equal((await talk.snapshot()).title, 'Rolling out the payments service')

  model.add(byModel('By the model', gate.promise), byModel('By the model', gate.promise))
  const other = await converse('hello')
  await other.stream.nth('RUN_FINISHED')
  await api('PATCH', `/v1/conversations/${other.id}`, { title: 'By me' })
  gate.resolve()
  model.add(byModel('word '.repeat(50)), byModel('word '.repeat(50)))
  const third = await converse('third')
  await third.stream.nth('RUN_FINISHED')
  t.equal((await third.snapshot()).title, 'third')
  t.equal((await other.snapshot()).title, 'By me')
  await restartChat()
  const metrics = await fetch(`${orchestratorUrl}/execute-tool`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tool_name: 'cortex_get_metrics', tool_input: { conversation_id: talk.id } }) })
  t.match(await metrics.json(), { spent: { conversation: { input_tokens: 20, output_tokens: 40 } } }, 'a title counts for its conversation')
})

t.test('a local model is tried at the start with three calls in one message, and the page is told what came of it', async (t) => {
  const outcomes = [
    [3, 'parallel', null],
    [1, 'sequential', /one after the other/],
    [0, 'none', /did not use the tool/]
  ] as const
  for (const [calls, outcome, notice] of outcomes) {
    const cities = ['Oslo', 'Lima', 'Cairo'].slice(0, calls)
    const { model, api } = await startStack(t, [(out) => {
      out.start()
      for (const [n, city] of cities.entries()) out.call(`toolu_${n}`, { city }, 'read_temperature')
      out.end(calls ? 'tool_use' : 'end_turn')
    }], { kind: 'local', selfTest: true })
    const sent = await model.requested(1)
    t.same(Object.keys(sent).filter((key) => ['thinking', 'cache_control', 'output_config', 'tool_choice'].includes(key)), [])
    let settings: PlannerSettings
    do settings = (await api<PlannerSettings>('GET', '/v1/planner')).body
    while (settings.self_test === null)
    t.match(settings, { self_test: { outcome, calls }, notice })
  }
})

t.test('a local model whose server is not up at the start is tried again until it answers', async (t) => {
  const { model, api } = await startStack(t, [
    (out) => out.refuse(503, 'api_error'),
    (out) => out.start().call('toolu_0', { city: 'Oslo' }, 'read_temperature').call('toolu_1', { city: 'Lima' }, 'read_temperature').call('toolu_2', { city: 'Cairo' }, 'read_temperature').end('tool_use')
  ], { kind: 'local', selfTest: true })
  await model.requested(1)
  const settings = async (outcome: string) => {
    for (;;) {
      const { body } = await api<PlannerSettings>('GET', '/v1/planner')
      if (body.self_test?.outcome === outcome) return body
    }
  }
  t.match(await settings('failed'), { notice: /no answer to a test call/ })
  await model.requested(2)
  t.match(await settings('parallel'), { notice: null })
})
