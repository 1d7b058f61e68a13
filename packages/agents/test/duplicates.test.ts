import t from 'tap'
import { startCortex, type Cortex } from './cortex.ts'
import { git } from './workspace.ts'

const commits = ({ workspace }: Cortex) => git(workspace, 'log', '--format=%s').trim().split('\n')

t.test('the same change planned by two tasks of a batch is made once, and the second says who made it', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const headers = { 'cortex-batch': 'batch-1' }
  const ids = await Promise.all(['Create a .gitignore', 'Add a .gitignore'].map((title) => cortex.create(title, 'development', {}, headers)))
  const asked = [await cortex.approval(ids[0]!), await cortex.approval(ids[1]!)]
  t.equal(asked[0]!.changes[0]!.diff, asked[1]!.changes[0]!.diff)
  await Promise.all(asked.map((approval) => cortex.decide(approval, 'approve')))
  const ended = await Promise.all(ids.map((id) => cortex.ended(id)))
  t.match(ended.map(({ status }) => status), ['completed', 'completed'])
  const [maker, other] = ended[0]!.result?.commit === undefined ? [ended[1]!, ended[0]!] : [ended[0]!, ended[1]!]
  t.strictSame(commits(cortex).slice(0, -1), [maker.payload.title])
  const named = `made by “${maker.payload.title}” (${maker.id})`
  t.match(other.result, { summary: `Already in place, ${named}; nothing to change.`, evidence: [{ claim: /already in place/, detail: named }] })
  t.notOk(other.result?.commit)
})

t.test('of two tasks on one target the second begins when the first has ended, whoever works on them', async (t) => {
  const cortex = await startCortex(t)
  const target = 'workspace/pipeline'
  const first = await cortex.create('Set up CI pipeline', 'cicd', { target })
  const second = await cortex.create('Create a .gitignore', 'development', { target })
  await cortex.agents({ agentId: 'one' })
  await cortex.agents({ agentId: 'two' })
  for (const id of [first, second]) {
    await cortex.decide(await cortex.approval(id), 'approve')
    await cortex.ended(id)
  }
  const spans = (await Promise.all([first, second].map((id) => cortex.task(id)))).flatMap(({ attempts }) => attempts.map(({ started_at: from, ended_at: to }) => ({ from, to: to ?? '' })))
  const ordered = spans.sort((a, b) => a.from.localeCompare(b.from))
  t.ok(ordered.length >= 4)
  t.ok(ordered.every(({ from }, index) => index === 0 || from >= ordered[index - 1]!.to), 'no two runs overlap')
})
