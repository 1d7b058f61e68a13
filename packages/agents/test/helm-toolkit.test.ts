import { join } from 'node:path'
import t from 'tap'
import { decide, questionOf, type Policy } from '../src/policy.ts'
import { Helm } from '../src/toolkits/helm/helm.ts'
import { createHelmToolkit } from '../src/toolkits/helm/index.ts'
import { openCluster, type KubernetesOptions } from '../src/toolkits/kubernetes/index.ts'
import type { MadeChange, Plan, Toolkit } from '../src/toolkit.ts'
import { startCluster, type TestCluster } from './support/cluster.ts'
import { noHelm, unpackHelm } from './support/helm-program.ts'
import { plan, reader, repositoryWith, request, signal, temporaryFolder, writeFiles, type TestOwner } from './workspace.ts'

const workload = `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: 1
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec: { containers: [{ name: web, image: "registry.k8s.io/pause:3.9" }] }
`
const files = {
  'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'charts/web/values.yaml': 'mode: slow\n',
  'charts/web/templates/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\ndata: { mode: {{ .Values.mode | quote }} }\n',
  'charts/web/templates/login.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: {{ .Release.Name }}-login }\nstringData: { password: correct-horse }\n',
  'charts/web/templates/web.yaml': workload,
  'charts/far/Chart.yaml': 'apiVersion: v2\nname: far\nversion: 0.1.0\n',
  'charts/far/templates/role.yaml': 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: {{ .Release.Name }} }\nrules: []\n',
  'charts/next/Chart.yaml': 'apiVersion: v2\nname: next\nversion: 0.1.0\n',
  'charts/next/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: kube-system }\n',
  ...chart('merged', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, <<: { namespace: kube-system } }\n'),
  ...chart('listed', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\nitems: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: inner, namespace: kube-system } }]\n'),
  ...chart('made-up', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { x: {{ randAlphaNum 9 }} }\n'),
  ...chart('failing', '{{ fail (printf "needs %s" ((lookup "v1" "Secret" .Release.Namespace "db").data | default dict | toJson | splitList "" | join "-")) }}\n'),
  ...chart('looking', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: looked }\ndata: { found: {{ lookup "v1" "Secret" .Release.Namespace "db" | toJson | splitList "" | join "-" | quote }}, old: "{{ .Values.password | default "" | splitList "" | join "-" }}" }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: looked }\nspec: { selector: { app: web }, ports: [{ port: 0120 }] }\n'),
  'charts/looking/crds/role.yaml': 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: beside }\nrules: []\n',
  ...chart('wide', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }}, namespace: payments }\n---\n{{ if .Values.role }}apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: {{ .Release.Name }} }\nrules: []{{ end }}\n'),
  ...chart('login', 'apiVersion: v1\nkind: Secret\nmetadata: { name: login }\nstringData: { password: {{ .Values.word | default "correct-horse" }} }\n'),
  ...chart('small', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: small }\ndata: { word: {{ .Values.word | quote }} }\n')
}
function chart (name: string, template: string): Record<string, string> {
  return { [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`, [`charts/${name}/templates/objects.yaml`]: template }
}

const program = noHelm ? '' : await unpackHelm(t)

interface Scene {
  cluster: TestCluster
  toolkit: Toolkit
  release: { release: string, namespace: string }
  chart: { release: string, namespace: string, chart: string }
  /** The same with other bounds. */
  within (bounds: Partial<KubernetesOptions>): Toolkit
}

async function begin (t: TestOwner): Promise<Scene> {
  const [cluster, { repository }] = await Promise.all([startCluster(t), repositoryWith(t, files)])
  const { kubeconfig, namespace } = cluster
  const seconds = cluster.standIn ? 10 : 120
  const within = (bounds: Partial<KubernetesOptions>) => createHelmToolkit({ helm: new Helm({ program, kubeconfig, seconds }), access: openCluster({ kubeconfig, namespaces: namespace, clusterScoped: 'off', rolloutSeconds: seconds, ...bounds }), repository })
  const release = { release: 'web', namespace }
  return { cluster, toolkit: within({}), within, release, chart: { ...release, chart: 'charts/web' } }
}

async function carryOut (toolkit: Toolkit, plans: Plan[], noted = new Map<string, string>()) {
  const asked = { ...request(plans), noted, note: async (target: string, state: string) => { noted.set(target, state) } }
  const applied = await toolkit.apply!(asked)
  return { asked, noted, applied, evidence: applied.kind === 'applied' ? await toolkit.verify!(plans, applied.reference, signal) : [] }
}

/** As the journal gives the changes back. */
const wayBack = (toolkit: Toolkit, changes: readonly Plan[]) => toolkit.planBack!(JSON.parse(JSON.stringify(changes)) as MadeChange[], { signal, draft: [] })

const modeOf = async (cluster: TestCluster) => (await cluster.read('v1/configmaps/web') as { data?: { mode: string } } | null)?.data?.mode

t.test('a release is installed, upgraded, rolled back and uninstalled as planned, each once, and each can be undone', { skip: noHelm }, async (t) => {
  const { cluster, toolkit, release, chart } = await begin(t)
  const install = await plan(toolkit, 'helm_upgrade', chart)
  t.match(install, [{ verb: 'create', base: null, risk: 'medium', target: `namespace/${cluster.namespace}/helm-release/web`, diff: /\+kind: Deployment[\s\S]*\+ {2}mode: slow/, dry_run: /3 objects, from the chart charts\/web/ }])
  t.equal(await modeOf(cluster), undefined, 'planning makes nothing')
  const first = await carryOut(toolkit, install)
  t.match(first, { applied: { found: false }, evidence: [{ claim: /is deployed as approved/, detail: /revision 1, deployed\n3 objects\nDeployment web: 1 of 1 replicas updated/ }] })
  t.match(await carryOut(toolkit, install, first.noted), { applied: { found: true } })
  t.strictSame(await toolkit.moved!(first.asked), [])
  t.strictSame(await plan(toolkit, 'helm_upgrade', chart), [], 'the release already is as the chart makes it')

  const upgrade = await plan(toolkit, 'helm_upgrade', { ...chart, values: { mode: 'fast' } })
  t.match(upgrade, [{ verb: 'update', base: 'revision 1, deployed', diff: /- {2}mode: slow\n\+ {2}mode: fast/, inverse: { rollback: 1 } }])
  const overtaken = await plan(toolkit, 'helm_upgrade', { ...chart, values: { mode: 'overtaken' } })
  const second = await carryOut(toolkit, upgrade)
  t.match(await carryOut(toolkit, overtaken), { applied: { kind: 'moved', targets: [upgrade[0]!.target] } }, 'a release somebody else changed since is left alone')
  t.equal(await modeOf(cluster), 'fast')
  const status = await reader(toolkit, 'helm_status').run(release, { signal, draft: [] })
  t.match(status.text, /revision 2, deployed[\s\S]*mode: fast[\s\S]*password: "?\[redacted/)
  for (const shown of [install, upgrade, status]) t.notMatch(JSON.stringify(shown), /correct-horse|Y29ycmVjdC1ob3JzZQ/, 'values of Secrets are shown by no tool and kept in no change set')
  for (const when of ['at first', 'asked again by a run that did not see it end']) t.strictSame(await toolkit.undo!(second.asked), { undone: [upgrade[0]!.target], left: [] }, when)
  t.equal(await modeOf(cluster), 'slow')

  const rolled = await plan(toolkit, 'helm_rollback', { ...release, revision: 2 })
  await carryOut(toolkit, rolled)
  t.equal(await modeOf(cluster), 'fast')

  const back = await wayBack(toolkit, rolled)
  t.match(back, { plans: [{ tool: 'helm_rollback', verb: 'update', risk: 'medium', diff: /- {2}mode: fast\n\+ {2}mode: slow/ }], standing: [], left: [] })
  t.match((await carryOut(toolkit, back.plans)).evidence, [{ detail: /revision 5, deployed/ }])
  t.equal(await modeOf(cluster), 'slow')
  t.match(await wayBack(toolkit, rolled), { plans: [], standing: [rolled[0]!.target] }, 'then nothing is left to undo')
  t.match(await wayBack(toolkit, [...upgrade, ...install]), { plans: [{ tool: 'helm_uninstall', verb: 'delete', dry_run: /changed since by others/ }] }, 'before the first of both there was no release')
  const again = await wayBack(toolkit, back.plans)
  t.match(again.plans, [{ risk: 'medium', diff: /\+ {2}mode: fast/ }], 'the way back has a way back')
  await carryOut(toolkit, again.plans)
  const uninstall = await plan(toolkit, 'helm_uninstall', release)
  t.match(uninstall, [{ verb: 'delete', risk: 'high' }])
  const last = await carryOut(toolkit, uninstall)
  t.match(last.evidence, [{ claim: /is uninstalled/ }])
  t.equal(await modeOf(cluster), undefined)
  t.match(await toolkit.undo!(last.asked), { undone: [uninstall[0]!.target] })
  t.equal(await modeOf(cluster), 'fast', 'its history was kept')
})

t.test('a chart may touch no more than anybody else, and has to be committed', { skip: noHelm }, async (t) => {
  const { toolkit, release, chart } = await begin(t)
  t.match(await reader(toolkit, 'helm_template').run(chart, { signal, draft: [] }), { text: /mode: slow/ })
  await t.rejects(plan(toolkit, 'helm_upgrade', { ...chart, values: { adminPassword: 'hunter22' } }), { code: 'CTX_OBJECT_UNSUITED', message: /name an existing Secret/ })
  await t.rejects(plan(toolkit, 'helm_upgrade', { ...release, chart: 'charts/far' }), { code: 'CTX_CLUSTER_SCOPE', message: /ClusterRole/ })
  await t.rejects(plan(toolkit, 'helm_upgrade', { ...release, chart: 'charts/next' }), { code: 'CTX_CLUSTER_SCOPE', message: /kube-system/ })
  await t.rejects(plan(toolkit, 'helm_upgrade', { ...release, namespace: 'kube-system', chart: 'charts/web' }), { code: 'CTX_CLUSTER_SCOPE' })
  await t.rejects(plan(toolkit, 'helm_upgrade', { ...release, chart: 'charts/nowhere' }), { code: 'CTX_CHART_UNSUITED' })
  await t.rejects(plan(toolkit, 'helm_upgrade', { ...release, chart: '../charts' }), { code: 'CTX_PATH_REFUSED' })
  await t.rejects(plan(toolkit, 'helm_uninstall', release), { code: 'CTX_RELEASE_NOT_FOUND' })
})

t.test('helm is held to the same bounds whatever a chart or a release of others holds', { skip: noHelm || (process.env.TEST_KUBECONFIG !== undefined && 'it makes objects beyond its namespace') }, async (t) => {
  const { cluster, toolkit, within, release, chart } = await begin(t)
  const helm = new Helm({ program, kubeconfig: cluster.kubeconfig, seconds: 10 })
  const folder = await temporaryFolder(t)
  await writeFiles(folder, files)
  const byOthers = (release: string, chart: string, ...options: string[]) => helm.run(['upgrade', release, join(folder, 'charts', chart), '--install', '--namespace', 'web', ...options])
  cluster.standIn!.write({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } })
  await cluster.write({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { word: 'aHVudGVy' } })
  const shown = /h-u-n-t|a-H-V-u/
  const upgrade = (chart: string, more: object = {}, of = toolkit) => plan(of, 'helm_upgrade', { ...release, chart: `charts/${chart}`, ...more })

  await t.test('as helm reads it, not as another reader of YAML would', async (t) => {
    await t.rejects(upgrade('merged'), { code: 'CTX_CLUSTER_SCOPE', message: /kube-system/ })
    await t.rejects(upgrade('listed'), { code: 'CTX_CLUSTER_SCOPE', message: /kube-system/ }, 'what has items is a list to helm')
    const madeUp = await upgrade('made-up')
    await t.rejects(carryOut(toolkit, madeUp), { code: 'CTX_CHART_UNSUITED', message: /nothing was changed/ })
    t.equal(await cluster.read('v1/configmaps/x'), null, 'what is installed is what was looked at')
  })
  await t.test('and nothing is looked up while it renders', async (t) => {
    await t.rejects(upgrade('failing'), { code: 'CTX_HELM_FAILED', message: /needs \{-\}/ })
    await t.rejects(reader(toolkit, 'helm_template').run({ ...chart, chart: 'charts/failing' }, { signal, draft: [] }), { message: /needs \{-\}/ })
    const looking = await upgrade('looking')
    t.match(looking, [{ diff: /found: "?\{-\}[\s\S]*port: 80/, dry_run: /crds\/ is left out/ }])
    await t.resolves(carryOut(toolkit, looking))
    t.notMatch(JSON.stringify(await cluster.read('v1/configmaps/looked')), shown)
    t.equal(cluster.standIn!.find('ClusterRole', 'beside'), undefined, 'what a chart would install beside its templates is not installed')
    await byOthers('web', 'looking', '--set', 'password=hunter22')
    await t.rejects(upgrade('looking', { keep_values: true }), { code: 'CTX_OBJECT_UNSUITED', message: /leave keep_values out/ }, 'nor are secret values of others spelt out by a template')
  })
  await t.test('what goes with the next revision counts as what comes with it', async (t) => {
    await byOthers('ops', 'wide', '--set', 'role=true')
    const ops = { ...release, release: 'ops' }
    await t.rejects(upgrade('small', ops), { code: 'CTX_CLUSTER_SCOPE' })
    await t.rejects(plan(toolkit, 'helm_uninstall', ops), { code: 'CTX_CLUSTER_SCOPE' })
    await t.rejects(plan(within({ clusterScoped: 'change' }), 'helm_uninstall', ops), { code: 'CTX_CLUSTER_SCOPE', message: /payments/ })
    const [smaller] = await upgrade('small', ops, within({ clusterScoped: 'change', namespaces: 'web,payments' }))
    t.match(smaller, { risk: 'high', cluster_wide: true, dry_run: /deletes namespace\/payments\/configmap\/ops, cluster\/clusterrole/ })
    cluster.standIn!.refuse = ({ path }) => path.endsWith('/configmaps/small') ? 'the quota is used up' : undefined
    await t.rejects(byOthers('ops', 'small'))
    cluster.standIn!.refuse = () => undefined
    await t.rejects(upgrade('small', ops), { code: 'CTX_CLUSTER_SCOPE' }, 'helm compares with the revision before a failed one')
  })
  await t.test('the policy is asked about all that a release touches, and the strictest answer counts', async (t) => {
    const free = within({ clusterScoped: 'change', namespaces: '*' })
    const auto: Policy['rules'][number] = { name: 'web is free', match: { target: 'namespace/web/**' }, decision: 'auto' }
    const deny = (target: string): Policy['rules'][number] => ({ name: target, match: { target }, decision: 'deny' })
    const answer = async (planned: Plan[], ...rules: Policy['rules']) => decide({ rules }, questionOf({ category: 'infrastructure' }, planned[0]!))
    const [far, role, near] = [await upgrade('wide', {}, free), await upgrade('wide', { values: { role: true } }, free), await upgrade('small')]
    t.match(await answer(far, auto, deny('namespace/payments/**')), { decision: 'deny', rule: 'namespace/payments/**' })
    t.match(await answer(far, auto), { decision: 'ask', rule: 'changes ask (default)' })
    t.match(await answer(role, auto, deny('cluster/**')), { decision: 'deny' })
    t.match(await answer(role, auto), { decision: 'ask', confirm: true })
    t.match(await answer(near, { name: 'x', match: { verb: 'delete', target: '**/configmap/looked' }, decision: 'deny' }, auto), { decision: 'deny' }, 'what it deletes counts as deleted')
    t.match(await answer(near, deny('namespace/payments/**'), auto), { decision: 'auto' })
  })
  await t.test('a release of which only a secret value changes is not as wanted, and the diff says so without the value', async (t) => {
    await carryOut(toolkit, await upgrade('login', { release: 'login' }))
    const change = await upgrade('login', { release: 'login', values: { word: 'battery-staple' } })
    t.match(change, [{ diff: /- {2}password: .*secret value\]"?\n\+ {2}password: .*secret value, another than before\]/ }])
    t.notMatch(change[0]!.diff, /battery|horse/)
    await carryOut(toolkit, change)
    t.match(await cluster.read('v1/secrets/login'), { stringData: { password: 'battery-staple' } })
  })
})

t.test('an upgrade that breaks off is brought back to the revision before', { skip: noHelm || (process.env.TEST_KUBECONFIG !== undefined && 'a real cluster cannot be told to fail') }, async (t) => {
  const { cluster, toolkit, chart } = await begin(t)
  await carryOut(toolkit, await plan(toolkit, 'helm_upgrade', chart))
  const upgrade = await plan(toolkit, 'helm_upgrade', { ...chart, values: { mode: 'fast' } })
  cluster.standIn!.refuse = ({ path }) => path.endsWith('/configmaps/web') ? 'the quota is used up' : undefined
  const noted = new Map<string, string>()
  await t.rejects(carryOut(toolkit, upgrade, noted), { code: 'CTX_HELM_FAILED', message: /quota is used up/ })
  cluster.standIn!.refuse = () => undefined
  await t.rejects(carryOut(toolkit, upgrade, noted), { code: 'CTX_RELEASE_PENDING' }, 'nobody goes on with what broke off')
  t.strictSame(await toolkit.undo!({ ...request(upgrade), noted }), { undone: [upgrade[0]!.target], left: [] })
  t.match(await reader(toolkit, 'helm_status').run({ release: 'web', namespace: cluster.namespace }, { signal, draft: [] }), { facts: { status: 'deployed' } })
  t.equal(await modeOf(cluster), 'slow')
})

t.test('a release somebody else installs between the last look and the install stays theirs', { skip: noHelm }, async (t) => {
  const { cluster, toolkit, chart, release } = await begin(t)
  const [mine, theirs] = [await plan(toolkit, 'helm_upgrade', { ...chart, values: { mode: 'mine' } }), await plan(toolkit, 'helm_upgrade', { ...chart, values: { mode: 'theirs' } })]
  const noted = new Map<string, string>()
  const note = async (target: string, state: string) => {
    if (noted.size === 0) t.match(await toolkit.apply!({ ...request(theirs), planHash: 'theirs' }), { kind: 'applied', found: false })
    noted.set(target, state)
  }
  const asked = { ...request(mine), noted, note }
  t.match(await toolkit.apply!(asked), { kind: 'moved', targets: [`namespace/${release.namespace}/helm-release/web`] })
  t.equal(await modeOf(cluster), 'theirs')
  t.strictSame(await toolkit.undo!(asked), { undone: [], left: [] })
  t.equal(await modeOf(cluster), 'theirs')
})
