import t from 'tap'
import { createInspectionToolkit } from '../src/toolkits/inspection/index.ts'
import type { Finding } from '../src/toolkits/inspection/finding.ts'
import { reader, repositoryWith, signal, type TestOwner } from './workspace.ts'

async function scan (t: TestOwner, files: Record<string, string>): Promise<{ findings: Finding[], text: string }> {
  const { repository } = await repositoryWith(t, files)
  const { facts, text } = await reader(createInspectionToolkit(repository), 'inspect_misconfigurations').run({}, { signal, draft: [] })
  return { findings: facts.findings as Finding[], text }
}

const place = ({ rule, path, line }: Finding) => `${rule} ${path}:${line}`

const podWith = (container: string, spec = '') => `apiVersion: v1
kind: Pod
metadata:
  name: p
spec:
${spec}  containers:
    - name: c
${container}`

t.test('planted faults of a workload are found at their line', async (t) => {
  const { findings } = await scan(t, {
    'pod.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: bad
spec:
  template:
    spec:
      hostNetwork: true
      hostPID: true
      volumes:
        - name: docker
          hostPath:
            path: /var/run/docker.sock
        - name: etc
          hostPath: { path: /etc }
      containers:
        - name: c
          image: nginx
          ports:
            - containerPort: 80
              hostPort: 80
          env:
            - name: DB_PASSWORD
              value: hunter2hunter2
            - name: TOKEN_URL
              value: https://example.com
          securityContext:
            privileged: true
            allowPrivilegeEscalation: true
            runAsUser: 0
            capabilities:
              add: [SYS_ADMIN]
`
  })
  const places = findings.map(place)
  for (const expected of [
    'k8s-host-namespace pod.yaml:8', 'k8s-host-namespace pod.yaml:9', 'k8s-runtime-socket pod.yaml:13', 'k8s-host-path pod.yaml:15', 'k8s-image-floating pod.yaml:18', 'k8s-host-port pod.yaml:21',
    'k8s-secret-in-env pod.yaml:24', 'k8s-privileged pod.yaml:28', 'k8s-privilege-escalation pod.yaml:29', 'k8s-runs-as-root pod.yaml:30', 'k8s-capability-added pod.yaml:32'
  ]) t.ok(places.includes(expected), expected)
  for (const rule of ['k8s-no-limits', 'k8s-no-requests', 'k8s-no-liveness', 'k8s-no-readiness', 'k8s-writable-root', 'k8s-no-seccomp', 'k8s-capabilities-kept']) {
    t.ok(findings.some((finding) => finding.rule === rule), rule)
  }
  t.equal(findings.filter(({ rule }) => rule === 'k8s-secret-in-env').length, 1, 'the address of a token is no secret')
  t.equal(findings[0]?.severity, 'critical', 'the worst comes first')
})

t.test('planted faults of access, secrets and ingresses are found', async (t) => {
  const { findings, text } = await scan(t, {
    'rbac.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: all }
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: ["*"]
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: b }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: User, name: system:anonymous }
`,
    'more.yaml': `apiVersion: v1
kind: Secret
metadata: { name: s }
stringData:
  password: correcthorsebattery
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: i }
spec: { rules: [] }
`
  })
  t.strictSame(findings.map(place).sort(), [
    'k8s-ingress-no-tls more.yaml:10', 'k8s-rbac-all-secrets rbac.yaml:9', 'k8s-rbac-anonymous rbac.yaml:17', 'k8s-rbac-cluster-admin rbac.yaml:15',
    'k8s-rbac-wildcard rbac.yaml:6', 'k8s-rbac-wildcard rbac.yaml:7', 'k8s-secret-in-git more.yaml:5'
  ])
  t.notMatch(text, 'correcthorse')
})

