import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { unpackHelm } from '../../packages/agents/test/support/helm-program.ts'
import { startApiServer } from '../../packages/agents/test/support/api-server-stand-in.ts'
import { kinds } from '../../packages/agents/test/support/api-server-stand-in-kinds.ts'
import { Cluster } from '../../packages/agents/src/toolkits/kubernetes/cluster.ts'
import { chart, noHelm } from './support/programs.ts'

/** Kinds of the chart that tasks have no need of. */
for (const [apiVersion, kind, plural] of [
  ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'], ['networking.k8s.io/v1', 'Ingress', 'ingresses'], ['v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'], ['traefik.io/v1alpha1', 'ServersTransport', 'serverstransports'], ['helm.cattle.io/v1', 'HelmChartConfig', 'helmchartconfigs'],
  ['postgresql.cnpg.io/v1', 'Cluster', 'clusters']
] as const) kinds.push({ apiVersion, kind, plural, namespaced: true, shortNames: [] })

t.test('helm installs, upgrades, rolls back, removes and installs again, and the volumes outlive it', { skip: noHelm }, async (t) => {
  const server = await startApiServer(t)
  const cluster = new Cluster(server.kubeconfig)
  for (const name of ['cortex', 'kube-system']) await cluster.json('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } })
  const program = await unpackHelm(t)
  const helm = async (...args: string[]) => (await promisify(execFile)(program, [...args, '--namespace', 'cortex'], { env: { PATH: process.env['PATH'], HOME: '/nonexistent', HELM_CACHE_HOME: '/nonexistent', KUBECONFIG: server.kubeconfig } })).stdout
  const names = async (path: string) => (await cluster.json('GET', path) as { items: Array<{ metadata: { name: string } }> }).items.map(({ metadata }) => metadata.name).sort()
  const claims = async () => await names('/api/v1/namespaces/cortex/persistentvolumeclaims')
  const ingresses = async () => await names('/apis/networking.k8s.io/v1/namespaces/cortex/ingresses')
  const volumes = ['cortex-chat', 'cortex-orchestrator', 'cortex-workspace']

  t.match(await helm('install', 'cortex', chart), /STATUS: deployed[\s\S]*port-forward service\/cortex 3000[\s\S]*Nothing is backed up: backup\.enabled is false/)
  t.strictSame(await claims(), volumes)
  t.match(await helm('upgrade', 'cortex', chart, '--values', `${chart}/values/k3s-single-node.yaml`), /STATUS: deployed[\s\S]*Open the page at https:\/\/cortex\.example\.org/)
  t.strictSame(await ingresses(), ['cortex'])
  t.match(await helm('upgrade', 'cortex', chart, '--reset-then-reuse-values', '--set', 'backup.enabled=true,maintenance.enabled=true'), 'Nothing serves: maintenance.enabled is set')
  t.strictSame(await names('/apis/apps/v1/namespaces/cortex/deployments'), ['cortex-chat', 'cortex-maintenance', 'cortex-orchestrator'])
  await t.rejects(helm('upgrade', 'cortex', chart, '--set', 'workspace.accessMode=ReadWriteMany'), /the claim cortex-workspace that is there is ReadWriteOnce, which never changes/)
  t.match(await helm('upgrade', 'cortex', chart, '--timeout', '20s', '--set', 'store=postgresql,postgresql.cluster.enabled=true,backup.enabled=true'), /STATUS: deployed[^]*PostgreSQL[^]*A backup \(0 3 \* \* \*\) .* volume cortex-backups, of the repository alone: the database is not in it/, 'no migration waits for a database that is made by this very upgrade')
  t.strictSame(await names('/apis/postgresql.cnpg.io/v1/namespaces/cortex/clusters'), ['cortex-postgresql'])
  await t.rejects(helm('rollback', 'cortex', '1'), /PersistentVolumeClaim with the name "cortex-chat" not found/, 'helm does not go back to a volume it kept')
  await helm('upgrade', 'cortex', chart, '--reset-values')
  await helm('rollback', 'cortex', '1')
  t.strictSame(await names('/apis/apps/v1/namespaces/cortex/deployments'), ['cortex-chat', 'cortex-orchestrator'])
  t.strictSame(await ingresses(), [])
  t.match(await helm('uninstall', 'cortex'), 'kept due to the resource policy')
  t.strictSame(await names('/apis/apps/v1/namespaces/cortex/deployments'), [])
  t.strictSame(await claims(), ['cortex-backups', ...volumes], 'backups among them')
  t.match(await helm('install', 'cortex', chart), 'STATUS: deployed')
})
