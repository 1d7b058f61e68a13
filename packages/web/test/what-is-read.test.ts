import t from 'tap'
import { createStage, findBarriers } from './support/open-page.ts'
import { conversationId, sampleApproval, sampleMessage, sampleSnapshot, sampleTask } from './support/samples.ts'

const stage = await createStage(t)

t.test('characters that hide or turn text around are seen in chat, titles, cards and the tab, and a link says where it leads unless its words are that address', async (t) => {
  const { server, open } = await stage(t)
  const task = sampleTask({ title: 'Rotate\u202e keys', status: 'failed', started: 9, ended: 3, more: { error: { code: 'CTX_X', message: 'no\u200bthing' } } })
  const messages = [
    sampleMessage('user', 'pay\u200bpal 👨‍👩‍👧 می‌خواهم'),
    sampleMessage('assistant', 'See \u2066this\u2069 [https://github.com/login](https://evil.example/login), [www.github.com](https://github.com/), [docs.github.com/en](https://docs.github.com/en), [the manual](https://docs.example/), [**github.com**](https://evil.example/), [`github.com`](https://evil.example/), [**`docs.example`**](https://docs.example/), https://docs.example/a?b=1&c=2 and `a\u202eb`')
  ]
  server.snapshots.set(conversationId, { ...sampleSnapshot(), title: 'Keys\u202e', messages, tasks: [task], approvals: [] })
  const page = await open(t)
  await page.getByText('pay⟨U+200B⟩pal 👨‍👩‍👧 می‌خواهم').waitFor()
  await page.getByText('⟨U+2066⟩this⟨U+2069⟩').waitFor()
  await page.getByText('a⟨U+202E⟩b').waitFor()
  t.same(await page.getByRole('article').getByRole('link').allInnerTexts(), ['https://github.com/login (leads to evil.example)', 'www.github.com', 'docs.github.com/en', 'the manual (leads to docs.example)', 'github.com (leads to evil.example)', 'github.com (leads to evil.example)', 'docs.example', 'https://docs.example/a?b=1&c=2'])
  t.match(await page.locator(`[data-task-id="${task.id}"]`).innerText(), /Rotate⟨U\+202E⟩ keys\s+no⟨U\+200B⟩thing/)
  t.match(await page.title(), 'Keys⟨U+202E⟩')
  t.equal(await page.getByText(/[\u202e\u200b\u2066]/).count(), 0)
  t.match((await page.request.get(server.url)).headers()['content-security-policy'], /trusted-types 'none'/)
})

t.test('in Arabic lanes have names, and what is English stands from left to right with its marks in sight', async (t) => {
  const { server, open } = await stage(t)
  const planner = { kind: 'local', model: 'qwen3:4b', notice: 'This model gave no answer.' } as const
  server.snapshots.set(conversationId, { ...sampleSnapshot(), planner, messages: [sampleMessage('assistant', 'Two tasks:\n\n- Deploy Prometheus.\n- Scan images.\n\n1. واحد\n2. اثنان')] })
  const page = await open(t, { path: '/settings' })
  await page.getByRole('radio', { name: 'العربية' }).click()
  await page.getByRole('heading', { name: 'الإعدادات' }).waitFor()
  await page.goto(`${server.url}/c/${conversationId}`)
  await page.getByRole('region', { name: 'الأمن' }).waitFor()
  t.equal(await page.getByText('This model gave no answer.').evaluate((element) => getComputedStyle(element).direction), 'ltr')
  const [english, arabic] = await page.getByRole('article').getByRole('list').all()
  const margins = async (list: typeof english) => await list!.evaluate((element) => [getComputedStyle(element).direction, parseFloat(getComputedStyle(element).paddingLeft) > 10, parseFloat(getComputedStyle(element).paddingRight) > 10])
  t.same(await margins(english), ['ltr', true, false])
  t.same(await margins(arabic), ['rtl', false, true])
})

