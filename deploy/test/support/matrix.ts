import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { chart } from './programs.ts'

const valuesOf = (name: string) => parse(readFileSync(`${chart}/values/${name}.yaml`, 'utf8')) as object
/** Where a proxy in front of the page has its pods. */
const proxy = { addresses: ['10.244.0.0/16'] }
/** A master of the operator, whole. */
export const masterOf = (id: string) => `id: ${id}\ntitle: Ours\ncategories: [general]\ninstructions: Do it.\ntoolkits: [workspace]\neffort: low\n`
const database = { store: 'postgresql', postgresql: { secret: { name: 'db', key: 'uri' } } }

/** Values a person may have, each beside the Secrets that person was told to make. */
export const matrix: Record<string, { values: object, secrets?: string[] }> = {
  'the defaults': { values: {} },
  'k3s on one node': { values: valuesOf('k3s-single-node') },
  production: { values: valuesOf('production'), secrets: ['cortex-model', 'cortex-postgresql-app'] },
  'an external database, replicas and one worker': { values: { ...database, orchestrator: { replicas: 3, taskFiles: { existingClaim: 'task-files' } }, chat: { replicas: 2 } }, secrets: ['db'] },
  'ingress-nginx and a model inside the cluster': {
    values: {
      signIn: { proxy },
      ingress: { enabled: true, controller: 'nginx', host: 'cortex.test', className: 'internal', annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '600' } },
      model: { baseUrl: 'http://vllm.models:8080', chat: 'a-model', worker: 'a-model' },
      networkPolicy: { chatTo: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'models' } } }], ports: [{ protocol: 'TCP', port: 8080 }] }] }
    }
  },
  'a gateway': { values: { chat: { settings: { CORTEX_PROXY_ADDRESSES: '10.244.0.0/16' } }, gateway: { enabled: true, parentRefs: [{ name: 'edge', namespace: 'gateways' }], hostnames: ['cortex.test'] }, networkPolicy: { pageFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateways' } } }] } } },
  'KEDA and rights to write, Secrets among them': {
    values: {
      workers: {
        pools: [
          { name: 'ops', masters: ['infrastructure-master'], autoscaling: { by: 'keda', min: 1, max: 5, prometheus: 'http://prometheus.monitoring:9090' }, access: [{ namespace: 'payments', write: true, secrets: true, rules: [{ apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs: ['get', 'list'] }] }] },
          { name: 'rest', replicas: 2, access: [], settings: { CORTEX_ROLLOUT_SECONDS: 60 }, resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } } }
        ]
      }
    }
  },
  'claims that exist, a digest, no policies': {
    values: {
      image: { repository: 'registry.test/cortex', digest: `sha256:${'a'.repeat(64)}`, pullSecrets: ['pull'] },
      orchestrator: { persistence: { existingClaim: 'o' } },
      chat: { persistence: { existingClaim: 'c' } },
      workspace: { existingClaim: 'w' },
      networkPolicy: { enabled: false },
      nameOverride: 'cortex',
      priorityClassName: 'high',
      nodeSelector: { disk: 'fast' },
      tolerations: [{ key: 'x', operator: 'Exists' }]
    }
  },
  'an OpenID provider, a proxy and a budget': {
    values: {
      signIn: { publicUrl: 'https://cortex.test', oidc: { issuer: 'https://id.test', clientId: 'cortex', clientSecret: { name: 'oidc', key: 'client-secret' } }, proxy: { addresses: ['10.42.0.0/16'], nameHeader: 'Remote-User' } },
      orchestrator: { settings: { CORTEX_BUDGET_TASK_USD: 2, TASK_RETENTION: 90 } },
      model: { secret: { name: 'model', key: 'api-key' } }
    },
    secrets: ['oidc', 'model']
  },
  'files of the operator, a Secret for a toolkit and traces': {
    values: {
      workers: { files: { policy: 'rules: []\n', toolkits: 'http: {}\n', prices: 'models: {}\n', masters: { ours: masterOf('ours') } }, secretSettings: { SHOP_TOKEN: { name: 'shop', key: 'token' } }, extraVolumes: [{ name: 'runbooks', configMap: { name: 'ours' } }], extraVolumeMounts: [{ name: 'runbooks', mountPath: '/runbooks' }], settings: { CORTEX_RUNBOOKS: '/runbooks' } },
      monitoring: { serviceMonitor: true, rules: true, dashboard: true },
      tracing: { endpoint: 'http://collector.observability:4318', sample: 0.1 },
      networkPolicy: { tracesTo: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } }, podSelector: {} }], ports: [{ protocol: 'TCP', port: 4318 }] }] }
    },
    secrets: ['shop']
  },
  'a backup each night, on SQLite': { values: { backup: { enabled: true } } },
  'a backup each night and maintenance, with PostgreSQL and an autoscaler': {
    values: { ...database, backup: { enabled: true, databaseImage: 'postgres:18.1', persistence: { existingClaim: 'backups' } }, maintenance: { enabled: true }, workers: { pools: [{ name: 'all', autoscaling: { by: 'keda', min: 1, max: 3, prometheus: 'http://prometheus:9090' } }] }, workspace: { accessMode: 'ReadWriteMany' } },
    secrets: ['db']
  }
}
