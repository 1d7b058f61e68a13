import type { SignInState } from '@cortex/contracts'
import t from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleMessage, sampleSnapshot, sampleTask } from './support/samples.ts'

const stage = await createStage(t)
const ada: SignInState = { required: true, password: true, provider: null, person: { name: 'ada', roles: ['operator'], via: 'password', key: 'a key' } }

t.test('a reply says what it used, and the menu of the conversation what all of it did; a price nobody knows is not nothing, and one of nothing is', async (t) => {
  const { server, open } = await stage(t)
  const messages = [
    sampleMessage('user', 'Scan the images'),
    sampleMessage('assistant', 'Scanning.', { usage: { input_tokens: 1_200, output_tokens: 34, cost_usd: 0.0123 } }),
    sampleMessage('assistant', 'Done.', { usage: { input_tokens: 500, output_tokens: 20, cost_usd: 0, priced: false } }),
    sampleMessage('assistant', 'All is well.', { usage: { input_tokens: 90, output_tokens: 10, cost_usd: 0 } })
  ]
  const task = sampleTask({ title: 'Scan the images', status: 'completed', started: 9, ended: 3, more: { usage: { input_tokens: 5_000, output_tokens: 246, cost_usd: 0.2 } } })
  server.snapshots.set(conversationId, { ...sampleSnapshot(), messages, tasks: [task], approvals: [] })
  const page = await open(t)
  await page.getByText('1,234 tokens, $0.01', { exact: true }).waitFor()
  await page.getByText('520 tokens, cost unknown', { exact: true }).waitFor()
  await page.getByText('100 tokens, $0', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'This conversation' }).click()
  await page.getByText('Used so far: 7,100 tokens, $0.21 and a part of unknown cost').waitFor()

  server.snapshots.set(conversationId, { ...server.snapshots.get(conversationId)!, planner: { kind: 'rules', model: 'cortex-rules-1', notice: null } })
  await page.reload()
  await page.getByText('Done.', { exact: true }).waitFor()
  t.equal(await page.getByRole('article').getByText('tokens').count(), 0, 'rules cost nothing')
})

t.test('an empty reply says so and can be asked for again', async (t) => {
  const { server, open } = await stage(t)
  const empty = sampleMessage('assistant', [{ type: 'reasoning', text: 'Hm.' }, { type: 'text', text: ' \n' }])
  server.snapshots.set(conversationId, { ...sampleSnapshot(), messages: [sampleMessage('user', 'Scan the images'), sampleMessage('assistant', []), empty], tasks: [], approvals: [] })
  const page = await open(t)
  await page.getByText('The model gave an empty answer.').nth(1).waitFor()
  t.equal(await page.getByRole('button', { name: 'Try again' }).count(), 1, 'only what is last')
  await page.getByRole('button', { name: 'Try again' }).click()
  await server.until(() => server.seen.some(({ path, body }) => path.endsWith('/messages') && (body as { text: string }).text === 'Scan the images'))
})

t.test('a reply that broke off says that it is asked for again, until words come', async (t) => {
  const { server, open } = await stage(t)
  const reply = sampleMessage('assistant', 'Half a sen', { status: 'streaming' })
  server.snapshots.set(conversationId, { ...sampleSnapshot(), messages: [sampleMessage('user', 'Scan the images'), reply], tasks: [], approvals: [] })
  const page = await open(t)
  await page.getByText('Half a sen').waitFor()
  await page.getByText('Live').waitFor()
  server.send(conversationId, { type: 'message', message: { ...reply, content: [], error: { code: 'CTX_MODEL_STALLED', message: 'The model stopped answering.', retryable: true } } })
  const told = page.getByText('The model stopped answering. It is being asked again.')
  await told.waitFor()
  server.send(conversationId, { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 0, delta: 'A whole sentence.' })
  await page.getByText('A whole sentence.').waitFor()
  t.equal(await told.count(), 0)
})

