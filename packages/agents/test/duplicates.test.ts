import t from 'tap'
import { startCortex, type Cortex } from './cortex.ts'
import { resultsIn, startMessagesServer, type SentRequest } from './messages-server.ts'
import { noting } from './support/noting.ts'
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

t.test('the same command of two tasks of a batch runs once, and the second says who made it', async (t) => {
  const [cortex, model, { toolkitsFile, noted }] = await Promise.all([startCortex(t), startMessagesServer(t), noting(t)])
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, toolkitsFile })
  const round = { calls: [['shell_note', { line: 'once' }], ['apply_changes', { summary: 'Note it' }]] as Array<[string, unknown]> }
  const finish = (request: SentRequest) => ({ calls: [['finish', { summary: 'Noted.', evidence: [{ claim: 'It is noted', quote: /(?:Done|Made once for the batch): 001 note once/.exec(resultsIn(request)[1]!.content)![0] }] }]] as Array<[string, unknown]> })
  const create = (title: string, batch: string, more = {}) => cortex.create(title, 'general', more, { 'cortex-batch': batch })
  const both = async (ids: string[]) => {
    const asked = [await cortex.approval(ids[0]!), await cortex.approval(ids[1]!)]
    model.script(finish, finish)
    await Promise.all(asked.map((approval) => cortex.decide(approval, 'approve')))
    return Promise.all(ids.map((id) => cortex.ended(id)))
  }
  model.script(round, round)
  const ended = await both(await Promise.all([create('Note it', 'b77'), create('Note it down', 'b77')]))
  t.strictSame(ended.map(({ status }) => status), ['completed', 'completed'])
  t.strictSame(await noted(), ['once'])
  const claims = ended.map(({ result }) => result?.evidence[1]?.claim)
  const [maker, other] = claims[0] === 'Done: 001 note once' ? [ended[0]!, ended[1]!] : [ended[1]!, ended[0]!]
  t.match(other.result?.evidence[1], { claim: 'Made once for the batch: 001 note once', detail: `“${maker.payload.title}” (${maker.id}) made exactly this, so it was not made again` })
  t.match((await cortex.log(other.id)).join('\n'), /Not made again: “Note it/)
  t.equal((await fetch(`${cortex.url}/v1/tasks/${other.id}/rollback`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status, 409, 'what the other made is the other\'s to be rolled back')

  model.script(round, round)
  await both([await create('Note it', 'b78'), await create('Note it', 'b79')])
  t.strictSame(await noted(), ['once', 'once', 'once'], 'tasks of different batches are none of each other\'s')
})
