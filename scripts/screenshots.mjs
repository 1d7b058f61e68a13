// Makes the pictures of the README from the running product: `npm run screenshots`. Writes docs/images/.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLogger, readConfig } from '../packages/service/src/index.ts'
import { StandaloneConfig, startStandalone } from '../packages/standalone/src/index.ts'
import { launchBrowser } from '../packages/web/test/browser.ts'

const images = fileURLToPath(new URL('../docs/images/', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'cortex-screenshots-'))
const config = readConfig(StandaloneConfig, { CORTEX_HOME: home, PORT: '0', ORCHESTRATOR_PORT: '0' })
const cortex = await startStandalone(config, createLogger({ level: 'warn', name: 'screenshots' }))
const browser = await launchBrowser()
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
  await page.goto(cortex.chatUrl)
  await page.getByRole('textbox', { name: /ask for a change/i }).fill(
    'Deploy monitoring stack, configure security scanning and set up CI/CD pipeline, in parallel. Add dashboards once monitoring is up.')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('button', { name: 'Review diff' }).nth(1).waitFor()
  await page.getByText('Started four tasks').waitFor()
  await page.screenshot({ path: join(images, 'board.png') })
  await page.getByRole('button', { name: 'Review diff' }).first().click()
  await page.getByRole('button', { name: 'Approve and apply' }).waitFor()
  await page.emulateMedia({ colorScheme: 'light' })
  await page.screenshot({ path: join(images, 'approval.png') })
  await page.goto(`${cortex.chatUrl}/approvals`)
  await page.getByRole('group', { name: 'For all' }).waitFor()
  await page.screenshot({ path: join(images, 'approvals.png') })
} finally {
  await browser.close()
  await cortex.close()
  rmSync(home, { recursive: true, force: true })
}
