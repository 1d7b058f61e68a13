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
