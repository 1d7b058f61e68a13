import t from 'tap'
import { createStage, findBarriers, overflow } from './support/open-page.ts'
import { conversationId, sampleApproval, sampleMessage, sampleSnapshot, sampleTask, threeApprovals } from './support/samples.ts'
import { problem } from './support/wire-server.ts'

const stage = await createStage(t)

t.test('everything that waits is answered on one screen by keyboard alone, in one call, riskiest first', async (t) => {
  const { server, open } = await stage(t)
  const asked = threeApprovals()
  server.approvals = asked
  const [quota, policies, legacy] = asked as [typeof asked[0], typeof asked[0], typeof asked[0]]
  server.answer('POST', '/v1/approvals', ({ body }) => {
    const { decisions } = body as { decisions: Array<{ id: string }> }
    server.approvals = asked.filter(({ id }) => id === policies.id)
    return { status: 200, body: { results: decisions.map(({ id }) => id === policies.id ? { id, approval: null, error: { code: 'CTX_APPROVAL_STALE', message: 'The plan has changed since' } } : { id, approval: quota, error: null }) } }
  })
  const page = await open(t, { path: '/approvals' })
  const questions = page.getByRole('main').getByRole('listitem')
  await questions.nth(2).waitFor()
  t.match(await questions.allInnerTexts(), [/Delete namespace legacy/, /Apply 2 network policy/, /Raise the quotas/])

  const send = page.getByRole('button', { name: /^Send/ })
  t.ok(await send.isDisabled(), 'nothing is chosen yet')
  const choose = async (name: RegExp, answer: string) => {
    await page.getByRole('group', { name }).getByRole('radio', { name: 'Later' }).focus()
    while (!await page.getByRole('group', { name }).getByRole('radio', { name: answer }).isChecked()) await page.keyboard.press('ArrowUp')
  }
  await choose(/legacy/, 'Approve')
  await page.getByText('Type the name to approve this one.').waitFor()
  t.ok(await send.isDisabled(), 'a name has to be typed')
  await page.getByRole('textbox', { name: /Type legacy/ }).focus()
  await page.keyboard.type('legacy')
  await choose(/network/, 'Approve')
  await choose(/quotas/, 'Deny')
  await page.getByRole('listitem').filter({ hasText: 'quotas' }).getByRole('textbox', { name: 'Reason' }).focus()
  await page.keyboard.type('Too many')
  await send.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('main').getByText('2 answers were taken, 1 were not').waitFor()
  await page.getByText('The plan has changed since').waitFor()
  const calls = server.seen.filter(({ method, path }) => method === 'POST' && path === '/v1/approvals')
  t.same(calls.map(({ body }) => body), [{
    decisions: [
      { id: legacy.id, decision: 'approve', plan_hash: legacy.plan_hash, confirm: 'legacy' },
      { id: policies.id, decision: 'approve', plan_hash: policies.plan_hash },
      { id: quota.id, decision: 'deny', plan_hash: quota.plan_hash, reason: 'Too many' }
    ]
  }])
})