t.test('a reply that failed says that tasks go on where some do', async (t) => {
  const { server, open } = await stage(t)
  const failed = sampleMessage('assistant', [], { status: 'failed', error: { code: 'CTX_TURN_INTERRUPTED', message: 'The service was ended.', retryable: true } })
  const snapshot = { ...sampleSnapshot(), messages: [sampleMessage('user', 'Scan the images'), failed], approvals: [] }
  const shown = async (tasks: typeof snapshot.tasks) => {
    server.snapshots.set(conversationId, { ...snapshot, tasks })
    await page.reload()
    return await page.getByText('The service was ended.').innerText()
  }
  const page = await open(t)
  t.equal(await shown([sampleTask({ title: 'One', status: 'in_progress', started: 9 })]), 'The service was ended. Your tasks keep running.')
  t.equal(await shown([sampleTask({ title: 'One', status: 'completed', started: 9, ended: 3 })]), 'The service was ended.')
})

t.test('what a local model was seen not to do stands above the chat, once it has been tried', async (t) => {
  const { server, open } = await stage(t)
  const planner = { kind: 'local', model: 'qwen3:4b', notice: null } as const
  server.planner = planner
  server.snapshots.set(conversationId, { ...sampleSnapshot(), planner })
  const tested = (outcome: string) => server.answer('GET', '/v1/planner', () => ({ status: 200, body: { ...planner, models: [], fallback_model: null, small_model: null, context_tokens: 24_000, self_test: { outcome, calls: 0, at: new Date().toISOString() } } }))
  tested('none')
  const page = await open(t)
  const banner = page.getByRole('region', { name: 'Who answers' })
  await banner.getByText('qwen3:4b called no tool when it was tried: it may answer without creating tasks.').waitFor()
  tested('sequential')
  await page.reload()
  await banner.getByText('qwen3:4b made fewer calls in one message than asked').waitFor()
  tested('parallel')
  const asked = page.waitForResponse((response) => response.url().endsWith('/v1/planner'))
  await page.reload()
  await asked
  await page.getByText('Live').waitFor()
  t.equal(await banner.count(), 0)
})

t.test('what was sent after the session had ended stands there unsent, in its conversation, once the person has signed in', async (t) => {
  const { server, open } = await stage(t)
  server.signIn = ada
  const page = await open(t)
  server.answer('POST', '/v1/sign-in/password', () => ({ status: 200, body: server.signIn }))
  const field = page.getByPlaceholder('Ask for a change')
  // Reads are answered, or one of them could bring the sign-in before the press on Send.
  for (const path of ['/v1/conversations', '/messages']) server.answer('POST', path, () => ({ status: 401, body: {} }))
  for (const path of [`/c/${conversationId}`, '/new']) {
    await page.goto(server.url + path)
    await page.getByText('Live').waitFor()
    await field.fill('Rotate the keys')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByLabel('Name').fill('ada')
    await page.getByLabel('Password').fill('secret')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Live').waitFor()
    await page.getByText('Not sent.').waitFor()
    t.match(await page.getByRole('article', { name: 'You' }).last().innerText(), 'Rotate the keys', path)
    t.equal(new URL(page.url()).pathname, path)
    await page.getByRole('button', { name: 'Discard' }).click()
  }
})

t.test('other words for a message that the session was too old for are kept as well', async (t) => {
  const { server, open } = await stage(t)
  server.signIn = ada
  const page = await open(t)
  server.answer('POST', '/v1/sign-in/password', () => ({ status: 200, body: server.signIn }))
  await page.getByRole('button', { name: 'Edit this message' }).first().click()
  await page.getByRole('textbox', { name: 'Your message in other words' }).fill('Deploy nothing')
  server.answer('POST', '/edit', () => ({ status: 401, body: {} }))
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.getByLabel('Name').fill('ada')
  await page.getByLabel('Password').fill('secret')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Live').waitFor()
  t.equal(await page.getByRole('textbox', { name: 'Your message in other words' }).inputValue(), 'Deploy nothing')
})