t.test('when all below a message was replaced, nothing offers to go to what is newer', async (t) => {
  const { server, open } = await stage(t)
  const asked = sampleMessage('user', 'Scan')
  const answer = sampleMessage('assistant', Array.from({ length: 120 }, (_, index) => `Line ${index}`).join('\n\n'))
  server.snapshots.set(conversationId, { ...sampleSnapshot(), messages: [asked, answer], tasks: [], approvals: [] })
  server.answer('POST', '/edit', () => ({ status: 202, body: { message_id: 'msg-x', seq: 11, tasks: [] } }))
  const page = await open(t)
  await page.getByText('Line 119').waitFor()
  await page.getByRole('log').hover()
  await page.mouse.wheel(0, -20_000)
  await page.getByRole('button', { name: 'Newest messages' }).waitFor()
  await page.getByRole('button', { name: 'Edit this message' }).click()
  await page.getByRole('textbox', { name: 'Your message in other words' }).fill('Scan all')
  await page.getByRole('button', { name: 'Send again' }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith('/edit')))
  server.send(conversationId, { type: 'superseded', message_ids: [asked.id, answer.id] }, { type: 'message', message: sampleMessage('user', 'Scan all') }, { type: 'message', message: sampleMessage('assistant', 'On it.') })
  await page.getByText('On it.').waitFor()
  await page.getByRole('button', { name: 'Newest messages' }).waitFor({ state: 'detached' })
})

t.test('change sets that read the same are told apart by task, person and conversation, and approving all names what it is and what was not looked at', async (t) => {
  const { server, open } = await stage(t)
  const waits = (title: string, by: string) => sampleTask({ title, status: 'awaiting_approval', started: 30, ended: 9, more: { requested_by: by } })
  const [first, second, third] = [waits('Raise quotas for payments', 'ada'), waits('Raise quotas for search', 'grace'), waits('Clean\u202e up', 'local')]
  const tall = `--- a/x\n+++ b/x\n@@ -0,0 +1,300 @@\n${Array.from({ length: 300 }, (_, index) => `+line ${index}`).join('\n')}\n`
  server.approvals = [
    sampleApproval(first, { risk: 'high' }),
    sampleApproval(second, { risk: 'high', changes: [{ toolkit: 'gitops', target: 'x', verb: 'create', diff: tall }], created_at: new Date().toISOString() }),
    sampleApproval(third, { conversation_id: null, part_of: { task_id: 'task-chat-1-whole', title: 'Tidy\u200b all' } })
  ]
  const page = await open(t, { path: '/approvals' })
  const cards = page.getByRole('main').getByRole('listitem')
  await cards.nth(2).waitFor()
  await cards.nth(0).getByText('Bring up staging-eu').waitFor()
  const [one, other, part] = await cards.allInnerTexts()
  t.match(one, /Raise quotas for payments[\s\S]*Asked for by ada, \d\d:\d\d[\s\S]*Bring up staging-eu/)
  t.match(other, /Raise quotas for search[\s\S]*Asked for by grace, \d\d:\d\d[\s\S]*Bring up staging-eu/)
  t.match(part, /^“Clean⟨U\+202E⟩ up”, a part of “Tidy⟨U\+200B⟩ all”[\s\S]*Asked \d\d:\d\d/)
  t.same(await findBarriers(page, { bothThemes: false }), [])

  await page.getByRole('group', { name: 'For all' }).getByRole('button', { name: 'Approve' }).click()
  const question = page.getByRole('dialog', { name: 'Approve all 3?' })
  await question.getByText('The highest risk among them is high.').waitFor()
  t.same(await question.getByRole('listitem').allInnerTexts(), ['Raise quotas for search', 'Clean⟨U+202E⟩ up'])
  await question.getByRole('button', { name: 'Back' }).click()
  t.equal(await page.getByRole('radio', { name: 'Approve', checked: true }).count(), 0)
  await cards.nth(2).scrollIntoViewIfNeeded()
  await cards.nth(2).getByRole('radio', { name: 'Later' }).scrollIntoViewIfNeeded()
  await cards.nth(1).getByRole('radio', { name: 'Later' }).scrollIntoViewIfNeeded()
  await page.evaluate(() => new Promise(requestAnimationFrame))
  await page.getByRole('group', { name: 'For all' }).getByRole('button', { name: 'Approve' }).click()
  await question.waitFor()
  t.equal(await question.getByRole('listitem').count(), 0)
  await question.getByRole('button', { name: 'Mark all 3 for approval' }).click()
  await question.waitFor({ state: 'detached' })
  t.equal(await page.getByRole('radio', { name: 'Approve', checked: true }).count(), 3)

  await page.getByRole('link', { name: 'Bring up staging-eu' }).first().click()
  await page.waitForURL(`**/c/${conversationId}?task=${first.id}`)
})
