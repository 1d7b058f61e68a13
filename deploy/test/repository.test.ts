import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Step { id?: string, if?: string, uses?: string, run?: string, env?: Record<string, string>, with?: Record<string, string> }
const jobsOf = (name: string) => (parse(read(`.github/workflows/${name}.yml`)) as { jobs: Record<string, { steps: Step[] }> }).jobs
const digest = `sha256:${'a'.repeat(64)}`

/** Runs a step as the runner does. */
function runStep (script: string, env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-step-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const output = join(folder, 'output')
  writeFileSync(output, '')
  // What the registry would answer to docker.
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\n[ "$4" = node:24-slim ] && echo '{"digest":"${digest}"}'\n`)
  chmodSync(join(folder, 'docker'), 0o755)
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-e', '-c', script], { cwd: root, encoding: 'utf8', env: { PATH: `${folder}:${process.env['PATH']}`, GITHUB_OUTPUT: output, ...env } })
  return { status, said: stdout + stderr, output: readFileSync(output, 'utf8') }
}

t.test('every pattern of the owners is of a file, and what guards is read by those who guard', async (t) => {
  const rules = read('.github/CODEOWNERS').split('\n').filter((line) => /^[^#\s]/.test(line)).map((line) => line.split(/\s+/) as [string, ...string[]])
  const filesOf = (pattern: string) => pattern === '*' ? globSync('package.json', { cwd: root }) : globSync(`${pattern.slice(1)}${pattern.endsWith('/') ? '**' : ''}`, { cwd: root })
  for (const [pattern] of rules) t.ok(filesOf(pattern).length > 0, pattern)
  for (const path of ['packages/agents/src/policy.ts', 'packages/secrets/src/index.ts', 'packages/service/src/access/password.ts', 'packages/chat/src/sign-in/throttle.ts', 'packages/orchestrator/src/gate.ts', 'packages/orchestrator/src/audit/command.ts']) {
    t.ok(existsSync(join(root, path)), path)
    t.ok(rules.findLast(([pattern]) => pattern === '*' || filesOf(pattern).includes(path))?.includes('@cortex/security'), path)
  }
})

t.test('whatever is to be renewed by itself has something that can be', async (t) => {
  const { updates } = parse(read('.github/dependabot.yml')) as { updates: Array<Record<'package-ecosystem' | 'directory', string>> }
  const holds: Record<string, (folder: string) => boolean> = {
    npm: (folder) => existsSync(join(root, folder, 'package.json')),
    'github-actions': () => globSync('.github/workflows/*.yml', { cwd: root }).length > 0,
    docker: (folder) => /^(FROM|ARG BASE=)\s*[\w./-]+:\S+/m.test(read(join(folder, 'Dockerfile')))
  }
  for (const { 'package-ecosystem': kind, directory } of updates) t.ok(holds[kind]?.(directory), `${kind} in ${directory}`)
})

t.test('a base image that has become another one is told of, with what to set', { skip: spawnSync('jq', ['--version']).status === 0 ? false : 'jq is not here' }, async (t) => {
  const script = jobsOf('dependencies')['base']!.steps[0]!.run!
  t.match(runStep(script, { BASE_IMAGE: `node:24-slim@${digest}` }), { status: 0, said: '' })
  t.match(runStep(script, { BASE_IMAGE: `node:24-slim@sha256:${'b'.repeat(64)}` }), { status: 1, said: `set the variable BASE_IMAGE to node:24-slim@${digest}, and release` })
  t.not(runStep(script, { BASE_IMAGE: `gone:1@${digest}` }).status, 0, 'and one that cannot be looked at is no success')
})

t.test('a release pushes image and chart to whichever registries are named, and begins with no setting missing', async (t) => {
  const { settings, publish } = jobsOf('release')
  const { run: script } = settings!.steps.find(({ id }) => id === 'version')!
  const [, version] = /^version: (.+)$/m.exec(read('deploy/helm/cortex/Chart.yaml'))!
  const env = { TAG: `v${version}`, IMAGE_REPOSITORY: 'images.test/team/cortex', CHART_REPOSITORY: 'charts.test:5000/team/charts', BASE_IMAGE: `node:24-slim@${digest}` }
  t.match(runStep(script!, env), { status: 0, output: `version=${version}\nregistry=images.test\nchart_registry=charts.test:5000\n` })
  for (const [wrong, says] of [[{ CHART_REPOSITORY: '' }, 'set the repository variable CHART_REPOSITORY'], [{ IMAGE_REPOSITORY: 'team/cortex' }, 'IMAGE_REPOSITORY has no registry'], [{ BASE_IMAGE: 'node:24-slim' }, 'BASE_IMAGE needs a tag and a digest'], [{ TAG: 'v9.9.9' }, 'has another version than v9.9.9']] as const) {
    t.match(runStep(script!, { ...env, ...wrong }), { status: 1, said: says })
  }
  const logins = publish!.steps.filter(({ uses }) => uses?.startsWith('docker/login-action'))
  t.match(logins.map((step) => step.with?.['registry']), [/outputs\.registry \}/, /outputs\.chart_registry \}/])
  t.strictSame(logins.map((step) => step.if), [undefined, 'needs.settings.outputs.chart_registry != needs.settings.outputs.registry'])
  t.ok(publish!.steps.findIndex(({ run }) => run?.includes('helm push')) > publish!.steps.findLastIndex(({ uses }) => uses?.startsWith('docker/login-action')))
})
