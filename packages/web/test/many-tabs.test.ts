import type { Page } from 'playwright-core'
import t from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleMessage } from './support/samples.ts'

const stage = await createStage(t)

async function setHidden (page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
}

t.test('eight tabs share four streams: each loads, hears of everything and can send, and one that is shown takes the stream of a hidden one', async (t) => {
  const { server, open } = await stage(t)
  const first = await open(t)
  const tabs = [first]
  for (let number = 2; number <= 8; number++) {
    const page = await first.context().newPage()
    await page.goto(first.url())
    tabs.push(page)
  }
  for (const page of tabs) await page.getByText('Live').waitFor()
  t.equal(server.streamCount(), 4)

  server.send(conversationId, { type: 'message', message: sampleMessage('assistant', 'Told to all.') })
  for (const page of tabs) await page.getByText('Told to all.').waitFor()
  for (const [index, page] of tabs.entries()) {
    await page.getByPlaceholder('Ask for a change').fill(`From tab ${index}`)
    await page.getByRole('button', { name: 'Send' }).click()
    await server.until(() => server.seen.some(({ body }) => (body as { text?: string } | undefined)?.text === `From tab ${index}`))
  }
  t.equal(server.streamCount(), 4)

  const followed = () => server.seen.filter(({ path }) => path.endsWith('/stream')).length
  const last = tabs.at(-1)!
  await setHidden(last, true)
  for (const page of tabs.slice(0, 4)) await setHidden(page, true)
  const before = followed()
  await setHidden(last, false)
  await server.until(() => followed() === before + 1 && server.streamCount() === 4)
  const taken = server.seen.findLast(({ path }) => path.endsWith('/stream'))
  t.equal(taken?.cursor, '11', 'it goes on where it was')

  server.send(conversationId, { type: 'conversation', title: 'Another title' })
  for (const page of tabs) await page.waitForFunction(() => document.title.includes('Another title'))
  t.equal(server.seen.filter(({ path }) => path === `/v1/conversations/${conversationId}`).length, 8, 'no snapshot was read twice')
})

t.test('where one connection carries all streams, as the browser says of HTTP/2, every tab has its own', async (t) => {
  const { server, open } = await stage(t)
  const first = await open(t, { path: '/icon.svg' })
  await first.context().addInitScript(() => {
    Object.defineProperty(PerformanceResourceTiming.prototype, 'nextHopProtocol', { get: () => 'h2' })
  })
  for (let number = 1; number <= 5; number++) {
    const page = await first.context().newPage()
    await page.goto(`${server.url}/c/${conversationId}`)
    await page.getByText('Live').waitFor()
  }
  await server.until(() => server.streamCount() === 5)
})
