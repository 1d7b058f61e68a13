import { tracingSettings } from '@cortex/service'
import t, { type Test } from 'tap'
import { AgentsConfig } from '../../packages/agents/src/config.ts'
import { ChatConfig } from '../../packages/chat/src/config.ts'
import { OrchestratorConfig } from '../../packages/orchestrator/src/config.ts'
import { Config as PlannerConfig } from '../../packages/planner/src/config.ts'
import { PlaceConfig } from '../../packages/standalone/src/backup/place.ts'
import { StandaloneConfig } from '../../packages/standalone/src/config.ts'
import { masterOf, matrix } from './support/matrix.ts'
import { mayReach, partOf, podIn } from './support/network.ts'
import { meantRights, nonsense } from './support/nonsense.ts'
import { idOf, podOf, type KubernetesObject } from './support/objects.ts'
import { meantSettings, openSecrets } from './support/open-secrets.ts'
import { policyFaults } from './support/policy.ts'
import { noHelm, startHelm } from './support/programs.ts'
import { referenceFaults } from './support/references.ts'
import { schemaFaults } from './support/schemas.ts'

const signIn = ['cortex-sign-in']

t.test('the checks find what is wrong with an object', async (t) => {
  const pod = { serviceAccountName: 'x', containers: [{ name: 'c', image: 'cortex', env: [{ name: 'API_TOKEN', value: 'x' }], ports: [{ name: 'http', containerPort: 'http' }], volumeMount: [] }] }
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'c' } }, spec: pod } } }
  const said = [...await schemaFaults(object), ...policyFaults(object), ...referenceFaults([object], [])].join('\n')
  for (const fault of ['volumeMount is no field of V1Container', 'containerPort must be integer', 'may run as root', 'image cortex is not pinned', 'API_TOKEN stands in the clear', 'no limits.memory', 'no readinessProbe', 'ServiceAccount x, which is not there', 'does not select its own pods']) t.match(said, fault)
  t.match(policyFaults({ apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata: { name: 'x' }, spec: { imageName: 'postgresql:latest' } }), ['image postgresql:latest is not pinned'])
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'x' }, rules: [{ apiGroups: [''], resources: ['secrets', '*'], verbs: ['get'] }] }
  t.strictSame(policyFaults(role), ['a wildcard', 'rights on secrets'])
  t.match(await schemaFaults({ apiVersion: 'traefik.io/v1alpha1', kind: 'ServersTransport', metadata: { name: 'x' }, spec: { forwardingTimeouts: { responseTimeout: '1s' } } }), ['ServersTransport.spec.forwardingTimeouts.responseTimeout is not declared'])
})

