import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Approval, ApprovalDecisionResults, ApprovalList } from '@cortex/contracts'
import t from 'tap'
import { changeSet, only, orchestrate, planHash } from './orchestrator.ts'

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
  t.match(body.results, [{ approval: { status: 'approved' } }, { approval: null, error: { code: 'CTX_INTERNAL', message: new RegExp(String(headers.get('x-request-id'))) } }, { approval: { status: 'approved' } }])
  t.notMatch(JSON.stringify(body), /no room/, 'what went wrong inside stays inside')
  database.exec('DROP TRIGGER refuse')
  t.match((await answer()).body.results, [{ error: { code: 'CTX_APPROVAL_DECIDED' } }, { approval: { status: 'approved' } }, { error: { code: 'CTX_APPROVAL_DECIDED' } }])
})
