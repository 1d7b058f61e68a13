import t from 'tap'
import { createStage } from './support/open-page.ts'
import { conversationId, sampleApproval, sampleMessage, sampleSnapshot, sampleTask } from './support/samples.ts'
import { problem } from './support/wire-server.ts'

const stage = await createStage(t)
const newId = 'conv-newnewnewnewnewnewne'

t.test('a first message begins a conversation, is shown at once and is sent once', async (t) => {
  const { server, open } = await stage(t)
  server.snapshots.clear()
  const begun = Promise.withResolvers<void>()
  server.answer('POST', '/v1/conversations', () => {
    server.snapshots.set(newId, { ...sampleSnapshot(), id: newId, title: '', messages: [], tasks: [], approvals: [] })
    begun.resolve()
    return { status: 201, body: { id: newId } }
  })
  const page = await open(t, { path: '/new' })
  await page.getByText('Scan the manifests for misconfigurations and propose fixes').click()
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: 'You' }).getByText('Scan the manifests').waitFor()
  await begun.promise
  await page.waitForURL(`**/c/${newId}`)
  const sent = () => server.seen.filter(({ path }) => path.endsWith('/messages'))
  await server.until(() => sent().length === 1 && server.streamCount() === 1)
  const { text, client_id: clientId } = sent()[0]?.body as { text: string, client_id: string }
  server.send(newId, { type: 'message', message: sampleMessage('user', text, { client_id: clientId }) }, { type: 'message', message: sampleMessage('assistant', 'On it.') })
  await page.getByText('On it.').waitFor()
  t.equal(await page.getByRole('article', { name: 'You' }).count(), 1, 'the message of the server took the place of ours')
})

t.test('a message that was not taken says why, keeps its text and can be sent again under the same id', async (t) => {
  const { server, open } = await stage(t)
  let refuse = true
  server.answer('POST', '/messages', () => refuse ? { status: 503, body: problem(503, 'The disk is full') } : { status: 202, body: {} })
  const page = await open(t)
  await page.getByPlaceholder('Ask for a change').fill('Rotate the keys')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Not sent. The disk is full').waitFor()
  refuse = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Sending').waitFor()
  const sent = () => server.seen.filter(({ path }) => path.endsWith('/messages'))
  await server.until(() => sent().length > 1)
  const ids = sent().map(({ body }) => (body as { client_id: string }).client_id)
  t.equal(ids.length, 2)
  t.equal(ids[0], ids[1])
})

t.test('a reply streams in, its calls form one group, and stopping it leaves the tasks alone', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t)
  await server.until(() => server.streamCount() === 1)
  const reply = sampleMessage('assistant', [], { id: 'msg-live', status: 'streaming' })
  const call = (index: number, title: string) => ({ type: 'TOOL_CALL_START', message_id: reply.id, index, tool_call_id: `toolu_${index}`, tool_call_name: 'cortex_create_task', input: { title } }) as const
  server.send(conversationId, { type: 'message', message: reply }, { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 0, delta: 'Two more ' }, { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 0, delta: 'then.' }, call(1, 'Back up the database'), call(2, 'Rotate the certificates'))
  await page.getByText('Two more then.').waitFor()
  await page.getByRole('button', { name: 'Creating tasks, 0 of 2' }).waitFor()
  await page.getByText('Rotate the certificates').waitFor()
  const task = sampleTask({ title: 'Back up the database', status: 'queued' })
  server.send(conversationId,
    { type: 'task', task },
    { type: 'TOOL_CALL_RESULT', message_id: reply.id, index: 1, tool_call_id: 'toolu_1', status: 'succeeded', output: { task_id: task.id } },
    { type: 'TOOL_CALL_RESULT', message_id: reply.id, index: 2, tool_call_id: 'toolu_2', status: 'failed', output: problem(400, 'The title is taken') })
  await page.getByRole('button', { name: 'Created 1 task', exact: false }).waitFor()
  await page.getByText('The title is taken').waitFor()
  await page.locator(`[data-task-id="${task.id}"]`).waitFor()
  await page.getByRole('button', { name: 'Stop reply' }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith('/stop')))
  server.send(conversationId, { type: 'RUN_FINISHED', run_id: 'run-1', message_id: reply.id, status: 'stopped', usage: null })
  await page.getByText('You stopped this reply. Its tasks go on.').waitFor()
  t.notOk(server.seen.some(({ path }) => path.endsWith('/cancel')))
})