t.test('all that failed and has a retry left runs again at one word, and refusals are told', async (t) => {
  const { server, open } = await stage(t)
  const failed = ['One', 'Two', 'Three'].map((title, index) => sampleTask({ title, status: 'failed', started: 9, ended: 4, more: { attempt: index === 2 ? 3 : 1, error: { code: 'CTX_X', message: `${title} broke` } } }))
  server.tasks = [...failed, sampleTask({ title: 'Four', status: 'completed', started: 9, ended: 4 })]
  server.answer('POST', `/${failed[1]!.id}/retry`, () => ({ status: 409, body: problem(409, 'Its dependency failed') }))
  const page = await open(t, { path: '/tasks' })
  await page.getByRole('button', { name: 'Retry all 2 failed' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry all 2 failed' }).click()
  await page.getByRole('main').getByText('1 task runs again. Two: Its dependency failed').waitFor()
  t.same(server.seen.filter(({ path }) => path.endsWith('/retry')).map(({ path }) => path), failed.slice(0, 2).map(({ id }) => `/v1/tasks/${id}/retry`))
  await page.getByRole('combobox', { name: 'Category' }).selectOption('security')
  await page.getByRole('combobox', { name: 'Status' }).selectOption('failed')
  await server.until(() => server.seen.some(({ path }) => /status=failed&category=security/.test(path)))
  await page.getByRole('button', { name: 'Three' }).click()
  await page.getByRole('dialog', { name: 'Three' }).getByText('Three broke').waitFor()
})

t.test('a conversation is renamed, exported and deleted from its menu', async (t) => {
  const { server, open } = await stage(t)
  server.answer('GET', '/export', ({ path }) => ({ status: 200, body: { path } }))
  const page = await open(t)
  const menu = page.getByRole('button', { name: 'This conversation' })
  await menu.focus()
  await page.keyboard.press('Enter')
  await page.locator('button:focus', { hasText: 'Rename…' }).waitFor()
  await page.keyboard.press('Enter')
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('Staging, second try')
  await page.keyboard.press('Enter')
  await name.waitFor({ state: 'detached' })
  t.match(server.seen.find(({ method }) => method === 'PATCH'), { path: `/v1/conversations/${conversationId}`, body: { title: 'Staging, second try' } })

  await menu.click()
  const saving = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export as Markdown' }).click()
  t.ok((await saving).url().endsWith(`/v1/conversations/${conversationId}/export?format=markdown`))

  await menu.click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('button', { name: 'Delete conversation' }).click()
  await page.waitForURL('**/new')
  t.ok(server.seen.some(({ method, path }) => method === 'DELETE' && path === `/v1/conversations/${conversationId}`))
})

t.test('a message is replaced by another, which is told honestly; a conversation is shared and given a model', async (t) => {
  const { server, open } = await stage(t)
  const snapshot = { ...sampleSnapshot(), owner: 'ada' }
  const [question, answer] = snapshot.messages
  server.snapshots.set(conversationId, snapshot)
  server.models = ['claude-sonnet-5-5', 'claude-opus-5-5']
  server.answer('POST', '/edit', () => ({ status: 202, body: { message_id: 'msg-new', seq: 12, tasks: [snapshot.tasks[0]!.id] } }))
  const page = await open(t, { more: { permissions: ['clipboard-write'] } })
  await page.getByRole('button', { name: 'Edit this message' }).click()
  const field = page.getByRole('textbox', { name: 'Your message in other words' })
  await field.fill('Deploy monitoring alone')
  await page.keyboard.press('Enter')
  await page.getByRole('main').getByText('1 task of the replaced messages goes on.').waitFor()
  t.match(server.seen.find(({ path }) => path.endsWith('/edit')), { path: `/v1/conversations/${conversationId}/messages/${question!.id}/edit`, body: { text: 'Deploy monitoring alone' } })
  server.send(conversationId, { type: 'superseded', message_ids: [question!.id, answer!.id] }, { type: 'message', message: sampleMessage('user', 'Deploy monitoring alone') })
  await page.getByText('2 replaced messages').click()
  await page.getByText('Nine tasks are on the board').waitFor()

  await page.getByRole('combobox', { name: 'Model for this conversation' }).selectOption('claude-opus-5-5')
  await page.getByRole('button', { name: 'This conversation' }).click()
  await page.getByRole('button', { name: 'Let everybody read it' }).click()
  await server.until(() => server.seen.filter(({ method }) => method === 'PATCH').length === 2)
  t.same(server.seen.filter(({ method }) => method === 'PATCH').map(({ body }) => body), [{ model: 'claude-opus-5-5' }, { shared: true }])
  server.send(conversationId, { type: 'conversation', title: 'Alone', model: 'claude-opus-5-5', shared: true })
  await page.getByRole('heading', { name: 'Alone' }).waitFor()
  t.equal(await page.getByRole('combobox').inputValue(), 'claude-opus-5-5')
  await page.getByRole('button', { name: 'This conversation' }).click()
  await page.getByRole('button', { name: 'Stop sharing' }).waitFor()
})

t.test('who looks elsewhere is notified of a question and of the end of a batch, after being asked', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t, { more: { permissions: ['notifications'] } })
  await page.addInitScript(() => {
    const shown: string[] = []
    Object.assign(window, { shown })
    // What the system would show stands outside the page; here it is written down.
    Object.assign(window, { Notification: Object.assign(class { constructor (title: string, { body }: { body: string }) { shown.push(`${title} | ${body}`) } }, { permission: 'default', requestPermission: async () => { Object.assign(Notification, { permission: 'granted' }); return 'granted' } }) })
    Object.defineProperty(document, 'hidden', { get: () => true })
  })
  await page.reload()
  await page.getByText('Live').waitFor()
  await page.getByRole('button', { name: 'Tell me when a batch ends or needs me' }).click()
  await page.getByRole('button', { name: 'Notifications are on' }).waitFor()
  const [one, two] = ['Back up', 'Restore'].map((title) => sampleTask({ title, status: 'in_progress', started: 5, more: { batch_id: 'batch-2' } })) as [ReturnType<typeof sampleTask>, ReturnType<typeof sampleTask>]
  server.send(conversationId, { type: 'task', task: one }, { type: 'task', task: two })
  server.send(conversationId, { type: 'task', task: { ...one, rev: 2, status: 'awaiting_approval' } })
  await page.waitForFunction(() => (window as unknown as { shown: string[] }).shown.length === 1)
  server.send(conversationId, { type: 'task', task: { ...one, rev: 3, status: 'completed' } }, { type: 'task', task: { ...two, rev: 3, status: 'failed' } })
  await page.waitForFunction(() => (window as unknown as { shown: string[] }).shown.length === 2)
  t.same(await page.evaluate(() => (window as unknown as { shown: string[] }).shown), ['Back up needs your approval | Bring up staging-eu', 'All 2 tasks have ended | Bring up staging-eu: 1 done, 1 failed'])
})

