import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { toolHeaders, type ConversationSnapshot, type Task } from '@cortex/contracts'
import { buildPage } from '@cortex/web/build'
import { launchBrowser } from '@cortex/web/test-browser'
import { conversationId, createCall, sampleMessage, sampleSnapshot, sampleTask } from '@cortex/web/test-samples'
import { WireServer } from '@cortex/web/test-wire-server'
import type { Browser, Page } from 'playwright-core'
import { pooledPercentile, spread } from '../measure/statistics.ts'
import { createTaskCall, createTaskInput } from '../payload.ts'
import { post } from '../post.ts'
import { row, single, type Row, type Scenario } from '../scenario.ts'
import { startStandalone } from '../standalone.ts'
import { targets } from '../targets.ts'

/** As many as one lane shows. */
const creates = 40
const opens = 5
const manyMessages = 5_000
const manyTasks = 2_000
const tasksAtOnce = 60
const eventsPerSecond = 1_000
const floodSeconds = 10
/** How long an empty page is watched, to tell what the machine itself does to frames. */
const emptySeconds = 5
const masters = ['infrastructure-master', 'security-master', 'cicd-master', 'development-master']

/** The page in a real Chromium, on the machine that serves it: what a person waits for. */
const page: Scenario = {
  name: 'page',
  about: 'the page in Chromium: a create until its card is there, a long conversation until it can be read, and frames while sixty tasks move',
  run: async ({ folder, say }) => {
    const browser = await launchBrowser()
    try {
      say(`${creates} creates, each until its card is on the board`)
      const firstUpdate = await measureFirstUpdate(browser, join(folder, 'home'))
      const server = new WireServer(await buildPage())
      await server.listen()
      try {
        say(`a conversation of ${manyMessages} messages and ${manyTasks} tasks, opened ${opens} times`)
        const open = await measureOpening(browser, server)
        say(`${tasksAtOnce} tasks at ${eventsPerSecond} events a second for ${floodSeconds} s`)
        return [...firstUpdate, open, ...await measureFrames(browser, server)]
      } finally {
        await server.close()
      }
    } finally {
      await browser.close()
    }
  }
}
export default page

async function openPage (browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } })
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** From sending the create to the card in the page, on one clock; the answer alone says what of it is the create. */
async function measureFirstUpdate (browser: Browser, home: string): Promise<Row[]> {
  const times: number[] = []
  const answers: number[] = []
  await startStandalone(home, async ({ chat_url: chatUrl, orchestrator_url: orchestratorUrl }) => {
    const { id } = JSON.parse(await post(`${chatUrl}/v1/conversations`, {})) as { id: string }
    const page = await openPage(browser, `${chatUrl}/c/${id}`)
    await page.getByText('Live').waitFor()
    await page.evaluate(`
      window.cards = []
      new MutationObserver(() => {
        const count = document.querySelectorAll('[data-task-id]').length
        while (cards.length < count) cards.push(performance.timeOrigin + performance.now())
      }).observe(document.body, { subtree: true, childList: true })`)
    for (let n = 0; n < creates; n++) {
      const began = performance.timeOrigin + performance.now()
      const answer = await fetch(`${orchestratorUrl}/execute-tool`, { method: 'POST', headers: { 'content-type': 'application/json', [toolHeaders.conversation]: id }, body: JSON.stringify(createTaskCall({ ...createTaskInput(), category: 'inventory' })) })
      await answer.text()
      answers.push(performance.timeOrigin + performance.now() - began)
      await page.locator('[data-task-id]').nth(n).waitFor()
      times.push(await page.evaluate<number>(`cards[${n}]`) - began)
    }
    await page.context().close()
  })
  return [
    row('create sent → card on the board, p50', 'ms', pooledPercentile([times], 0.5)),
    row('create sent → card on the board, p95', 'ms', pooledPercentile([times], 0.95), targets.page.firstUpdate),
    row('create sent → answered, p95', 'ms', pooledPercentile([answers], 0.95))
  ]
}

