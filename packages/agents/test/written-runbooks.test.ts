import { join } from 'node:path'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { startCortex, type Cortex } from './cortex.ts'
import { kubernetesFaults } from './kubernetes.ts'
import { git, temporaryFolder, writeFiles, type TestOwner } from './workspace.ts'

/** Agents on a repository with these files; changes are applied without asking, so that what runbooks write can be looked at. */
async function begin (t: TestOwner, files: Record<string, string>): Promise<Cortex> {
  const policyFile = join(await temporaryFolder(t), 'policy.yaml')
  await writeFiles(join(policyFile, '..'), { 'policy.yaml': 'rules: [{ name: trust, match: { kind: change }, decision: auto }]' })
  const cortex = await startCortex(t)
  await writeFiles(cortex.workspace, files)
  for (const args of [['init', '--quiet', '--initial-branch=main'], ['add', '--all', '--force'], ['commit', '--quiet', '--message', 'Begin']]) git(cortex.workspace, ...args)
  await cortex.agents({ policyFile })
  return cortex
}

/** As GitHub fills it in. */
const repositoryName = `${'$'}{{ github.repository }}`

const run = async (cortex: Cortex, title: string, category: string) => cortex.ended(await cortex.create(title, category))
const read = (cortex: Cortex, path: string) => git(cortex.workspace, 'show', `HEAD:${path}`)

const pod = (kind: string, name: string, namespace: string, spec: string, containers: string) => `apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec:
${spec}  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
${containers}`

/** One repository with something for each of them. */
const files = {
  'package.json': '{"name":"root"}',
  'pnpm-lock.yaml': 'lockfileVersion: 9\n',
  'packages/member/package.json': '{"name":"member"}',
  'tools/own/package.json': '{"name":"own"}',
  'tools/own/package-lock.json': '{}',
  'api/requirements.txt': 'flask==3\n',
  'api/pyproject.toml': '[project]\n',
  'cmd/go.mod': 'module x\n',
  'infra/main.tf': '',
  Dockerfile: 'FROM scratch\n',
  'apps/Web/Dockerfile': 'FROM scratch\n',
  'odd "name/Dockerfile': 'FROM scratch\n',
  'web/compose.yaml': 'services: {}\n',
  '.github/workflows/ci.yml': 'on: push\njobs: {}\n',
  '.gitignore': '# Ours\n/node_modules\n.env\nsecret-plans',
  'app/.env': 'A=1\n',
  'k8s/shop.yaml': [
    pod('Deployment', 'web', 'shop', '  replicas: 30\n', '        - { name: web, image: "nginx:1.27.4", resources: { requests: { cpu: 250m, memory: 128Mi }, limits: { memory: 256Mi } } }\n'),
    pod('StatefulSet', 'db', 'shop', '', '        - { name: db, resources: { requests: { cpu: "2", memory: 3Gi } } }\n')
  ].join('---\n'),
  'k8s/small.yaml': pod('Deployment', 'tiny', 'small', '', '        - { name: tiny }\n'),
  'k8s/owned.yaml': `${pod('Deployment', 'x', 'owned', '', '        - { name: x }\n')}---\napiVersion: v1\nkind: ResourceQuota\nmetadata: { name: theirs, namespace: owned }\nspec: { hard: { pods: "5" } }\n`
}

