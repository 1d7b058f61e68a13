import { join } from 'node:path'
import t from 'tap'
import { startCortex } from './cortex.ts'
import { resultsIn, startMessagesServer, type SentRequest } from './messages-server.ts'
import { git, writeFiles } from './workspace.ts'

type Calls = Array<[string, unknown]>

const claim = 'All 5 replicas of pay are running'
const write = (path: string, content: string): [string, unknown] => ['workspace_write', { files: [{ path, content }] }]
const scale = write('apps/pay.yaml', 'replicas: 4\n')
const apply: [string, unknown] = ['apply_changes', { summary: 'Scale pay' }]
const finish = (quote: string): { calls: Calls } => ({ calls: [['finish', { summary: 'Scaled pay to 4 replicas.', report: 'pay has 4 replicas', evidence: [{ claim: 'It is scaled', quote }] }]] })
const giveUp: { calls: Calls } = { calls: [['give_up', { reason: 'Nothing shows it.' }]] }

t.test('a task ends as what was done, whatever its model says and quotes', async (t) => {
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  await writeFiles(cortex.home, { 'policy.yaml': 'rules: [{ name: documents, match: { target: "docs/**" }, decision: auto }]' })
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, policyFile: join(cortex.home, 'policy.yaml') })
  const begin = () => cortex.create('Scale pay', 'development')
  const commit = (content: string) => {
    git(cortex.workspace, 'commit', '--quiet', '--allow-empty', '--message', content)
  }

  await t.test('denied, it is cancelled with who denied it and why, and what the model says is said to be its word', async (t) => {
    const id = await begin()
    model.script({ calls: [scale, apply] })
    const approval = await cortex.approval(id)
    model.script(finish('replicas: 4'))
    await cortex.decide(approval, 'deny', 'do not scale')
    const task = await cortex.ended(id)
    t.match(task, { status: 'cancelled', result: null })
    t.match(task.metadata.cancel_reason, /^The change set “Scale pay” \(apps\/pay\.yaml\) was denied by .*: do not scale\. Nothing of it was applied\. The worker says: “Scaled pay to 4 replicas\.”$/)
    t.match((await cortex.log(id)).join('\n'), 'pay has 4 replicas', 'what it found is kept in the log')
  })

  await t.test('denied after something else was applied, what was applied is named', async (t) => {
    const id = await begin()
    model.script({ calls: [write('docs/one.md', 'One\n'), apply] }, { calls: [scale, apply] })
    const approval = await cortex.approval(id)
    model.script(finish('exactly the approved diff'))
    await cortex.decide(approval, 'deny')
    t.match(await cortex.ended(id), { status: 'cancelled', metadata: { cancel_reason: /denied by .*, without a reason\. Nothing of it was applied\. Applied and verified before: [0-9a-f]{40} \(docs\/one\.md\)\. The worker says/ } })
  })

  await t.test('given up after a denial, the error names the denial', async (t) => {
    const id = await begin()
    model.script({ calls: [scale, apply] })
    const approval = await cortex.approval(id)
    model.script(giveUp)
    await cortex.decide(approval, 'deny', 'not today')
    t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_TASK_NOT_POSSIBLE', message: /^Nothing shows it\. The change set “Scale pay” .* was denied by .*: not today/ } })
  })

  await t.test('approved and moved, it failed over it, and only what is as wanted meanwhile is done', async (t) => {
    const moved = async (then: (id: string) => void) => {
      await writeFiles(cortex.workspace, { 'README.md': `${Math.random()}\n` })
      git(cortex.workspace, 'add', '--all')
      commit('Before')
      const id = await begin()
      model.script({ calls: [write('README.md', 'Mine\n'), apply] })
      const approval = await cortex.approval(id)
      await writeFiles(cortex.workspace, { 'README.md': 'Theirs\n' })
      git(cortex.workspace, 'add', '--all')
      commit('Theirs')
      then(id)
      await cortex.decide(approval, 'approve')
      return cortex.ended(id)
    }
    t.match(await moved(() => model.script(finish('Planned'))), { status: 'failed', error: { code: 'CTX_CHANGES_NOT_MADE', message: /no other was after it\. The worker says: “Scaled pay to 4 replicas\.”\. The change set “Scale pay” \(README\.md\) was not applied, for README\.md changed since it was planned/ } })
    t.match(await moved(() => model.script({ calls: [write('README.md', 'Theirs\n')] }, finish('Already as wanted: README.md'))), {
      status: 'completed', result: { summary: /^Scaled pay to 4 replicas\. \(The change set .* was not applied, for README\.md changed since it was planned; planned anew, there was nothing to change\. No other change set was applied\.\)$/ }
    })
  })

  await t.test('what a plan repeats is no evidence, nor is a file as it is planned', async (t) => {
    const id = await begin()
    const refused = (request: SentRequest) => t.match(resultsIn(request), [{ content: /CTX_EVIDENCE_UNFOUNDED/, is_error: true }])
    model.script(
      { calls: [write('docs/ev.md', `${claim}\n`), ['workspace_read', { path: 'docs/ev.md' }], apply] },
      finish(claim),
      (request) => {
        refused(request)
        return { calls: [['workspace_read', { path: 'docs/ev.md' }]] }
      },
      finish(claim)
    )
    t.match(await cortex.ended(id), { status: 'completed', result: { evidence: [{ claim: /policy/ }, { claim: /exactly the approved diff/ }, { detail: /quoted by the model from what workspace_read answered; the worker had written these words itself/ }] } })
  })

  await t.test('a task that only read says that nothing was applied', async (t) => {
    const id = await begin()
    model.script({ calls: [['workspace_read', { path: 'docs/ev.md' }]] }, finish(claim))
    t.match(await cortex.ended(id), { status: 'completed', result: { evidence: [{ claim: 'It is scaled' }, { claim: 'No change set of this task was applied' }] } })
  })
})