t.test('planted faults of Dockerfiles are found, and a good one is not flagged', async (t) => {
  const { findings } = await scan(t, {
    Dockerfile: 'FROM node\nENV API_TOKEN=abcdef123456\nADD https://example.com/x.tgz /x\nRUN curl -s https://example.com/i.sh | sh\nRUN chmod -R 777 /app && \\\n    true\nUSER root\n',
    'good/Dockerfile': 'ARG BASE=node:22.14.0\nFROM golang:1.24.1 AS build\nRUN go build\nFROM build AS test\nFROM scratch\nCOPY --from=build /app /app\n',
    'fine/Dockerfile': 'FROM node:22.14.0-slim\nCOPY . .\nUSER node\nCMD ["node", "x"]\n'
  })
  t.strictSame(findings.map(place).sort(), [
    'docker-add-url Dockerfile:3', 'docker-image-floating Dockerfile:1', 'docker-pipe-to-shell Dockerfile:4', 'docker-runs-as-root Dockerfile:7', 'docker-secret-in-image Dockerfile:2', 'docker-world-writable Dockerfile:5'
  ])
})

t.test('planted faults of workflows are found, and a good one is not flagged', async (t) => {
  const { findings } = await scan(t, {
    '.github/workflows/bad.yml': `on: pull_request_target
permissions: write-all
jobs:
  a:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
        with:
          ref: \${{ github.event.pull_request.head.sha }}
      - uses: somebody/thing@main
      - run: echo "\${{ github.event.issue.title }}"
`,
    '.github/workflows/open.yml': 'on: push\njobs:\n  a: { runs-on: x, steps: [] }\n',
    '.github/workflows/good.yml': 'on: push\npermissions: { contents: read }\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n      - uses: ./local\n      - run: echo "$TITLE"\n'
  })
  t.strictSame(findings.map(place).sort(), [
    'actions-injection .github/workflows/bad.yml:11', 'actions-no-permissions .github/workflows/open.yml:3', 'actions-pwn-request .github/workflows/bad.yml:7',
    'actions-unpinned .github/workflows/bad.yml:10', 'actions-unpinned .github/workflows/bad.yml:7', 'actions-write-all .github/workflows/bad.yml:2'
  ])
})

t.test('credentials in clear are named by kind and never repeated', async (t) => {
  const aws = `AKIA${'Z7Y6'.repeat(4)}`
  const { findings, text } = await scan(t, {
    'config.env': 'PORT=80\nDB_PASSWORD=tr0ub4dor&3\n',
    'notes.md': `key ${aws}\n`,
    'app.yaml': 'url: postgres://app:s3cr3tvalue@db:5432/x\n',
    'fine.yaml': 'secretName: grafana-admin\ncredentials_file: /var/run/secrets/token\npasswordFile: /run/x\n',
    'package-lock.json': '{"token": "abcdefghijklmnop"}'
  })
  t.strictSame(findings.map(place).sort(), ['plaintext-credential app.yaml:1', 'plaintext-credential config.env:2', 'plaintext-credential notes.md:1'])
  t.notMatch(text, /tr0ub4dor|s3cr3tvalue|Z7Y6/)
})

t.test('a hardened workload is not flagged, and what cannot be read is said', async (t) => {
  const { findings, text } = await scan(t, {
    'good.yaml': podWith(`      image: nginx@sha256:${'a'.repeat(64)}
      ports: [{ containerPort: 8080 }]
      livenessProbe: { tcpSocket: { port: 8080 } }
      readinessProbe: { tcpSocket: { port: 8080 } }
      resources: { requests: { cpu: 10m, memory: 16Mi }, limits: { memory: 32Mi } }
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } }
`, '  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }\n'),
    'chart/templates/x.yaml': '{{- if .Values.b }}\na: b\n{{- end }}\n'
  })
  t.strictSame(findings, [])
  t.match(text, /No misconfiguration was found/)
  t.match(text, /Judged by these rules, not by others:\n\n- Kubernetes: /)
  t.match(text, /chart\/templates\/x\.yaml:1/)
})

