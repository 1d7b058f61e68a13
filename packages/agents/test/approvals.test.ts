import { join } from 'node:path'
import t from 'tap'
import { startCortex, type Cortex } from './cortex.ts'
import { startMessagesServer } from './messages-server.ts'
import { noting } from './support/noting.ts'
import { git, temporaryFolder, writeFiles, type TestOwner } from './workspace.ts'

async function policyOf (t: TestOwner, rules: string): Promise<string> {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, { 'policy.yaml': `rules: [${rules}]` })
  return join(folder, 'policy.yaml')
}

const commits = ({ workspace }: Cortex) => git(workspace, 'rev-list', '--count', 'HEAD').trim()

t.test('what a rule wants confirmed is applied only when its name was typed', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents({ policyFile: await policyOf(t, '{ name: the platform by name, match: { target: "platform/**" }, decision: ask, confirm: true }') })
  const approval = await cortex.approval(await cortex.create('Create dashboards', 'infrastructure'))
  t.equal(approval.confirm, 'cluster.json')
  const answer = (confirm?: string) => fetch(`${cortex.url}/v1/approvals/${approval.id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ decision: 'approve', plan_hash: approval.plan_hash, confirm }) })
  t.equal((await answer()).status, 400)
  t.equal((await answer('cluster')).status, 400)
  t.equal(commits(cortex), '1')
  t.equal((await answer('cluster.json')).status, 200)
  t.match(await cortex.ended(approval.task_id), { status: 'completed' })
  t.equal(commits(cortex), '2')
})

t.test('what a model plans wants its name typed by the same rule, and the summary it writes has no say in it', async (t) => {
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  model.script({ calls: [['workspace_delete', { paths: ['README.md'] }], ['apply_changes', { summary: 'No name is needed for this one' }]] })
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, policyFile: await policyOf(t, '{ name: deletions by name, match: { verb: delete }, decision: ask, confirm: true }') })
  const approval = await cortex.approval(await cortex.create('Tidy the workspace', 'development'))
  t.match(approval, { confirm: 'README.md', changes: [{ verb: 'delete' }] })
  t.equal((await cortex.decide(approval, 'approve')).status, 400)
  t.equal(commits(cortex), '1')
})

t.test('a rule for one folder is heard before the one that denies the tool everywhere', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents({ policyFile: await policyOf(t, '{ name: pipelines are free, match: { target: ".github/**" }, decision: auto }, { name: nothing else is written, match: { tool: workspace_write }, decision: deny }') })
  t.match(await cortex.ended(await cortex.create('Set up CI pipeline', 'cicd')), { status: 'completed', result: { evidence: [{ detail: /policy rule "pipelines are free"/ }] } })
  t.match(await cortex.ended(await cortex.create('Create dashboards', 'infrastructure')), { status: 'failed', error: { code: 'CTX_POLICY_DENIED', message: /"nothing else is written"/ } })
})

t.test('a question outlives orchestrator and agents, and its answer is applied by those that came after', async (t) => {
  const first = await startCortex(t)
  const agents = await first.agents()
  const approval = await first.approval(await first.create('Set up CI pipeline', 'cicd'))
  await agents.close()
  await first.stopOrchestrator()

  const second = await startCortex(t, { home: first.home })
  t.equal((await second.decide(approval, 'approve')).status, 200)
  t.match(await second.task(approval.task_id), { status: 'queued' }, 'nobody is there to apply it yet')
  await second.agents()
  t.match(await second.ended(approval.task_id), { status: 'completed', attempt: 1 })
  t.equal(commits(second), '2')
})

t.test('a base that moves again and again is asked about each time, and applied only as it was last read', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const id = await cortex.create('Create a .gitignore', 'development')
  const hashes = new Set<string>()
  for (const line of ['first', 'second']) {
    const asked = await cortex.approval(id)
    hashes.add(asked.plan_hash)
    await writeFiles(cortex.workspace, { '.gitignore': `${line}\n` })
    git(cortex.workspace, 'commit', '--quiet', '--all', '--message', line)
    await cortex.decide(asked, 'approve')
    await cortex.until(id, ({ status, attempts }) => status === 'awaiting_approval' && attempts.length === hashes.size + 1)
    t.equal(git(cortex.workspace, 'show', 'HEAD:.gitignore'), `${line}\n`, 'nothing is written over')
  }
  const last = await cortex.approval(id)
  t.notOk(hashes.has(last.plan_hash))
  await cortex.decide(last, 'approve')
  t.match(await cortex.ended(id), { status: 'completed' })
  t.match(git(cortex.workspace, 'show', 'HEAD:.gitignore'), /^second\n# settings/)
  t.match((await cortex.log(id)).join('\n'), /\.gitignore changed since this was planned; planning anew/)
})

t.test('an approval is good for one carrying out: the same planned again is asked again, and is then really made', async (t) => {
  const [cortex, model, { toolkitsFile, noted }] = await Promise.all([startCortex(t), startMessagesServer(t), noting(t)])
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, toolkitsFile })
  const id = await cortex.create('Switch it on', 'development')
  const round = { calls: [['workspace_write', { files: [{ path: 'flags/on.txt', content: 'on\n' }] }], ['shell_note', { line: 'on' }], ['apply_changes', { summary: 'Switch it on' }]] as Array<[string, unknown]> }
  model.script(round, () => {
    git(cortex.workspace, 'revert', '--no-edit', 'HEAD')
    return round
  })
  const first = await cortex.approval(id)
  await cortex.decide(first, 'approve')
  await model.asked(2)
  const second = await cortex.approval(id)
  t.strictSame(second.changes, first.changes)
  t.not(second.plan_hash, first.plan_hash)
  t.strictSame(await noted(), ['on'])
  t.match((await cortex.decide({ ...second, plan_hash: first.plan_hash }, 'approve')).status, 409, 'the answer to the first is none to the second')
  model.script({ calls: [['finish', { summary: 'On.', evidence: [{ claim: 'It is on', quote: 'exactly the approved diff' }] }]] })
  await cortex.decide(second, 'approve')
  const task = await cortex.ended(id)
  t.match(task, { status: 'completed', result: { commit: git(cortex.workspace, 'rev-parse', 'HEAD').trim() } })
  t.equal(git(cortex.workspace, 'show', 'HEAD:flags/on.txt'), 'on\n')
  t.strictSame(await noted(), ['on', 'on'])
})
