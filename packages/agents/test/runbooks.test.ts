import { join } from 'node:path'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { createInspectionToolkit } from '../src/toolkits/inspection/index.ts'
import { openWorkspace } from '../src/toolkits/workspace/open-workspace.ts'
import { startCortex, type Cortex } from './cortex.ts'
import { kubernetesFaults } from './kubernetes.ts'
import { git, reader, signal, temporaryFolder, writeFiles, type TestOwner } from './workspace.ts'

/** Changes are applied without asking, so that what runbooks write can be looked at as a whole. */
async function withoutAsking (t: TestOwner): Promise<Cortex> {
  const policyFile = join(await temporaryFolder(t), 'policy.yaml')
  await writeFiles(join(policyFile, '..'), { 'policy.yaml': 'rules: [{ name: trust, match: { kind: change }, decision: auto }]' })
  const cortex = await startCortex(t)
  await cortex.agents({ policyFile })
  return cortex
}

async function runToEnd (cortex: Cortex, title: string, category: string) {
  return cortex.ended(await cortex.create(title, category))
}

t.test('every runbook that writes leaves manifests a cluster would take and a scan finds nothing in', async (t) => {
  const cortex = await withoutAsking(t)
  const runs: Array<[string, string]> = [
    ['Deploy monitoring stack', 'infrastructure'], ['Create dashboards', 'infrastructure'], ['Create network policies', 'infrastructure'],
    ['Configure nightly backups', 'infrastructure'], ['Set resource quotas for all namespaces', 'infrastructure'], ['Set up CI/CD pipeline', 'cicd'], ['Set up a release pipeline', 'cicd'],
    ['Set up Dependabot for all repositories', 'cicd'], ['Create a .gitignore', 'development']
  ]
  for (const [title, category] of runs) {
    const task = await runToEnd(cortex, title, category)
    t.match(task, { status: 'completed', error: null }, title)
    t.match(task.result?.evidence, [{ claim: /policy/, detail: /policy rule "trust"/ }, { claim: /exactly the approved diff/ }], title)
    t.match(git(cortex.workspace, 'log', '-1', '--format=%H', String(task.result?.commit)).trim(), task.result?.commit)
  }
  const { repository } = await openWorkspace(cortex.workspace)
  const files = await repository.readAll((await repository.files()).filter(({ path }) => path.startsWith('platform/') || path.startsWith('.github/')))
  let objects = 0
  for (const [path, text] of files) {
    t.notMatch(text, /<\{|<%/, `${path} is rendered whole`)
    if (!path.endsWith('.yaml') || path.endsWith('kustomization.yaml')) continue
    for (const document of parseAllDocuments(text)) {
      t.strictSame(document.errors, [], path)
      const object = document.toJS() as Record<string, unknown> | null
      if (object === null) continue
      objects++
      t.strictSame(await kubernetesFaults(object), [], `${path} ${String(object.kind)}`)
    }
  }
  t.ok(objects >= 25, `${objects} objects`)

  const inspection = createInspectionToolkit(repository)
  const scan = await reader(inspection, 'inspect_misconfigurations').run({}, { signal, draft: [] })
  t.strictSame((scan.facts.findings as Array<{ path: string }>).filter(({ path }) => !path.startsWith('apps/')), [])
  t.match((await reader(inspection, 'inspect_workspace').run({}, { signal, draft: [] })).facts, { concerns: 0 })

  const config = parse(String((parse(files.get('platform/monitoring/prometheus-config.yaml')!) as { data: Record<string, string> }).data['prometheus.yml'])) as { scrape_configs: Array<{ job_name: string }> }
  t.strictSame(config.scrape_configs.map(({ job_name: name }) => name), ['prometheus', 'grafana', 'kubernetes-apiservers', 'kubelet', 'cadvisor', 'kubernetes-pods'])
  const rules = parse(String((parse(files.get('platform/monitoring/prometheus-rules.yaml')!) as { data: Record<string, string> }).data['monitoring.yaml'])) as { groups: Array<{ rules: Array<{ alert: string, expr: string, annotations: { summary: string } }> }> }
  t.ok(rules.groups.flatMap((group) => group.rules).every(({ alert, expr, annotations }) => alert && expr && annotations.summary))
  t.match(JSON.parse(files.get('platform/monitoring/dashboards/cluster.json')!), { uid: 'cortex-cluster', panels: [{ title: 'Targets down' }] })
  const images = [...files.values()].flatMap((text) => [...text.matchAll(/image: (\S+)/g)].map(([, image]) => image!))
  t.ok(images.length > 0 && images.every((image) => /:v?\d+\.\d+\.\d+$/.test(image)), images.join(' '))
})

t.test('a runbook whose files stand already completes without asking', async (t) => {
  const cortex = await withoutAsking(t)
  await runToEnd(cortex, 'Deploy monitoring stack', 'infrastructure')
  const before = git(cortex.workspace, 'rev-parse', 'HEAD')
  const again = await runToEnd(cortex, 'Deploy monitoring stack', 'infrastructure')
  t.match(again, { status: 'completed', result: { summary: /^Already in place/, evidence: [{ claim: /is already in place/ }] } })
  t.equal(git(cortex.workspace, 'rev-parse', 'HEAD'), before)
})

t.test('inputs come from the words of the task, and a file that differs is shown as a diff', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const first = await cortex.approval(await cortex.create('Deploy monitoring stack in namespace observability', 'infrastructure', { description: 'Keep it with a retention of 30d on 50Gi' }))
  const diffs = first.changes.map(({ diff }) => diff).join('\n')
  t.match(diffs, /\+ {2}name: observability\n/)
  t.match(diffs, /retention\.time=30d/)
  t.match(diffs, /\+ {12}storage: 50Gi/)
  t.equal((await cortex.decide(first, 'approve')).status, 200)
  await cortex.ended(first.task_id)
  const second = await cortex.approval(await cortex.create('Deploy monitoring stack', 'infrastructure'))
  const changed = second.changes.find(({ target }) => target === 'platform/monitoring/namespace.yaml')
  t.match(changed, { verb: 'update', diff: /- {2}name: observability\n\+ {2}name: monitoring\n/ })
  t.notOk(second.changes.some(({ target }) => target === 'platform/monitoring/kustomization.yaml'), 'what stands already is not part of it')
})

