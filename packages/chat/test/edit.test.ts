import type { EditedMessage, Message } from '@cortex/contracts'
import t from 'tap'
import { completed, startStack, task, workOff } from './support/stack.ts'

interface Sent { content: Array<{ text?: string }> }

t.test('a message is replaced: what came after it is superseded, its tasks stay and the model is told of them', async (t) => {
  const { model, converse, api, orchestratorUrl } = await startStack(t, [
    (out) => out.start().text('Hello.').end(),
    (out) => out.start().call('toolu_a', task('Deploy A')).call('toolu_b', task('Deploy B')).end('tool_use'),
    (out) => out.start().text('Both started.').end(),
    (out) => out.start().text('Third.').end(),
    (out) => out.start().text('Instead.').end(),
    (out) => out.start().text('Both are done.').end()
  ])
  const talk = await converse('first')
  await talk.stream.nth('RUN_FINISHED')
  const { message_id: second } = await talk.say('deploy both')
  await talk.stream.nth('RUN_FINISHED', 2)
  await talk.say('third')
  await talk.stream.nth('RUN_FINISHED', 3)

  const edit = async (id: string, text: string, clientId: string) => await api<EditedMessage>('POST', `/v1/conversations/${talk.id}/messages/${id}/edit`, { text, client_id: clientId })
  const both = await Promise.all([edit(second, 'deploy A only', 'e1'), edit(second, 'deploy A only', 'e1')])
  const edited = both.find(({ body }) => body.tasks?.length === 2)
  t.equal(edited?.status, 202)
  await talk.stream.nth('RUN_FINISHED', 4)
  const { message_ids: gone } = (await talk.stream.nth('superseded')).data as { message_ids: string[] }
  t.equal(gone.length, 4)
  t.equal(talk.stream.frames.filter(({ event }) => event === 'superseded').length, 1, 'sent twice, done once')
  const { messages, tasks } = await talk.snapshot()
  const texts = (wanted: (message: Message) => boolean) => messages.filter(wanted).flatMap(({ content }) => content.flatMap((block) => block.type === 'text' ? [block.text] : []))
  t.same(texts(({ superseded }) => !superseded), ['first', 'Hello.', 'deploy A only', 'Instead.'])
  t.same(texts(({ superseded }) => superseded === true), ['deploy both', 'Both started.', 'third', 'Third.'])
  t.same(tasks.map(({ status }) => status), ['queued', 'queued'])

  const sent = model.requests.at(-1)?.messages as unknown as Sent[]
  t.same(sent.slice(0, 2).map(({ content }) => content[0]?.text), ['first', 'Hello.'])
  t.equal(sent.length, 3)
  t.match(sent[2]?.content[0]?.text, /Do not create them again[^]*task-chat-\S+ "Deploy A", queued[^]*"Deploy B"/)
  t.equal(sent[2]?.content[1]?.text, 'deploy A only')

  t.match(await edit(second, 'once more', 'e2'), { status: 409, body: { code: 'CTX_MESSAGE_SUPERSEDED' } })
  t.match(await edit(second, 'another text', 'e1'), { status: 409, body: { code: 'CTX_CLIENT_ID_REUSED' } })
  t.match(await edit(messages[1]?.id ?? '', 'x', 'e3'), { status: 404, body: { code: 'CTX_MESSAGE_NOT_FOUND' } }, 'a reply is not edited')
  t.match(await edit('msg-00000000000000000000', 'x', 'e4'), { status: 404, body: { code: 'CTX_MESSAGE_NOT_FOUND' } })

  await workOff(orchestratorUrl, 2, () => completed)
  await talk.stream.nth('RUN_FINISHED', 5)
  t.equal((await talk.replies()).at(-1)?.kind, 'summary', 'the batch is summed up as any other')
  t.same(model.violations, [])
})

t.test('a message is not replaced under a reply that is being written, but once that is stopped', async (t) => {
  const gate = Promise.withResolvers<void>()
  const { model, converse, api } = await startStack(t, [
    async (out) => {
      out.start().open({ type: 'text', text: '' }).delta({ type: 'text_delta', text: 'Working' })
      await gate.promise
      out.shut().end()
    },
    (out) => out.start().text('Second.').end(),
    (out) => out.start().text('Better.').end()
  ])
  const talk = await converse()
  const { message_id: first } = await talk.say('first')
  await talk.stream.nth('TEXT_MESSAGE_CONTENT')
  await talk.say('second')
  const edit = async () => await api('POST', `/v1/conversations/${talk.id}/messages/${first}/edit`, { text: 'first, better', client_id: 'e1' })
  t.match(await edit(), { status: 409, body: { code: 'CTX_REPLY_UNDER_WAY' } })
  await api('POST', `/v1/conversations/${talk.id}/stop`)
  gate.resolve()
  await talk.stream.nth('RUN_FINISHED', 2)
  t.equal((await edit()).status, 202)
  await talk.stream.nth('RUN_FINISHED', 3)
  t.same(model.requests.at(-1)?.messages.length, 1)
  t.same(model.violations, [])
})
