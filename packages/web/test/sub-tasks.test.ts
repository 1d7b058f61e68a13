import type { Approval, Task } from '@cortex/contracts'
import t from 'tap'
import { createStage, findBarriers } from './support/open-page.ts'
import { conversationId, sampleApproval, sampleSnapshot, sampleTask } from './support/samples.ts'

const stage = await createStage(t)

t.test('the drawer of a task that was split lists its parts as they stand, opens them, and takes the answer to what one of them asks', async (t) => {
  const { server, open } = await stage(t)
  const whole = sampleTask({ title: 'Bring up staging', status: 'waiting', started: 30, more: { waiting_for: 'your approval of Write the manifests; 2 sub-tasks: Write the manifests and Scan the images', sub_tasks: ['a', 'b'] } })
  const part = (title: string, status: 'awaiting_approval' | 'in_progress' | 'failed', error: { code: string, message: string } | null = null) =>
    sampleTask({ title, status, started: 20, more: { type: 'worker_task', parent_id: whole.id, error } })
  const [asking, scanning] = [part('Write the manifests', 'awaiting_approval'), part('Scan the images', 'in_progress')]
  const approval = sampleApproval(asking)
  server.snapshots.set(conversationId, { ...sampleSnapshot(), tasks: [whole], approvals: [approval] })
  server.tasks = [scanning, asking]
  server.logs.set(scanning.id, { task_id: scanning.id, from: 0, lines: [{ at: new Date().toISOString(), level: 'info', attempt: 1, message: 'looked at nginx' }], total: 1 })
  const page = await open(t)
  await page.getByText(/^Waits for your approval of Write the manifests; 2 sub-tasks/).click()
  const drawer = page.getByRole('dialog', { name: 'Bring up staging' })
  t.match(await drawer.getByRole('listitem').filter({ has: page.getByText('Scan the images') }).innerText(), /Running/)
  await server.until(() => server.seen.some(({ path }) => path.includes(`/v1/tasks?parent_id=${whole.id}`)))
  t.same(await findBarriers(page), [])

  await drawer.getByRole('button', { name: 'Approve and apply' }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith(`/v1/approvals/${approval.id}`)))
  await drawer.getByText('Scan the images').click()
  await drawer.getByText('looked at nginx').waitFor()

  // The whole tells that something changed; what, is read.
  server.tasks = [part('Scan the images', 'failed', { code: 'CTX_EXAMPLE', message: 'There is no registry.' }), { ...asking, status: 'completed' }]
  server.send(conversationId, { type: 'task', task: { ...whole, rev: 2, status: 'in_progress', waiting_for: null } })
  await drawer.getByRole('listitem').filter({ hasText: 'Failed' }).getByText('Scan the images').click()
  await drawer.getByText('There is no registry.').waitFor()
})

t.test('what parts ask stands under their whole, in the strip and on the screen of all approvals, and each is answered there', async (t) => {
  const { server, open } = await stage(t)
  const whole = sampleTask({ title: 'Bring up staging', status: 'waiting', started: 30, more: { waiting_for: 'your approval of Write the manifests and Open the ports', sub_tasks: ['a', 'b'] } })
  const part = (title: string, more: Partial<Task> = {}) => sampleTask({ title, status: 'awaiting_approval', started: 20, more: { type: 'worker_task', parent_id: whole.id, ...more } })
  const ask = (task: Task, summary: string, more: Partial<Approval> = {}) => sampleApproval(task, { summary, task_title: task.payload.title, ...task.parent_id && { part_of: { task_id: whole.id, title: whole.payload.title } }, ...more })
  const [manifests, ports] = [part('Write the manifests'), part('Open the ports')]
  const other = sampleTask({ title: 'Raise the quotas', status: 'awaiting_approval', started: 10 })
  const asked = [ask(manifests, 'Create 3 manifests', { risk: 'low' }), ask(other, 'Raise 2 quotas', { risk: 'medium' }), ask(ports, 'Open port 443', { risk: 'high' })]
  server.snapshots.set(conversationId, { ...sampleSnapshot(), tasks: [whole, other], approvals: asked })
  server.tasks = [manifests, ports, whole, other]
  server.approvals = asked
  const page = await open(t)
  const strip = page.getByRole('region', { name: 'Needs you' })
  await strip.getByText('3 tasks need your approval').waitFor()
  t.match(await page.title(), /^\(3\)/)
  const lines = await strip.getByText(/risk/).allInnerTexts()
  t.match(lines, [/^1 change/, /“Write the manifests”, a part of “Bring up staging”/, /“Open the ports”, a part of “Bring up staging”/])
  await strip.getByText('Open port 443').locator('../..').getByRole('button', { name: 'Review diff' }).click()
  const drawer = page.getByRole('dialog', { name: 'Open the ports' })
  await drawer.getByRole('button', { name: 'Approve and apply' }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith(`/v1/approvals/${asked[2]!.id}`)))
  await drawer.getByRole('button', { name: 'Bring up staging' }).click()
  await page.getByRole('dialog', { name: 'Bring up staging' }).waitFor()

  await page.goto(`${server.url}/approvals`)
  const questions = page.getByRole('main').getByRole('listitem')
  await questions.nth(2).waitFor()
  t.match(await questions.allInnerTexts(), [/“Open the ports”, a part of “Bring up staging”\s+Open port 443/, /“Write the manifests”[^]*Create 3 manifests/, /^Raise 2 quotas/], 'those of one whole follow its riskiest')
  t.same(await findBarriers(page), [])
  await page.getByRole('button', { name: /^“Write the manifests”/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Bring up staging' })
  await dialog.getByRole('region', { name: 'Approval' }).filter({ hasText: 'Create 3 manifests' }).getByRole('button', { name: 'Approve and apply' }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith(`/v1/approvals/${asked[0]!.id}`)))
})

