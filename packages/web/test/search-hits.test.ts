import type { SearchHit } from '@cortex/contracts'
import type { Page } from 'playwright-core'
import t from 'tap'
import { createStage, findBarriers } from './support/open-page.ts'
import { conversationId, sampleMessage, sampleSnapshot } from './support/samples.ts'

const stage = await createStage(t)
const manyMessages = 5_000

const hit = (kind: SearchHit['kind'], id: string, snippet: string): SearchHit => ({ conversation_id: conversationId, conversation_title: 'Bring up staging-eu', kind, id, at: new Date().toISOString(), snippet })

/** Whether the element with the focus lies wholly in the window of the conversation. */
const focusInSight = (page: Page) => page.evaluate(() => {
  const [log, box] = [document.querySelector('[role="log"]')!.getBoundingClientRect(), document.activeElement!.getBoundingClientRect()]
  return box.top >= log.top && box.bottom <= log.bottom
})
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '')

t.test('a hit opens the conversation at its message, however far up, by keyboard alone; what is around it is there to read on', async (t) => {
  const { server, open } = await stage(t)
  const messages = Array.from({ length: manyMessages }, (_, index) => sampleMessage(index % 2 ? 'assistant' : 'user', `Message ${index} about the needle`))
  server.snapshots.set(conversationId, { ...sampleSnapshot(), messages })
  const wanted = messages[1_234]!
  server.hits = [hit('message', wanted.id, '**Message** 1234 about `the` needle')]
  const page = await open(t, { path: '/history' })
  await page.getByRole('searchbox').fill('needle')
  const found = page.getByRole('listitem').getByRole('button', { name: /Message 1234/ })
  await found.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/c/${conversationId}#m=${wanted.id}`)
  const message = page.locator('[data-message-id][aria-current="location"]')
  await message.waitFor()
  t.match(await message.innerText(), /Message 1234 about/)
  t.match(await focused(page), /^Message 1234 about/, 'the keyboard goes on from there')
  t.ok(await focusInSight(page))
  t.ok(await page.locator('[data-message-id]').count() < 100, 'the others are not drawn')
  t.same(await findBarriers(page), [])

  await page.getByRole('button', { name: 'Show 1224 earlier messages' }).focus()
  const top = async (index: number) => Math.round((await page.locator(`[data-message-id="${messages[index]!.id}"]`).boundingBox())!.y)
  const before = await top(1_224)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Show 1024 earlier messages' }).waitFor()
  t.ok(await page.locator('[data-message-id]').count() > 200)
  t.equal(await top(1_224), before, 'what was read stays where it was')
  await page.getByRole('button', { name: 'Show 3736 later messages' }).click()
  await page.getByText('Message 1300 about').waitFor({ state: 'attached' })
  t.ok(await top(1_263) > 0, 'what is read goes on below it')

  server.send(conversationId, { type: 'message', message: sampleMessage('assistant', 'Something new') })
  await page.getByRole('button', { name: 'Newest messages' }).click()
  await page.getByText('Something new').waitFor()
  await page.waitForURL((url) => url.hash === '')
  t.equal(await page.locator('[aria-current="location"]').count(), 0)
})

t.test('the link of a message opens it in the middle of one that is open, on a phone and in what was replaced, and says when it is gone', async (t) => {
  const { server, open } = await stage(t)
  const old = [sampleMessage('user', 'What I said at first', { superseded: true }), sampleMessage('assistant', 'An answer to that', { superseded: true })]
  const messages = [...old, ...Array.from({ length: 100 }, (_, index) => sampleMessage(index % 2 ? 'assistant' : 'user', `Message ${index}\n\n${'many words '.repeat(60)}`))]
  server.snapshots.set(conversationId, { ...sampleSnapshot(), messages })
  const page = await open(t, { path: `/c/${conversationId}#m=${messages[40]!.id}` })
  await page.locator(`[data-message-id="${messages[40]!.id}"]:focus`).waitFor()
  await page.evaluate((hash) => { location.hash = hash }, `m=${old[1]!.id}`)
  await page.locator(`[data-message-id="${old[1]!.id}"]:focus`).waitFor()
  t.match(await focused(page), /An answer to that/)
  t.equal(await page.getByRole('button', { name: 'Newest messages' }).count(), 1)
  await page.goBack()
  await page.locator(`[data-message-id="${messages[40]!.id}"]:focus`).waitFor()

  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: /Tasks/ }).click()
  await page.evaluate((hash) => { location.hash = hash }, `m=${messages[3]!.id}`)
  await page.locator(`[data-message-id="${messages[3]!.id}"]:focus`).waitFor()
  t.ok(await focusInSight(page) || (await page.locator(':focus').boundingBox())!.y < 200, 'its beginning is in sight')

  await page.evaluate(() => { location.hash = 'm=msg-zzzzzzzzzzzzzzzzzzzz' })
  await page.getByText('The message this link names is not here').waitFor()
})

t.test('a hit in a task goes by the title of the task from the first, even when the tasks are found last, and opens its drawer', async (t) => {
  const { server, open } = await stage(t)
  const [task] = server.snapshots.get(conversationId)!.tasks
  server.hits = [hit('task', task!.id, task!.payload.title)]
  server.tasks = [task!]
  const page = await open(t, { path: '/history' })
  const { promise: hitsCame, resolve: tellHits } = Promise.withResolvers<void>()
  page.on('requestfinished', (request) => { if (request.url().includes('/v1/search')) tellHits() })
  const shown: string[] = []
  await page.route('**/v1/tasks?text=*', async (route) => {
    await hitsCame
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    shown.push(...await page.getByRole('listitem').filter({ hasText: 'Bring up staging-eu' }).allInnerTexts())
    await route.continue()
  })
  await page.getByRole('searchbox').fill('Prometheus')
  const button = page.getByRole('listitem').getByRole('button').filter({ hasText: 'Bring up staging-eu' }).first()
  t.match(await button.innerText(), new RegExp(`^${task!.payload.title}\n`), 'under its own title, with the conversation\'s below')
  t.same(shown, [], 'not by the title of its conversation before')
  await button.click()
  await page.getByRole('dialog', { name: task!.payload.title }).waitFor()
  t.equal(new URL(page.url()).search, `?task=${task!.id}`)
})
