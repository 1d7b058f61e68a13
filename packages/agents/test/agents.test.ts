import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startCortex, spawnAgents } from './cortex.ts'
import { git, temporaryFolder, writeFiles, type TestOwner } from './workspace.ts'

t.test('an approved change set is committed exactly as it was read, with steps, log and evidence', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const id = await cortex.create('Set up CI/CD pipeline', 'cicd')
  const approval = await cortex.approval(id)
  const waiting = await cortex.task(id)
  t.match(waiting.progress, { step: 'Wait for approval', steps: [{ name: /Detect/, status: 'done' }, { name: /Plan/, status: 'done' }, { status: 'running' }, { status: 'pending' }, { status: 'pending' }] })
  t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '1')

  t.equal((await cortex.decide(approval, 'approve')).status, 200)
  const task = await cortex.ended(id)
  t.match(task, { status: 'completed', result: { files: ['.github/workflows/ci.yml'], evidence: [{ claim: 'A person approved exactly this change set' }, { claim: /The commit holds exactly/ }] } })
  const commit = task.result!.commit!
  t.match(git(cortex.workspace, 'log', '-1', '--format=%B', commit), `Cortex-Task: ${id}\nCortex-Plan: ${approval.plan_hash}`)
  const committed = git(cortex.workspace, 'diff-tree', '-p', '--full-index', '--no-renames', `${commit}^`, commit)
  t.equal(committed, approval.changes.map(({ diff }) => diff).join(''))
  t.match((await cortex.log(id)).join('\n'), /Following the runbook[\s\S]*Planned: create[\s\S]*waiting for approval[\s\S]*Applying 1 changes: approved by[\s\S]*Applied: [0-9a-f]{40}[\s\S]*Verified/)
  const changes = (await cortex.audit(id)).filter(({ action }) => action.startsWith('change.'))
  const done = { plan_hash: approval.plan_hash, toolkit: 'workspace', authority: /^approved by/, changes: [{ target: '.github/workflows/ci.yml', verb: 'create' }], changes_total: 1 }
  t.match(changes.map(({ action, details }) => ({ action, ...details })), [
    { action: 'change.started', reference: null, ...done }, { action: 'change.applied', reference: commit, ...done }, { action: 'change.verified', reference: commit, ...done }
  ])
})

t.test('a denied change set changes nothing and the reason stands in the task', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const approval = await cortex.approval(await cortex.create('Create dashboards', 'infrastructure'))
  await cortex.decide(approval, 'deny', 'not in this repository')
  t.match(await cortex.ended(approval.task_id), { status: 'cancelled', metadata: { cancel_reason: /^Denied by \S+: not in this repository\. Nothing was applied\. A runbook cannot plan differently: a retry plans the same again/ } })
  t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '1')
})

t.test('a base that moved since planning is planned and asked anew, and the old approval does not count', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const first = await cortex.approval(await cortex.create('Set up CI/CD pipeline', 'cicd'))
  await writeFiles(cortex.workspace, { '.github/workflows/ci.yml': 'name: Theirs\n' })
  git(cortex.workspace, 'add', '--all')
  git(cortex.workspace, 'commit', '--quiet', '--message', 'Theirs')
  await cortex.decide(first, 'approve')
  await cortex.until(first.task_id, ({ status, attempts }) => status === 'awaiting_approval' && attempts.length === 2)
  t.equal(git(cortex.workspace, 'show', 'HEAD:.github/workflows/ci.yml'), 'name: Theirs\n')
  const second = await cortex.approval(first.task_id)
  t.not(second.plan_hash, first.plan_hash)
  t.match(second.changes, [{ verb: 'update', diff: /-name: Theirs/ }])
  await cortex.decide(second, 'approve')
  t.match(await cortex.ended(first.task_id), { status: 'completed' })
  t.same((await cortex.audit(first.task_id)).map(({ action }) => action).filter((action) => action.startsWith('change.')),
    ['change.moved', 'change.started', 'change.applied', 'change.verified'])
})

t.test('tasks that wait side by side are applied in any order, for they touch different files', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const ids = await Promise.all([cortex.create('Deploy monitoring stack', 'infrastructure'), cortex.create('Create network policies', 'security'), cortex.create('Set up CI pipeline', 'cicd')])
  const approvals = await Promise.all(ids.map((id) => cortex.approval(id)))
  await Promise.all(approvals.reverse().map((approval) => cortex.decide(approval, 'approve')))
  for (const id of ids) t.match(await cortex.ended(id), { status: 'completed', attempts: { length: 2 } })
  t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '4')
  t.equal(git(cortex.workspace, 'status', '--porcelain'), '')
})