function longConversation (): ConversationSnapshot {
  const tasks = Array.from({ length: manyTasks }, (_, index) => sampleTask({
    title: `Task ${index} of a long conversation`,
    status: index > manyTasks - 10 ? 'in_progress' : index % 37 === 0 ? 'failed' : 'completed',
    created: 100_000 - index * 40,
    started: 99_990 - index * 40,
    ended: 99_980 - index * 40,
    master: masters[index % masters.length] ?? '',
    more: { id: `task-chat-${1_766_779_451_000 + index}-${index.toString(36).padStart(9, 'a')}`, batch_id: `batch-${Math.floor(index / 8)}`, result: { summary: 'Done with it.', evidence: [{ claim: 'It is there', detail: 'read back' }] } }
  }))
  const messages = Array.from({ length: manyMessages }, (_, index) => index % 20 === 1
    ? sampleMessage('assistant', [{ type: 'text', text: `Starting batch ${index}` }, ...tasks.slice(Math.floor(index / 20) * 8, Math.floor(index / 20) * 8 + 8).map(createCall)])
    : sampleMessage(index % 2 ? 'assistant' : 'user', `Message ${index} with **some** text, \`code\` and a list:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |`))
  return { ...sampleSnapshot(), tasks, messages, approvals: [] }
}

async function measureOpening (browser: Browser, server: WireServer): Promise<Row> {
  server.snapshots.set(conversationId, longConversation())
  const seconds: number[] = []
  for (let n = 0; n < opens; n++) {
    const began = performance.now()
    const page = await openPage(browser, `${server.url}/c/${conversationId}`)
    await page.getByText(`Message ${manyMessages - 1} `).waitFor()
    await page.locator('[data-task-id]').first().waitFor()
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    seconds.push((performance.now() - began) / 1_000)
    await page.context().close()
  }
  return row(`${manyMessages} messages, ${manyTasks} tasks: address → newest in sight`, 's', spread(seconds), targets.page.open)
}

async function measureFrames (browser: Browser, server: WireServer): Promise<Row[]> {
  const tasks = Array.from({ length: tasksAtOnce }, (_, index) => sampleTask({ title: `Task ${index}`, status: 'in_progress', started: 5, master: masters[index % masters.length] ?? '' }))
  server.snapshots.set(conversationId, { ...sampleSnapshot(), tasks, approvals: [], messages: [sampleMessage('assistant', tasks.map(createCall))] })
  const empty = await watchFrames(await openPage(browser, 'about:blank'), async () => { await delay(emptySeconds * 1_000) })
  const page = await openPage(browser, `${server.url}/c/${conversationId}`)
  await page.getByText('Live').waitFor()
  const frames = await watchFrames(page, async () => { await flood(server, tasks) })
  return [
    row(`${tasksAtOnce} tasks, ${eventsPerSecond} events a second: longest frame`, 'ms', single(Math.max(...frames)), targets.page.frame),
    row('p95 of frames', 'ms', pooledPercentile([frames], 0.95)),
    row('frames', '/s', single(frames.length / floodSeconds)),
    row('an empty page just before: longest frame', 'ms', single(Math.max(...empty)))
  ]
}

/** Milliseconds from frame to frame while `work` goes on; closes the page. */
async function watchFrames (page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(`
    window.drawn = []
    let last = performance.now()
    requestAnimationFrame(function next (now) { drawn.push(now - last); last = now; requestAnimationFrame(next) })`)
  await work()
  const frames = await page.evaluate<number[]>('drawn')
  await page.context().close()
  return frames
}

async function flood (server: WireServer, tasks: readonly Task[]): Promise<void> {
  const began = performance.now()
  let sent = 0
  while (performance.now() - began < floodSeconds * 1_000) {
    const due = Math.floor((performance.now() - began) * eventsPerSecond / 1_000) - sent
    server.send(conversationId, ...Array.from({ length: due }, () => {
      const task = tasks[sent % tasks.length]!
      sent++
      return { type: 'task' as const, task: { ...task, rev: sent + 1, progress: { percent: sent % 100, step: `Step ${sent}` } } }
    }))
    await delay(10)
  }
}
