import type { Problem, StartedBatchRollback, StartedRollback } from '@cortex/contracts'
import { join } from 'node:path'
import t from 'tap'
import { startCortex, type Cortex } from './cortex.ts'
import { startMessagesServer } from './messages-server.ts'
import { git, temporaryFolder, writeFiles } from './workspace.ts'

// Each sentence starts an orchestrator and works with git; on a busy machine that is some seconds each.
t.setTimeout(120_000)

type Answer<Body> = { status: number, body: Body }

async function ask<Body> ({ url }: Cortex, path: string): Promise<Answer<Body>> {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', 'cortex-user': 'ada' }, body: '{}' })
  return { status: response.status, body: await response.json() as Body }
}

const rollBack = (cortex: Cortex, id: string) => ask<StartedRollback>(cortex, `/v1/tasks/${id}/rollback`)
const refuse = (cortex: Cortex, id: string) => ask<Problem>(cortex, `/v1/tasks/${id}/rollback`)
const commits = ({ workspace }: Cortex) => git(workspace, 'log', '--format=%s').trim().split('\n')
const ignored = ({ workspace }: Cortex) => git(workspace, 'show', 'HEAD:.gitignore')

/** A task that changed the workspace by an approved commit. */
async function changed (cortex: Cortex, title: string, category: string, headers?: Record<string, string>): Promise<string> {
  const id = await cortex.create(title, category, {}, headers)
  await cortex.decide(await cortex.approval(id), 'approve')
  const { status, error } = await cortex.ended(id)
  if (status !== 'completed') throw new Error(`${status}: ${error?.message}`)
  return id
}

t.test('a completed task is rolled back by a change set that a person approves, once', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const before = ignored(cortex)
  const id = await changed(cortex, 'Create a .gitignore', 'development')
  const after = ignored(cortex)
  const { status, body } = await rollBack(cortex, id)
  t.match({ status, body }, { status: 200, body: { rollback_of: id } })
  t.match(await cortex.task(body.task_id), { rollback_of: id, requested_by: 'ada', assigned_to: 'development-master', depends_on: [id], payload: { title: 'Roll back “Create a .gitignore”', category: 'development' } })
  const approval = await cortex.approval(body.task_id)
  t.match(approval, { changes: [{ toolkit: 'workspace', target: '.gitignore', verb: 'update', diff: /^-\.env$/m }] })
  t.match(await refuse(cortex, id), { status: 409, body: { code: 'CTX_ROLLBACK_EXISTS' } })
  t.equal(ignored(cortex), after, 'nothing is changed before the approval')
  await cortex.decide(approval, 'approve')
  t.match(await cortex.ended(body.task_id), { status: 'completed', result: { evidence: [{ claim: /A person approved/ }, { claim: /The commit holds exactly/ }] } })
  t.equal(ignored(cortex), before)
  t.match(commits(cortex).slice(0, 2), ['Roll back “Create a .gitignore”', 'Create a .gitignore'])
  t.match(await refuse(cortex, id), { status: 409, body: { code: 'CTX_ROLLBACK_EXISTS', detail: /completed/ } })

  await t.test('and the rollback can be rolled back in its turn', async (t) => {
    const { body: again } = await rollBack(cortex, body.task_id)
    await cortex.decide(await cortex.approval(again.task_id), 'approve')
    t.match(await cortex.ended(again.task_id), { status: 'completed' })
    t.equal(ignored(cortex), after)
  })
})

t.test('what was changed since is shown in the diff, and a denied rollback changes nothing and may be asked for again', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const before = ignored(cortex)
  const id = await changed(cortex, 'Create a .gitignore', 'development')
  await writeFiles(cortex.workspace, { '.gitignore': 'written by a person\n' })
  git(cortex.workspace, 'commit', '--quiet', '--all', '--message', 'By hand')
  const { body: first } = await rollBack(cortex, id)
  const approval = await cortex.approval(first.task_id)
  t.match(approval, { risk: 'high', dry_run: /changed since by others/, changes: [{ diff: /^-written by a person/m }] })
  await cortex.decide(approval, 'deny', 'keep it')
  t.match(await cortex.ended(first.task_id), { status: 'cancelled', metadata: { cancel_reason: /keep it.*Nothing was rolled back/ } })
  t.equal(ignored(cortex), 'written by a person\n')

  await writeFiles(cortex.workspace, { '.gitignore': before })
  git(cortex.workspace, 'commit', '--quiet', '--all', '--message', 'As it was')
  const { status, body: second } = await rollBack(cortex, id)
  t.equal(status, 200)
  t.match(await cortex.ended(second.task_id), { status: 'completed', result: { summary: /nothing is left to undo/, evidence: [{ claim: /\.gitignore is as it was before/ }] } })
  t.equal(commits(cortex)[0], 'As it was')
})

t.test('what changed nothing, has not completed or is not there is refused by name', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const reading = await cortex.create('Overview of the workspace', 'general')
  t.match(await cortex.ended(reading), { status: 'completed' })
  t.match(await refuse(cortex, reading), { status: 409, body: { code: 'CTX_ROLLBACK_EMPTY' } })
  const waiting = await cortex.create('Create a .gitignore', 'development')
  await cortex.approval(waiting)
  t.match(await refuse(cortex, waiting), { status: 409, body: { code: 'CTX_ROLLBACK_TOO_EARLY' } })
  t.match(await refuse(cortex, 'task-chat-1766779451040-2axt2h5cq'), { status: 404, body: { code: 'CTX_TASK_NOT_FOUND' } })
})