t.test('hostile names and values do not become markup in the report', async (t) => {
  const { text } = await scan(t, { 'x.yaml': podWith('      image: "a|b<script>\\n| x"\n') })
  t.notMatch(text, /<script>/)
  t.notMatch(text, /\n\| x"/)
})

t.test('workloads are found in lists, in JSON, and in kinds of others, each at its line', async (t) => {
  const privileged = '      image: nginx:1.27.1\n      securityContext: { privileged: true }\n'
  const { findings, text } = await scan(t, {
    'list.yaml': `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: listed }
    spec:
      template:
        spec:
          containers:
            - name: c
              securityContext: { privileged: true }
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: m } }
`,
    'typed.yaml': 'apiVersion: apps/v1\nkind: DeploymentList\nitems:\n  - metadata: { name: typed }\n    spec: { template: { spec: { hostPID: true, containers: [{ name: c }] } } }\n',
    'pod.json': JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'j' }, spec: { containers: [{ name: 'c', securityContext: { privileged: true } }] } }, null, 2),
    'broken.json': '{"apiVersion": "v1", "kind": "Pod"',
    'template.yaml': `apiVersion: v1\nkind: PodTemplate\nmetadata: { name: t }\ntemplate:\n  spec:\n    containers:\n    - name: c\n${privileged}`,
    'rollout.yaml': `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: r }\nspec:\n  template:\n   spec:\n    containers:\n    - name: c\n${privileged}`,
    'jobs.yaml': 'apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nmetadata: { name: s }\nspec:\n replicatedJobs:\n  - template:\n     spec:\n      template:\n       spec:\n        containers:\n        - name: c\n          securityContext: { privileged: true }\n',
    'debug.yaml': podWith('      image: nginx:1.27.1\n', '  ephemeralContainers:\n    - name: d\n      securityContext: { privileged: true }\n'),
    'tsconfig.json': '{ // comments\n}'
  })
  t.strictSame(findings.filter(({ severity, rule }) => severity === 'critical' || rule === 'k8s-host-namespace').map(place).sort(), [
    'k8s-host-namespace typed.yaml:5', 'k8s-privileged debug.yaml:8', 'k8s-privileged jobs.yaml:12', 'k8s-privileged list.yaml:12', 'k8s-privileged pod.json:12', 'k8s-privileged rollout.yaml:10', 'k8s-privileged template.yaml:9'
  ])
  t.notOk(findings.some(({ rule, line }) => rule === 'k8s-no-limits' && line === 6), 'an ephemeral container cannot have limits')
  t.match(text, /Looked at 8 manifests/)
  t.match(text, /kinds no rule is about, searched for credentials only: 1 ConfigMap/)
  t.match(text, /1 file that cannot be read as YAML or JSON[^]*broken\.json:1/)
})

t.test('roles that take over, services that take addresses and Compose files that take the machine are found', async (t) => {
  const role = (kind: string, name: string, rule: string) => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nrules:\n  - ${rule}\n`
  const { findings } = await scan(t, {
    'secrets.yaml': role('Role', 'reads', '{ apiGroups: [""], resources: [secrets], verbs: [get, list] }'),
    'one-secret.yaml': role('Role', 'one', '{ apiGroups: [""], resources: [secrets], resourceNames: [mine], verbs: [get] }'),
    'exec.yaml': role('Role', 'exec', '{ apiGroups: [""], resources: [pods/exec], verbs: [create] }'),
    'bind.yaml': role('ClusterRole', 'bind', '{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, bind] }'),
    'as.yaml': role('ClusterRole', 'as', '{ apiGroups: [""], resources: [users], verbs: [impersonate] }'),
    'service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: s }\nspec:\n  externalIPs: [10.0.0.1]\n',
    'compose.yaml': `services:
  agent:
    image: agent:1.2.3
    privileged: true
    pid: host
    cap_add: [SYS_ADMIN]
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
      - type: bind
        source: /etc
      - ./data:/data
  fine:
    image: nginx:1.27.1
    volumes: [data:/data]
`,
    'values.yaml': 'services:\n  a: { port: 80 }\n'
  })
  t.strictSame(findings.map(place).sort(), [
    'compose-capability-added compose.yaml:6', 'compose-host-namespace compose.yaml:5', 'compose-host-path compose.yaml:9', 'compose-privileged compose.yaml:4', 'compose-runtime-socket compose.yaml:8',
    'k8s-external-ips service.yaml:5', 'k8s-rbac-escalation as.yaml:5', 'k8s-rbac-escalation bind.yaml:5', 'k8s-rbac-secrets secrets.yaml:5', 'k8s-rbac-way-in exec.yaml:5'
  ])
})

t.test('a workload named like a secret does not make its findings look like one, and what was not read is counted', async (t) => {
  const { text } = await scan(t, {
    'pod.yaml': podWith('      image: nginx:1.27.1\n').replace('name: p', 'name: db-password'),
    'large.yaml': `# ${'x'.repeat(600_000)}\n`,
    'picture.png': 'a\0b'
  })
  t.match(text, 'nothing keeps c from running as root (Pod db-password)')
  t.notMatch(text, 'redacted')
  t.match(text, /1 file of more than 512 KB: large\.yaml/)
  t.match(text, /1 file without text/)
})

