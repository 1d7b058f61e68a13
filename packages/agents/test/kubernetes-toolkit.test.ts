import { readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { stringify } from 'yaml'
import { decide, questionOf } from '../src/policy.ts'
import type { Plan, Toolkit } from '../src/toolkit.ts'
import { createKubernetesToolkit, openCluster } from '../src/toolkits/kubernetes/index.ts'
import { configMap, deployment, startCluster, type TestCluster } from './support/cluster.ts'
import { changer, hashOf, plan, reader, request, signal } from './workspace.ts'

/** A stand-in, or the cluster TEST_KUBECONFIG names; some things only a stand-in can be told to do. */
const real = process.env.TEST_KUBECONFIG !== undefined && 'a real cluster cannot be told to do that'

const manifest = ({ namespace }: TestCluster, ...objects: Array<{ kind: string, metadata: object }>) => objects.map((object) => stringify({ ...object, metadata: { namespace, ...object.metadata } })).join('---\n')
const applying = (toolkit: Toolkit, cluster: TestCluster, ...objects: Array<{ kind: string, metadata: object }>) => plan(toolkit, 'kubernetes_apply', { manifest: manifest(cluster, ...objects) })
const read = (toolkit: Toolkit, name: string, input: unknown) => reader(toolkit, name).run(input, { signal, draft: [] })
const content = (object: object | null) => object && 'data' in object ? object.data : undefined

async function carryOut (toolkit: Toolkit, plans: Plan[], noted = new Map<string, string>()) {
  const asked = { ...request(plans), noted, note: async (target: string, state: string) => { noted.set(target, state) } }
  const applied = await toolkit.apply!(asked)
  return { asked, applied, evidence: applied.kind === 'applied' ? await toolkit.verify!(plans, applied.reference, signal) : [] }
}

t.test('a manifest is judged by the server\'s dry run, shown without noise, and nothing is made', async (t) => {
  const cluster = await startCluster(t)
  const plans = await applying(cluster.toolkit(), cluster, configMap('settings', { mode: 'a' }), deployment('web'))
  t.strictSame(plans.map(({ target, verb, risk, base }) => [target, verb, risk, base]), [
    [`namespace/${cluster.namespace}/configmap/settings`, 'create', 'medium', null], [`namespace/${cluster.namespace}/deployment.apps/web`, 'create', 'medium', null]
  ])
  t.match(plans[1]!.diff, /^--- \/dev\/null[\s\S]*\+ {2}replicas: 1\n[\s\S]*image: registry\.k8s\.io\/pause/)
  t.match(plans[1]!.diff, /revisionHistoryLimit: 10/, 'what the server adds is seen before it is approved')
  for (const noise of ['managedFields', 'resourceVersion', 'uid:', 'creationTimestamp', 'status:']) t.notMatch(plans[1]!.diff, noise)
  t.equal(await cluster.read('v1/configmaps/settings'), null)
  t.notOk(cluster.standIn?.asked.slice(1).some(({ dryRun }) => !dryRun), 'every request was a dry run')
})

t.test('approved objects are applied once, read back, and their rollout is waited for', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const plans = await applying(toolkit, cluster, deployment('web'), configMap('settings', { mode: 'a' }))
  const first = await carryOut(toolkit, plans)
  t.match(first, { applied: { kind: 'applied', found: false }, evidence: [{ claim: 'The cluster has 2 objects as approved' }, { claim: '1 rollout finished', detail: /1 of 1 replicas updated, 1 available/ }] })
  const { metadata } = (await cluster.read('v1/configmaps/settings'))!
  t.equal(metadata.annotations?.['cortex-apply'], hashOf(plans))

  t.match(await toolkit.moved!(request(plans)), [], 'what this change set did itself has not moved')
  t.match(await carryOut(toolkit, plans), { applied: { kind: 'applied', found: true }, evidence: [{ claim: /2 objects as approved/ }, {}] })
  t.equal((await cluster.read('v1/configmaps/settings'))!.metadata.resourceVersion, metadata.resourceVersion, 'nothing was written again')
  t.match(await changer(toolkit, 'kubernetes_apply').plan({ manifest: manifest(cluster, configMap('settings', { mode: 'a' })) }, { signal, draft: [] }), { plans: [], standing: [/configmap\/settings/] })
})

