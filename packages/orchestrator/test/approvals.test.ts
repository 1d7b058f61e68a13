import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Approval, ApprovalDecisionResults, ApprovalList } from '@cortex/contracts'
import t from 'tap'
import { changeSet, only, orchestrate, planHash, temporaryFolder } from './orchestrator.ts'
import { spawnOrchestrator } from './support/spawn-orchestrator.ts'

t.test('an answer that cannot be stored is told with its request, and those beside it stand', async (t) => {
  const cortex = await orchestrate(t)
  for (const title of ['First', 'Second', 'Third']) {
    await cortex.create({ title, category: 'general' })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'needs_approval', change_set: changeSet })
  }
  const [third, second, first] = (await cortex.send<ApprovalList>('GET', '/v1/approvals')).body.approvals as [Approval, Approval, Approval]
  const database = new DatabaseSync(join(cortex.home, 'tasks.db'))
  t.teardown(() => database.close())
  database.exec(`CREATE TRIGGER refuse BEFORE UPDATE ON approvals WHEN NEW.id = '${second.id}' BEGIN SELECT RAISE(ABORT, 'no room for this one'); END`)

  const answer = () => cortex.send<ApprovalDecisionResults>('POST', '/v1/approvals', { decisions: [first, second, third].map(({ id }) => ({ id, decision: 'approve', plan_hash: planHash })) })
  const { status, body, headers } = await answer()
  t.equal(status, 200)
  t.match(body.results, [{ approval: { status: 'approved' } }, { approval: null, error: { code: 'CTX_INTERNAL', message: new RegExp(String(headers['x-request-id'])) } }, { approval: { status: 'approved' } }])
  t.notMatch(JSON.stringify(body), /no room/, 'what went wrong inside stays inside')
  database.exec('DROP TRIGGER refuse')
  t.match((await answer()).body.results, [{ error: { code: 'CTX_APPROVAL_DECIDED' } }, { approval: { status: 'approved' } }, { error: { code: 'CTX_APPROVAL_DECIDED' } }])
})

t.test('a question asked nine hours ago, by a process that is gone, is answered as any other', async (t) => {
  const home = await temporaryFolder(t)
  const yesterday = await spawnOrchestrator(t, { home })
  for (let hour = 0; hour < 9; hour++) await yesterday.stepBack()
  const id = await yesterday.create()
  const lease = only(await yesterday.lease())
  await yesterday.report(lease.lease_id, { journal: [{ key: 'plan', value: changeSet }] })
  await yesterday.end(lease.lease_id, { kind: 'needs_approval', change_set: changeSet })
  await yesterday.kill()

  const today = await spawnOrchestrator(t, { home })
  const asked = only((await today.send<ApprovalList>('GET', '/v1/approvals?status=pending')).body.approvals)
  t.ok(Date.now() - Date.parse(asked.created_at) > 8 * 3_600_000)
  t.match(await today.send('POST', `/v1/approvals/${asked.id}`, { decision: 'approve', plan_hash: planHash }), { status: 200, body: { status: 'approved' } })
  t.match(only(await today.lease()), { attempt: 1, task: { id }, journal: [{ key: 'plan', value: changeSet }], approval: { id: asked.id, status: 'approved' } })
})
