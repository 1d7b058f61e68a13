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
  'files of the operator, a Secret for a toolkit and traces': {
    values: {
      workers: { files: { policy: 'rules: []\n', toolkits: 'http: {}\n', prices: 'models: {}\n', masters: { ours: 'id: ours\n' } }, secretSettings: { SHOP_TOKEN: { name: 'shop', key: 'token' } }, extraVolumes: [{ name: 'runbooks', configMap: { name: 'ours' } }], extraVolumeMounts: [{ name: 'runbooks', mountPath: '/runbooks' }], settings: { CORTEX_RUNBOOKS: '/runbooks' } },
      monitoring: { serviceMonitor: true, rules: true, dashboard: true },
      tracing: { endpoint: 'http://collector.observability:4318', sample: 0.1 },
      networkPolicy: { tracesTo: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } }, podSelector: {} }], ports: [{ protocol: 'TCP', port: 4318 }] }] }
    },
    secrets: ['shop']
  }
}

/** Values that cannot be meant, and all that the refusal says of them. */
export const nonsense: Array<[values: object, says: RegExp[]]> = [
  [{
    image: { tag: 'latest' },
    ingress: { enabled: true },
    signIn: { publicUrl: 'http://cortex.test', oidc: { clientId: 'cortex' }, proxy: { nameHeader: 'Remote-User' } },
    gateway: { enabled: true, parentRefs: [{ name: 'edge' }] },
    tracing: { endpoint: 'http://collector:4318' },
    orchestrator: { replicas: 3, settings: { RETENTION: 30, OTEL_SERVICE_NAME: 'ours', HTTPS_PROXY: 'http://proxy' } },
    chat: { settings: { ANTHROPIC_API_KEY: 'sk-1', TASK_RETENTION: 30 } },
    workers: { settings: { CORTEX_AGENT_ID: 'me', CORTEX_RUNBOKS: '/x', GITHUB_URL: 'of a toolkit' }, pools: [{ name: 'a' }, { name: 'a', access: [{ namespace: 'cortex', write: true }] }] }
  }, [
    /image\.tag is latest/,
    /orchestrator\.replicas is 3: SQLite has one owner, so set store: postgresql/,
    /ingress\.host is missing/,
    /over http, passwords and sessions could be read on the way/,
    /signIn\.oidc\.issuer is missing/,
    /signIn\.proxy\.addresses is missing/,
    /networkPolicy\.pageFrom is missing: name the pods of the gateway/,
    /networkPolicy\.tracesTo is missing: name the pods of the collector/,
    /settings hold ANTHROPIC_API_KEY in the clear/,
    /settings hold CORTEX_AGENT_ID, which the chart sets/,
    /orchestrator settings hold RETENTION, which nothing reads/,
    /chat settings hold TASK_RETENTION, which is read by orchestrator alone: put it there/,
    /workers settings hold CORTEX_RUNBOKS, which nothing reads(?![^]*(OTEL|PROXY|GITHUB))/,
    /two pools named a/,
    /pools a may change cortex or read its Secrets, and Cortex's own are there/
  ]],
  [{ store: 'postgresql', ingress: { enabled: true, host: 'a.test' }, signIn: { publicUrl: 'https://b.test' } }, [/no database is named: set postgresql\.secret\.name/, /publicUrl is https:\/\/b\.test and ingress\.host is a\.test/]],
  [{ store: 'postgresql', postgresql: { secret: { name: 'db', key: 'uri' }, cluster: { enabled: true } }, workers: { pools: [{ name: 'all', replicas: 2 }] } }, [/both set: tasks are stored in one database/, /workspace\.accessMode is ReadWriteOnce/]],
  [{ orchestratr: { replicas: 1 }, ingress: { timeoutSeconds: 10 }, workers: { pools: [{ name: 'a', access: [{ namespace: 'x', rules: [{ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }] }] }] } }, [
    /additional properties 'orchestratr' not allowed/, /'\/ingress\/timeoutSeconds': minimum: got 10, want 30/, /'\/workers\/pools\/0\/access\/0\/rules\/0\/apiGroups\/0'/
  ]]
]