t.test('what others changed since the plan is not written over, and what only a controller wrote is no change', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  await cluster.write(configMap('settings', { mode: 'a' }), 'cortex')
  const plans = await applying(toolkit, cluster, configMap('settings', { mode: 'b' }))
  t.match(plans[0]!.diff, /- {2}mode: a\n\+ {2}mode: b/)
  t.strictSame(await toolkit.moved!(request(plans)), [])
  await cluster.write({ ...configMap('settings', { other: 'x' }) })
  t.strictSame(await toolkit.moved!(request(plans)), [`namespace/${cluster.namespace}/configmap/settings`])
  t.match(await carryOut(toolkit, plans), { applied: { kind: 'moved', targets: [/settings/] } })
  t.strictSame(content(await cluster.read('v1/configmaps/settings')), { mode: 'a', other: 'x' })

  const scaling = await plan(toolkit, 'kubernetes_scale', { kind: 'deploy', namespace: cluster.namespace, name: 'web', replicas: 2 }).catch((error: { code: string }) => error.code)
  t.equal(scaling, 'CTX_OBJECT_NOT_FOUND')
})

t.test('a field others look after is refused by name, and taken over only where that is planned', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  await cluster.write(configMap('settings', { mode: 'a' }), 'their-operator')
  await t.rejects(applying(toolkit, cluster, configMap('settings', { mode: 'b' })), { code: 'CTX_FIELD_CONFLICT', message: /\.data\.mode \(their-operator\)/ })
  const plans = await plan(toolkit, 'kubernetes_apply', { manifest: manifest(cluster, configMap('settings', { mode: 'b' })), force: true })
  t.match(plans, [{ risk: 'high', dry_run: /takes over \.data\.mode \(their-operator\)/, diff: /\+ {2}mode: b/ }])
  await carryOut(toolkit, plans)
  t.strictSame(content(await cluster.read('v1/configmaps/settings')), { mode: 'b' })
  t.match(await applying(toolkit, cluster, configMap('settings', { mode: 'c' })), [{ risk: 'medium', arguments: { force: false } }], 'from then on it is ours')
})

t.test('fields an earlier apply set and the manifest no longer holds go away; those of others stay', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  await carryOut(toolkit, await applying(toolkit, cluster, configMap('settings', { mode: 'a', old: 'x' })))
  await cluster.write(configMap('settings', { theirs: 'y' }))
  const plans = await applying(toolkit, cluster, configMap('settings', { mode: 'a' }))
  t.match(plans[0]!.diff, /- {2}old: x/)
  await carryOut(toolkit, plans)
  t.strictSame(content(await cluster.read('v1/configmaps/settings')), { mode: 'a', theirs: 'y' })
})