t.test('an approval is given by keyboard alone, for exactly the change that was shown', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t)
  const { approvals: [approval] } = server.snapshots.get(conversationId)!
  await page.getByRole('button', { name: 'Review diff' }).focus()
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog', { name: 'Enforce network policies' })
  await drawer.waitFor()
  t.equal(await page.evaluate(() => document.activeElement?.textContent), 'Enforce network policies', 'the focus came in')
  await page.keyboard.press('Enter')
  t.notOk(server.seen.some(({ path }) => path.includes('/v1/approvals/')), 'one key approves nothing')
  const approve = drawer.getByRole('button', { name: 'Approve and apply' })
  for (let presses = 0; presses < 12 && !await approve.evaluate((button) => button === document.activeElement); presses++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await server.until(() => server.seen.some(({ path }) => path.endsWith(`/v1/approvals/${approval!.id}`)))
  t.same(server.seen.find(({ path }) => path.includes('/v1/approvals/'))?.body, { decision: 'approve', plan_hash: approval!.plan_hash })
  server.send(conversationId, { type: 'approval', approval: { ...approval!, status: 'approved', decided_by: 'local' } })
  await drawer.getByText('Approved by local').waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
  t.equal(await page.evaluate(() => document.activeElement?.tagName), 'BUTTON', 'the focus went back')
})

t.test('what reaches far is approved only with its name typed', async (t) => {
  const { server, open } = await stage(t)
  const snapshot = sampleSnapshot()
  const approval = { ...snapshot.approvals[0]!, confirm: 'payments', risk: 'high' as const }
  server.snapshots.set(conversationId, { ...snapshot, approvals: [approval] })
  const page = await open(t, { path: `/c/${conversationId}?task=${approval.task_id}` })
  const approve = page.getByRole('button', { name: 'Approve and apply' })
  const name = page.getByLabel('Type payments to approve it.')
  await name.fill('payment')
  t.ok(await approve.isDisabled(), 'nearly is not enough')
  await name.fill('payments')
  await approve.click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith(`/v1/approvals/${approval.id}`)))
  t.same(server.seen.find(({ path }) => path.includes('/v1/approvals/'))?.body, { decision: 'approve', plan_hash: approval.plan_hash, confirm: 'payments' })
})

t.test('a denial carries its reason, and an answer that came too late is told', async (t) => {
  const { server, open } = await stage(t)
  const { approvals: [approval], tasks } = server.snapshots.get(conversationId)!
  server.answer('POST', `/v1/approvals/${approval!.id}`, () => ({ status: 409, body: problem(409, 'The plan is another one now') }))
  const page = await open(t, { path: `/c/${conversationId}?task=${approval!.task_id}` })
  await page.getByRole('button', { name: 'Deny…' }).click()
  await page.getByLabel('Why? It is kept with the task. Claude reads it and may plan again.').fill('Use another namespace')
  await page.getByRole('button', { name: 'Deny', exact: true }).click()
  await page.getByText(/did not go through.*The plan is another one now/).waitFor()
  t.match(server.seen.find(({ path }) => path.includes('/v1/approvals/'))?.body, { decision: 'deny', reason: 'Use another namespace' })
  t.ok(tasks.length > 0)
})

t.test('the rules are not said to read why a change was denied', async (t) => {
  const { server, open } = await stage(t)
  const snapshot = sampleSnapshot()
  server.snapshots.set(conversationId, { ...snapshot, planner: { kind: 'rules', model: 'cortex-rules-1', notice: null } })
  const page = await open(t, { path: `/c/${conversationId}?task=${snapshot.approvals[0]!.task_id}` })
  await page.getByText('Applies exactly this diff.').waitFor()
  await page.getByRole('button', { name: 'Deny…' }).click()
  await page.getByLabel('Why? It is kept with the task. Rules do not read it: for another change, ask in other words.').waitFor()
  t.equal(await page.getByText(/reads (it|this)/).count(), 0)
  t.equal(await page.getByText('Applies exactly this diff.').count(), 0, 'a denial applies nothing')
})

