import { once } from 'node:events'
import type { Approval, StartedRollback } from '@cortex/contracts'
import t from 'tap'
import { stringify } from 'yaml'
import { startCortex, spawnAgents, type Cortex } from './cortex.ts'
import { resultsIn, startMessagesServer, type MessagesServer } from './messages-server.ts'
import type { KubernetesObject } from '../src/toolkits/kubernetes/object.ts'
import { configMap, deployment, startCluster, type TestCluster } from './support/cluster.ts'
import { git, type TestOwner } from './workspace.ts'

/** A stand-in only: these need a cluster that fails when it is told to. */
const skip = process.env.TEST_KUBECONFIG !== undefined && 'a real cluster cannot be told to fail'

interface Scene { cortex: Cortex, model: MessagesServer, cluster: TestCluster }

const options = ({ kubeconfig }: TestCluster) => ({ kubeconfig, namespaces: 'web', clusterScoped: 'off', rolloutSeconds: 3, helm: '/nonexistent' }) as const
const modelAt = ({ url }: MessagesServer) => ({ baseUrl: url, apiKey: 'test', model: 'claude-opus-5-5' })
const commits = ({ workspace }: Cortex) => git(workspace, 'log', '--format=%s').trim().split('\n')
const filesOf = ({ workspace }: Cortex) => git(workspace, 'ls-tree', '--name-only', 'HEAD').split('\n')

async function startScene (t: TestOwner): Promise<Scene> {
  const [cortex, model, cluster] = await Promise.all([startCortex(t), startMessagesServer(t), startCluster(t)])
  return { cortex, model, cluster }
}

/** A task whose change set writes a file and applies an object of the same name, and waits for its answer. */
async function propose ({ cortex, model, cluster }: Scene, object: KubernetesObject): Promise<{ id: string, approval: Approval, file: string }> {
  const { name } = object.metadata
  cluster.standIn!.refuse = () => undefined
  cluster.standIn!.objects.rollouts = 'done'
  const file = `${name}.txt`
  model.script({ calls: [['workspace_write', { files: [{ path: file, content: 'mode a\n' }] }], ['kubernetes_apply', { manifest: stringify(object) }], ['apply_changes', { summary: 'Set the mode' }]] })
  const id = await cortex.create(`Set ${name}`, 'infrastructure')
  return { id, approval: await cortex.approval(id), file }
}

