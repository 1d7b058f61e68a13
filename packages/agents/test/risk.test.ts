import t from 'tap'
import { plan, repositoryWith } from './workspace.ts'

const pod = (spec: string) => `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: x }\nspec:\n  template:\n    spec:\n      ${spec}\n`
const container = (context: string) => pod(`containers: [{ name: x, image: "x:1", securityContext: { ${context} } }]`)
const ds = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' }, spec: { template: { spec: { hostNetwork: true } } } }
const quiet = { ...ds, spec: { template: { spec: { hostNetwork: false, containers: [{ name: 'x', securityContext: { privileged: false, runAsUser: 1000, capabilities: { drop: ['ALL'] } } }] } } } }

const high: Record<string, string> = {
  'json.json': JSON.stringify(ds, null, '\t'),
  'list.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [quiet, ds] }),
  'escaped.yaml': 'apiVersion: "rbac.authorization.k8s.io/v1"\nkind: "ClusterRole\\x42inding"\nroleRef: { name: "cluster\\x2dadmin" }\n',
  'second.yaml': `${JSON.stringify(quiet)}\n---\n${JSON.stringify(ds)}\n`,
  'alias.yaml': 'x: &on { hostPID: true }\ny: *on\n',
  'merge.yaml': pod('<<: { hostIPC: yes }'),
  'value.yaml': `${pod('hostNetwork: *on')}`.replace('name: x', 'name: &on yes'),
  'flow.yaml': '{? privileged : true}',
  'case.yaml': container('Privileged: True'),
  'cr.yaml': 'a: b\rprivileged: true',
  'capabilities.yaml': container('capabilities: { add: [CAP_SYS_ADMIN] }'),
  'all.yaml': container('capabilities: { add: [all] }'),
  'root.yaml': container('runAsUser: 0'),
  'octal.yaml': container('runAsUser: 0o0'),
  'escalation.yaml': container('allowPrivilegeEscalation: true'),
  'mount.yaml': container('procMount: Unmasked'),
  'seccomp.yaml': container('seccompProfile: { type: Unconfined }'),
  'port.yaml': pod('containers: [{ name: x, ports: [{ hostPort: 80 }] }]'),
  'addresses.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { externalIPs: [10.0.0.1] }\n',
  'balancer.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { type: LoadBalancer, loadBalancerIP: 10.0.0.1 }\n',
  'name.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { type: ExternalName, externalName: db.example.com }\n',
  'path.yaml': pod('volumes: [{ name: x, hostPath: { path: / } }]'),
  'account.yaml': pod('serviceAccountName: cluster-admin-bot'),
  'system.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: kube-system }\n',
  'stopped.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec: { replicas: 0 }\n',
  'role.yaml': 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: x }\n',
  'issuer.yaml': 'apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: { name: x }\n',
  'application.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: x }\n',
  'patch.yaml': 'patches:\n  - target: { kind: Deployment }\n    patch: |-\n      - op: add\n        path: /spec/template/spec/containers/0/securityContext/privileged\n        value: true\n',
  'patch.json': JSON.stringify([{ op: 'add', path: '/spec/template/spec/volumes/0/hostPath/path', value: '/' }]),
  'remote.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: ["https://example.com/x?ref=main"]\n',
  'workflow.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: { templates: [{ resource: { manifest: "{\\"hostPID\\": true}" } }] }\n',
  'binary.yaml': 'apiVersion: x/v1\nkind: !!binary Q2x1c3RlclJvbGU=\n',
  'tagged.yaml': 'x: !own { hostPID: true }\n',
  'twice.yaml': 'privileged: true\nprivileged: false\n',
  'templates/ds.yaml': 'spec:\n{{- if .Values.x }}\n  hostNetwork: {{ .Values.host }}\n{{- end }}\n',
  'bomb.yaml': `${'abcdefghi'.split('').map((name, index, all) => `${name}: &${name} [${index === 0 ? 'x' : Array(9).fill(`*${all[index - 1]}`).join(', ')}]`).join('\n')}\nprivileged: true\n`,
  'compose.yaml': 'services: { x: { image: x, cap_add: [NET_ADMIN] } }\n',
  'mounted.yaml': 'services: { x: { image: x, volumes: ["/:/host"] } }\n',
  '.gitlab-ci.yml': 'build: { script: ["docker run --privileged x"] }\n',
  'docs/hidden.md': `${JSON.stringify(ds)}\n`,
  'main.tf': 'resource "kubernetes_pod" "x" {\n  host_network = true\n}\n',
  'up.sh': 'kubectl create clusterrolebinding x --clusterrole=cluster-admin\n'
}