t.test('whatever way the code of a pull request or words of others get into a workflow, it is found; looking at them is not', async (t) => {
  const target = (steps: string) => `on: pull_request_target\npermissions: { contents: read }\njobs:\n  a:\n    steps:\n${steps}`
  const pinned = `actions/checkout@${'a'.repeat(40)}`
  const script = `actions/github-script@${'b'.repeat(40)}`
  const { findings } = await scan(t, Object.fromEntries(Object.entries({
    head: target(`      - { uses: ${pinned}, with: { ref: "\${{ github.head_ref }}" } }\n`),
    merge: target(`      - { uses: ${pinned}, with: { ref: "refs/pull/\${{ github.event.number }}/merge" } }\n`),
    fetch: target('      - run: |\n          git fetch origin pull/$PR/head && git checkout FETCH_HEAD\n'),
    tool: target('      - run: gh pr checkout $PR\n'),
    script: target(`      - uses: ${script}\n        with:\n          script: console.log("\${{ github.event.issue.title }}")\n`),
    called: 'on: push\npermissions: { contents: read }\njobs:\n  a:\n    uses: other/repo/.github/workflows/x.yml@main\n',
    base: target(`      - { uses: ${pinned}, with: { ref: "\${{ github.event.pull_request.base.sha }}" } }\n      - run: git fetch origin pull/$PR/head && git diff FETCH_HEAD\n      - run: gh api "\${{ contains(github.event.pull_request.title, 'fix') }}"\n`),
    own: 'on: push\npermissions: { contents: read }\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n'
  }).map(([name, text]) => [`.github/workflows/${name}.yml`, text])))
  t.strictSame(findings.map(place).sort(), [
    'actions-injection .github/workflows/script.yml:8', 'actions-pwn-request .github/workflows/fetch.yml:6', 'actions-pwn-request .github/workflows/head.yml:6', 'actions-pwn-request .github/workflows/merge.yml:6',
    'actions-pwn-request .github/workflows/tool.yml:6', 'actions-unpinned .github/workflows/called.yml:5'
  ])
})

t.test('scripts from the network are found however they are run, and what is only read from there is not', async (t) => {
  const run = (command: string) => `FROM node:22.14.0\n${command}\nUSER node\n`
  const planted = [
    'RUN curl -sL https://e.com/x | sudo -E bash -', 'RUN curl https://e.com/x | /bin/sh', 'RUN bash -c "$(curl -fsSL https://e.com/x)"', 'RUN bash <(curl -s https://e.com/x)', 'RUN curl https://e.com/x | python3 -',
    'RUN wget -qO- https://e.com/x | sudo -u app env A=1 bash -s -- y', 'RUN <<EOF\nset -e\ncurl https://e.com/x | sh\nEOF', 'RUN eval "$(curl https://e.com/x)"'
  ]
  const fine = ['RUN curl https://e.com/x | python3 -c "import json"', 'RUN curl https://e.com/x -o y || sh z', 'RUN curl https://e.com/x | tar xz', 'RUN python3 <<EOF\nfrom os import path\nUSER = 1\nEOF', 'COPY <<EOF /usage\ncurl https://e.com/x | sh\nEOF']
  const { findings } = await scan(t, Object.fromEntries([...planted, ...fine].map((command, index) => [`${index}/Dockerfile`, run(command)])))
  t.strictSame(findings.map(place).sort(), planted.map((_, index) => `docker-pipe-to-shell ${index}/Dockerfile:2`))
})