t.test('patch, scale, restart and delete are planned, made, found again and undone', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  await carryOut(toolkit, await applying(toolkit, cluster, deployment('web'), configMap('settings', { mode: 'a' })))
  const object = { kind: 'Deployment', namespace: cluster.namespace, name: 'web' }
  const before = (await cluster.read('apps/v1/deployments/web'))!.spec
  for (const spec of [{ hostIPC: true }, { containers: [{ name: 'web', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] }]) t.match(await plan(toolkit, 'kubernetes_patch', { ...object, patch: { spec: { template: { spec } } } }), [{ risk: 'high' }])
  const cases: Array<[name: string, input: object, diff: RegExp, risk: string]> = [
    ['kubernetes_patch', { ...object, patch: { metadata: { labels: { tier: 'front' } } } }, /\+ {4}tier: front/, 'medium'],
    ['kubernetes_scale', { ...object, replicas: 2 }, /- {2}replicas: 1\n\+ {2}replicas: 2/, 'medium'],
    ['kubernetes_scale', { ...object, replicas: 0 }, /\+ {2}replicas: 0/, 'high'],
    ['kubernetes_restart', object, /\+ +kubectl\.kubernetes\.io\/restartedAt/, 'medium'],
    ['kubernetes_delete', { kind: 'cm', namespace: cluster.namespace, name: 'settings' }, /- {2}mode: a/, 'high']
  ]
  for (const [name, input, diff, risk] of cases) {
    const plans = await plan(toolkit, name, input)
    t.match(plans, [{ tool: name, diff, risk }], name)
    const { asked, applied, evidence } = await carryOut(toolkit, plans)
    t.match([applied, evidence.length > 0], [{ kind: 'applied', found: false }, true], name)
    t.match(await carryOut(toolkit, plans, asked.noted as Map<string, string>), { applied: { found: true } }, `${name} is not made twice`)
    for (const when of ['at first', 'asked again by a run that did not see it end']) t.strictSame(await toolkit.undo!(asked), { undone: [plans[0]!.target], left: [] }, when)
    t.strictSame(await toolkit.undo!({ ...asked, noted: new Map() }), { undone: [], left: [] }, 'there is nothing left to undo')
  }
  t.strictSame((await cluster.read('apps/v1/deployments/web'))!.spec, before)
  t.strictSame(content(await cluster.read('v1/configmaps/settings')), { mode: 'a' })
})

t.test('undoing takes away what was created, last first, and leaves alone what never was', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const plans = await applying(toolkit, cluster, deployment('web'), configMap('settings', { mode: 'a' }))
  t.strictSame(await toolkit.undo!(request(plans)), { undone: [], left: [] })
  const { asked } = await carryOut(toolkit, plans)
  t.strictSame((await toolkit.undo!(asked)).undone, [`namespace/${cluster.namespace}/deployment.apps/web`, `namespace/${cluster.namespace}/configmap/settings`])
  t.equal(await cluster.read('v1/configmaps/settings'), null)
})

t.test('undoing leaves alone what others have changed since, and names them', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const named = (name: string) => `namespace/${cluster.namespace}/configmap/${name}`
  const of = { kind: 'ConfigMap', namespace: cluster.namespace }
  const kubectl = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
  for (const name of ['old', 'gone', 'quiet']) await cluster.write({ ...configMap(name, { mode: 'a' }), metadata: { name, annotations: kubectl } }, 'cortex')
  let plans = await applying(toolkit, cluster, configMap('new', { mode: 'b' }), configMap('fresh', { mode: 'b' }))
  for (const name of ['old', 'quiet']) plans = await plan(toolkit, 'kubernetes_patch', { ...of, name, patch: { data: { mode: 'b' } } }, plans)
  plans = await plan(toolkit, 'kubernetes_delete', { ...of, name: 'gone' }, plans)
  const { asked } = await carryOut(toolkit, plans)
  await cluster.write(configMap('old', { hotfix: 'x' }), 'their-operator')
  await cluster.write(configMap('new', { theirs: 'x' }), 'their-operator')
  await cluster.write(configMap('gone', { theirs: 'x' }), 'their-operator')
  const { undone, left } = await toolkit.undo!(asked)
  t.strictSame(undone.sort(), [named('fresh'), named('quiet')])
  t.match(Object.fromEntries(left.map(({ target, reason }) => [target, reason])), { [named('old')]: /since by their-operator/, [named('new')]: /since by their-operator/, [named('gone')]: /made another since/ })
  const now = Object.fromEntries(await Promise.all(['old', 'new', 'gone', 'quiet', 'fresh'].map(async (name) => [name, content(await cluster.read(`v1/configmaps/${name}`))])))
  t.strictSame(now, { old: { mode: 'b', hotfix: 'x' }, new: { mode: 'b', theirs: 'x' }, gone: { theirs: 'x' }, quiet: { mode: 'a' }, fresh: undefined })
  t.match((await cluster.read('v1/configmaps/quiet'))!.metadata.annotations, kubectl, 'what kubectl keeps there stays')

  await t.test('also where one of its fields was taken away or over', async (t) => {
    const taken = await applying(toolkit, cluster, configMap('taken', { mode: 'b', more: 'c' }))
    const { asked: again } = await carryOut(toolkit, taken)
    await cluster.write(configMap('taken', { mode: 'z' }), 'their-operator')
    t.match(await toolkit.undo!(again), { undone: [], left: [{ target: named('taken'), reason: /their-operator/ }] })
  })
})