t.test('a policy that denies ends the task by the name of its rule, before anybody is asked', async (t) => {
  const cortex = await startCortex(t)
  const policyFile = join(await temporaryFolder(t), 'policy.yaml')
  await writeFile(policyFile, 'rules: [{ name: pipelines are ours, match: { target: ".github/**" }, decision: deny }]')
  await cortex.agents({ policyFile })
  t.match(await cortex.ended(await cortex.create('Set up CI pipeline', 'cicd')), { status: 'failed', error: { code: 'CTX_POLICY_DENIED', message: /pipelines are ours/ } })
})

t.test('uncommitted work in a planned file fails the task by name and stays as it is', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  await writeFiles(cortex.workspace, { '.github/workflows/ci.yml': 'half written' })
  t.match(await cortex.ended(await cortex.create('Set up CI pipeline', 'cicd')), { status: 'failed', error: { code: 'CTX_WORKSPACE_DIRTY', message: /ci\.yml/ } })
  t.equal(git(cortex.workspace, 'status', '--porcelain').trim(), '?? .github/')
})

t.test('a task no runbook fits fails and says what there is and what would help', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  t.match(await cortex.ended(await cortex.create('Compose a symphony', 'infrastructure')), { status: 'failed', error: { code: 'CTX_RUNBOOK_NONE', message: /Monitoring stack.*ANTHROPIC_API_KEY/ } })
})

t.test('agents outlast an orchestrator that goes away and comes back', async (t) => {
  const first = await startCortex(t)
  const lines: string[] = []
  const { pino } = await import('pino')
  await first.agents({ logger: pino({ level: 'info' }, { write: (line: string) => { lines.push(line) } }) })
  t.match(await first.ended(await first.create('Check the health of the workspace', 'general')), { status: 'completed' })
  await first.stopOrchestrator()
  const second = await startCortex(t, { home: first.home, port: Number(new URL(first.url).port) })
  t.match(await second.ended(await second.create('Check the health of the workspace', 'general')), { status: 'completed' })
  const warnings = lines.filter((line) => line.includes('no work can be had'))
  t.ok(warnings.length <= 1, 'said once, not at each try')
})

/** A git that kills the agent at the moment the commit is put in place: before it, or right after. */
async function deadlyGit (t: TestOwner, when: 'before' | 'after'): Promise<string> {
  const folder = await temporaryFolder(t)
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const kill = 'kill -9 "$PPID"; exit 1'
  const body = when === 'before' ? kill : `"${real}" "$@"; ${kill}`
  await writeFile(join(folder, 'git'), `#!/bin/sh\ncase "$*" in *update-ref*) ${body};; esac\nexec "${real}" "$@"\n`, { mode: 0o755 })
  return folder
}

for (const when of ['before', 'after'] as const) {
  t.test(`an agent killed ${when} its commit is in place leaves exactly one commit once it is back`, async (t) => {
    const cortex = await startCortex(t)
    const doomed = await spawnAgents(t, cortex, { PATH: `${await deadlyGit(t, when)}:${process.env.PATH}` })
    const approval = await cortex.approval(await cortex.create('Set up CI pipeline', 'cicd'))
    const killed = once(doomed, 'exit')
    await cortex.decide(approval, 'approve')
    t.strictSame(await killed, [null, 'SIGKILL'])
    t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), when === 'before' ? '1' : '2')

    await spawnAgents(t, cortex)
    t.match(await cortex.ended(approval.task_id), { status: 'completed', attempts: [{ outcome: 'awaiting_approval' }, { outcome: 'lost' }, { outcome: 'completed' }] })
    t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '2')
    t.equal(git(cortex.workspace, 'status', '--porcelain'), '', 'index and work tree have followed')
    t.equal((await cortex.log(approval.task_id)).some((line) => line.startsWith('An earlier run had applied them')), when === 'after')
  })
}

t.test('SIGTERM ends an agent cleanly', async (t) => {
  const cortex = await startCortex(t)
  const child = await spawnAgents(t, cortex)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  t.strictSame(await ended, [0, null])
})
