import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { chart } from './programs.ts'

const valuesOf = (name: string) => parse(readFileSync(`${chart}/values/${name}.yaml`, 'utf8')) as object
const database = { store: 'postgresql', postgresql: { secret: { name: 'db', key: 'uri' } } }

/** Values a person may have, each beside the Secrets that person was told to make. */
export const matrix: Record<string, { values: object, secrets?: string[] }> = {
  'the defaults': { values: {} },
  'k3s on one node': { values: valuesOf('k3s-single-node') },
  production: { values: valuesOf('production'), secrets: ['cortex-model', 'cortex-postgresql-app'] },
  'an external database, replicas and one worker': { values: { ...database, orchestrator: { replicas: 3, taskFiles: { existingClaim: 'task-files' } }, chat: { replicas: 2 } }, secrets: ['db'] },
  'ingress-nginx and a model inside the cluster': {
    values: {
      ingress: { enabled: true, controller: 'nginx', host: 'cortex.test', className: 'internal', annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '600' } },
      model: { baseUrl: 'http://vllm.models:8080', chat: 'a-model', worker: 'a-model' },
      networkPolicy: { chatTo: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'models' } } }], ports: [{ protocol: 'TCP', port: 8080 }] }] }
    }
  },
  'a gateway': { values: { gateway: { enabled: true, parentRefs: [{ name: 'edge', namespace: 'gateways' }], hostnames: ['cortex.test'] }, networkPolicy: { pageFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateways' } } }] } } },
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
  'files of the operator and a Secret for a toolkit': {
    values: {
      workers: { files: { policy: 'rules: []\n', toolkits: 'http: {}\n', prices: 'models: {}\n', masters: { ours: 'id: ours\n' } }, secretSettings: { SHOP_TOKEN: { name: 'shop', key: 'token' } }, extraVolumes: [{ name: 'runbooks', configMap: { name: 'ours' } }], extraVolumeMounts: [{ name: 'runbooks', mountPath: '/runbooks' }], settings: { CORTEX_RUNBOOKS: '/runbooks' } },
      monitoring: { serviceMonitor: true, rules: true, dashboard: true }
    },
    secrets: ['shop']
  }
}

/** Values that cannot be meant, and what the refusal says. */
export const nonsense: Array<[values: object, says: RegExp]> = [
  [{ orchestrator: { replicas: 3 } }, /orchestrator\.replicas is 3: SQLite has one owner, so set store: postgresql/],
  [{ store: 'postgresql' }, /no database is named: set postgresql\.secret\.name/],
  [{ store: 'postgresql', postgresql: { secret: { name: 'db', key: 'uri' }, cluster: { enabled: true } } }, /both set: tasks are stored in one database/],
  [{ ...database, workers: { pools: [{ name: 'all', replicas: 2 }] } }, /workspace\.accessMode is ReadWriteOnce/],
  [{ ingress: { enabled: true } }, /ingress\.host is missing/],
  [{ ingress: { enabled: true, host: 'a.test' }, signIn: { publicUrl: 'https://b.test' } }, /publicUrl is https:\/\/b\.test and ingress\.host is a\.test/],
  [{ signIn: { publicUrl: 'http://cortex.test' } }, /over http, passwords and sessions could be read on the way/],
  [{ gateway: { enabled: true, parentRefs: [{ name: 'edge' }] } }, /networkPolicy\.pageFrom is missing: name the pods of the gateway/],
  [{ image: { tag: 'latest' } }, /image\.tag is latest/],
  [{ chat: { settings: { ANTHROPIC_API_KEY: 'sk-1' } } }, /settings hold ANTHROPIC_API_KEY in the clear/],
  [{ workers: { settings: { CORTEX_AGENT_ID: 'me' } } }, /settings hold CORTEX_AGENT_ID, which the chart sets/],
  [{ workers: { pools: [{ name: 'a' }, { name: 'a' }] } }, /two pools named a/],
  [{ workers: { pools: [{ name: 'a', access: [{ namespace: 'cortex', write: true }] }] } }, /pools a may change cortex or read its Secrets, and Cortex's own are there/],
  [{ workers: { pools: [{ name: 'a', access: [{ namespace: 'x', rules: [{ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }] }] }] } }, /'\/workers\/pools\/0\/access\/0\/rules\/0\/apiGroups\/0'/],
  [{ orchestratr: { replicas: 1 } }, /additional properties 'orchestratr' not allowed/],
  [{ ingress: { timeoutSeconds: 10 } }, /'\/ingress\/timeoutSeconds': minimum: got 10, want 30/]
]