t.test('a reply that was stopped speaks of tasks only when it began some', async (t) => {
  const { server, open } = await stage(t)
  server.snapshots.set(conversationId, { ...sampleSnapshot(), messages: [sampleMessage('assistant', 'Three independent tasks; starting them in parallel.', { status: 'stopped' })] })
  const page = await open(t)
  await page.getByText('You stopped this reply before it started anything.').waitFor()
  t.equal(await page.getByText('Its tasks go on').count(), 0)
})

t.test('while nothing is live the last state stays, changes are off and the draft is kept; then all is caught up', async (t) => {
  const { server, open } = await stage(t)
  const { approvals: [approval], tasks } = server.snapshots.get(conversationId)!
  const page = await open(t, { path: `/c/${conversationId}?task=${approval!.task_id}` })
  const approve = page.getByRole('button', { name: 'Approve and apply' })
  await approve.waitFor()
  await page.getByPlaceholder('Ask for a change').fill('Half a thought')
  server.streamsDown = true
  server.dropStreams()
  await page.getByText(/^Reconnecting/).waitFor()
  t.ok(await approve.isDisabled())
  await page.getByText('You can answer when the connection is back.').waitFor()
  await page.getByText('Offline. Your draft is kept.').waitFor()
  server.send(conversationId, { type: 'task', task: { ...tasks[0]!, rev: 9, status: 'completed' } })
  const tryNow = page.getByRole('button', { name: 'Try now' })
  await tryNow.waitFor()
  server.streamsDown = false
  await tryNow.click()
  await page.getByText('Live').waitFor()
  await page.locator(`[data-task-id="${tasks[0]!.id}"]`).getByText('Done').waitFor()
  t.ok(await approve.isEnabled())
  await page.reload()
  t.equal(await page.getByPlaceholder('Ask for a change').inputValue(), 'Half a thought')
})

t.test('without a network the page says so, and comes back by itself', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t)
  await page.getByText('Live').waitFor()
  await page.context().setOffline(true)
  server.dropStreams()
  await page.getByText('Offline', { exact: true }).waitFor()
  await page.context().setOffline(false)
  await page.getByText('Live').waitFor()
  t.pass()
})

t.test('the title counts what waits for a person, ends are announced, and words that stream in are not', async (t) => {
  const { server, open } = await stage(t)
  const page = await open(t)
  await page.waitForFunction(() => document.title.startsWith('(2) Bring up staging-eu'))
  t.equal(await page.getByRole('log').getAttribute('aria-live'), 'off')
  const task = server.snapshots.get(conversationId)!.tasks.find(({ status }) => status === 'awaiting_approval')!
  await server.until(() => server.streamCount() === 1)
  server.send(conversationId, { type: 'task', task: { ...task, rev: 9, status: 'completed' } })
  await page.getByText('Enforce network policies is done.').waitFor({ state: 'attached' })
  await page.waitForFunction(() => document.title.startsWith('(1) '))
})