t.test('of what a model had done the rest is rolled back, and what nothing takes back is named', async (t) => {
  const [cortex, model, folder] = await Promise.all([startCortex(t), startMessagesServer(t), temporaryFolder(t)])
  await writeFiles(folder, {
    'policy.yaml': 'rules: [{ name: all, match: {}, decision: auto }]',
    'toolkits.yaml': 'shell: { masters: [general-master], commands: [{ name: once, description: Once., kind: change, risk: low, argv: ["true"] }] }'
  })
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, policyFile: join(folder, 'policy.yaml'), toolkitsFile: join(folder, 'toolkits.yaml') })
  const finish: [string, object] = ['finish', { summary: 'Done.', evidence: [{ claim: 'It is done', quote: 'Applied and read back' }] }]
  const run = async (...plans: Array<[string, object]>) => {
    model.script({ calls: [...plans, ['apply_changes', { summary: 'Do it' }]] }, { calls: [finish] })
    const id = await cortex.create('Do the unusual', 'general')
    t.match(await cortex.ended(id), { status: 'completed' })
    return cortex.ended((await rollBack(cortex, id)).body.task_id)
  }
  t.match(await run(['shell_once', {}], ['workspace_write', { files: [{ path: 'a.txt', content: 'a\n' }] }]), { status: 'completed', result: { summary: /1 change\. Cannot be undone: 001 once \(nothing takes it back\)/, files: ['a.txt'] } })
  t.throws(() => git(cortex.workspace, 'show', 'HEAD:a.txt'))

  await t.test('also where it gave up, and with what its earlier attempts did', async (t) => {
    const write = (path: string): [string, object] => ['workspace_write', { files: [{ path, content: `${path}\n` }] }]
    const giveUp: [string, object] = ['give_up', { reason: 'The rest is not to be had.' }]
    const retry = (id: string) => ask<Problem>(cortex, `/v1/tasks/${id}/retry`)
    model.script({ calls: [write('b.txt'), ['apply_changes', { summary: 'Do it' }]] }, { calls: [giveUp] })
    const id = await cortex.create('Do more of the unusual', 'general')
    t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_TASK_NOT_POSSIBLE' } })
    model.script({ calls: [write('c.txt'), ['apply_changes', { summary: 'Do it' }]] }, { calls: [finish] })
    t.equal((await retry(id)).status, 200)
    t.match(await cortex.until(id, ({ status }) => status === 'completed'), { result: { files: ['c.txt'] } })
    t.match(await cortex.ended((await rollBack(cortex, id)).body.task_id), { status: 'completed', result: { files: ['b.txt', 'c.txt'] } })

    model.script({ calls: [write('d.txt'), ['apply_changes', { summary: 'Do it' }]] }, { calls: [giveUp] })
    const failed = await cortex.create('Do the last of it', 'general')
    await cortex.ended(failed)
    t.match(await cortex.ended((await rollBack(cortex, failed)).body.task_id), { status: 'completed', result: { files: ['d.txt'] } })
    for (const name of ['b.txt', 'c.txt', 'd.txt']) t.throws(() => git(cortex.workspace, 'show', `HEAD:${name}`))
    t.match(await retry(failed), { status: 409, body: { code: 'CTX_TASK_ROLLED_BACK' } })
  })
  t.match(await run(['shell_once', {}]), { status: 'failed', error: { code: 'CTX_ROLLBACK_IMPOSSIBLE', message: /Cannot be undone: 001 once/ } })
})

t.test('a batch is rolled back task by task, the last first, each behind the one before', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const before = git(cortex.workspace, 'rev-parse', 'HEAD^{tree}')
  const headers = { 'cortex-batch': 'batch-1' }
  const first = await changed(cortex, 'Create a .gitignore', 'development', headers)
  const second = await changed(cortex, 'Set up CI pipeline', 'cicd', headers)
  const reading = await cortex.create('Overview of the workspace', 'general', {}, headers)
  await cortex.ended(reading)
  const { body } = await ask<StartedBatchRollback>(cortex, '/v1/batches/batch-1/rollback')
  t.match(body, { rollbacks: [{ rollback_of: second }, { rollback_of: first, status: 'waiting' }], left: [{ task_id: reading, code: 'CTX_ROLLBACK_EMPTY' }] })
  for (const { task_id: id } of body.rollbacks) {
    await cortex.decide(await cortex.approval(id), 'approve')
    t.match(await cortex.ended(id), { status: 'completed' })
  }
  t.equal(git(cortex.workspace, 'rev-parse', 'HEAD^{tree}'), before)
  t.match((await ask<StartedBatchRollback>(cortex, '/v1/batches/batch-1/rollback')).body, { rollbacks: [], left: [{}, {}, {}] })
  t.match(await ask<Problem>(cortex, '/v1/batches/batch-2/rollback'), { status: 404, body: { code: 'CTX_BATCH_NOT_FOUND' } })
})
