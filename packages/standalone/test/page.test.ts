import { launchBrowser } from '@cortex/web/test-browser'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { sentence, startProcess, temporaryHome } from './standalone.ts'

let browser: Browser
t.before(async () => { browser = await launchBrowser() })
t.teardown(async () => await browser.close())

/** A page that fails the test when it logs an error, throws or breaks its content security policy. */
async function openPage (t: Test, url: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page, faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options })
  t.teardown(() => page.close())
  page.setDefaultTimeout(60_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => { if (message.type() === 'error' && !message.text().includes('ERR_')) faults.push(message.text()) })
  await page.goto(url)
  return { page, faults }
}

async function say (page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /ask for a change/i }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** Approves what stands first among those that wait, and sees it leave the strip. */
async function approveNext (page: Page): Promise<void> {
  const waiting = page.getByRole('button', { name: 'Review diff' })
  const last = waiting.nth(await waiting.count() - 1)
  await waiting.first().click()
  await page.getByRole('button', { name: 'Approve and apply' }).click()
  await last.waitFor({ state: 'detached' })
}

t.test('a person types the sentence, watches, approves, reloads and reads the summary', async (t) => {
  const cortex = await startProcess(t, await temporaryHome(t))
  const { page, faults } = await openPage(t, cortex.chatUrl)
  await page.getByText('Rule-based planner, no language model').first().waitFor()
  await say(page, sentence)
  await page.getByText('Created 3 tasks in parallel').waitFor()
  for (const column of ['Infrastructure', 'Security', 'CI/CD']) await page.getByRole('heading', { name: column }).waitFor()
  await page.getByRole('button', { name: 'Review diff' }).nth(1).waitFor()
  t.match(await page.title(), /^\(2\) /)

  await approveNext(page)
  await page.keyboard.press('Escape')
  await page.reload()
  await page.getByText('Created 3 tasks in parallel').waitFor()
  await approveNext(page)
  await page.getByText('All three tasks are completed').waitFor()
  t.equal(await page.getByRole('button', { name: 'Review diff' }).count(), 0)
  t.notMatch(await page.title(), /^\(/)
  t.same(faults, [])
})

t.test('the server is killed while work waits; the page says so, comes back by itself, and the work ends', async (t) => {
  const home = await temporaryHome(t)
  const first = await startProcess(t, home)
  const ports = { PORT: new URL(first.chatUrl).port, ORCHESTRATOR_PORT: new URL(first.orchestratorUrl).port }
  const { page } = await openPage(t, first.chatUrl)
  await say(page, sentence)
  await page.getByRole('button', { name: 'Review diff' }).nth(1).waitFor()
  await page.getByRole('textbox', { name: /ask for a change/i }).fill('a draft that must stay')
  await first.end('SIGKILL')
  await page.getByText(/Reconnecting/).first().waitFor()
  await startProcess(t, home, ports)
  await page.getByText('Live').waitFor()
  t.equal(await page.getByRole('textbox', { name: /ask for a change/i }).inputValue(), 'a draft that must stay')
  await approveNext(page)
  await page.keyboard.press('Escape')
  await approveNext(page)
  await page.getByText('All three tasks are completed').waitFor()
})

t.test('on a phone the same is done by tabs', async (t) => {
  const cortex = await startProcess(t, await temporaryHome(t))
  const { page, faults } = await openPage(t, cortex.chatUrl, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  await say(page, sentence)
  await page.getByRole('button', { name: /2 tasks need you.*Review/ }).waitFor()
  await page.getByRole('button', { name: /2 tasks need you.*Tasks/ }).tap()
  await approveNext(page)
  t.same(faults, [])
  t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'nothing is wider than the screen')
})