t.test('keys reach the composer, the tasks, the palette and back', async (t) => {
  const { server, open } = await stage(t)
  server.tasks = sampleSnapshot().tasks
  const page = await open(t)
  await page.getByText('Live').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Deploy Prometheus stack' }).waitFor()
  await page.keyboard.press('j')
  await page.getByRole('dialog', { name: 'Provision Grafana dashboards' }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('/')
  t.equal(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
  await page.keyboard.type('j/k?')
  t.equal(await page.getByPlaceholder('Ask for a change').inputValue(), 'j/k?', 'and letters stay letters there')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('trivy')
  await page.getByRole('option', { name: /Scan images with Trivy/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Scan images with Trivy' }).waitFor()
})

t.test('going from one conversation to another leaves nothing of the first', async (t) => {
  const { server, open } = await stage(t)
  const second = { ...sampleSnapshot(), id: newId, title: 'Another one', messages: [sampleMessage('user', 'Only this')], tasks: [], approvals: [] }
  server.snapshots.set(newId, second)
  const page = await open(t)
  await page.getByText('Trivy finished').waitFor()
  await page.getByRole('button', { name: 'New conversation' }).click()
  await page.getByText('What should Cortex set up?').waitFor()
  t.equal(await page.getByRole('article').count(), 0)
  for (const [title, articles] of [['Bring up staging-eu', 3], ['Another one', 1]] as const) {
    await page.keyboard.press('Control+k')
    await page.getByRole('option', { name: title }).click()
    await page.getByRole('heading', { name: title }).waitFor()
    await page.getByRole('article').first().waitFor()
    t.equal(await page.getByRole('article').count(), articles)
  }
})

t.test('a task is cancelled only after asking, and retried at once', async (t) => {
  const { server, open } = await stage(t)
  const running = server.snapshots.get(conversationId)!.tasks[0]!
  const page = await open(t, { path: `/c/${conversationId}?task=${running.id}` })
  await page.getByRole('button', { name: 'Cancel task' }).click()
  const question = page.getByRole('dialog', { name: /^Cancel/ })
  await question.getByText('3 tasks that need it are cancelled too.').waitFor()
  t.notOk(server.seen.some(({ path }) => path.endsWith('/cancel')))
  await question.getByRole('button', { name: 'Cancel task' }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith(`/v1/tasks/${running.id}/cancel`)))
  await question.waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Retry/ }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith('/retry')))
})

t.test('what an ended task committed is rolled back after asking, and only once', async (t) => {
  const { server, open } = await stage(t)
  const snapshot = server.snapshots.get(conversationId)!
  const done = sampleTask({ title: 'Write manifests', status: 'completed', started: 40, ended: 14, more: { result: { summary: 'Written.', evidence: [{ claim: 'It is there', detail: 'a.yaml' }], commit: 'a'.repeat(40) } } })
  const failed = sampleTask({ title: 'Gave up behind its commit', status: 'failed', started: 40, ended: 14 })
  snapshot.tasks.push(done, failed)
  snapshot.approvals.push(sampleApproval(failed, { status: 'approved', decided_by: 'local' }))
  const page = await open(t, { path: `/c/${conversationId}?task=${failed.id}` })
  await page.getByRole('button', { name: 'Roll back', exact: true }).waitFor()
  await page.goto(new URL(`/c/${conversationId}?task=${done.id}`, page.url()).href)
  await page.getByRole('button', { name: 'Roll back' }).click()
  await page.getByRole('dialog', { name: 'Roll back “Write manifests”?' }).getByRole('button', { name: 'Roll back' }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith(`/v1/tasks/${done.id}/rollback`)))
  server.send(conversationId, { type: 'task', task: sampleTask({ title: 'Roll back “Write manifests”', status: 'queued', more: { rollback_of: done.id } }) })
  await page.getByRole('button', { name: 'Roll back', exact: true }).waitFor({ state: 'detached' })
  t.equal(server.seen.filter(({ path }) => path.endsWith('/rollback')).length, 1)
})

t.test('chips filter the board, and the address opens the same place again', async (t) => {
  const { open } = await stage(t)
  const page = await open(t)
  const failed = page.getByRole('group', { name: 'Filter by status' }).getByRole('button', { name: '1 failed' })
  await failed.click()
  t.same(await page.locator('[data-task-id]').allInnerTexts().then((texts) => texts.map((text) => /Publish runner image/.test(text))), [true])
  await failed.click()
  await page.getByRole('button', { name: /Scan images with Trivy/ }).first().click()
  await page.reload()
  await page.getByRole('dialog', { name: 'Scan images with Trivy' }).waitFor()
  await page.goBack()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.goto(new URL('/', page.url()).href)
  await page.waitForURL(`**/c/${conversationId}`)
})
