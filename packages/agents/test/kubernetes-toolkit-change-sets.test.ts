import { once } from 'node:events'
import t from 'tap'
import { stringify } from 'yaml'
import { startCortex, spawnAgents, type Cortex } from './cortex.ts'
import { resultsIn, startMessagesServer, type MessagesServer, type Script } from './messages-server.ts'
import { configMap, deployment, startCluster, type TestCluster } from './support/cluster.ts'
import { git, type TestOwner } from './workspace.ts'

/** A stand-in only: these need a cluster that fails when it is told to. */
const skip = process.env.TEST_KUBECONFIG !== undefined && 'a real cluster cannot be told to fail'

interface Scene { cortex: Cortex, model: MessagesServer, cluster: TestCluster, id: string }

const planning = (object: object): Script => ({
  calls: [['workspace_write', { files: [{ path: 'settings.txt', content: 'mode a\n' }] }], ['kubernetes_apply', { manifest: stringify(object) }], ['apply_changes', { summary: 'Set the mode' }]]
})
const stopped: Script = { calls: [['give_up', { reason: 'Seen.' }]] }
const options = ({ kubeconfig }: TestCluster, rolloutSeconds = 10) => ({ kubeconfig, namespaces: 'web', clusterScoped: 'off', rolloutSeconds, helm: '/nonexistent' }) as const
const commits = ({ workspace }: Cortex) => git(workspace, 'log', '--format=%s').trim().split('\n')
const filesOf = ({ workspace }: Cortex) => git(workspace, 'ls-tree', '--name-only', 'HEAD').split('\n')

async function begin (t: TestOwner, { agents = true, objects = configMap('settings', { mode: 'a' }), rolloutSeconds = 10 }: { agents?: boolean, objects?: object, rolloutSeconds?: number } = {}): Promise<Scene> {
  const [cortex, model, cluster] = await Promise.all([startCortex(t), startMessagesServer(t), startCluster(t)])
  const id = await cortex.create('Set the mode', 'infrastructure')
  model.script(planning(objects))
  if (agents) await cortex.agents({ model: modelAt(model), cluster: options(cluster, rolloutSeconds) })
  return { cortex, model, cluster, id }
}

function modelAt ({ url }: MessagesServer) {
  return { baseUrl: url, apiKey: 'test', model: 'claude-opus-5-5' }
}

t.test('one approval covers the repository and the cluster, and both are read back', { skip }, async (t) => {
  const { cortex, model, cluster, id } = await begin(t)
  const approval = await cortex.approval(id)
  t.match(approval, { risk: 'medium', changes: [{ toolkit: 'kubernetes', target: 'namespace/web/configmap/settings' }, { toolkit: 'workspace', target: 'settings.txt' }] })
  t.equal(await cluster.read('v1/configmaps/settings'), null, 'nothing is made before the approval')
  model.script({ calls: [['finish', { summary: 'Done.', evidence: [{ claim: 'It is there', quote: 'The cluster has 1 object as approved' }] }]] })
  await cortex.decide(approval, 'approve')
  const task = await cortex.ended(id)
  t.match(task, { status: 'completed', result: { files: ['settings.txt'], evidence: [{ claim: /A person approved/ }, { claim: /The commit holds exactly/ }, { claim: /1 object as approved/ }, {}] } })
  t.equal(git(cortex.workspace, 'rev-parse', 'HEAD').trim(), task.result?.commit)
  t.match(await cluster.read('v1/configmaps/settings'), { data: { mode: 'a' }, metadata: { annotations: { 'cortex-apply': approval.plan_hash } } })
})

t.test('when the cluster refuses what was approved, the commit before it is undone and that is said', { skip }, async (t) => {
  const { cortex, cluster, id } = await begin(t)
  const approval = await cortex.approval(id)
  cluster.standIn!.refuse = ({ dryRun }) => dryRun ? undefined : 'the quota is used up'
  await cortex.decide(approval, 'approve')
  t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_CHANGES_UNDONE', message: /quota is used up.*Everything that had been applied was undone: settings\.txt/ } })
  t.match(commits(cortex), [/^Undo: Set the mode/, 'Set the mode', /Begin/])
  t.notOk(filesOf(cortex).includes('settings.txt'))
  t.equal(git(cortex.workspace, 'status', '--porcelain'), '')
  t.match((await cortex.log(id)).join('\n'), /Undone: settings\.txt\. Never applied: namespace\/web\/configmap\/settings\./)
})