t.test('what waits anywhere is counted in the title and at the approvals on every screen, each once, as it comes and goes', async (t) => {
  const { server, open } = await stage(t)
  const asking = sampleTask({ title: 'Here', status: 'awaiting_approval', started: 10 })
  const whole = sampleTask({ title: 'Whole', status: 'waiting', started: 10, more: { sub_tasks: ['a'] } })
  const part = sampleTask({ title: 'Part', status: 'awaiting_approval', started: 10, more: { type: 'worker_task', parent_id: whole.id } })
  const elsewhere = (conversationId: string | null) => sampleApproval(sampleTask({ title: 'There', status: 'awaiting_approval', started: 10 }), { conversation_id: conversationId })
  const here = [sampleApproval(asking), sampleApproval(part)]
  server.snapshots.set(conversationId, { ...sampleSnapshot(), tasks: [asking, whole], approvals: here })
  server.approvals = [...here, elsewhere('conv-elsewhere00000000000'), elsewhere(null)]
  const page = await open(t, { path: '/new' })
  const counted = async (count: number) => {
    await page.waitForFunction((count) => count === 0 ? !/^\(/.test(document.title) : document.title.startsWith(`(${count}) `), count)
    if (count > 0) await page.getByRole('button', { name: `Approvals, ${count} wait`, exact: true }).waitFor()
  }
  await counted(4)
  for (const path of ['/tasks', '/approvals', '/history', '/settings', `/c/${conversationId}`]) {
    await page.goto(server.url + path)
    await counted(4)
  }
  server.send(conversationId, { type: 'task', task: { ...asking, rev: 2, status: 'completed' } }, { type: 'approval', approval: { ...here[0]!, status: 'approved' } })
  await counted(3)
  server.approvals = [here[1]!, ...server.approvals.slice(2), elsewhere(null)]
  await counted(4)
  server.approvals = []
  await page.goto(`${server.url}/tasks`)
  await counted(0)
})

t.test('a part is cancelled and retried where its whole lists it', async (t) => {
  const { server, open } = await stage(t)
  const whole = sampleTask({ title: 'Bring up staging', status: 'waiting', started: 30, more: { sub_tasks: ['a', 'b'] } })
  const part = (title: string, status: Task['status']) => sampleTask({ title, status, started: 20, more: { type: 'worker_task', parent_id: whole.id } })
  const [running, failed] = [part('Scan the images', 'in_progress'), part('Write the manifests', 'failed')]
  server.snapshots.set(conversationId, { ...sampleSnapshot(), tasks: [whole], approvals: [] })
  server.tasks = [failed, running]
  const page = await open(t, { path: `/c/${conversationId}?task=${whole.id}` })
  const drawer = page.getByRole('dialog', { name: 'Bring up staging' })
  await drawer.getByText('Write the manifests').click()
  await drawer.getByRole('listitem').filter({ hasText: 'Write the manifests' }).getByRole('button', { name: 'Retry' }).click()
  await server.until(() => server.seen.some(({ path }) => path.endsWith(`/v1/tasks/${failed.id}/retry`)))
  await drawer.getByText('Scan the images').click()
  await drawer.getByRole('listitem').filter({ hasText: 'Scan the images' }).getByRole('button', { name: 'Cancel task' }).click()
  server.tasks = [failed, { ...running, status: 'cancelled', metadata: { ...running.metadata, cancel_reason: 'Cancelled by you' } }]
  await page.getByRole('dialog', { name: 'Cancel “Scan the images”?' }).getByRole('button', { name: 'Cancel task' }).click()
  await drawer.getByText('Cancelled by you').waitFor()
  t.ok(server.seen.some(({ path }) => path.endsWith(`/v1/tasks/${running.id}/cancel`)))
})
