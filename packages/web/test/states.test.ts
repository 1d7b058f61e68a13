import type { Page } from 'playwright-core'
import t from 'tap'
import { createStage, findBarriers, overflow, type Stage } from './support/open-page.ts'
import { conversationId, sampleMessage, sampleSnapshot } from './support/samples.ts'

const stage = await createStage(t)
const phone = { width: 390, height: 844, theme: 'light', more: { hasTouch: true, isMobile: true } } as const

interface State {
  name: string
  path?: string
  prepare?: (stage: Stage) => void
  act?: (page: Page, stage: Stage) => Promise<unknown>
  /** Looked at on a phone too, where it is another layout. */
  phone?: true
  /** Something that is there when the state is. */
  shows: string | RegExp
}

const taskOf = ({ server }: Stage, title: string) => [...server.snapshots.values()][0]!.tasks.find(({ payload }) => payload.title === title)!
const openTask = (title: string) => async (page: Page, stage: Stage) => await page.goto(`${stage.server.url}/c/${conversationId}?task=${taskOf(stage, title).id}`)

const states: State[] = [
  { name: 'a conversation at work', phone: true, shows: 'Nine tasks are on the board across three agents.' },
  { name: 'a question to answer', phone: true, act: openTask('Enforce network policies'), shows: 'Approve and apply' },
  { name: 'a failed task', phone: true, act: openTask('Publish runner image'), shows: 'Attempt 1 of 3. A retry runs the task again with the same inputs.' },
  { name: 'a result', act: openTask('Scan images with Trivy'), shows: 'Checked by reading back' },
  { name: 'a new conversation', phone: true, path: '/new', shows: 'What should Cortex set up?' },
  { name: 'the offline planner', path: '/new', prepare: ({ server }) => { server.planner = { kind: 'rules', model: 'cortex-rules-1', notice: 'Rule-based planner, no language model.' } }, shows: 'Rule-based planner, no language model.' },
  {
    name: 'a failed reply',
    prepare ({ server }) {
      server.snapshots.set(conversationId, { ...sampleSnapshot(), messages: [sampleMessage('assistant', 'Half of', { status: 'failed', error: { code: 'CTX_MODEL_OVERLOADED', message: 'The model is overloaded.', retryable: true } })] })
    },
    shows: 'The model is overloaded. Your tasks keep running.'
  },
  { name: 'reconnecting', phone: true, act: async (_page, { server }) => { server.streamsDown = true; server.dropStreams() }, shows: 'Tasks keep running on the server;' },
  { name: 'signed out', prepare: ({ server }) => { server.refusal = { status: 401 } }, shows: 'Your session has ended.' },
  { name: 'a conversation that is not there', path: '/c/conv-zzzzzzzzzzzzzzzzzzzz', shows: 'This conversation does not exist' },
  { name: 'all tasks', phone: true, path: '/tasks', prepare: ({ server }) => { server.tasks = sampleSnapshot().tasks }, shows: 'Over all conversations' },
  { name: 'history', path: '/history', shows: 'Bring up staging-eu' },
  { name: 'settings', path: '/settings', shows: 'Who answers' }
]

for (const { name, path, prepare, act, shows, ...also } of states) {
  for (const [device, window] of [['desk', {}], ['phone', phone]] as const) {
    if (device === 'phone' && !also.phone) continue
    t.test(`${name} has no barriers on a ${device}`, async (t) => {
      const here = await stage(t)
      prepare?.(here)
      const page = await here.open(t, { ...window, ...(path && { path }) })
      await act?.(page, here)
      await page.getByText(shows).first().waitFor()
      t.same(await findBarriers(page, { bothThemes: device === 'desk' }), [])
      t.equal(await overflow(page), 0)
    })
  }
}

t.test('graph, palette and keys have no barriers', async (t) => {
  const here = await stage(t)
  const page = await here.open(t)
  await page.getByRole('button', { name: 'Graph' }).click()
  await page.getByRole('group', { name: 'Dependencies between tasks' }).waitFor()
  t.same(await findBarriers(page), [])
  await page.keyboard.press('Control+k')
  await page.getByRole('option', { name: /Deploy Prometheus stack/ }).waitFor()
  t.same(await findBarriers(page), [])
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('heading', { name: 'Keys' }).waitFor()
  t.same(await findBarriers(page), [])
})

t.test('at 320 px every tab and the drawer fit', async (t) => {
  const here = await stage(t)
  const page = await here.open(t, { width: 320, height: 640 })
  for (const tab of ['Tasks', 'Timeline', 'Chat']) {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: new RegExp(`${tab}$`) }).click()
    t.equal(await overflow(page), 0, tab)
  }
  await openTask('Enforce network policies')(page, here)
  await page.getByRole('button', { name: 'Approve and apply' }).scrollIntoViewIfNeeded()
  t.equal(await overflow(page), 0, 'approval')
})
