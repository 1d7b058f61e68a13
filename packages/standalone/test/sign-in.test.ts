import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from '@cortex/web/test-browser'
import t, { type Test } from 'tap'
import { cleanEnvironment, startProcess, temporaryHome } from './standalone.ts'

const command = fileURLToPath(new URL('../../chat/src/users/main.ts', import.meta.url))
const password = 'correct horse battery'

/** What `npm run user` does; the password comes as a line. */
async function user (usersFile: string, args: string[], line = password): Promise<{ code: number, out: string, err: string }> {
  const child = spawn(process.execPath, [command, ...args], { env: { ...cleanEnvironment(), CORTEX_USERS: usersFile } })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => { out += chunk })
  child.stderr.on('data', (chunk) => { err += chunk })
  child.stdin.end(`${line}\n`)
  const [code] = await once(child, 'close') as [number]
  return { code, out, err }
}

async function start (t: Test) {
  const home = await temporaryHome(t)
  const usersFile = join(home, 'users.yaml')
  t.match(await user(usersFile, ['add', 'ada', '--role', 'operator', '--role', 'approver']), { code: 0, out: /ada may sign in as operator, approver/ })
  t.match(await user(usersFile, ['add', 'vic', '--role', 'viewer']), { code: 0 })
  const [wrongRole, short, again, list] = await Promise.all([
    user(usersFile, ['add', 'eve', '--role', 'boss']), user(usersFile, ['add', 'eve', '--role', 'viewer'], 'short'), user(usersFile, ['add', 'ada', '--role', 'viewer']), user(usersFile, ['list'])
  ])
  t.match(wrongRole, { code: 2, err: /--role boss may be viewer, operator, approver, admin/ })
  t.match(short, { code: 1, err: /fewer than 12 characters/ })
  t.match(again, { code: 1, err: /ada is in .* already/ })
  t.match(list, { out: /^ada {2}operator, approver {2}\(password\)\nvic {2}viewer {2}\(password\)\n$/ })
  t.equal(statSync(usersFile).mode & 0o777, 0o600)
  const cortex = await startProcess(t, home, { CORTEX_USERS: usersFile })
  for (const name of ['service-token', 'worker-token', 'access.db']) t.equal(statSync(join(home, name)).mode & 0o777, 0o600, `${name} is for its owner alone`)
  return { ...cortex, usersFile }
}

t.test('a person signs in on the page, comes back to where they were, asks and approves; a viewer only looks; who is taken out is sent to sign in', async (t) => {
  const cortex = await start(t)
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const open = async (path: string) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    const signIn = async (name: string, given = password) => {
      await page.getByLabel('Name').fill(name)
      await page.getByLabel('Password').fill(given)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await page.goto(cortex.chatUrl + path)
    return { page, signIn }
  }

  const ada = await open('/settings')
  await ada.signIn('ada', 'not the password')
  await ada.page.getByText('The name or the password is wrong').waitFor()
  await ada.signIn('ada')
  await ada.page.getByText('Signed in as ada').waitFor()
  t.equal(new URL(ada.page.url()).pathname, '/settings')
  t.same(await ada.page.evaluate('document.cookie'), '', 'scripts see no cookie')

  await ada.page.getByLabel('What it is for').fill('ci')
  await ada.page.getByRole('button', { name: 'Make a token' }).click()
  const token = await ada.page.getByText(/^ctx_/).textContent()
  t.equal((await fetch(`${cortex.orchestratorUrl}/v1/tasks`, { headers: { authorization: `Bearer ${token}` } })).status, 200)
  await ada.page.getByRole('button', { name: 'Revoke ci' }).click()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await ada.page.getByText('No tokens.').waitFor()
  t.equal((await fetch(`${cortex.orchestratorUrl}/v1/tasks`, { headers: { authorization: `Bearer ${token}` } })).status, 401)

  await ada.page.goto(`${cortex.chatUrl}/new`)
  await ada.page.getByRole('textbox', { name: /ask for a change/i }).fill('Set up a CI/CD pipeline')
  await ada.page.getByRole('button', { name: 'Send' }).click()
  await ada.page.getByRole('button', { name: 'Review diff' }).click()
  const conversation = new URL(ada.page.url()).pathname

  const vic = await open(conversation)
  await vic.signIn('vic')
  await vic.page.getByText('This conversation does not exist').waitFor()
  await ada.page.keyboard.press('Escape')
  await ada.page.getByRole('button', { name: 'This conversation' }).first().click()
  await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const shared = ada.page.waitForResponse((response) => response.request().method() === 'PATCH')
  await ada.page.getByText('Let everybody read it').click()
  t.equal((await shared).status(), 200)
  await ada.page.getByRole('button', { name: 'Review diff' }).click()
  await vic.page.reload()
  await vic.page.getByText('You may read here, and not ask.').waitFor()
  t.equal(new URL(vic.page.url()).pathname, conversation)
  await vic.page.getByRole('button', { name: 'Review diff' }).click()
  await vic.page.getByText('An approver decides this.').waitFor()
  t.ok(await vic.page.getByRole('button', { name: 'Approve and apply' }).isDisabled())

  await ada.page.getByRole('button', { name: 'Approve and apply' }).click()
  await ada.page.getByText(/Approved by ada/).first().waitFor()
  await vic.page.getByText(/Approved by ada/).first().waitFor()

  t.match(await user(cortex.usersFile, ['remove', 'vic']), { code: 0, out: /vic is out/ })
  await vic.page.reload()
  await vic.page.getByRole('heading', { name: 'Sign in to Cortex' }).waitFor()
  const beside = await ada.page.context().newPage()
  await beside.goto(cortex.chatUrl + conversation)
  await beside.getByRole('textbox', { name: /ask for a change/i }).fill('Rotate the root key')
  await ada.page.goto(`${cortex.chatUrl}/settings`)
  t.notMatch(await ada.page.evaluate('JSON.stringify({ ...localStorage })'), 'Rotate', 'what was not sent is sealed')
  await ada.page.getByRole('button', { name: 'Sign out' }).click()
  for (const page of [ada.page, beside]) await page.getByRole('heading', { name: 'Sign in to Cortex' }).waitFor()
  t.notMatch(await ada.page.evaluate('JSON.stringify({ ...localStorage })'), /draft/, 'and goes with the sign-out, in all tabs')
})
