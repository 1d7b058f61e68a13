import type { ChatEvent } from '@cortex/contracts'
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleMessage, sampleSnapshot } from './support/samples.ts'

const stage = await createStage(t)
const newId = 'conv-newnewnewnewnewnewne'

interface Focus { readonly lost: boolean, readonly marked: boolean, readonly covered: boolean, readonly what: string }

/** Where the focus is, whether one can see it there, and whether what has it lies under something else. */
const focusOf = (page: Page) => page.evaluate((): Focus => {
  const element = document.activeElement
  if (!element || element === document.body) return { lost: true, marked: false, covered: false, what: 'nothing' }
  const { left, top, width, height } = element.getBoundingClientRect()
  const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]].map(([x = 0, y = 0]) => document.elementFromPoint(left + width * x, top + Math.min(height, innerHeight - top) * y))
  const outline = getComputedStyle(element)
  // A field shows its caret.
  const marked = element.matches('textarea, input:not([type="radio"], [type="checkbox"])') || (outline.outlineStyle !== 'none' && parseFloat(outline.outlineWidth) >= 1)
  return { lost: false, marked, covered: !points.some((point) => point && (element.contains(point) || point.contains(element))), what: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 60)}` }
})

/** Once everything has been drawn the focus has to be somewhere, in sight. */
async function settled (t: Test, page: Page, after: string): Promise<void> {
  await page.evaluate(async () => { for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame) })
  const { what, ...focus } = await focusOf(page)
  t.same(focus, { lost: false, marked: true, covered: false }, `after ${after} the focus is on ${what}`)
}

const hasFocus = (wanted: Locator) => wanted.first().evaluate((element) => element === document.activeElement).catch(() => false)

/** Presses Tab until it has the focus; what is passed on the way can be seen. */
async function tabTo (t: Test, page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await wanted.first().waitFor()
  for (let presses = 0; presses < 120; presses++) {
    if (await hasFocus(wanted)) return
    await page.keyboard.press(key)
    const { lost, marked, covered, what } = await focusOf(page)
    // The page has an end, beyond which it begins again.
    if (!lost && (!marked || covered)) t.fail(`${what} has the focus and is ${covered ? 'covered' : 'not marked'}`)
  }
  t.fail(`Tab never came to ${wanted.toString()}`)
}

async function press (t: Test, page: Page, wanted: Locator): Promise<void> {
  await tabTo(t, page, wanted)
  await page.keyboard.press('Enter')
}

async function command (page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /Search conversations/ }).waitFor()
  await page.keyboard.type(words)
  await page.getByRole('option', { name: words }).waitFor()
  await page.keyboard.press('Enter')
}

t.test('from the first message to the language everything is done by keyboard, and the focus is never lost', async (t) => {
  const { server, open } = await stage(t)
  const { tasks, approvals, messages } = sampleSnapshot()
  const taskOf = (title: string) => tasks.find(({ payload }) => payload.title === title)!
  const [policies, publish, prometheus] = [taskOf('Enforce network policies'), taskOf('Publish runner image'), taskOf('Deploy Prometheus stack')]
  const asked = approvals[0]!
  server.answer('POST', '/v1/conversations', () => {
    server.snapshots.set(newId, { ...sampleSnapshot(), id: newId, messages: [], tasks: [], approvals: [] })
    return { status: 201, body: { id: newId } }
  })
  const tell = (...events: ChatEvent[]) => server.send(newId, ...events)
  const asks = async (end: string) => await server.until(() => server.seen.some(({ method, path }) => method !== 'GET' && path.endsWith(end)))
  const page = await open(t, { path: '/new' })
  const drawer = page.getByRole('dialog')

  await t.test('a message is written and sent', async (t) => {
    await page.getByPlaceholder('Ask for a change').waitFor()
    await page.keyboard.type('Bring up staging: j, k, ? and / are letters here')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/c/${newId}`)
    await server.until(() => server.streamCount() === 1)
    tell(...messages.map((message): ChatEvent => ({ type: 'message', message })), ...tasks.map((task): ChatEvent => ({ type: 'task', task })), { type: 'approval', approval: asked })
    await page.getByRole('article', { name: 'You' }).getByText('Bring up staging: j, k, ? and / are letters here').waitFor()
    await page.locator('[data-task-id]').nth(8).waitFor()
    t.ok(await hasFocus(page.getByPlaceholder('Ask for a change')))
    await settled(t, page, 'sending')
  })

  await t.test('a card is opened, its change approved', async (t) => {
    await page.keyboard.press('Escape')
    await settled(t, page, 'leaving the composer')
    const card = page.locator(`[data-task-id="${policies.id}"]`)
    for (let presses = 0; presses < 12 && !await hasFocus(card); presses++) await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await drawer.waitFor()
    await press(t, page, drawer.getByRole('button', { name: 'Approve and apply' }))
    await asks(`/v1/approvals/${asked.id}`)
    tell({ type: 'approval', approval: { ...asked, status: 'approved', decided_by: 'local' } }, { type: 'task', task: { ...policies, rev: 2, status: 'in_progress' } })
    await drawer.getByText('Approved by local').waitFor()
    await settled(t, page, 'approving')
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    await settled(t, page, 'closing the drawer')
    t.ok(await hasFocus(card))
  })

  await t.test('another is denied with a reason, in which keys are letters', async (t) => {
    const again = { ...asked, id: `${asked.id}-2` }
    tell({ type: 'approval', approval: again }, { type: 'task', task: { ...policies, rev: 3, status: 'awaiting_approval' } })
    await press(t, page, page.getByRole('button', { name: 'Review diff' }))
    await press(t, page, drawer.getByRole('button', { name: 'Deny…' }))
    await settled(t, page, 'beginning to deny')
    await page.keyboard.type('j, k, ? and / stay here')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: /Search conversations/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: /Search conversations/ }).waitFor({ state: 'detached' })
    t.ok(await hasFocus(drawer.getByRole('textbox', { name: /^Why/ })), 'a dialog gives the focus back, and Escape closes it alone')
    await press(t, page, drawer.getByRole('button', { name: 'Deny', exact: true }))
    await asks(`/v1/approvals/${again.id}`)
    t.match(server.seen.find(({ path }) => path.endsWith(again.id))?.body, { decision: 'deny', reason: 'j, k, ? and / stay here' })
    tell({ type: 'approval', approval: { ...again, status: 'denied', decided_by: 'local' } }, { type: 'task', task: { ...policies, rev: 4, status: 'cancelled' } })
    await drawer.getByText('Denied by local').waitFor()
    await settled(t, page, 'denying')
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    await settled(t, page, 'closing a drawer whose opener is gone')
  })

  await t.test('what failed runs again, and what runs is cancelled', async (t) => {
    await press(t, page, page.getByRole('region', { name: 'Needs you' }).getByRole('button', { name: /^Retry/ }))
    await asks('/retry')
    await settled(t, page, 'asking for a retry')
    tell({ type: 'task', task: { ...publish, rev: 2, status: 'queued', error: null } })
    await page.getByRole('region', { name: 'Needs you' }).waitFor({ state: 'detached' })
    await settled(t, page, 'what needed somebody being gone')
    const card = page.locator(`[data-task-id="${prometheus.id}"]`)
    await press(t, page, card)
    await press(t, page, drawer.getByRole('button', { name: 'Cancel task' }))
    const question = page.getByRole('dialog', { name: /^Cancel “/ })
    await settled(t, page, 'being asked')
    await press(t, page, question.getByRole('button', { name: 'Cancel task' }))
    await question.waitFor({ state: 'detached' })
    await settled(t, page, 'the question being closed')
    tell({ type: 'task', task: { ...prometheus, rev: 2, status: 'cancelled' } })
    await drawer.getByRole('button', { name: 'Cancel task' }).waitFor({ state: 'detached' })
    await settled(t, page, 'the task being cancelled')
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    t.ok(await hasFocus(card))
  })

  await t.test('a message is found and read in its place', async (t) => {
    server.snapshots.set(conversationId, sampleSnapshot())
    const found = sampleMessage('user', 'The needle')
    server.snapshots.set(conversationId, { ...sampleSnapshot(), messages: [found, ...sampleSnapshot().messages] })
    server.hits = [{ conversation_id: conversationId, conversation_title: 'Bring up staging-eu', kind: 'message', id: found.id, at: found.created_at, snippet: 'The needle' }]
    await command(page, 'History')
    await page.getByRole('searchbox', { name: /^Search messages/ }).waitFor()
    await settled(t, page, 'going to another screen')
    await tabTo(t, page, page.getByRole('searchbox', { name: /^Search messages/ }))
    await page.keyboard.type('j needle?')
    await press(t, page, page.getByRole('main').getByRole('listitem').getByRole('button', { name: /The needle/ }))
    await page.locator(`[data-message-id="${found.id}"]:focus`).waitFor()
    await settled(t, page, 'opening a hit')
  })

  await t.test('the language is changed and changed back, and the browser goes back', async (t) => {
    await command(page, 'Settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await settled(t, page, 'going to the settings')
    await tabTo(t, page, page.getByRole('radiogroup', { name: 'Language' }).getByRole('radio', { name: 'English' }))
    await page.keyboard.press('ArrowDown')
    await page.getByRole('heading', { name: 'الإعدادات' }).waitFor()
    await tabTo(t, page, page.getByRole('radiogroup', { name: 'اللغة' }).getByRole('radio', { name: 'العربية' }))
    await page.keyboard.press('ArrowUp')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await tabTo(t, page, page.getByRole('radiogroup', { name: 'Language' }).getByRole('radio', { name: 'English' }))
    await page.goBack()
    await page.waitForURL(`**/c/${conversationId}#**`)
    await page.getByText('The needle').first().waitFor()
    await settled(t, page, 'going back')
  })
})

t.test('Tab goes through the page as one reads it: rail, bar, chat, composer, board, timeline', async (t) => {
  const { open } = await stage(t)
  const page = await open(t)
  await page.locator('[data-task-id]').first().waitFor()
  await page.evaluate(() => { (document.activeElement as HTMLElement).blur() })
  const order = await page.evaluate(() => {
    const parts = ['nav', 'header', '[role="log"]', 'form', '[aria-label="Tasks"]', '[aria-label="Timeline"]']
    const reached = [...document.querySelectorAll<HTMLElement>('button, textarea, select, a[href], [tabindex="0"]')].filter((element) => element.tabIndex >= 0 && element.checkVisibility() && !element.matches(':disabled'))
    return reached.map((element) => parts.findIndex((part) => element.closest(part) !== null))
  })
  t.same(order.filter((part) => part !== -1), order.filter((part) => part !== -1).toSorted((a, b) => a - b))
  t.same(await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('[tabindex]')].filter(({ tabIndex }) => tabIndex > 0).length), 0, 'nothing jumps the queue')
})