t.test('what a batch changed is rolled back by one call', async (t) => {
  const { server, open } = await stage(t)
  const snapshot = sampleSnapshot()
  const done = snapshot.tasks.map((task) => ({ ...task, status: 'completed' as const, result: { summary: 'Done.', evidence: [], commit: 'abc1234' } }))
  server.snapshots.set(conversationId, { ...snapshot, tasks: done, approvals: done.map((task) => sampleApproval(task, { status: 'approved', decided_by: 'local' })) })
  server.answer('POST', '/v1/batches/batch-1/rollback', () => ({ status: 200, body: { batch_id: 'batch-1', rollbacks: [{ task_id: 'x', rollback_of: 'y', status: 'queued', message: '' }], left: [{ task_id: 'z', code: 'CTX_ROLLBACK_EMPTY', message: '“Scan” changed nothing.' }] } }))
  const page = await open(t)
  await page.getByRole('button', { name: /Created 9 tasks/ }).click()
  await page.getByRole('button', { name: /^Roll back the 9 tasks/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
  await page.getByText('1 rollback has begun. “Scan” changed nothing.').waitFor()
})

t.test('the page speaks Arabic from right to left, in both themes and on a phone, and goes back to English', async (t) => {
  const { server, open } = await stage(t)
  server.approvals = threeApprovals()
  server.tasks = sampleSnapshot().tasks
  const page = await open(t, { path: '/settings' })
  await page.getByRole('radio', { name: 'العربية' }).click()
  await page.getByRole('heading', { name: 'الإعدادات' }).waitFor()
  t.same(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ['ar', 'rtl'])
  for (const path of ['settings', 'tasks', 'approvals', `c/${conversationId}`]) {
    await page.goto(`${server.url}/${path}`)
    await page.getByRole('main').getByText(path === 'settings' ? 'اللغة' : path === 'approvals' ? 'Delete namespace legacy' : 'Publish runner image').first().waitFor()
    t.same(await findBarriers(page), [], path)
    t.equal(await overflow(page), 0, path)
  }
  t.ok((await page.getByRole('navigation').first().boundingBox())!.x > 1_000, 'the rail is at the right')
  await page.setViewportSize({ width: 320, height: 640 })
  for (const tab of ['المهام', 'الخط الزمني', 'المحادثة']) {
    await page.getByRole('navigation', { name: 'طرق العرض' }).getByRole('button', { name: new RegExp(`${tab}$`) }).click()
    t.equal(await overflow(page), 0, tab)
  }
  await page.goto(`${server.url}/settings`)
  await page.getByRole('radio', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  t.equal(await page.evaluate(() => document.documentElement.dir), 'ltr')
})

t.test('the settings show the rules of each policy in their order: which file, what a rule is about and what it decides', async (t) => {
  const { server, open } = await stage(t)
  server.policies = [
    {
      file: '/etc/cortex/policy.yaml',
      masters: ['cicd-master', 'general-master'],
      rules: [
        { name: 'production is not ours', match: { target: 'apps/prod/**' }, decision: 'deny' },
        { name: 'documents are free', match: { kind: 'change', toolkit: 'workspace', risk: 'low' }, decision: 'auto' },
        { name: 'pipelines by name', match: {}, decision: 'ask', confirm: true }
      ]
    },
    { file: null, masters: ['security-master'], rules: [] }
  ]
  const page = await open(t, { path: '/settings' })
  const panel = page.getByRole('region', { name: 'What is asked before it is done' })
  await panel.getByText('/etc/cortex/policy.yaml').waitFor()
  t.match(await panel.getByRole('list').first().getByRole('listitem').allInnerTexts(), [
    /production is not ours\s+Target apps\/prod\/\*\*\s+Is denied/, /documents are free\s+For changes\s+Toolkit workspace\s+Risk low\s+Runs without asking/,
    /pipelines by name\s+whatever is done\s+Asks, with the name typed/, /Where no rule matches, reading runs and changes are asked/
  ])
  t.match(await panel.getByRole('heading', { level: 3 }).allInnerTexts(), ['For CI/CD, General', 'For Security'])
  await panel.getByText('There are no rules of your operator.').waitFor()
  t.same(await findBarriers(page), [])
})