t.test('annotations that no diff would show are refused by name', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  for (const key of ['cortex-patch', 'cortex-apply', 'deployment.kubernetes.io/revision', 'kubectl.kubernetes.io/last-applied-configuration']) {
    const object = { ...configMap('settings', { mode: 'a' }), metadata: { name: 'settings', annotations: { [key]: '7' } } }
    await t.rejects(applying(toolkit, cluster, object), { code: 'CTX_OBJECT_UNSUITED', message: `the annotation ${key} is kept by` })
  }
  await cluster.write({ ...configMap('settings', { mode: 'a' }), metadata: { name: 'settings', annotations: { theirs: 'x' } } })
  const patching = (annotations: unknown) => plan(toolkit, 'kubernetes_patch', { kind: 'cm', namespace: cluster.namespace, name: 'settings', patch: { metadata: { annotations } } })
  await t.rejects(patching({ 'cortex-apply': null }), { message: /cortex-apply is kept by/ })
  await t.rejects(patching(null), { message: /name each annotation/ })
  t.match(await patching({ theirs: null }), [{ diff: /- +theirs: x/ }])
})

t.test('values of Secrets and what looks like one never leave the toolkit', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"aHVudGVyMg=="}}' } }, data: { password: 'aHVudGVyMg==' } }
  await cluster.write(secret)
  const workload = deployment('web')
  const container = (workload.spec as { template: { spec: { containers: object[] } } }).template.spec.containers[0]!
  Object.assign(container, { env: [{ name: 'DB_PASSWORD', value: 'correct horse' }, { name: 'MODE', value: 'fast' }] })
  await cluster.write(workload, 'cortex')
  await cluster.write(configMap('files', { 'secret.yaml': 'kind: Secret\r\nstringData:\r\n  a: correct horse\r\n' }))
  const place = { namespace: cluster.namespace }
  const shown = await Promise.all([
    read(toolkit, 'kubernetes_get', { ...place, kind: 'Secret', name: 'login' }), read(toolkit, 'kubernetes_describe', { ...place, kind: 'Secret', name: 'login' }),
    read(toolkit, 'kubernetes_list', { ...place, kind: 'Secret' }), read(toolkit, 'kubernetes_get', { ...place, kind: 'Deployment', name: 'web' }),
    read(toolkit, 'kubernetes_get', { ...place, kind: 'ConfigMap', name: 'files' })
  ])
  t.match(shown[0]!.text, /password: "?\[redacted: secret value\]/)
  t.match(shown[3]!.text, /name: MODE\n +value: fast/)
  for (const reading of shown) t.notMatch(JSON.stringify(reading), /aHVudGVyMg|correct horse/)

  await t.rejects(applying(toolkit, cluster, { ...secret, metadata: { name: 'login' } }), { code: 'CTX_OBJECT_UNSUITED', message: /left to people/ })
  await t.rejects(applying(toolkit, cluster, workload), { code: 'CTX_OBJECT_UNSUITED', message: /secretKeyRef/ })
  const plans = await plan(toolkit, 'kubernetes_scale', { ...place, kind: 'Deployment', name: 'web', replicas: 2 })
  t.notMatch(JSON.stringify(plans), 'correct horse', 'nor the change set')
  t.match(plans, [{ inverse: {}, dry_run: /cannot be undone/ }])
  const { asked } = await carryOut(toolkit, plans)
  t.match(await toolkit.undo!(asked), { undone: [], left: [{ reason: /secret values/ }] })
})

