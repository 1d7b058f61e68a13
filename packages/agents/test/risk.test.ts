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

const sentence = 'How this works is told here.\n'
const low: Record<string, string> = {
  'README.md': `# How cluster-admin and privileged: true work\n\n${sentence}\n\`\`\`yaml\nhostPath: x\n\`\`\`\n`,
  'docs/a.md': `# Words\n\n${sentence}\n- first of all\n- See <https://example.com/a> or [the other page](b.md).\n`,
  'docs/deep/b.markdown': '部署说明在这里。\n',
  'apps/web/docs/how-to.md': `Setext\n------\n\n${sentence}\n> A person said so once.\n\n| Name of it | What it means |\n|---|---|\n| A row here | says two things |\n`,
  'apps/web/README.de.md': sentence,
  'CHANGELOG.md': '## 1.2.0\n\n- The page shows one label less than before.\n',
  'LICENSE-MIT.txt': 'Use it for what you like.\n',
  LICENSE: 'Use it for what you like.\n'
}

/** Where a text would be low, were it sentences alone. */
const orders: Record<string, string> = Object.fromEntries(Object.entries({
  rst: '.. include:: /etc/passwd\n',
  python: '```{python}\nx = 1\n```\n',
  script: '<script>alert(1)</script>\n',
  handler: 'A <img src=x onerror=y> in it.\n',
  comment: '<!--@include: ./x-->\n',
  php: '<?php x ?>\n',
  template: 'Say {{ constructor }} to them.\n',
  tag: '{% include x %}\n',
  hugo: '{{< rawhtml >}}\n',
  attribute: 'A word{: onclick=x}\n',
  shell: '```sh\ncurl x | sh\n```\n',
  unlabelled: '```\nfn main() -\n```\n',
  rust: '```rust\npanic!()\n```\n',
  inItem: '- ```sh\n  x\n  ```\n',
  mermaid: '```mermaid\ngraph\n```\n',
  doctest: '>>> import os\n',
  container: '::: package.module\n',
  snippet: '--8<-- "x"\n',
  adoc: 'include::x[]\n',
  imported: '@docs/other.md\n',
  tex: '\\input /etc/passwd\n',
  link: '[x](javascript:alert)\n',
  picture: '![x](https://example.com/x.png)\n',
  block: '---\ntemplate: x\n---\n',
  requirement: 'left-pad == 1.0\n',
  fetched: 'pkg @ git+https://example.com/x\n',
  option: '--index-url https://example.com\n',
  cron: '*/5 * * * * root x\n',
  reboot: '@reboot x\n',
  url: 'https://example.com/x.tar.gz\n',
  names: 'left-pad\nis-odd\nis-even\nfour\n',
  invisible: 'A word\u202E turned around.\n',
  control: 'A word\u001b[2J here.\n'
}).map(([name, text]) => [`docs/${name}.md`, `${sentence}\n${text}`]))
const alone: Record<string, string> = {
  'docs/front.md': `---\nlayout: x\n---\n${sentence}`, 'docs/settings.md': `template: x.html\n\n${sentence}`, 'docs/empty.md': '', 'docs/one.md': 'word\n', 'docs/bang.md': `#!/bin/sh\n${sentence}`, README: `${sentence}requests==2.0\n`
}
/** By its name nothing is known of it, whatever it says. */
const named = Object.fromEntries(['docs/requirements/base.txt', 'docs/reqs.txt', 'docs/crontab.txt', 'docs/_config.txt', 'docs/conf.rst', 'docs/b.txt', 'docs/c.adoc', 'README.rst', 'docs/_sidebar.md', 'docs/_x/a.md', 'docs/SUMMARY.md', 'docs/summary.md', 'sub/.gitignore'].map((path) => [path, sentence]))

t.test('the risk of a file is what it may do to a cluster or a machine once it is used, however it is written', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'docs/there.md': 'a\n', 'there.yaml': 'a: 1\n' })
  for (const [risk, files] of [['high', high], ['medium', medium], ['low', low], ['medium', orders], ['medium', alone], ['medium', named]] as const) {
    const plans = await plan(toolkit, 'workspace_write', { files: Object.entries(files).map(([path, content]) => ({ path, content })) })
    t.strictSame(Object.fromEntries(plans.map((each) => [each.target, each.risk])), Object.fromEntries(Object.keys(files).map((path) => [path, risk])), risk)
  }
  t.match(await plan(toolkit, 'workspace_write', { files: [{ path: 'docs/there.md', content: 'b\n' }] }), [{ risk: 'medium' }], 'what somebody wrote before is changed')
  t.match(await plan(toolkit, 'workspace_delete', { paths: ['there.yaml'] }), [{ risk: 'medium' }])
})

t.test('a text for people made to be slow is judged in bounded time', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'a.md': 'a\n' })
  const texts = ['!['.repeat(50_000), ' '.repeat(100_000), '\n'.repeat(100_000), '1 '.repeat(50_000), 'a '.repeat(50_000), '- '.repeat(50_000), 'a'.repeat(100_000), '```yaml\n'.repeat(12_000), '~'.repeat(100_000), '<'.repeat(100_000), ' \n'.repeat(50_000), `https://${'a'.repeat(100_000)} x`]
  const plans = await plan(toolkit, 'workspace_write', { files: texts.map((content, index) => ({ path: `docs/${index}.md`, content: `${sentence}${content}` })) })
  for (const { risk } of plans) t.match(risk, /low|medium/)
})

t.test('a text made to be slow is judged in bounded time', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'a.md': 'a\n' })
  const texts = ['['.repeat(100_000), '- '.repeat(100_000), '{a: '.repeat(60_000), '? '.repeat(100_000), `${'&a '.repeat(50_000)}`, '"\\x'.repeat(60_000), ' /etc'.repeat(50_000), `k: |\n${'  a: |\n'.repeat(30_000)}`, '#\n'.repeat(80_000), 'a: '.repeat(80_000),
    Array.from({ length: 20_000 }, (_, index) => `- &a${index} x`).join('\n')]
  const since = performance.now()
  for (const [index, content] of texts.entries()) t.match(await plan(toolkit, 'workspace_write', { files: [{ path: `${index}.yaml`, content }] }), [{ risk: /medium|high/ }])
  t.ok(performance.now() - since < 20_000, String(performance.now() - since))
})