t.test('a Dockerfile that runs as another user by what it is built on is not flagged, nor are settings whose names only speak of secrets', async (t) => {
  const { findings } = await scan(t, {
    'a/Dockerfile': 'FROM node:22.14.0 AS base\nUSER node\nFROM base AS final\nCMD ["x"]\n',
    'b/Dockerfile': 'FROM gcr.io/distroless/static-debian12:nonroot\nCOPY x /x\n',
    'c/Dockerfile': 'FROM node:22.14.0\nENV DB_PASSWORD_FILE=/run/secrets/db MAX_TOKENS=4096\nENV TOKENIZERS_PARALLELISM false\nARG DISABLE_PASSWORD_LOGIN=true\nARG API_TOKEN=$OTHER\nUSER node\n',
    'f/Dockerfile': 'FROM nginxinc/nginx-unprivileged:1.27.1\nCOPY x /x\n',
    'd/Dockerfile': 'FROM node:22.14.0 AS base\nUSER root\nFROM base\n',
    'e/Dockerfile': 'FROM node:lts\nENV PORT=80 DB_PASSWORD="correct horse battery"\nUSER node\n'
  })
  t.strictSame(findings.map(place).sort(), ['docker-image-floating e/Dockerfile:1', 'docker-runs-as-root d/Dockerfile:2', 'docker-secret-in-image e/Dockerfile:2'])
})

t.test('settings of a workload whose names only speak of secrets are none, and a user other than root is one', async (t) => {
  const variables = { MAX_TOKENS: '4096', TOKENIZERS_PARALLELISM: 'false', TOKEN_TTL_SECONDS: '3600', DISABLE_PASSWORD_LOGIN: 'true', PASSWORD_MIN_LENGTH_POLICY: 'strict', DB_PASSWORD_FILE: '/run/secrets/db' }
  const { findings } = await scan(t, {
    'pod.yaml': podWith(`      image: nginx:1.27.1\n      env: ${JSON.stringify(Object.entries(variables).map(([name, value]) => ({ name, value })))}\n`, '  securityContext: { runAsUser: 10001 }\n')
  })
  t.notOk(findings.some(({ rule, severity }) => /secret|root$|credential/.test(rule) && severity !== 'low'), findings.map(place).join(' '))
})

t.test('power is found however a workload, a role or a Compose file writes it', async (t) => {
  const role = (kind: string, rule: string) => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\nmetadata: { name: r }\nrules:\n  - ${rule}\n`
  const image = 'image: a:1.2.3'
  const binding = (name: string, subject: string) => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: b }\nroleRef: { kind: ClusterRole, name: ${name} }\nsubjects: [{ kind: Group, name: "${subject}" }]\n`
  const { findings } = await scan(t, {
    'pod.yaml': podWith('      image: nginx:latest-alpine\n      securityContext: { runAsUser: "0", privileged: on, windowsOptions: { hostProcess: true } }\n', '  hostNetwork: yes\n  hostPID: on\n  hostIPC: no\n'),
    'pods.yaml': role('ClusterRole', '{ resources: ["pods/*", "nodes/*"], verbs: [create] }'),
    'secrets.yaml': role('ClusterRole', '{ resources: [secrets], resourceNames: [], verbs: [get] }'),
    'status.yaml': role('ClusterRole', '{ resources: [pods/status], verbs: [get] }'),
    'edit.yaml': binding('edit', 'system:authenticated'),
    'anybody.yaml': binding('admin', 'system:unauthenticated'),
    'info.yaml': binding('system:public-info-viewer', 'system:unauthenticated'),
    'compose.yaml': `services:\n  a:\n    ${image}\n    privileged: "yes"\n    devices: ["/dev/mem:/dev/mem", /dev/sda, /dev/fuse]\n    volumes: ["\${SOCK:-/var/run/docker.sock}:/var/run/docker.sock"]\n    cap_add: [sys_admin]\n  b:\n    ${image}\n    privileged: "\${P:-false}"\n`
  })
  t.strictSame(findings.filter(({ severity, rule }) => severity === 'critical' || severity === 'high' || rule.endsWith('floating')).map(place).sort(), [
    'compose-capability-added compose.yaml:7', 'compose-device compose.yaml:5', 'compose-device compose.yaml:5', 'compose-privileged compose.yaml:4', 'compose-runtime-socket compose.yaml:6',
    'k8s-host-namespace pod.yaml:6', 'k8s-host-namespace pod.yaml:7', 'k8s-host-process pod.yaml:12', 'k8s-image-floating pod.yaml:11', 'k8s-privileged pod.yaml:12',
    'k8s-rbac-all-secrets secrets.yaml:5', 'k8s-rbac-anonymous anybody.yaml:5', 'k8s-rbac-everybody edit.yaml:5', 'k8s-rbac-way-in pods.yaml:5', 'k8s-runs-as-root pod.yaml:12'
  ])
})
