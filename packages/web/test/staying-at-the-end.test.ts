import type { Page } from 'playwright-core'
import t from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleMessage, sampleSnapshot } from './support/samples.ts'
import type { WireServer } from './support/wire-server.ts'

const stage = await createStage(t)
const lines = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}. Line ${index + 1}`).join('\n')

/** How far the newest line is below the window, in px, once everything that moves has moved. */
async function pastTheEnd (page: Page): Promise<number> {
  return await page.evaluate(async () => {
    for (let frames = 0; frames < 4; frames++) await new Promise(requestAnimationFrame)
    const log = document.querySelector('[role="log"]')!
    return Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)
  })
}

/** A reply that streams in, each part in a frame of its own and taller than the one before. */
async function streamReply (page: Page, server: WireServer, parts: number): Promise<void> {
  const reply = sampleMessage('assistant', [], { status: 'streaming' })
  server.send(conversationId, { type: 'message', message: reply })
  for (let part = 1; part <= parts; part++) {
    server.send(conversationId, { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 0, delta: `\n\n${reply.id} part ${part}\n\n${lines(part * 3)}\n\n` })
    await page.getByText(`${reply.id} part ${part}`).waitFor()
  }
  server.send(conversationId, { type: 'RUN_FINISHED', run_id: 'run-1', message_id: reply.id, status: 'complete', usage: null })
}

async function say (page: Page, server: WireServer, text: string): Promise<void> {
  await page.getByPlaceholder('Ask for a change').fill(text)
  await page.keyboard.press('Enter')
  const sent = () => server.seen.findLast(({ path, body }) => path.endsWith('/messages') && (body as { text: string }).text === text)
  await server.until(() => sent() !== undefined)
  server.send(conversationId, { type: 'message', message: sampleMessage('user', text, { client_id: (sent()!.body as { client_id: string }).client_id }) })
}

t.test('one message after another stays in sight with its reply, however fast they grow', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t)
  await page.getByText('Live').waitFor()
  for (let round = 1; round <= 8; round++) {
    await say(page, server, round === 5 ? lines(30) : `Message ${round} of a person who does not scroll`)
    await streamReply(page, server, 4)
    t.equal(await pastTheEnd(page), 0, `round ${round}`)
  }
})

t.test('content that grows between a scroll of ours and the news of it does not let go', async (t) => {
  const { open } = await stage(t)
  const page = await open(t)
  await page.getByText('Trivy finished').waitFor()
  await page.evaluate(async () => {
    const log = document.querySelector('[role="log"]')!
    const content = log.firstElementChild!
    for (let index = 0; index < 10; index++) {
      const block = document.createElement('div')
      block.className = 'min-h-96'
      content.append(block)
      // Past the frame that scrolls for this one, and before the next, which tells of it.
      await new Promise(requestAnimationFrame)
      await new Promise((resolve) => setTimeout(resolve))
    }
  })
  t.equal(await pastTheEnd(page), 0)
})

t.test('the first message of a conversation without any is followed too', async (t) => {
  const { server, open } = await stage(t)
  server.snapshots.set(conversationId, { ...sampleSnapshot(), messages: [], tasks: [], approvals: [] })
  const page = await open(t)
  await page.getByText('Live').waitFor()
  await say(page, server, lines(60))
  await streamReply(page, server, 3)
  t.equal(await pastTheEnd(page), 0)
})

t.test('who scrolls up, even a little, reads on undisturbed until they send or come back', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t)
  await page.getByText('Live').waitFor()
  await say(page, server, lines(60))
  await page.getByRole('log').hover()
  for (const up of [30, 900]) {
    await page.mouse.wheel(0, -up)
    await page.getByRole('button', { name: 'Newest messages' }).waitFor()
    const top = await page.getByRole('log').evaluate((log) => log.scrollTop)
    await streamReply(page, server, 2)
    t.ok(await pastTheEnd(page) > 100)
    t.equal(await page.getByRole('log').evaluate((log) => log.scrollTop), top, 'nothing moved')
    await say(page, server, `After ${up}`)
    t.equal(await pastTheEnd(page), 0, 'sending goes to the end')
    t.equal(await page.getByRole('button', { name: 'Newest messages' }).count(), 0)
  }
  await page.mouse.wheel(0, -500)
  await page.getByRole('button', { name: 'Newest messages' }).click()
  await streamReply(page, server, 2)
  t.equal(await pastTheEnd(page), 0, 'and so does asking for it')
  await page.getByRole('log').hover()
  await page.mouse.wheel(0, -500)
  await page.getByRole('button', { name: 'Newest messages' }).waitFor()
  await page.mouse.wheel(0, 490)
  await page.getByRole('button', { name: 'Newest messages' }).waitFor({ state: 'detached' })
  await streamReply(page, server, 2)
  t.equal(await pastTheEnd(page), 0, 'and so does scrolling back')
})