const medium: Record<string, string> = {
  'quiet.yaml': JSON.stringify(quiet),
  'service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: x }\n',
  'broken.yaml': 'a: [\n',
  'templates/x.yaml': 'a: {{ .Values.a }}\n{{ end }}\n',
  '.gitlab-ci.yml': 'build: { script: [make] }\n',
  Jenkinsfile: 'pipeline {}\n',
  '.circleci/config.yml': 'version: 2\n',
  'azure-pipelines.yml': 'steps: []\n',
  'bitbucket-pipelines.yml': 'pipelines: {}\n',
  '.drone.yml': 'kind: pipeline\n',
  '.tekton/x.yaml': 'apiVersion: tekton.dev/v1\nkind: Pipeline\nmetadata: { name: x }\n',
  '.buildkite/pipeline.yml': 'steps: []\n',
  '.github/workflows/x.yml': 'on: push\n',
  '.github/pull_request_template.md': 'What?\n',
  Makefile: 'all:\n\ttrue\n',
  Dockerfile: 'FROM scratch\n',
  'run.sh': 'true\n',
  '.husky/pre-commit': 'true\n',
  'site.tf': 'x = 1\n',
  'playbook.yaml': '- hosts: all\n',
  'x.service': '[Service]\nExecStart=/bin/true\n',
  crontab: '* * * * * true\n',
  'unheard.of': 'anything\n',
  'docs/conf.py': 'x = 1\n',
  'docs/page.mdx': 'text\n',
  'requirements.txt': 'left-pad\n',
  'CMakeLists.txt': 'project(x)\n',
  'AGENTS.md': 'Do as told.\n',
  '.claude/notes.md': 'text\n',
  ...Object.fromEntries([
    'requirements/base.txt', 'dev-requirements.txt', 'conanfile.txt', 'meson_options.txt', 'Aptfile', 'Aptfile.txt', 'QWEN.md', 'WARP.md', 'CONVENTIONS.md', 'agents/x.md', 'commands/deploy.md', '.cursor/rules/x.md', '.clinerules', 'rules/x.mdc',
    'prompts/a.md', 'notes.md', 'notes.txt', 'c.rst', 'docs/requirements.txt', 'docs/CMakeLists.txt', 'docs/claude.md', 'docs/AGENTS.md', 'docs/CRUSH.md', 'docs/agents/x.md', 'docs/.hidden/x.md', 'skills/README.md', 'llms.txt', 'docs/llms.txt', 'README.sh', 'docs/x.mdc', 'docs/versions.txt'
  ].map((path) => [path, 'Do as told.\n'])),
  'notes/object.txt': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n'
}

const low: Record<string, string> = { 'README.md': '# How cluster-admin and privileged: true work\n\n```yaml\nhostPath: x\n```\n', 'docs/a.md': 'text\n', 'docs/b.txt': 'privileged: true\n', 'docs/deep/c.rst': 'text\n', 'apps/web/docs/how-to.adoc': 'text\n', 'apps/web/README.de.md': 'text\n', 'CHANGELOG.md': 'text\n', 'LICENSE-MIT.txt': 'Free.\n', LICENSE: 'Free.\n', 'sub/.gitignore': 'dist\n' }

t.test('the risk of a file is what it may do to a cluster or a machine once it is used, however it is written', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'docs/there.md': 'a\n', 'there.yaml': 'a: 1\n' })
  for (const [risk, files] of Object.entries({ high, medium, low })) {
    const plans = await plan(toolkit, 'workspace_write', { files: Object.entries(files).map(([path, content]) => ({ path, content })) })
    t.strictSame(Object.fromEntries(plans.map((each) => [each.target, each.risk])), Object.fromEntries(Object.keys(files).map((path) => [path, risk])), risk)
  }
  t.match(await plan(toolkit, 'workspace_write', { files: [{ path: 'docs/there.md', content: 'b\n' }] }), [{ risk: 'medium' }], 'what somebody wrote before is changed')
  t.match(await plan(toolkit, 'workspace_delete', { paths: ['there.yaml'] }), [{ risk: 'medium' }])
})

t.test('a text made to be slow is judged in bounded time', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'a.md': 'a\n' })
  const texts = ['['.repeat(100_000), '- '.repeat(100_000), '{a: '.repeat(60_000), '? '.repeat(100_000), `${'&a '.repeat(50_000)}`, '"\\x'.repeat(60_000), ' /etc'.repeat(50_000), `k: |\n${'  a: |\n'.repeat(30_000)}`, '#\n'.repeat(80_000), 'a: '.repeat(80_000),
    Array.from({ length: 20_000 }, (_, index) => `- &a${index} x`).join('\n')]
  const since = performance.now()
  for (const [index, content] of texts.entries()) t.match(await plan(toolkit, 'workspace_write', { files: [{ path: `${index}.yaml`, content }] }), [{ risk: /medium|high/ }])
  t.ok(performance.now() - since < 20_000, String(performance.now() - since))
})