t.test('the pipeline knows node, python, go, images and kustomizations, and names each job once', async (t) => {
  const cortex = await startCortex(t)
  const pnpm = { 'web/package.json': '{"name":"web","scripts":{"test":"x","lint":"x"},"engines":{"node":">=24"}}', 'web/pnpm-lock.yaml': 'lockfileVersion: 9\n' }
  await writeFiles(cortex.workspace, {
    ...pnpm,
    'package.json': '{"name":"root","scripts":{"build":"x"}}',
    'api/requirements.txt': 'flask==3\n',
    'api/test_api.py': '',
    'tool/go.mod': 'module x\n\ngo 1.24\n',
    'tool/go.sum': '',
    'a-b/Dockerfile': 'FROM scratch\n',
    'a/b/Dockerfile': 'FROM scratch\n',
    'deploy/kustomization.yaml': 'resources: []\n',
    'evil; rm -rf/package.json': '{"name":"x"}'
  })
  for (const args of [['init', '--quiet', '--initial-branch=trunk'], ['add', '--all'], ['commit', '--quiet', '--message', 'Begin']]) git(cortex.workspace, ...args)
  await cortex.agents()
  const approval = await cortex.approval(await cortex.create('Set up CI pipeline', 'cicd'))
  await cortex.decide(approval, 'approve')
  const task = await cortex.ended(approval.task_id)
  t.match(task, { status: 'completed' })
  const text = git(cortex.workspace, 'show', 'HEAD:.github/workflows/ci.yml')
  const workflow = parse(text) as { on: { push: { branches: string[] } }, permissions: object, jobs: Record<string, { 'timeout-minutes': number, steps: Array<{ uses?: string, run?: string }> }> }
  t.strictSame(Object.keys(workflow.jobs).sort(), ['go-tool', 'image-a-b', 'image-a-b_2', 'manifests-deploy', 'node', 'node-web', 'python-api'])
  t.strictSame([workflow.on.push.branches, workflow.permissions], [['trunk'], { contents: 'read' }])
  for (const [name, { steps, 'timeout-minutes': limit }] of Object.entries(workflow.jobs)) {
    t.ok(limit > 0 && limit <= 30, name)
    for (const { uses } of steps) if (uses) t.match(uses, /@[0-9a-f]{40}$/)
  }
  const runs = (job: string) => workflow.jobs[job]!.steps.flatMap(({ run }) => run ?? [])
  t.strictSame(runs('node-web'), ['corepack enable', 'pnpm install --frozen-lockfile', 'pnpm run lint', 'pnpm run test'])
  t.strictSame(runs('node'), ['npm install --no-audit --no-fund', 'npm run build'])
  t.ok(runs('python-api').includes('python -m pytest'))
  t.ok(runs('go-tool').includes('go test ./...'))
  t.notMatch(text, 'evil')
})