t.test('the chart', { skip: noHelm }, async (t) => {
  const helm = await startHelm(t)
  const rendered: Record<string, KubernetesObject[]> = {}

  await t.test('passes lint, strictly', async (t) => {
    for (const values of [{}, matrix['production']!.values, matrix['k3s on one node']!.values]) t.match(await helm.lint(values), '0 chart(s) failed')
  })

  for (const [name, { values, secrets = [] }] of Object.entries(matrix)) {
    await t.test(`with ${name}: every object fits its schema and the rules, and what it names is there`, async (t) => {
      const objects = rendered[name] = await helm.render(values)
      const secretsAsked = JSON.stringify(values).includes('"secrets":true')
      const faults = (await Promise.all(objects.map(async (object) => [...await schemaFaults(object), ...policyFaults(object, { secretsAsked })].map((fault) => `${idOf(object)}: ${fault}`)))).flat()
      t.strictSame(faults, [])
      const theirs = ['task-files', 'o', 'c', 'w', 'backups'].map((claim) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: claim } }))
      const ours = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ours' } }
      t.strictSame(referenceFaults([...objects, ...theirs, ours], [...signIn, ...secrets]), [])
      t.equal(new Set(objects.map(idOf)).size, objects.length, 'no object is there twice')
      t.strictSame(strangeSettings(objects), [], 'every variable is one its process reads')
    })
  }

  await t.test('refuses values that cannot be meant, and says all at once what to change', async (t) => {
    for (const [values, says, spares = []] of [...nonsense, ...openSecrets]) {
      const refusal = await helm.refusal(values)
      for (const each of says) t.match(refusal, each)
      for (const each of spares) t.notMatch(refusal, each)
    }
    t.equal(await helm.refusal({ ...meantSettings, workers: { ...meantSettings.workers, pools: [{ name: 'a', access: meantRights }] } }), 'nothing was refused')
    t.equal(await helm.refusal({ signIn: { proxy: { addresses: ['10.42.0.0/16'] } }, ingress: { enabled: true, host: 'cortex.test', annotations: null }, nodeSelector: null, tolerations: null, workers: { settings: null, extraVolumes: null } }), 'nothing was refused', 'of what is empty unless given, nothing is as good')
  })

  await t.test('lets pods speak to whom they must, and to nobody else', async (t) => {
    const traefik = podIn('kube-system', { 'app.kubernetes.io/name': 'traefik' })
    const dns = podIn('kube-system', { 'k8s-app': 'kube-dns' })
    const stranger = podIn('default', { app: 'stranger' })
    const objects = rendered['k3s on one node']!
    const [chat, orchestrator, workers] = ['chat', 'orchestrator', 'workers'].map((part) => partOf(objects, part)) as [ReturnType<typeof podIn>, ReturnType<typeof podIn>, ReturnType<typeof podIn>]
    for (const [from, to, port] of [[traefik, chat, 3000], [chat, orchestrator, 8000], [workers, orchestrator, 8000], [workers, dns, 53], [partOf(objects, 'test'), chat, 3000]] as const) t.ok(mayReach(objects, from, to, port))
    for (const [from, to, port] of [
      [stranger, chat, 3000], [stranger, orchestrator, 8000], [traefik, orchestrator, 8000], [workers, chat, 3000], [orchestrator, chat, 3000], [chat, workers, 8200], [orchestrator, workers, 8200],
      [workers, stranger, 80], [chat, stranger, 80], [orchestrator, 'outside', 443], [workers, 'outside', 443], [chat, 'outside', 443]
    ] as const) t.notOk(mayReach(objects, from, to, port), JSON.stringify([from, to, port]))

    const gateway = rendered['a gateway']!
    t.ok(mayReach(gateway, podIn('gateways', { any: 'pod' }), partOf(gateway, 'chat'), 3000))
    t.notOk(mayReach(gateway, traefik, partOf(gateway, 'chat'), 3000))

    const traced = rendered['files of the operator, a Secret for a toolkit and traces']!
    const collector = podIn('observability', { app: 'collector' })
    for (const [part, sends] of [['orchestrator', true], ['chat', true], ['workers', true], ['test', false]] as const) t.equal(mayReach(traced, partOf(traced, part), collector, 4318), sends, `${part}: the collector`)

    const production = rendered['production']!
    const prometheus = podIn('monitoring', { 'app.kubernetes.io/name': 'prometheus' })
    t.ok(mayReach(production, partOf(production, 'workers'), 'outside', 443), 'Claude')
    t.ok(mayReach(production, prometheus, partOf(production, 'orchestrator'), 8000))
    t.notOk(mayReach(production, podIn('default', { 'app.kubernetes.io/name': 'prometheus' }), partOf(production, 'orchestrator'), 8000))
    t.notOk(mayReach(production, partOf(production, 'orchestrator'), 'outside', 443))
    for (const [pool, reaches] of [['infrastructure', true], ['readers', true], ['repository', false]] as const) {
      t.equal(mayReach(production, partOf(production, 'workers', { 'cortex/pool': pool }), 'private network', 6443), reaches, `${pool}: the API server`)
    }
    t.ok(mayReach(production, partOf(production, 'migration'), { labels: { 'cnpg.io/cluster': 'cortex-postgresql' }, namespace: (partOf(production, 'chat') as { namespace: Record<string, string> }).namespace }, 5432))
  })

  await t.test('gives workers rights to read unless more is said, and that by namespace', async (t) => {
    const rights = (name: string) => rendered[name]!.filter(({ kind }) => kind === 'Role').map(({ metadata, rules }) => [metadata.namespace, (rules as Array<{ verbs: string[] }>).some(({ verbs }) => verbs.includes('patch'))])
    t.strictSame(rights('the defaults'), [['cortex', false]])
    t.strictSame(rights('production'), [['payments', true], ['shop', true], ['payments', false], ['shop', false]])
    const tokens = rendered['production']!.filter(({ kind }) => kind === 'StatefulSet').map(({ metadata, spec }) => [metadata.name, spec.template.spec.automountServiceAccountToken])
    t.strictSame(tokens, [['cortex-workers-infrastructure', true], ['cortex-workers-readers', true], ['cortex-workers-repository', false]])
  })

  await t.test('keeps workers on one node where their volume is, and apart where it is everywhere', async (t) => {
    const affinities = (name: string) => rendered[name]!.filter(({ kind }) => kind === 'StatefulSet').map(({ spec }) => Object.keys(spec.template.spec.affinity ?? {}))
    t.strictSame(affinities('the defaults'), [[]])
    t.strictSame(affinities('KEDA and rights to write, Secrets among them'), [['podAffinity'], ['podAffinity']])
    t.strictSame(affinities('production'), [['podAntiAffinity'], ['podAntiAffinity'], ['podAntiAffinity']])
  })

  await t.test('runs the planner while no key is set, and one process at a time on SQLite', async (t) => {
    const chat = (name: string) => find(rendered[name]!, 'Deployment', 'cortex-chat')
    t.strictSame(podOf(chat('the defaults'))?.spec.containers.map(({ name }) => name), ['chat', 'planner'])
    t.strictSame(podOf(chat('production'))?.spec.containers.map(({ name }) => name), ['chat'])
    t.equal(chat('the defaults')['spec'].strategy.type, 'Recreate')
    t.equal(chat('production')['spec'].strategy.type, 'RollingUpdate')
    t.match(find(rendered['production']!, 'Job', 'cortex-migration').metadata.annotations, { 'helm.sh/hook': 'pre-upgrade' })
    t.match(find(rendered['an external database, replicas and one worker']!, 'Job', 'cortex-migration').metadata.annotations, { 'helm.sh/hook': 'pre-upgrade,pre-install' })
  })

  await t.test('lets the migration reach its database and names before anything of the new version is there', async (t) => {
    const database = { labels: { 'cnpg.io/cluster': 'cortex-postgresql' }, namespace: (partOf(rendered['production']!, 'chat') as { namespace: Record<string, string> }).namespace }
    for (const [name, to] of [['production', database], ['an external database, replicas and one worker', 'private network']] as const) {
      const weight = ({ metadata }: KubernetesObject) => Number(metadata.annotations?.['helm.sh/hook-weight'] ?? 0)
      const job = find(rendered[name]!, 'Job', 'cortex-migration')
      const before = rendered[name]!.filter((each) => each.metadata.annotations?.['helm.sh/hook'] === job.metadata.annotations?.['helm.sh/hook'] && weight(each) < weight(job))
      // Nothing else of the release is there at the first install, or what is there denies all.
      const there = [...before, job, find(rendered['the defaults']!, 'NetworkPolicy', 'cortex-nothing')]
      for (const objects of [there, there.slice(0, -1)]) {
        t.ok(mayReach(objects, partOf(objects, 'migration'), to, 5432), `${name}: the database`)
        t.ok(mayReach(objects, partOf(objects, 'migration'), podIn('kube-system', { 'k8s-app': 'kube-dns' }), 53), `${name}: names`)
        t.notOk(mayReach(objects, partOf(objects, 'migration'), 'outside', 443))
      }
      t.strictSame(before.map(({ kind, metadata }) => [kind, metadata.annotations?.['helm.sh/hook-delete-policy']]), [['NetworkPolicy', 'before-hook-creation,hook-succeeded']])
      t.notOk(rendered[name]!.some(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === podOf(job)?.spec['serviceAccountName']), 'its account is the one of the namespace')
    }
  })

  await t.test('lets answers take 300 s behind Traefik and ingress-nginx, and streams last behind a gateway', async (t) => {
    const k3s = rendered['k3s on one node']!
    t.equal(find(k3s, 'ServersTransport', 'cortex')['spec'].forwardingTimeouts.responseHeaderTimeout, '300s')
    t.equal(find(k3s, 'Service', 'cortex').metadata.annotations?.['traefik.ingress.kubernetes.io/service.serverstransport'], 'cortex-cortex@kubernetescrd')
    t.match(find(k3s, 'HelmChartConfig', 'traefik')['spec'].valuesContent, /websecure:\n {4}transport:\n {6}respondingTimeouts:\n {8}readTimeout: 300s/)
    t.match(find(k3s, 'HelmChartConfig', 'traefik')['spec'].valuesContent, /service:\n {2}spec:\n {4}externalTrafficPolicy: Local/, 'and sees who asks')
    t.match(find(rendered['production']!, 'Ingress', 'cortex').metadata.annotations, { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '300', 'nginx.ingress.kubernetes.io/proxy-send-timeout': '300' })
    t.match(find(rendered['ingress-nginx and a model inside the cluster']!, 'Ingress', 'cortex').metadata.annotations, { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '600' }, 'the operator has the last word')
    t.strictSame(find(rendered['a gateway']!, 'HTTPRoute', 'cortex')['spec'].rules[0].timeouts, { request: '0s', backendRequest: '0s' })
  })

  await t.test('restarts workers for masters that change, and nobody for a policy, which counts by itself', async (t) => {
    const pods = async (files: object) => (await helm.render({ workers: { files: { policy: 'rules: []\n', masters: { ours: masterOf('ours') }, ...files } } })).filter(podOf).map(({ metadata, spec }) => [metadata.name, spec.template] as const)
    const before = await pods({})
    t.strictSame(await pods({ policy: 'rules: [] # another\n' }), before)
    t.strictSame((await pods({ masters: { ours: masterOf('ours # another') } })).filter(([, pod], index) => JSON.stringify(pod) !== JSON.stringify(before[index]?.[1])).map(([name]) => name), ['cortex-workers-all'])
  })

  await t.test('backs up beside the volumes, and in maintenance nothing else runs, scales or migrates', async (t) => {
    const nightly = podOf(find(rendered['a backup each night, on SQLite']!, 'CronJob', 'cortex-backup'))!
    t.strictSame((nightly.spec['affinity'].podAffinity.requiredDuringSchedulingIgnoredDuringExecution as Array<{ labelSelector: { matchLabels: Record<string, string> } }>).map(({ labelSelector }) => labelSelector.matchLabels['app.kubernetes.io/component']), ['orchestrator', 'chat', 'workers'])
    t.strictSame(nightly.spec.volumes?.flatMap((volume) => volume['persistentVolumeClaim']?.claimName ?? []), ['cortex-orchestrator', 'cortex-chat', 'cortex-workspace', 'cortex-backups'])
    t.match(find(rendered['a backup each night, on SQLite']!, 'PersistentVolumeClaim', 'cortex-backups').metadata.annotations, { 'helm.sh/resource-policy': 'keep' })
    const still = rendered['a backup each night and maintenance, with PostgreSQL and an autoscaler']!
    t.strictSame(still.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind)).map(({ metadata, spec }) => [metadata.name, spec.replicas]).sort(), [['cortex-chat', 0], ['cortex-maintenance', 1], ['cortex-orchestrator', 0], ['cortex-workers-all', 0]])
    t.strictSame(still.filter(({ kind }) => ['ScaledObject', 'HorizontalPodAutoscaler', 'Job'].includes(kind)), [])
    const cron = find(still, 'CronJob', 'cortex-backup')
    t.equal(cron['spec'].suspend, true)
    t.notOk(podOf(cron)!.spec['affinity'], 'what all nodes reach is reached from each')
    t.strictSame(podOf(find(still, 'Deployment', 'cortex-maintenance'))!.spec.containers.map(({ name }) => name), ['maintenance', 'database'])
    for (const part of ['backup', 'maintenance']) t.ok(mayReach(still, partOf(still, part), 'private network', 5432), `${part}: the database`)
    t.notOk(mayReach(still, partOf(still, 'maintenance'), 'outside', 443))
  })

  await t.test('keeps names and selectors between renderings, for they can never change', async (t: Test) => {
    const again = await helm.render({ image: { tag: '9.9.9' }, logLevel: 'debug' })
    const selectors = (objects: KubernetesObject[]) => objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind)).map(({ metadata, spec }) => [metadata.name, spec.selector])
    t.strictSame(selectors(again), selectors(rendered['the defaults']!))
  })
})