async function rollBack ({ url }: Cortex, id: string): Promise<string> {
  const answer = await fetch(`${url}/v1/tasks/${id}/rollback`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  return (await answer.json() as StartedRollback).task_id
}

t.test('change sets over the repository and the cluster', { skip }, async (t) => {
  const scene = await startScene(t)
  const { cortex, model, cluster } = scene
  const standIn = cluster.standIn!
  const first = await cortex.agents({ model: modelAt(model), cluster: options(cluster) })

  const finish = { calls: [['finish', { summary: 'Done.', evidence: [{ claim: 'It is there', quote: 'The cluster has 1 object as approved' }] }]] as Array<[string, unknown]> }
  let one = ''
  await t.test('one approval covers both, and both are read back', async (t) => {
    await cluster.write(configMap('one', { mode: 'old' }), 'cortex')
    const { id, approval } = await propose(scene, configMap('one', { mode: 'a' }))
    t.match(approval, { risk: 'medium', changes: [{ toolkit: 'kubernetes', target: 'namespace/web/configmap/one' }, { toolkit: 'workspace', target: 'one.txt' }] })
    one = id
    t.match(await cluster.read('v1/configmaps/one'), { data: { mode: 'old' } }, 'nothing is made before the approval')
    model.script(finish)
    await cortex.decide(approval, 'approve')
    const task = await cortex.ended(id)
    t.match(task, { status: 'completed', result: { files: ['one.txt'], evidence: [{ claim: /A person approved/ }, { claim: /The commit holds exactly/ }, { claim: /1 object as approved/ }, {}] } })
    t.equal(git(cortex.workspace, 'rev-parse', 'HEAD').trim(), task.result?.commit)
    t.match(await cluster.read('v1/configmaps/one'), { data: { mode: 'a' }, metadata: { annotations: { 'cortex-apply': approval.plan_hash } } })
  })

  await t.test('what was applied, rolled back and asked for again is applied again', async (t) => {
    const { task_id: back } = await (await fetch(`${cortex.url}/v1/tasks/${one}/rollback`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json() as StartedRollback
    await cortex.decide(await cortex.approval(back), 'approve')
    t.match(await cortex.ended(back), { status: 'completed' })
    t.match(await cluster.read('v1/configmaps/one'), { data: { mode: 'old' } })
    const { id, approval } = await propose(scene, configMap('one', { mode: 'a' }))
    model.script(finish)
    await cortex.decide(approval, 'approve')
    t.match(await cortex.ended(id), { status: 'completed' })
    t.match(await cluster.read('v1/configmaps/one'), { data: { mode: 'a' }, metadata: { annotations: { 'cortex-apply': approval.plan_hash } } })
  })

  await t.test('a security scan looks at the files and at what runs, and at the files alone where the cluster is away', async (t) => {
    const scan = async () => cortex.ended(await cortex.create('Scan for misconfigurations', 'security'))
    t.match(await scan(), { status: 'completed', result: { summary: /In what runs: \d+ findings? .* of the cluster \(web\)/, report: /Misconfiguration scan of the cluster/, evidence: [{}, { claim: /what runs/ }] } })
    const { cut } = standIn
    standIn.cut = () => true
    t.match(await scan(), { status: 'completed', result: { summary: /No cluster was looked at/ } })
    standIn.cut = cut
  })

  await t.test('when the cluster refuses what was approved, the commit before it is undone and that is said', async (t) => {
    const { id, approval, file } = await propose(scene, configMap('two', { mode: 'a' }))
    standIn.refuse = ({ dryRun }) => dryRun ? undefined : 'the quota is used up'
    await cortex.decide(approval, 'approve')
    t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_CHANGES_UNDONE', message: /quota is used up.*Everything that had been applied was undone: two\.txt/ } })
    t.match(commits(cortex).slice(0, 2), ['Undo: Set two', 'Set two'])
    t.notOk(filesOf(cortex).includes(file))
    t.equal(git(cortex.workspace, 'status', '--porcelain'), '')
    t.match((await cortex.log(id)).join('\n'), /Undone: two\.txt\. Never applied: namespace\/web\/configmap\/two\./)
  })

  await t.test('what cannot be undone is named beside what was', async (t) => {
    const { id, approval, file } = await propose(scene, configMap('three', { mode: 'a' }))
    standIn.refuse = ({ dryRun }) => {
      if (dryRun) return undefined
      git(cortex.workspace, 'rm', '--quiet', file)
      git(cortex.workspace, 'commit', '--quiet', '--message', 'Theirs')
      return 'the quota is used up'
    }
    await cortex.decide(approval, 'approve')
    t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_CHANGES_STAND', message: /quota.*Still in place: three\.txt \(committed as .*changed since\)\. Never applied: namespace/ } })
    t.match(commits(cortex).slice(0, 2), ['Theirs', 'Set three'], 'nobody\'s work is written over')
    t.match(await cortex.ended(await rollBack(cortex, id)), { status: 'completed', result: { summary: /nothing is left to undo/, evidence: [{ claim: 'three.txt is as it was before' }] } })
  })

  await t.test('when one target has moved, nothing of the change set is applied', async (t) => {
    const { id, approval } = await propose(scene, configMap('four', { mode: 'a' }))
    const before = commits(cortex).length
    await cluster.write(configMap('four', { mode: 'theirs' }))
    model.script((request) => {
      t.match(resultsIn(request).at(-1), { content: /^Nothing of it was applied: what follows changed since[\s\S]*\nnamespace\/web\/configmap\/four\n/, is_error: true })
      return { calls: [['give_up', { reason: 'Seen.' }]] }
    })
    await cortex.decide(approval, 'approve')
    t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_TASK_NOT_POSSIBLE' } })
    t.equal(commits(cortex).length, before)
  })

  await t.test('a rollout that fails takes the whole change set back', async (t) => {
    const { id, approval, file } = await propose(scene, deployment('five'))
    standIn.objects.rollouts = 'held'
    await cortex.decide(approval, 'approve')
    t.match(await cortex.ended(id), { error: { code: 'CTX_CHANGES_UNDONE', message: /did not come up: after 3 s.*undone: namespace\/web\/deployment\.apps\/five, five\.txt\./ } })
    t.equal(await cluster.read('apps/v1/deployments/five'), null)
    t.notOk(filesOf(cortex).includes(file))
  })

  await t.test('a cancel in the middle of a rollout stops there, undoes nothing and says what stands', async (t) => {
    const { id, approval } = await propose(scene, deployment('six'))
    standIn.objects.rollouts = 'held'
    const written = once(standIn.objects, 'event')
    await cortex.decide(approval, 'approve')
    await written
    await cortex.cancel(id)
    t.match(await cortex.ended(id), { status: 'cancelled' })
    t.match((await cortex.log(id)).join('\n'), /left as it is: six\.txt, namespace\/web\/deployment\.apps\/six\./)
    t.not(await cluster.read('apps/v1/deployments/six'), null)
    const back = await cortex.approval(await rollBack(cortex, id))
    t.match(back.changes, [{ target: 'namespace/web/deployment.apps/six', verb: 'delete' }, { target: 'six.txt', verb: 'delete' }], 'a rollback takes it back')
    await cortex.decide(back, 'deny')
  })

  await t.test('a change set for a toolkit this agent has not is refused before anything is applied', async (t) => {
    const { id, approval } = await propose(scene, configMap('seven', { mode: 'a' }))
    const before = commits(cortex).length
    await first.close()
    await cortex.agents({ model: modelAt(model) })
    await cortex.decide(approval, 'approve')
    t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_TOOLKIT_ABSENT', message: /kubernetes/ } })
    t.equal(commits(cortex).length, before)
  })
})

t.test('a worker killed between two toolkits is followed by one that makes only what is missing', { skip }, async (t) => {
  const scene = await startScene(t)
  const { cortex, model, cluster } = scene
  const env = { ANTHROPIC_API_KEY: 'test', ANTHROPIC_BASE_URL: model.url, KUBECONFIG: cluster.kubeconfig, CORTEX_HELM: '/nonexistent' }
  const doomed = await spawnAgents(t, cortex, env)
  const { id, approval } = await propose(scene, configMap('settings', { mode: 'a' }))
  const killed = once(doomed, 'exit')
  cluster.standIn!.cut = ({ dryRun }) => {
    if (!dryRun) doomed.kill('SIGKILL')
    return !dryRun
  }
  await cortex.decide(approval, 'approve')
  await killed
  cluster.standIn!.cut = () => false
  t.equal(commits(cortex).length, 2)
  t.not(await cluster.read('v1/configmaps/settings'), null, 'the server had done it when the worker died')

  model.script({ calls: [['finish', { summary: 'Done.', evidence: [{ claim: 'c', quote: 'as approved' }] }]] })
  await spawnAgents(t, cortex, env)
  t.match(await cortex.ended(id), { status: 'completed', attempts: [{}, { outcome: 'lost' }, { outcome: 'completed' }] })
  t.equal(commits(cortex).length, 2)
  t.equal(cluster.standIn!.asked.filter(({ dryRun, path }) => !dryRun && path.endsWith('settings')).length, 1)
  t.equal((await cortex.log(id)).filter((line) => line.startsWith('An earlier run had applied them')).length, 2)
})
