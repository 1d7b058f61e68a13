const rule = (kind: string, verb: string, group = '') => ({ apiGroups: [group], resources: [kind], verbs: [verb] })
/** Each a way to the Secrets of Cortex. */
const inOwn = [{
  namespace: 'cortex',
  rules: [
    rule('secrets', 'get'), rule('pods/exec', 'create'), rule('pods/exec', 'get'), rule('pods/portforward', 'get'), rule('pods', 'create'), rule('pods/ephemeralcontainers', 'patch'), rule('serviceaccounts/token', 'create'),
    rule('services/proxy', 'get'), rule('roles', 'create', 'rbac.authorization.k8s.io'), rule('rolebindings', 'patch', 'rbac.authorization.k8s.io'), rule('deployments', 'patch', 'apps'), rule('jobs', 'create', 'batch'),
    rule('certificates', 'update', 'cert-manager.io'), rule('vaultsecrets', 'get', 'vault.test')
  ]
}] as const
const elsewhere = [
  { namespace: 'payments', rules: [rule('serviceaccounts/token', 'create'), rule('rolebindings', 'patch', 'rbac.authorization.k8s.io'), rule('roles', 'get', 'rbac.authorization.k8s.io'), rule('secrets', 'list'), rule('pods/exec', 'create')] },
  { namespace: 'kube-system', write: true },
  { namespace: 'kube-public', rules: [rule('pods', 'create'), rule('configmaps', 'get')] }
]
/** Rights that are given when they are asked for by name, or do no harm. */
export const meantRights = [
  { namespace: 'cortex', rules: [rule('certificates', 'get', 'cert-manager.io'), rule('pods/log', 'get'), rule('deployments/scale', 'get', 'apps'), rule('configmaps', 'watch')] },
  { namespace: 'payments', escalation: true, secrets: true, rules: [rule('serviceaccounts/token', 'create'), rule('secrets', 'list')] },
  { namespace: 'shop', rules: [{ ...rule('secrets', 'get'), resourceNames: ['shop-tls'] }, rule('roles', 'get', 'rbac.authorization.k8s.io')] },
  { namespace: 'kube-system', escalation: true, write: true }
]

