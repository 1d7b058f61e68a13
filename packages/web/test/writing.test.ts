import type { Page } from 'playwright-core'
import t from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleMessage, sampleSnapshot } from './support/samples.ts'

const stage = await createStage(t)
const sentence = 'Just set up CI/CD, k8s policies and "monitoring"'
const newId = 'conv-newnewnewnewnewnewne'

const field = (page: Page) => page.getByPlaceholder('Ask for a change')
const focused = (page: Page) => page.evaluate(() => document.activeElement?.tagName)

for (const path of ['/new', `/c/${conversationId}`]) {
  t.test(`what is typed right after opening ${path} is written`, async (t) => {
    const { open } = await stage(t)
    const page = await open(t, { path })
    await field(page).waitFor()
    await page.keyboard.type(sentence)
    t.equal(await field(page).inputValue(), sentence)
  })
}

t.test('a new conversation is ready to be written, wherever it was asked for', async (t) => {
  const { open } = await stage(t)
  const page = await open(t)
  const again = page.getByRole('button', { name: 'New conversation' })
  await page.getByText('Live').waitFor()
  for (const from of ['a conversation', 'the new conversation itself', 'another screen']) {
    if (from === 'another screen') await page.getByRole('button', { name: 'Settings', exact: true }).click()
    await again.click()
    await page.keyboard.type(sentence)
    t.equal(await field(page).inputValue(), sentence, from)
    await field(page).fill('')
  }
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('option', { name: 'New conversation' }).first().click()
  await field(page).waitFor()
  await page.keyboard.type(sentence)
  t.equal(await field(page).inputValue(), sentence, 'the palette')
})

t.test('typing with the focus nowhere, in the conversation or on a button begins a message', async (t) => {
  const { open } = await stage(t)
  const page = await open(t)
  await page.getByText('Trivy finished').click()
  t.equal(await page.evaluate(() => document.activeElement?.role), 'log')
  await page.keyboard.type(sentence)
  t.equal(await field(page).inputValue(), sentence)

  await field(page).evaluate((element) => element.blur())
  await page.keyboard.type('k8s')
  t.equal(await field(page).inputValue(), `${sentence}k8s`, 'after what was there')

  await page.getByRole('button', { name: 'Graph' }).focus()
  await page.keyboard.type('. Set up CI/CD')
  t.equal(await field(page).inputValue(), `${sentence}k8s. Set up CI/CD`)
})

t.test('letters do not leave a task that is open, nor another field', async (t) => {
  const { server, open } = await stage(t)
  const { tasks: [task] } = server.snapshots.get(conversationId)!
  const page = await open(t, { path: `/c/${conversationId}?task=${task!.id}` })
  const drawer = page.getByRole('dialog', { name: task!.payload.title })
  await drawer.waitFor()
  await page.keyboard.type('xyz')
  t.ok(await drawer.evaluate((element) => element.contains(document.activeElement)))
  t.equal(await field(page).inputValue(), '')
  await page.goto(`${server.url}/tasks`)
  await page.getByPlaceholder('Search tasks').fill('')
  await page.keyboard.type('j/k')
  t.equal(await page.getByPlaceholder('Search tasks').inputValue(), 'j/k')
})

t.test('what is typed while the conversation is being made stays with it', async (t) => {
  const { server, open } = await stage(t)
  server.answer('POST', '/v1/conversations', () => {
    server.snapshots.set(newId, { ...sampleSnapshot(), id: newId, title: '', messages: [], tasks: [], approvals: [] })
    return { status: 201, body: { id: newId } }
  })
  const page = await open(t, { path: '/new' })
  const held = Promise.withResolvers<void>()
  await page.route('**/v1/conversations', async (route) => {
    await held.promise
    await route.continue()
  })
  await page.getByText('Live').waitFor()
  await page.keyboard.type('First')
  await page.keyboard.press('Enter')
  await page.keyboard.type('And then ')
  held.resolve()
  await page.waitForURL(`**/c/${newId}`)
  await server.until(() => server.streamCount() === 1)
  await page.keyboard.type('this')
  t.equal(await field(page).inputValue(), 'And then this')
  await page.getByRole('button', { name: 'New conversation' }).click()
  await page.waitForURL('**/new')
  t.equal(await field(page).inputValue(), '')
})

