import type { SignInState } from '@cortex/contracts'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createStage, type Stage } from './support/open-page.ts'
import { conversationId, sampleSnapshot } from './support/samples.ts'

const stage = await createStage(t)
const nobody: SignInState = { required: true, password: true, provider: null, person: null }
const as = (name: string): SignInState => ({ ...nobody, person: { name, roles: ['operator'], via: 'password', key: `key-of-${name}` } })
const field = (page: Page) => page.getByPlaceholder('Ask for a change')
const heading = (page: Page) => page.getByRole('heading', { name: 'Sign in to Cortex' })
const stored = (page: Page) => page.evaluate(() => JSON.stringify({ ...localStorage }))

async function start (t: Test): Promise<Stage> {
  const { server, open } = await stage(t)
  server.signIn = as('ada')
  server.answer('POST', '/v1/sign-out', () => {
    server.signIn = nobody
    server.refusal = { status: 401 }
    return { status: 200, body: {} }
  })
  return { server, open }
}

/** What the sign-in screen does, for whom the server then knows. */
async function signIn ({ server }: Stage, page: Page, name: string): Promise<void> {
  server.answer('POST', '/v1/sign-in/password', () => {
    server.signIn = as(name)
    server.refusal = null
    return { status: 200, body: server.signIn }
  })
  await heading(page).waitFor()
  server.refusal = null
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill('secret')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Live').waitFor()
}

t.test('what a person did not send is theirs alone when their session ends by itself, and theirs again', async (t) => {
  const here = await start(t)
  const page = await here.open(t)
  await page.getByText('Live').waitFor()
  await field(page).fill('Fire the intern')
  await page.goto(`${here.server.url}/new`)
  await page.getByText('Live').waitFor()
  await field(page).fill('Rotate the root key')
  here.server.answer('POST', '/v1/conversations', () => ({ status: 401, body: {} }))
  await page.getByRole('button', { name: 'Send' }).click()
  await heading(page).waitFor()
  t.match(await page.title(), 'Sign in to Cortex')

  await signIn(here, page, 'eve')
  t.equal(await field(page).inputValue(), '')
  t.equal(await page.getByText('Not sent.').count(), 0)
  t.notMatch(await stored(page), /Rotate|intern/, 'nor is it to be read where the browser keeps it')
  await field(page).fill('Of eve')
  await page.goto(here.server.url)
  await page.waitForURL('**/new')
  t.equal(await field(page).inputValue(), 'Of eve', 'and where ada was is no place of hers')
  await page.goto(`${here.server.url}/c/${conversationId}`)
  await page.getByText('Live').waitFor()
  t.equal(await field(page).inputValue(), '')

  here.server.refusal = { status: 401 }
  here.server.signIn = nobody
  await page.reload()
  await signIn(here, page, 'ada')
  t.equal(await field(page).inputValue(), 'Fire the intern')
  await page.goto(`${here.server.url}/new`)
  await page.getByText('Not sent.').waitFor()
  await page.getByText('Rotate the root key').waitFor()
})

t.test('nothing of a person stays after they sign out, in no tab', async (t) => {
  const here = await start(t)
  const page = await here.open(t)
  await page.getByText('Live').waitFor()
  await field(page).fill('Rotate the root key')
  const other = await page.context().newPage()
  await other.goto(`${here.server.url}/new`)
  await field(other).fill('Fire the intern')
  await page.goto(`${here.server.url}/settings`)
  t.match(await stored(page), /cortex\.draft\.\w+\.new/)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await Promise.all([heading(page).waitFor(), heading(other).waitFor()])
  t.notMatch(await stored(page), /draft|cortex\.last|cortex\.person/)
  await page.goto(`${here.server.url}/new`)
  await signIn(here, page, 'ada')
  t.equal(await field(page).inputValue(), '')
})

t.test('a tab of one person shows and sends nothing any more once another has signed in beside it', async (t) => {
  const here = await start(t)
  const page = await here.open(t)
  await page.getByText('Trivy finished').waitFor()
  here.server.snapshots.clear()
  here.server.signIn = as('eve')
  const other = await page.context().newPage()
  await other.goto(`${here.server.url}/settings`)
  await other.getByText('Signed in as eve').waitFor()
  await page.getByText('This conversation does not exist').waitFor()
  t.equal(await page.getByText('Trivy finished').count(), 0)

  // A browser that keeps nothing tells no other tab; then the server does not answer who the page was not opened for.
  here.server.snapshots.set(conversationId, sampleSnapshot())
  await page.goto(`${here.server.url}/c/${conversationId}`)
  await page.getByText('Trivy finished').waitFor()
  here.server.snapshots.clear()
  here.server.signIn = as('ada')
  here.server.answer('POST', '/messages', () => ({ status: 401, body: {} }))
  await field(page).fill('Of eve')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('This conversation does not exist').waitFor()
})
