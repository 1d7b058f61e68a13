import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Test } from 'tap'
import { buildPage } from '../../build.ts'
import { launchBrowser } from '../browser.ts'
import { conversationId, sampleSnapshot } from './samples.ts'
import { WireServer } from './wire-server.ts'

export interface OpenOptions {
  path?: string
  theme?: 'dark' | 'light'
  width?: number
  height?: number
  more?: BrowserContextOptions
}

export interface Stage {
  readonly server: WireServer
  /** Opens the page in a fresh browser profile. Ends the test as failed when the page broke its own policy or threw. */
  open (t: Test, options?: OpenOptions): Promise<Page>
}

let launched: Promise<Browser> | null = null

/** The browser of this process, and the page with a wire server behind it for each test. For the whole of a file: the first that asks closes the browser. */
export async function createStage (t: Test): Promise<(t: Test) => Promise<Stage>> {
  const root = await buildPage()
  if (!launched) {
    launched = launchBrowser()
    t.teardown(async () => await (await launched)?.close())
  }
  const browser = await launched
  return async (t) => {
    const server = new WireServer(root)
    await server.listen()
    t.teardown(() => server.close())
    server.snapshots.set(conversationId, sampleSnapshot())
    return { server, open: (t, options) => openPage(t, browser, server, options) }
  }
}

async function openPage (t: Test, browser: Browser, server: WireServer, { path = `/c/${conversationId}`, theme = 'dark', width = 1_440, height = 900, more = {} }: OpenOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', ...more })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  // Told by the page itself: not every browser writes a violation to its console.
  await page.exposeFunction('reportViolation', (violation: string) => { faults.push(violation) })
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      (window as unknown as { reportViolation: (text: string) => void }).reportViolation(`${violatedDirective} ${blockedURI} ${sample}`)
    })
  })
  page.on('console', (message) => { if (/content security policy|trusted ?type/i.test(message.text())) faults.push(message.text()) })
  t.teardown(async () => {
    await context.close()
    if (faults.length > 0) throw new Error(`The page broke: ${faults.join('; ')}`)
  })
  await page.goto(server.url + path)
  return page
}

const axeSource = readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const everything = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }
const colors = { type: 'rule', values: ['color-contrast'] }

/** What axe finds against WCAG 2.2 AA, one line a fault: everything in the theme that is shown, and the colours of the other one. */
export async function findBarriers (page: Page, { bothThemes = true } = {}): Promise<string[]> {
  await page.evaluate(await axeSource)
  const shown = await runAxe(page, everything)
  if (!bothThemes) return shown
  await page.evaluate(() => {
    const { dataset } = document.documentElement
    dataset['theme'] = dataset['theme'] === 'dark' ? 'light' : 'dark'
  })
  return [...shown, ...await runAxe(page, colors)]
}

async function runAxe (page: Page, runOnly: typeof everything): Promise<string[]> {
  const { violations } = await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })`) as AxeResults
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')} (${failureSummary?.replaceAll('\n', ' ')})`))
}

/** How far the page is wider than its window, in px: zero where everything reflows. */
export async function overflow (page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