t.test('what cannot be undone is named beside what was', { skip }, async (t) => {
  const { cortex, cluster, id } = await begin(t)
  const approval = await cortex.approval(id)
  cluster.standIn!.refuse = ({ dryRun }) => {
    if (dryRun) return undefined
    git(cortex.workspace, 'rm', '--quiet', 'settings.txt')
    git(cortex.workspace, 'commit', '--quiet', '--message', 'Theirs')
    return 'the quota is used up'
  }
  await cortex.decide(approval, 'approve')
  t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_CHANGES_STAND', message: /quota.*Still in place: settings\.txt \(committed as .*changed since\)\. Never applied: namespace/ } })
  t.match(commits(cortex), ['Theirs', 'Set the mode', /Begin/], 'nobody\'s work is written over')
})

t.test('when one target has moved, nothing of the change set is applied', { skip }, async (t) => {
  const { cortex, model, cluster, id } = await begin(t)
  const approval = await cortex.approval(id)
  await cluster.write(configMap('settings', { mode: 'theirs' }))
  model.script((request) => {
    t.match(resultsIn(request).at(-1), { content: /Nothing was applied: namespace\/web\/configmap\/settings changed since/, is_error: true })
    return stopped
  })
  await cortex.decide(approval, 'approve')
  t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_TASK_NOT_POSSIBLE' } })
  t.equal(commits(cortex).length, 1)
})

t.test('a worker killed between two toolkits is followed by one that makes only what is missing', { skip }, async (t) => {
  const { cortex, model, cluster, id } = await begin(t, { agents: false })
  const env = { ANTHROPIC_API_KEY: 'test', ANTHROPIC_BASE_URL: model.url, KUBECONFIG: cluster.kubeconfig, CORTEX_HELM: '/nonexistent' }
  const doomed = await spawnAgents(t, cortex, env)
  const approval = await cortex.approval(id)
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

t.test('a change set for a toolkit this agent has not is refused before anything is applied', { skip }, async (t) => {
  const { cortex, model, cluster, id } = await begin(t, { agents: false })
  const first = await cortex.agents({ model: modelAt(model), cluster: options(cluster) })
  const approval = await cortex.approval(id)
  await first.close()
  await cortex.agents({ model: modelAt(model) })
  await cortex.decide(approval, 'approve')
  t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_TOOLKIT_ABSENT', message: /kubernetes/ } })
  t.equal(commits(cortex).length, 1)
})

t.test('a cancel in the middle of a rollout stops there, undoes nothing and says what stands', { skip }, async (t) => {
  const { cortex, cluster, id } = await begin(t, { objects: deployment('web') })
  cluster.standIn!.objects.rollouts = 'held'
  const approval = await cortex.approval(id)
  const written = once(cluster.standIn!.objects, 'event')
  await cortex.decide(approval, 'approve')
  await written
  await cortex.cancel(id)
  t.match(await cortex.ended(id), { status: 'cancelled' })
  t.match((await cortex.log(id)).join('\n'), /left as it is: settings\.txt, namespace\/web\/deployment\.apps\/web\./)
  t.not(await cluster.read('apps/v1/deployments/web'), null)
})

t.test('a rollout that fails takes the whole change set back', { skip }, async (t) => {
  const { cortex, cluster, id } = await begin(t, { objects: deployment('web'), rolloutSeconds: 1 })
  cluster.standIn!.objects.rollouts = 'held'
  await cortex.decide(await cortex.approval(id), 'approve')
  t.match(await cortex.ended(id), { error: { code: 'CTX_CHANGES_UNDONE', message: /did not come up: after 1 s.*undone: namespace\/web\/deployment\.apps\/web, settings\.txt\./ } })
  t.equal(await cluster.read('apps/v1/deployments/web'), null)
  t.notOk(filesOf(cortex).includes('settings.txt'))
})