t.test('what could not be sent is still there after a reload, is sent under the same id, and never stands there twice', async (t) => {
  const { server, open } = await stage(t)
  const refuse = (path: string) => server.answer('POST', path, () => ({ status: 503, body: {} }))
  const sent = () => server.seen.filter(({ method, path }) => method === 'POST' && path.endsWith('/messages')).map(({ body }) => body as { text: string, client_id: string })
  const notSent = (page: Page) => page.getByText('Not sent.')
  refuse('/messages')
  refuse('/v1/conversations')
  const page = await open(t)
  const send = async (text: string) => {
    await page.getByText('Live').waitFor()
    await field(page).fill(text)
    await page.getByRole('button', { name: 'Send' }).click()
    await notSent(page).waitFor()
  }
  await send('Rotate the keys')
  await page.reload()
  await notSent(page).waitFor()
  t.equal(await page.getByText('Rotate the keys').count(), 1)
  server.answer('POST', '/messages', () => ({ status: 202, body: {} }))
  await page.getByRole('button', { name: 'Try again' }).click()
  await server.until(() => sent().length === 2)
  t.same(sent()[0], sent()[1])
  server.send(conversationId, { type: 'message', message: sampleMessage('user', 'Rotate the keys', { client_id: sent()[0]!.client_id }) })
  await page.getByText('Sending').waitFor({ state: 'detached' })

  refuse('/messages')
  await send('Scan it all')
  server.send(conversationId, { type: 'message', message: sampleMessage('user', 'Scan it all', { client_id: sent().at(-1)!.client_id }) })
  await notSent(page).waitFor({ state: 'detached' })
  await page.reload()
  await page.getByText('Scan it all').waitFor()
  t.same([await notSent(page).count(), await page.getByText('Scan it all').count()], [0, 1], 'the first try had arrived')

  await page.goto(`${server.url}/new`)
  await send('Deploy Redis')
  await page.reload()
  await notSent(page).waitFor()
  const beside = await page.context().newPage()
  await beside.goto(`${server.url}/new`)
  await notSent(beside).waitFor()
  await beside.getByRole('button', { name: 'Discard' }).click()
  await notSent(beside).waitFor({ state: 'detached' })
  const asked = server.seen.length
  await page.getByRole('button', { name: 'Try again' }).click()
  await notSent(page).waitFor({ state: 'detached' })
  t.equal(await page.getByText('Deploy Redis').count(), 0, 'another tab had thrown it away')
  t.notOk(server.seen.slice(asked).some(({ method }) => method === 'POST'))
})

t.test('other words for a message are kept over a reload until they are sent or given up', async (t) => {
  const { open } = await stage(t)
  const page = await open(t)
  const editor = page.getByRole('textbox', { name: 'Your message in other words' })
  await page.getByRole('button', { name: 'Edit this message' }).first().click()
  await editor.fill('Only the security part')
  await page.reload()
  await editor.waitFor()
  t.equal(await editor.inputValue(), 'Only the security part')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.reload()
  await page.getByText('Live').waitFor()
  t.equal(await editor.count(), 0)
})

t.test('on a phone nothing takes the focus, so no keyboard comes up unasked', async (t) => {
  const { open } = await stage(t)
  const page = await open(t, { path: '/new', width: 390, height: 844, more: { hasTouch: true, isMobile: true } })
  await field(page).waitFor()
  t.equal(await focused(page), 'BODY')
  await page.getByRole('button', { name: 'Search' }).tap()
  await page.getByRole('option', { name: 'New conversation' }).first().tap()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.not(await focused(page), 'TEXTAREA')
})