t.test('reports say what was read, with real counts, and change nothing', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  const runs: Array<[string, string, RegExp]> = [
    ['Inventory of images and licences', 'inventory', /\| node \| latest[\s\S]*\| fastify \| 5\.[\d.]+ \| MIT \| npm, direct/],
    ['Write a repository report', 'development', /\| JavaScript \| 3 \|[\s\S]*No pipeline checks what is pushed/],
    ['Check the health of the workspace', 'general', /\| Deployment \| 1 \| hello-web \|/],
    ['Check the licences of our dependencies for copyleft', 'inventory', /No package to look at was found/],
    ['List all TODOs in the code', 'development', /No comment holds a note/],
    ['Scan for misconfigurations', 'security', /apps\/hello-web\/k8s\/deployment\.yaml:\d+[\s\S]*does not see what runs/]
  ]
  for (const [title, category, expected] of runs) {
    const task = await runToEnd(cortex, title, category)
    t.match(task, { status: 'completed', result: { report: expected, evidence: [{ claim: String, detail: /commit [0-9a-f]{12}|\d/ }] } }, title)
    t.ok((await cortex.log(task.id)).length >= 2, 'the log says what was done')
  }
  t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '1')
})

t.test('a named folder is all that is looked at, and what is not done stands first in the summary', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  await writeFiles(cortex.workspace, { 'apps/other/Dockerfile': 'FROM alpine:latest\n' })
  git(cortex.workspace, 'add', '--all')
  git(cortex.workspace, 'commit', '--quiet', '--message', 'Another')
  const other = await runToEnd(cortex, 'Take an inventory of images in apps/other', 'inventory')
  t.match(other, { status: 'completed', result: { summary: /^apps\/other names 1 container image, 0 packages/, report: /Read from commit [0-9a-f]{12}, 1 text file of apps\/other/ } })
  t.match(await runToEnd(cortex, 'Scan apps/other for misconfigurations', 'security'), { result: { summary: /1 text file of apps\/other/ } })
  t.match(await runToEnd(cortex, 'Take an inventory of images in folder-number-0-x', 'inventory'), { status: 'completed', result: { summary: /^Asked for and not done: "folder-number-0-x"\. The workspace names/ } })
  t.match(await runToEnd(cortex, 'Turn off the nightly backups', 'infrastructure'), { status: 'failed', error: { code: 'CTX_RUNBOOK_NONE', message: /asks to "turn off" what there is.*Backup schedule/ } })
})

t.test('a runbook with nothing to work on fails and says so', async (t) => {
  const cortex = await startCortex(t)
  await writeFiles(cortex.workspace, { 'README.md': 'Nothing yet' })
  for (const args of [['init', '--quiet'], ['add', '--all'], ['commit', '--quiet', '--message', 'Begin']]) git(cortex.workspace, ...args)
  await cortex.agents()
  t.match(await runToEnd(cortex, 'Configure backups', 'infrastructure'), { status: 'failed', error: { code: 'CTX_RUNBOOK_UNFIT', message: /no PersistentVolumeClaim/ } })
  t.match(await runToEnd(cortex, 'Set up network policies', 'infrastructure'), { status: 'failed', error: { code: 'CTX_RUNBOOK_UNFIT', message: /no Deployment/ } })
})

t.test('the sample has something to back up, by the words a person would use', async (t) => {
  const cortex = await startCortex(t)
  await cortex.agents()
  for (const title of ['Set up a nightly backup of the database', 'Set up backups', 'Backup schedule']) {
    const { changes } = await cortex.approval(await cortex.create(title, 'infrastructure'))
    t.match(changes.find(({ target }) => target === 'platform/backup/cronjobs.yaml')?.diff, /name: backup-hello-web-guests/, title)
  }
})

t.test('network policies leave a namespace alone that has its own, and backups may get out of it', async (t) => {
  const cortex = await withoutAsking(t)
  for (const title of ['Deploy monitoring stack', 'Set up backups']) t.match(await runToEnd(cortex, title, 'infrastructure'), { status: 'completed' })
  const policies = await runToEnd(cortex, 'Set up network policies', 'infrastructure')
  t.match(policies, { status: 'completed', result: { summary: /^Left alone, for they have network policies already: monitoring\. Network policies for 1 workload in 1 namespace/ } })
  const documents = (path: string) => parseAllDocuments(git(cortex.workspace, 'show', `HEAD:${path}`)).flatMap((document) => document.toJS() as { metadata: { namespace: string }, spec: { podSelector: object, egress: object[] } } ?? [])
  t.strictSame([...new Set(documents('platform/network-policies/policies.yaml').map(({ metadata }) => metadata.namespace))], ['default'])
  t.match(documents('platform/backup/network-policies.yaml').map(({ metadata, spec }) => [metadata.namespace, spec.podSelector, spec.egress.length]), [
    ['default', { matchLabels: { 'app.kubernetes.io/name': 'backup' } }, 2], ['monitoring', { matchLabels: { 'app.kubernetes.io/name': 'backup' } }, 2]
  ])
  t.match(await runToEnd(cortex, 'Set up network policies', 'infrastructure'), { status: 'completed', result: { summary: /^Already in place/ } }, 'its own policies do not make it skip what they guard')
})