/** Names operators give to secrets that stand in the open, and what is no secret by its name. */
const secretNames = ['DB_PASSWORD', 'DB_PASSWORD_PROD', 'DB_PASS', 'POSTGRES_PWD', 'JWT_SIGNING_KEY', 'ENCRYPTION_KEY', 'LICENSE_KEY', 'AUTH_TOKEN_OLD', 'API_KEY_V2', 'SECRET_KEY_BASE', 'APP_SECRET', 'SESSION_SECRET_PREVIOUS', 'OAUTH_CLIENT_SECRET', 'AWS_SECRET_ACCESS_KEY', 'SMTP_CREDENTIALS', 'HMAC_KEY', 'UNSEAL_KEY_1', 'db.password', 'redis-passphrase', 'api_tokens', 'ENC_KEY', 'DATABASE_KEY', 'DB_AUTH']
const openNames = ['MODE', 'PASSWORD_FILE', 'TOKEN_TTL', 'PUBLIC_KEY']

t.test('an object with secrets in the open, under whatever names, is shown without them, changed, and not undone', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const secret = 'Zq7vKp2mWx9LrT'
  const open = Object.fromEntries(openNames.map((name) => [name, name === 'PASSWORD_FILE' ? '/run/secrets/x' : 'fast']))
  const withSecrets = (name: string, values: Record<string, string>) => {
    const workload = deployment(name)
    const [container] = (workload.spec as { template: { spec: { containers: object[] } } }).template.spec.containers
    Object.assign(container!, { env: Object.entries(values).map(([name, value]) => ({ name, value })) })
    return [workload, configMap(name, { ...values, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}.yaml`, stringify({ db: { [name]: value } })])) })] as const
  }
  for (const [form, value] of [['line', secret], ['lines', `first line\n${secret}\n`], ['list', `- ${secret}\n- ${secret}2\n`]] as const) {
    const [workload, settings] = withSecrets(form, { ...open, ...Object.fromEntries(secretNames.map((name) => [name, value])) })
    await Promise.all([cluster.write(workload), cluster.write(settings)])
    const place = { namespace: cluster.namespace, name: form }
    const plans = [
      ...await plan(toolkit, 'kubernetes_scale', { ...place, kind: 'Deployment', replicas: 2 }),
      ...await plan(toolkit, 'kubernetes_patch', { ...place, kind: 'ConfigMap', patch: { data: { MODE: 'slow' } } })
    ]
    t.match(plans, [{ inverse: {}, diff: /\+ {2}replicas: 2/, dry_run: /cannot be undone/ }, { inverse: {}, diff: /\+ {2}MODE: slow/, dry_run: /cannot be undone/ }], form)
    const shown = await Promise.all(['Deployment', 'ConfigMap'].flatMap((kind) => ['kubernetes_get', 'kubernetes_describe'].map(async (tool) => read(toolkit, tool, { ...place, kind }))))
    t.notMatch(JSON.stringify([plans, shown]), secret, `${form}: none is shown`)
    for (const [name, value] of Object.entries(open)) t.ok(shown[2]!.text.includes(`\n  ${name}: ${value}\n`), `${name} is shown`)
    await carryOut(toolkit, plans.slice(0, 1))
    t.match(await cluster.read(`apps/v1/deployments/${form}`), { spec: { replicas: 2, template: { spec: { containers: [{ env: [{}, {}, {}, {}, { name: secretNames[0], value }] }] } } } }, `${form}: it is changed and nothing else is`)
    for (const name of form === 'list' ? [] : secretNames) {
      for (const object of withSecrets(`${form}-x`, { [name]: value })) await t.rejects(applying(toolkit, cluster, object), { code: 'CTX_OBJECT_UNSUITED', message: /secretKeyRef/ }, `${name}, ${form}: ${object.kind}`)
    }
  }
})

t.test('namespaces and cluster-scoped kinds that are not allowed are neither read nor changed', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const place = { kind: 'ConfigMap', namespace: 'kube-system', name: 'x' }
  for (const input of [place, { kind: 'Namespace', name: cluster.namespace }]) {
    await t.rejects(read(toolkit, 'kubernetes_get', input), { code: 'CTX_CLUSTER_SCOPE' })
    await t.rejects(plan(toolkit, 'kubernetes_delete', input), { code: 'CTX_CLUSTER_SCOPE' })
  }
  await t.rejects(read(toolkit, 'kubernetes_list', { kind: 'pods', namespace: 'kube-system' }), { message: /CORTEX_NAMESPACES/ })
  await t.rejects(read(toolkit, 'kubernetes_logs', { pod: 'x', namespace: 'kube-system' }), { code: 'CTX_CLUSTER_SCOPE' })
  await t.rejects(read(toolkit, 'kubernetes_events', { namespace: 'kube-system' }), { code: 'CTX_CLUSTER_SCOPE' })
  await t.rejects(read(toolkit, 'kubernetes_top', { nodes: true }), { message: /CORTEX_CLUSTER_SCOPED/ })
  const reading = cluster.toolkit({ clusterScoped: 'read' })
  t.match(await read(reading, 'kubernetes_get', { kind: 'ns', name: cluster.namespace }), { text: /kind: Namespace/ })
  await t.rejects(plan(reading, 'kubernetes_delete', { kind: 'ns', name: cluster.namespace }), { code: 'CTX_CLUSTER_SCOPE' })
  const changing = cluster.toolkit({ clusterScoped: 'change' })
  const [emptied] = await plan(changing, 'kubernetes_delete', { kind: 'ns', name: cluster.namespace })
  t.match(emptied, { risk: 'high', target: `cluster/namespace/${cluster.namespace}` })
  await t.rejects(plan(changing, 'kubernetes_delete', { kind: 'ns', name: 'kube-system' }), { code: 'CTX_CLUSTER_SCOPE' }, 'with a namespace goes all that is in it')
  t.match(decide({ rules: [{ name: 'x', match: { target: `namespace/${cluster.namespace}/**` }, decision: 'deny' }] }, questionOf({ category: 'general' }, emptied!)), { decision: 'deny' })
  t.match(await read(cluster.toolkit({ namespaces: '*' }), 'kubernetes_list', { kind: 'configmaps' }), { summary: /listed \d+ configmaps/ })
})

t.test('objects are listed, described and refused by the names people use for them', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const place = { namespace: cluster.namespace }
  await carryOut(toolkit, await applying(toolkit, cluster, deployment('web'), { ...configMap('settings', { mode: 'a' }), metadata: { name: 'settings', labels: { app: 'web' } } }))
  t.match(await read(toolkit, 'kubernetes_list', { kind: 'deploy' }), { text: /NAME[\s\S]*\nweb /, facts: { names: ['web'] } })
  t.match(await read(toolkit, 'kubernetes_list', { kind: 'cm', labels: 'app=web' }), { facts: { names: ['settings'] } })
  t.match(await read(toolkit, 'kubernetes_describe', { ...place, kind: 'deployments.apps', name: 'web' }), { text: /availableReplicas: 1[\s\S]*Pods:\n[\s\S]*Events:/ })
  const refused: Array<[input: object, code: string, message: RegExp]> = [
    [{ manifest: manifest(cluster, { ...configMap('a', {}), kind: 'Teapot' }) }, 'CTX_KIND_UNKNOWN', /Teapot/],
    [{ manifest: manifest(cluster, { ...configMap('a', {}), extra: 1 } as never) }, 'CTX_CLUSTER_REFUSED', /extra/],
    [{ manifest: 'a: [' }, 'CTX_TOOL_INPUT_INVALID', /manifest/],
    [{ manifest: 'kind: List' }, 'CTX_TOOL_INPUT_INVALID', /apiVersion, kind and metadata.name/],
    [{ manifest: manifest(cluster, configMap('a', {}), configMap('a', {})) }, 'CTX_TOOL_INPUT_INVALID', /twice/],
    [{ manifest: manifest(cluster, configMap('../secrets/x', {})) }, 'CTX_TOOL_INPUT_INVALID', /no name/],
    [{ manifest: manifest(cluster, { ...configMap('a', {}), metadata: { name: 'a', uid: 'x' } }) }, 'CTX_OBJECT_UNSUITED', /metadata\.uid/],
    [{ manifest: manifest(cluster, configMap('a', { x: '[redacted: secret value]' })) }, 'CTX_OBJECT_UNSUITED', /redaction mark/]
  ]
  for (const [input, code, message] of refused) await t.rejects(plan(toolkit, 'kubernetes_apply', input), { code, message }, code)
})

t.test('what runs is scanned for misconfigurations, and what the scan may not see is said', async (t) => {
  const cluster = await startCluster(t)
  const bad = deployment('bad', { image: 'nginx:latest' })
  const container = (bad.spec as { template: { spec: { containers: object[] } } }).template.spec.containers[0]!
  Object.assign(container, { securityContext: { privileged: true }, env: [{ name: 'DB_PASSWORD', value: 'correct horse' }] })
  await cluster.write(bad)
  await cluster.write({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'wide' }, rules: [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }] })
  const scan = await read(cluster.toolkit(), 'kubernetes_scan', {})
  const rules = (scan.facts.findings as Array<{ rule: string, path: string }>).map(({ rule, path }) => `${rule} ${path}`)
  for (const rule of ['k8s-privileged', 'k8s-image-floating', 'k8s-secret-in-env']) t.ok(rules.includes(`${rule} namespace/${cluster.namespace}/deployment.apps/bad`), rule)
  t.ok(rules.includes(`k8s-rbac-wildcard namespace/${cluster.namespace}/role.rbac.authorization.k8s.io/wide`))
  t.match(scan, { summary: /finding.* in 2 objects of the cluster/, text: /Not looked at[\s\S]*ClusterRole: belongs to no namespace/ })
  t.notMatch(JSON.stringify(scan), 'correct horse')
  await t.rejects(read(cluster.toolkit(), 'kubernetes_scan', { namespace: 'kube-system' }), { code: 'CTX_CLUSTER_SCOPE' })
})

t.test('logs, events and usage are read, with secrets in them replaced', { skip: real }, async (t) => {
  const cluster = await startCluster(t)
  const { standIn } = cluster
  const toolkit = cluster.toolkit()
  const metadata = { namespace: 'web', name: 'web-1', labels: { app: 'web' } }
  standIn!.write({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] }, status: { phase: 'Running', containerStatuses: [{ name: 'web', ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } }] } })
  standIn!.write({ apiVersion: 'v1', kind: 'Event', metadata: { namespace: 'web', name: 'e' }, type: 'Warning', reason: 'BackOff', message: 'restarting', count: 4, lastTimestamp: '2026-01-01T00:00:00Z', involvedObject: { kind: 'Pod', name: 'web-1' } })
  standIn!.write({ apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics', metadata, containers: [{ name: 'web', usage: { cpu: '12345678n', memory: '20480Ki' } }] })
  standIn!.logs.set('web/web-1', 'one\ntwo\npassword=correcthorse\n')
  t.match(await read(toolkit, 'kubernetes_logs', { pod: 'web-1', lines: 2 }), { text: /^two\npassword=\[redacted/ })
  await t.rejects(read(toolkit, 'kubernetes_logs', { pod: 'web-2' }), { code: 'CTX_CLUSTER_REFUSED', message: /not found/ })
  t.match(await read(toolkit, 'kubernetes_events', {}), { text: /Warning BackOff Pod\/web-1: restarting \(4 times\)/ })
  t.match(await read(toolkit, 'kubernetes_describe', { kind: 'pod', name: 'web-1' }), { text: /Events:\n.*BackOff/ })
  t.match(await read(toolkit, 'kubernetes_top', {}), { text: 'web-1 web: cpu 12m, memory 20Mi' })
})

t.test('a change whose answer was lost is found and not made again', { skip: real }, async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const plans = await applying(toolkit, cluster, configMap('settings', { mode: 'a' }))
  let cuts = 0
  cluster.standIn!.cut = ({ method, dryRun }) => method === 'PATCH' && !dryRun && cuts++ === 0
  t.match(await carryOut(toolkit, plans), { applied: { kind: 'applied', found: false } })
  t.equal(cluster.standIn!.asked.filter(({ method, dryRun }) => method === 'PATCH' && !dryRun).length, 1)
})

t.test('a rollout that does not finish in its time fails with what its pods say', { skip: real }, async (t) => {
  const cluster = await startCluster(t)
  const { standIn } = cluster
  standIn!.objects.rollouts = 'held'
  const waiting = { name: 'web', ready: false, restartCount: 0, state: { waiting: { reason: 'ImagePullBackOff' } } }
  standIn!.write({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'web', name: 'web-1', labels: { app: 'web' } }, spec: { containers: [] }, status: { phase: 'Pending', containerStatuses: [waiting] } })
  const toolkit = cluster.toolkit({ rolloutSeconds: 1 })
  await t.rejects(carryOut(toolkit, await applying(toolkit, cluster, deployment('web'))), { code: 'CTX_ROLLOUT_UNFINISHED', message: /after 1 s its controller has not looked at it yet; web-1: Pending, web not ready \(ImagePullBackOff\)/ })

  const patient = cluster.toolkit()
  const verified = patient.verify!(await applying(patient, cluster, deployment('other')).then(async (plans) => {
    await patient.apply!(request(plans))
    return plans
  }), '', signal)
  standIn!.objects.rollOut(standIn!.kind('Deployment'), 'web', 'other')
  t.match(await verified, [{}, { detail: /other: 1 of 1 replicas updated/ }], 'the watch saw it come up')
})

t.test('an object somebody else changes back is no longer as approved', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const plans = await applying(toolkit, cluster, configMap('settings', { mode: 'a' }))
  await toolkit.apply!(request(plans))
  await cluster.write(configMap('settings', { mode: 'z' }))
  await t.rejects(toolkit.verify!(plans, '', signal), { code: /CTX_(VERIFICATION_FAILED|CLUSTER_REFUSED)/ })
})

t.test('a namespace and what goes into it are one change set', { skip: real }, async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit({ clusterScoped: 'change', namespaces: 'web,new' })
  const plans = await plan(toolkit, 'kubernetes_apply', {
    manifest: `${stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } })}---\n${stringify({ ...configMap('settings', { mode: 'a' }), metadata: { name: 'settings', namespace: 'new' } })}`
  })
  t.match(plans, [{ risk: 'high', cluster_wide: true, target: 'cluster/namespace/new' }, { target: 'namespace/new/configmap/settings', dry_run: /no dry run is possible/ }])
  const { asked, applied } = await carryOut(toolkit, [...plans].reverse())
  t.match(applied, { kind: 'applied' })
  t.match(await toolkit.undo!(asked), { undone: ['namespace/new/configmap/settings', 'cluster/namespace/new'] })
})

t.test('a server that is away, or takes nobody in, is told apart from one that refuses', { skip: real }, async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  cluster.standIn!.refuse = () => 'images come from our registry only'
  await t.rejects(applying(toolkit, cluster, configMap('settings', {})), { code: 'CTX_CLUSTER_REFUSED', retryable: false, message: /our registry only/ })
  const config = await readFile(cluster.kubeconfig, 'utf8')
  const away = `${cluster.kubeconfig}-away`
  await writeFile(away, config.replace(cluster.standIn!.url, 'http://127.0.0.1:1'))
  const options = { namespaces: 'web', clusterScoped: 'off', rolloutSeconds: 1 } as const
  await t.rejects(read(createKubernetesToolkit(openCluster({ kubeconfig: away, ...options })), 'kubernetes_list', { kind: 'pods' }), { code: 'CTX_CLUSTER_UNREACHABLE', retryable: true })
  t.throws(() => openCluster({ kubeconfig: `${away}-not-there`, ...options }), { code: 'CTX_KUBECONFIG_UNUSABLE' })
})