t.test('a long text stays whole, says by how much it is too long, and is not sent before it is shorter', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t, { more: { permissions: ['clipboard-read', 'clipboard-write'] } })
  await page.getByText('Live').waitFor()
  const send = page.getByRole('button', { name: 'Send' })
  const note = page.getByText('Too long by 9,000 characters; at most 20,000 are taken.')
  await page.evaluate(async () => await navigator.clipboard.writeText('كلمة '.repeat(5_799) + 'كلمةx'))
  await field(page).focus()
  await page.keyboard.press('ControlOrMeta+V')
  t.equal((await field(page).inputValue()).length, 29_000)
  await note.first().waitFor()
  t.equal(await page.getByRole('status').filter({ hasText: 'Too long by 9,000' }).count(), 1, 'and is heard')
  t.ok(await send.isDisabled())
  await page.keyboard.press('Enter')
  t.equal((await field(page).inputValue()).length, 29_000, 'nor by a key')
  await page.reload()
  await note.first().waitFor()
  t.equal((await field(page).inputValue()).length, 29_000, 'it is a draft as any other')
  await field(page).fill('😀'.repeat(19_000))
  await page.getByText('19,000 of 20,000 characters').waitFor()
  await send.click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith('/messages')))

  await page.getByRole('button', { name: 'Edit this message' }).first().click()
  await page.getByRole('textbox', { name: 'Your message in other words' }).fill('x'.repeat(20_001))
  await page.getByText('Too long by 1 character;').first().waitFor()
  t.ok(await page.getByRole('button', { name: 'Send again' }).isDisabled())
  await page.getByRole('button', { name: 'Keep it' }).click()

  await page.getByRole('button', { name: 'This conversation' }).first().click()
  await page.getByText('Rename').click()
  await page.getByRole('textbox', { name: 'Name' }).fill('x'.repeat(201))
  await page.getByText('Too long by 1 character;').first().waitFor()
  t.ok(await page.getByRole('button', { name: 'Save' }).isDisabled())
  await page.keyboard.press('Escape')

  const { approvals: [approval] } = server.snapshots.get(conversationId)!
  await page.goto(`${server.url}/c/${conversationId}?task=${approval!.task_id}`)
  await page.getByRole('button', { name: /^Deny/ }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('x'.repeat(2_100))
  await page.getByText('Too long by 100 characters; at most 2,000').first().waitFor()
  t.ok(await page.getByRole('button', { name: 'Deny', exact: true }).isDisabled())

  await page.goto(`${server.url}/history`)
  const asked = server.seen.length
  await page.getByPlaceholder(/^Search/).fill('x'.repeat(250))
  await page.getByText('Too long by 50 characters; at most 200').first().waitFor()
  t.notOk(server.seen.slice(asked).some(({ path }) => path.startsWith('/v1/search')))
})

t.test('drafts are kept within what a browser gives, the newest before the oldest', async (t) => {
  const { open } = await stage(t)
  const page = await open(t, { path: '/new' })
  await page.evaluate(() => {
    for (let n = 0; n < 12; n++) localStorage.setItem(`cortex.draft.conv-${n}`, `${Date.now() - n * 1_000}:${'x'.repeat(190_000)}`)
  })
  await page.reload()
  await field(page).waitFor()
  await field(page).fill('y'.repeat(200_000))
  const kept = async () => (await page.evaluate(() => Object.keys(localStorage))).filter((name) => name.startsWith('cortex.draft.')).sort()
  t.same(await kept(), ['cortex.draft.conv-0', ...Array.from({ length: 8 }, (_, n) => `cortex.draft.conv-${n + 1}`), 'cortex.draft.new'].sort())
  await field(page).fill('y'.repeat(200_001))
  t.notOk((await kept()).includes('cortex.draft.new'), 'one that is longer is kept by the open page alone')
  t.equal((await field(page).inputValue()).length, 200_001)
})