/** Values that cannot be meant, all that the refusal says of them, and what it does not say. */
export const nonsense: Array<[values: object, says: Array<RegExp | string>, spares?: RegExp[]]> = [
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
    /signIn\.proxy\.addresses is missing: without it anybody could send/,
    /signIn\.proxy\.addresses is missing: without it all people come from one address/,
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
  [{ store: 'postgresql', postgresql: { secret: { name: 'db', key: 'uri' }, cluster: { enabled: true } }, workers: { secretSettings: { DB: { name: 'cortex-postgresql-app', key: 'uri' } }, pools: [{ name: 'all', replicas: 2 }] } }, [/both set: tasks are stored in one database/, /take DB from a Secret of Cortex's own/, /workspace\.accessMode is ReadWriteOnce/]],
  [{ orchestratr: { replicas: 1 }, ingress: { timeoutSeconds: 10 }, workers: { pools: [{ name: 'a', access: [{ namespace: 'x', rules: [{ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }] }] }] } }, [
    /additional properties 'orchestratr' not allowed/, /'\/ingress\/timeoutSeconds': minimum: got 10, want 30/, /'\/workers\/pools\/0\/access\/0\/rules\/0\/apiGroups\/0'/
  ]],
  [{
    nameOverride: 'a-name-that-is-long-but-still-a-name',
    image: { repository: 'registry.test:5000/cortex' },
    model: { baseUrl: 'http://user:pw@models.test', chat: 'a-model' },
    signIn: { publicUrl: 'https://cortex.test', workerToken: { name: 'cortex-sign-in', key: 'service-token' }, proxy: { groupsHeader: 'Cookie' } },
    orchestrator: { settings: { PGPASSWORD: 'x', CORTEX_BUDGET_TASK_TOKENS: 4_000_000, SSL_KEY_FILE: '/etc/key' }, taskFiles: { existingClaim: 'files' } },
    chat: { settings: { GITHUB_TOKEN: 'x', ISSUES: 'ghp_0123456789', CORTEX_PROXY_NAME_HEADER: 'Remote-User' } },
    ingress: { enabled: true, host: 'cortex.test' },
    gateway: { enabled: true, parentRefs: [{ name: 'edge' }], hostnames: ['another.test'] },
    workers: {
      settings: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer 0123456789', HTTPS_PROXY: 'http://user:pw@proxy.test:3128' },
      secretSettings: { MINE: { name: 'cortex-sign-in', key: 'service-token' } },
      extraVolumes: [{ name: 'tmp', emptyDir: {} }, { name: 'node', hostPath: { path: '/' } }, { name: 'own', secret: { secretName: 'cortex-sign-in' } }, { name: 'projected', projected: { sources: [{ secret: { name: 'cortex-sign-in' } }] } }, { name: 'store', persistentVolumeClaim: { claimName: 'a-name-that-is-long-but-still-a-name-orchestrator' } }],
      extraVolumeMounts: [{ name: 'nothing', mountPath: '/x' }],
      files: { policy: 'rules: [', masters: { ours: 'id: our-master\n' } },
      pools: [{ name: 'a-long-name', masters: ['nope', 'our-master', 'security-master'], settings: { APIKEY: 'x' }, resources: { requests: { cpu: 2, memory: '1Gi' }, limits: { cpu: '1500m', memory: '1073741825k' } } }]
    }
  }, [
    /settings hold PGPASSWORD in the clear: put it into a Secret and name that in secretSettings/,
    /settings hold GITHUB_TOKEN/,
    /settings hold OTEL_EXPORTER_OTLP_HEADERS/,
    /settings hold APIKEY/,
    /- chat\.settings\.ISSUES holds a password or a token/,
    /- workers\.settings\.HTTPS_PROXY holds a password/,
    /- model\.baseUrl holds a password/,
    /signIn\.workerToken is signIn\.serviceToken/,
    /signIn\.proxy\.nameHeader is missing/,
    /signIn\.proxy\.groupsHeader is Cookie, which browsers and clients set themselves/,
    /orchestrator\.taskFiles\.existingClaim is set and store is sqlite/,
    /ingress\.enabled and gateway\.enabled are both set/,
    /the name cortex\.test, which is none of gateway\.hostnames/,
    /take MINE from a Secret of Cortex's own/,
    /extraVolumes: the name tmp is taken/,
    /extraVolumes node is a folder of the node/,
    /extraVolumes projected would give/,
    /extraVolumes store would give workers Cortex's own store/,
    /extraVolumes own would give workers Cortex's own Secrets/,
    /extraVolumeMounts names nothing, which is none/,
    /workers\.files\.policy is no map in YAML/,
    /pools a-long-name works for nope, and there is no such master, only .*our-master/,
    /no pool of workers\.pools works for development-master, infrastructure-master, inventory-master, cicd-master, general-master, so/,
    /has more than 52 characters/,
    /a-long-name\.resources requests 2 of cpu, which is more than its limit of 1500m/
  ], [/of memory/, /hold (SSL_KEY_FILE|CORTEX_BUDGET_TASK_TOKENS|CORTEX_PROXY_NAME_HEADER) in the clear/, /user:pw/, /ghp_/]],
  [{ signIn: { publicUrl: 'http://localhost.evil.test' }, model: { chat: 'a-model' }, gateway: { enabled: true, parentRefs: [{ name: 'edge' }] } }, [/publicUrl is http:\/\/localhost\.evil\.test: over http/, /model names a model and nobody who has it/]],
  [{ gateway: { enabled: true, parentRefs: [{ name: 'edge' }] }, backup: { enabled: true, databaseImage: 'postgres:latest' }, workspace: { accessMode: 'ReadWriteOncePod' } }, [/gateway\.hostnames is missing/, /backup\.enabled needs a second pod/, /backup\.databaseImage is set and store is sqlite/, /databaseImage is latest/]],
  [{
    image: { repository: 'foo/bar:latest', pullSecrets: [''] },
    nameOverride: '1st',
    signIn: { users: { name: '' }, serviceToken: { name: '' }, proxy: { addresses: ['0.0.0.0/0', 'everybody', '999.1.1.1', '1:2', '10.0.0.0/33'] } },
    orchestrator: { replicas: -1, persistence: { size: '10', existingClaim: 'Not A Claim' }, secretSettings: { X: { name: '', key: 'x' } }, resources: { requests: { cpu: 0, memory: '128' }, limits: { cpu: '1 core', memory: '0Gi' } } },
    chat: { persistence: { size: '0Gi' } },
    ingress: { enabled: true, host: 'https://cortex.test' },
    gateway: { hostnames: ['*'], requestTimeout: '10ms' },
    networkPolicy: { kubernetesApi: { cidrs: [], ports: [0] }, model: { cidrs: ['999.1.1.1/40'] }, workersTo: [{}], pageFrom: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] },
    monitoring: { interval: '0s' },
    tracing: { endpoint: 'http://' },
    podAnnotations: { 'bad key!': 'x' },
    nodeSelector: { 'bad key!': 'x', disk: '-bad-' },
    tolerations: [{ key: 'x', opreator: 'Exists' }],
    postgresql: { cluster: { imageName: 'postgresql' } },
    backup: { schedule: 'nightly', keep: 0, databaseImage: 'postgres' },
    workers: { pools: [{ name: 'a', replicas: 0, autoscaling: { by: 'hpa', min: 0, max: 1 }, access: [{ namespace: 'x', rules: [{ apiGroups: [], resources: ['Pods'], verbs: ['escalate', 'bind', 'impersonate'] }] }] }] }
  }, [
    "/image/repository'", "/image/pullSecrets/0'", "/nameOverride'", "/signIn/users/name'", "/signIn/serviceToken/name'", "/signIn/proxy/addresses/0'", "/signIn/proxy/addresses/1'", "/signIn/proxy/addresses/2'", "/signIn/proxy/addresses/3'", "/signIn/proxy/addresses/4'", "/orchestrator/replicas'",
    "/orchestrator/persistence/size'", "/orchestrator/persistence/existingClaim'", "/orchestrator/secretSettings/X/name'", "/orchestrator/resources/requests/cpu'", "/orchestrator/resources/requests/memory'",
    "/orchestrator/resources/limits/cpu'", "/orchestrator/resources/limits/memory'", "/chat/persistence/size'", "/ingress/host'", "/gateway/hostnames/0'", "/gateway/requestTimeout'", "/networkPolicy/kubernetesApi/cidrs'",
    "/networkPolicy/kubernetesApi/ports/0'", "/networkPolicy/model/cidrs/0'", "/networkPolicy/workersTo/0'", "/networkPolicy/pageFrom/0'", "/monitoring/interval'", "/backup/schedule'", "/podAnnotations': additional properties 'bad key!'", "/nodeSelector': additional properties 'bad key!'", "/nodeSelector/disk'", "/tolerations/0'", "/postgresql/cluster/imageName'", "/backup/keep'", "/backup/databaseImage'", "/tracing/endpoint'", "/workers/pools/0/replicas'",
    "/workers/pools/0/autoscaling/min'", "/workers/pools/0/access/0/rules/0/apiGroups'", "/workers/pools/0/access/0/rules/0/resources/0'", "/workers/pools/0/access/0/rules/0/verbs/0'", "/workers/pools/0/access/0/rules/0/verbs/1'", "/workers/pools/0/access/0/rules/0/verbs/2'"
  ]],
  [{
    orchestrator: { persistence: { existingClaim: 'same' }, taskFiles: { existingClaim: 'cortex-backups' }, settings: { CORTEX_CONCURRENCY: 0, TASK_RETENTION: -5, ARCHIVE_RETENTION: 1.5, CORTEX_BUDGET_TASK_TOKENS: 4_000_000, CORTEX_BUDGET_TASK_USD: 'two', CORTEX_APPROVER_DIFFERS: 'yes' } },
    chat: { persistence: { existingClaim: 'same' }, settings: { CORTEX_MODELS: 'a b', CORTEX_SMALL_MODEL: '', CORTEX_OIDC_TITLE: 'x'.repeat(61) } },
    workspace: { existingClaim: 'cortex-orchestrator' },
    backup: { schedule: '99 99 32 13 7', persistence: { existingClaim: 'cortex-workspace' } },
    postgresql: { cluster: { imageName: 'ghcr.test/postgresql:latest' } },
    workers: {
      settings: { CORTEX_ROLLOUT_SECONDS: 'abc' },
      extraVolumes: [{ name: 'database', persistentVolumeClaim: { claimName: 'cortex-postgresql-1' } }],
      files: { policy: 'hello: world', toolkits: 'nonsense: true', prices: 'models: {}', masters: { foo: 'id: foo' } },
      pools: [{ name: 'a', settings: { CORTEX_CLUSTER_SCOPED: false } }, { name: 'b', settings: { CORTEX_ROLLOUT_SECONDS: 16_000_000 } }]
    }
  }, [
    /- orchestrator\.persistence\.existingClaim is same, the volume of the chat/,
    /- chat\.persistence\.existingClaim is same, the volume of the orchestrator/,
    /- orchestrator\.taskFiles\.existingClaim is cortex-backups, the volume of the backup/,
    /- workspace\.existingClaim is cortex-orchestrator, the volume of the orchestrator: each part has a volume of its own, so name another claim/,
    /- backup\.persistence\.existingClaim is cortex-workspace, the volume of the workspace/,
    ...[['minute', '99', '0 to 59'], ['hour', '99', '0 to 23'], ['day of the month', '32', '1 to 31'], ['month', '13', '1 to 12 or JAN to DEC'], ['day of the week', '7', '0 to 6 or SUN to SAT']].map(([field, text, of]) => `backup.schedule is 99 99 32 13 7, and its ${field}, ${text}, must be of ${of}`),
    /extraVolumes database would give workers Cortex's own store/,
    /postgresql\.cluster\.imageName is latest/,
    /orchestrator settings hold CORTEX_CONCURRENCY, which must be 1 or more/,
    /orchestrator settings hold TASK_RETENTION, which must be 1 or more/,
    /ARCHIVE_RETENTION, which must be a whole number/,
    /CORTEX_BUDGET_TASK_USD, which must be a number/,
    /CORTEX_APPROVER_DIFFERS, which must be true or false/,
    /chat settings hold CORTEX_MODELS, which must look like/,
    /CORTEX_OIDC_TITLE, which must have 60 characters or fewer/,
    /- workers settings hold CORTEX_ROLLOUT_SECONDS, which must be a number/,
    /pools a: settings hold CORTEX_CLUSTER_SCOPED, which must be one of "off", "read", "change", in quotes/,
    /pools b: settings hold CORTEX_ROLLOUT_SECONDS, which must be 3600 or less/,
    /files\.policy has hello, which would be refused at the start: it may have rules/,
    /files\.policy has no rules/,
    /files\.toolkits has nonsense, .* it may have http, shell, mcp/,
    /files\.masters\.foo has no title, categories, instructions, toolkits, effort/
  ], [/TASK_TOKENS/, /SMALL_MODEL/, /files\.prices/]],
  [{ workers: { pools: [{ name: 'a', access: [...inOwn, ...elsewhere] }] } }, [
    ...inOwn[0].rules.map(({ verbs, resources: [kind] }) => `a rule for cortex has ${verbs.join(', ')} of ${kind}, by which Cortex's own Secrets are to be had`),
    'a rule for payments has create of serviceaccounts/token, by which rights grow beyond what is written here: set escalation: true',
    'a rule for payments has patch of rolebindings, by which rights grow',
    'a rule for payments has list of secrets, all of them: set secrets: true',
    'may change kube-system or read its Secrets, by which it has the whole cluster',
    'a rule for kube-public has create of pods, by which it has the whole cluster'
  ]],
  [{ image: null, workers: { pools: null }, networkPolicy: { postgresql: { cidrs: null } }, signIn: { users: null }, backup: { resources: { limits: null } } }, [
    "at '': missing property 'image'", "at '/workers': missing property 'pools'", "at '/networkPolicy/postgresql': missing property 'cidrs'", "at '/signIn': missing property 'users'", "at '/backup/resources': missing property 'limits'"
  ]]
]
