import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { mayReach, partOf, podIn } from './support/network.ts'
import { idOf, podOf, type KubernetesObject } from './support/objects.ts'
import { policyFaults } from './support/policy.ts'
import { noHelm, startHelm, startKustomize } from './support/programs.ts'
import { referenceFaults } from './support/references.ts'
import { schemaFaults } from './support/schemas.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Said by helm of itself. */
const ofHelm = ['helm.sh/chart', 'helm.sh/resource-policy', 'app.kubernetes.io/managed-by']

t.test('kustomize', { skip: noHelm }, async (t) => {
  const [helm, build, buildOld] = await Promise.all([startHelm(t), startKustomize(t), startKustomize(t, 27)])
  const base = await build('base')

  await t.test('the base is what the chart makes by default, object by object', async (t) => {
    const wanted = new Map((await helm.render({}, '--no-hooks', '--skip-tests')).map((object) => [idOf(object), withoutHelm(object)]))
    t.strictSame(base.map(idOf).sort(), [...wanted.keys()].sort())
    for (const object of base) t.strictSame(object, wanted.get(idOf(object)), idOf(object))
  })

  await t.test('what is written down of the chart, the base and the table of its values, is up to date', async (t) => {
    await t.resolves(promisify(execFile)(process.execPath, ['scripts/manifests.mjs', '--check'], { cwd: root }))
  })

  await t.test('the oldest kubectl that is let use them makes the same of the base and each overlay as the newest', async (t) => {
    for (const folder of ['base', 'overlays/k3s-single-node', 'overlays/production']) t.strictSame(await buildOld(folder), await build(folder), folder)
  })

  for (const [folder, secrets] of [['overlays/k3s-single-node', []], ['overlays/production', ['cortex-database', 'cortex-model']]] as const) {
    await t.test(`${folder}: every object fits its schema and the rules, and what it names is there`, async (t) => {
      const objects = await build(folder)
      const faults = (await Promise.all(objects.map(async (object) => [...await schemaFaults(object), ...policyFaults(object)].map((fault) => `${idOf(object)}: ${fault}`)))).flat()
      t.strictSame(faults, [])
      t.strictSame(referenceFaults(objects, ['cortex-sign-in', ...secrets]), [])
      const chat = podOf(objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'cortex-chat') as KubernetesObject)!.spec.containers[0]!
      t.ok(chat.env!.some(({ name, value }) => name === 'CORTEX_PROXY_ADDRESSES' && value), 'people behind the proxy are told apart')
      for (const each of objects.filter(({ kind }) => kind === 'HelmChartConfig')) t.match(each['spec'].valuesContent, 'externalTrafficPolicy: Local')
      t.match(objects.find(({ kind }) => kind === 'Namespace')?.metadata.labels, { 'pod-security.kubernetes.io/enforce': 'restricted' })
    })
  }

  await t.test('production rolls and spreads as the chart with the same values does', async (t) => {
    const values = { store: 'postgresql', postgresql: { secret: { name: 'cortex-database', key: 'uri' } }, orchestrator: { replicas: 3 }, chat: { replicas: 2 }, workspace: { accessMode: 'ReadWriteMany' }, workers: { pools: [{ name: 'all', replicas: 2 }] } }
    const [charts, overlays] = [await helm.render(values), await build('overlays/production')].map((objects) => Object.fromEntries(objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'PodDisruptionBudget'].includes(kind)).map((object) => {
      const { replicas, strategy, maxUnavailable, unhealthyPodEvictionPolicy } = object['spec']
      const pod = podOf(object)?.spec
      const containers = pod?.containers.filter(({ name }) => name !== 'planner').map(({ name, lifecycle, args, resources }) => [name, { lifecycle, args, resources }])
      return [`${object.kind} ${object.metadata.name}`, { replicas, strategy, maxUnavailable, unhealthyPodEvictionPolicy, containers, affinity: Object.keys(pod?.['affinity'] ?? {}), zones: pod?.['topologySpreadConstraints']?.length }]
    })))
    t.strictSame(overlays, charts)
  })

  await t.test('whatever production selects of Cortex is of this release, and who may reach it in the base still may', async (t) => {
    const objects = await build('overlays/production')
    t.strictSame(objects.flatMap((object) => selectorsIn(object).filter((labels) => labels['app.kubernetes.io/name'] === 'cortex' && labels['app.kubernetes.io/instance'] !== 'cortex').map((labels) => [idOf(object), labels])), [])
    for (const name of ['cortex-orchestrator', 'cortex-chat']) {
      const [before, after] = [base, objects].map((all) => all.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name)!['spec'].ingress[0].from as unknown[])
      t.strictSame(after!.slice(0, before!.length), before, name)
    }
  })

  await t.test('production keeps nothing on a volume of one pod, and asks Claude instead of the planner', async (t) => {
    const objects = await build('overlays/production')
    const part = (name: string) => podOf(objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name) as KubernetesObject)!.spec
    t.strictSame(objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata, spec }) => [metadata.name, spec.accessModes]), [['cortex-workspace', ['ReadWriteMany']]])
    for (const name of ['cortex-orchestrator', 'cortex-chat']) t.notMatch(JSON.stringify(part(name).volumes), 'persistentVolumeClaim')
    t.strictSame(part('cortex-chat').containers.map(({ name }) => name), ['chat'])
    const kinds = part('cortex-chat').containers[0]!.env!.filter(({ name }) => /^(CORTEX_MODEL|ANTHROPIC_)/.test(name)).map(({ name, value }) => [name, value])
    t.strictSame(kinds.sort(), [['ANTHROPIC_API_KEY', undefined], ['CORTEX_MODEL_KIND', 'claude']])
    const prometheus = podIn('monitoring', { 'app.kubernetes.io/name': 'prometheus' })
    for (const [component, port, kind] of [['orchestrator', 8000, 'ServiceMonitor'], ['chat', 3000, 'ServiceMonitor'], ['workers', 8200, 'PodMonitor']] as const) {
      t.ok(objects.some((object) => object.kind === kind && object.metadata.name === `cortex-${component}`), `${kind} of ${component}`)
      t.ok(mayReach(objects, prometheus, partOf(objects, component), port), `Prometheus reaches ${component}`)
    }
  })
})

/** Labels by which an object chooses others, wherever it does. */
function selectorsIn (value: unknown): Array<Record<string, string>> {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, each]) => name === 'matchLabels' ? [each as Record<string, string>] : selectorsIn(each))
}

function withoutHelm (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHelm)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !ofHelm.includes(name)).map(([name, each]) => [name, withoutHelm(each)] as const)
    .filter(([name, each]) => name !== 'annotations' || Object.keys(each as object).length > 0))
}