function find (objects: KubernetesObject[], kind: string, name: string): KubernetesObject {
  const object = objects.find((each) => each.kind === kind && each.metadata.name === name)
  if (!object) throw new Error(`there is no ${kind} ${name}`)
  return object
}

/** Variables no process of the image reads: a misspelt one would be as good as none. */
function strangeSettings (objects: KubernetesObject[]): string[] {
  // A toolkit's own.
  const elsewhere = ['SHOP_TOKEN']
  const readers: Record<string, object> = {
    'packages/orchestrator/src/main.ts': OrchestratorConfig.properties,
    'packages/orchestrator/src/migrate/main.ts': OrchestratorConfig.properties,
    'packages/chat/src/main.ts': ChatConfig.properties,
    'packages/agents/src/main.ts': { ...AgentsConfig.properties, ...tracingSettings },
    'packages/planner/src/main.ts': PlannerConfig.properties,
    // The command.
    '': { ...StandaloneConfig.properties, ...PlaceConfig.properties }
  }
  return objects.flatMap((object) => podOf(object)?.spec.containers ?? []).flatMap(({ args = [], env = [] }) => env.map(({ name }) => name)
    .filter((name) => !elsewhere.includes(name) && !(name in (readers[args[0] ?? ''] ?? {}))).map((name) => `${args[0]} does not read ${name}`))
}