t.test('what runbooks write comes from what the repository holds', async (t) => {
  const cortex = await begin(t, files)
  const [updates, release, quotas, ignores] = await Promise.all([
    run(cortex, 'Configure daily Dependabot updates', 'cicd'), run(cortex, 'Set up a release pipeline', 'cicd'),
    run(cortex, 'Set resource quotas for all namespaces', 'infrastructure'), run(cortex, 'Create a .gitignore', 'development')
  ])

  t.test('Dependabot looks at every kind of package where it is, at the pace that was asked for', async (t) => {
    t.match(updates, { status: 'completed', result: { files: ['.github/dependabot.yml'], summary: /looks daily for new versions in 10 places/ } })
    const written = parse(read(cortex, '.github/dependabot.yml')) as { version: number, updates: Array<{ 'package-ecosystem': string, directory: string, schedule: object }> }
    t.equal(written.version, 2)
    t.strictSame(written.updates.map(({ 'package-ecosystem': ecosystem, directory }) => `${ecosystem} ${directory}`), [
      'docker /', 'docker /apps/Web', 'docker /k8s', 'docker-compose /web', 'github-actions /', 'gomod /cmd', 'npm /', 'npm /tools/own', 'pip /api', 'terraform /infra'
    ])
    t.ok(written.updates.every(({ schedule }) => JSON.stringify(schedule) === '{"interval":"daily"}'))
  })

  t.test('a release publishes each image under its own name, and waits for all of them', async (t) => {
    t.match(release, { status: 'completed', result: { summary: /builds 2 images/ } })
    const workflow = parse(read(cortex, '.github/workflows/release.yml')) as { on: object, permissions: object, jobs: Record<string, { needs?: string[], permissions: object, env?: { IMAGE: string }, steps: Array<{ uses?: string, run?: string }> }> }
    t.strictSame([workflow.on, workflow.permissions], [{ push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } }, { contents: 'read' }])
    t.strictSame(Object.entries(workflow.jobs).map(([id, { permissions, env }]) => [id, permissions, env?.IMAGE]), [
      ['image', { contents: 'read', packages: 'write' }, `ghcr.io/${repositoryName}`],
      ['image-apps-Web', { contents: 'read', packages: 'write' }, `ghcr.io/${repositoryName}/apps-web`],
      ['release', { contents: 'write' }, undefined]
    ])
    t.strictSame(workflow.jobs.release!.needs, ['image', 'image-apps-Web'])
    t.match(workflow.jobs['image-apps-Web']!.steps.at(-1)!.run, /docker build --pull --file apps\/Web\/Dockerfile --tag "\$\{IMAGE,,\}:\$GITHUB_REF_NAME" apps\/Web\ndocker push/)
    for (const { steps } of Object.values(workflow.jobs)) for (const { uses } of steps) if (uses) t.match(uses, /@[0-9a-f]{40}$/)
  })

  t.test('quotas are twice what a namespace asks for, keep nothing out that runs, and leave namespaces alone that have their own', async (t) => {
    t.match(quotas, { status: 'completed', result: { summary: /^Left alone, for they have quotas already: owned\. Quotas for 2 namespaces/ } })
    const objects = parseAllDocuments(read(cortex, 'platform/quotas/quotas.yaml')).flatMap((document) => document.toJS() as { kind: string, metadata: { namespace: string }, spec: { hard: object, limits: Array<{ default: object }> } } | null ?? [])
    for (const object of objects) t.strictSame(await kubernetesFaults(object as unknown as Record<string, unknown>), [])
    const of = (kind: string, namespace: string) => objects.find((object) => object.kind === kind && object.metadata.namespace === namespace)?.spec
    t.equal(objects.length, 4)
    t.strictSame(of('ResourceQuota', 'shop')?.hard, { pods: '62', 'requests.cpu': '19', 'requests.memory': '13824Mi', 'limits.memory': '21Gi' })
    t.strictSame(of('ResourceQuota', 'small')?.hard, { pods: '20', 'requests.cpu': '1', 'requests.memory': '1Gi', 'limits.memory': '1Gi' })
    t.match(of('LimitRange', 'shop')?.limits, [{ default: { memory: '3Gi' } }], 'a limit below what db requests would keep it out')
    t.match(of('LimitRange', 'small')?.limits, [{ default: { memory: '256Mi' } }])
    t.match(await run(cortex, 'Add CPU and memory quotas', 'infrastructure'), { result: { summary: /^Already in place/ } }, 'its own quotas do not make it skip what they are for')
  })

  t.test('.gitignore gets what is missing and keeps every line it had, and what is committed already is told', async (t) => {
    t.match(ignores, { status: 'completed', result: { files: ['.gitignore'], summary: /1 file should not be in the repository, 1 of a kind that holds secrets/, report: /app\/\.env/ } })
    const written = read(cortex, '.gitignore')
    t.match(written, /^# Ours\n\/node_modules\n\.env\nsecret-plans\n# settings with secrets in them\n\.env\.\*\n!\.env\.example\n# private keys\n\*\.key\n/)
    t.equal(written.match(/^\.env$/gm)?.length, 1)
    await writeFiles(cortex.workspace, { 'a.key': '', '.env.example': '' })
    t.match(git(cortex.workspace, 'status', '--porcelain'), /^\?\? \.env\.example\n$/, 'git reads it as it is meant')
  })
})

t.test('Dependabot is not set up beside Renovate, and a release of a repository without images is a release alone', async (t) => {
  const cortex = await begin(t, { 'renovate.json': '{}', 'package.json': '{"name":"x"}' })
  t.match(await run(cortex, 'Set up Dependabot', 'cicd'), { status: 'failed', error: { code: 'CTX_RUNBOOK_UNFIT', message: /Renovate is set up here already/ } })
  await run(cortex, 'Automate the release process', 'cicd')
  const { jobs } = parse(read(cortex, '.github/workflows/release.yml')) as { jobs: Record<string, { needs?: unknown }> }
  t.strictSame(Object.entries(jobs).map(([id, { needs }]) => [id, needs]), [['release', undefined]])
})
