import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { AgentsConfig } from '../../agents/src/config.ts'
import { ChatConfig } from '../../chat/src/config.ts'
import { CliConfig } from '../../cli/src/settings.ts'
import { OrchestratorConfig } from '../../orchestrator/src/config.ts'
import { Config as PlannerConfig } from '../../planner/src/config.ts'
import { StandaloneConfig } from '../src/config.ts'
import { anchorsIn, examplesIn, linksIn, type Page } from './markdown.ts'
import { cleanEnvironment, startProcess, temporaryHome } from './standalone.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages: Page[] = globSync(['README.md', 'docs/**/*.md', '.github/**/*.md', 'deploy/**/*.md'], { cwd: root, exclude: ['**/node_modules'] }).map((path) => ({ path, text: read(path) }))
const foundIn = (found: (page: Page) => Iterable<string>) => pages.flatMap((page) => [...found(page)].map((each) => `${page.path}: ${each}`))

t.test('every link of the documentation leads to a file, and to a heading where it names one', async (t) => {
  const anchors = new Map(pages.map((page) => [page.path, anchorsIn(page)]))
  t.strictSame(foundIn((page) => linksIn(page).filter((address) => {
    if (/^(https?|mailto):/.test(address)) return false
    const [path = '', anchor] = address.split('#')
    const target = path === '' ? page.path : normalize(join(dirname(page.path), path))
    if (!existsSync(join(root, target))) return true
    return anchor !== undefined && !anchors.get(target)?.has(anchor)
  })), [])
  t.strictSame(pages.filter(({ path }) => /^docs\/[^/]+\.md$/.test(path) && !pages.some((page) => page.path !== path && linksIn(page).some((address) => normalize(join(dirname(page.path), address.split('#')[0] ?? '')) === path))).map(({ path }) => path), [], 'and every page is led to')
})

t.test('every command, setting and code the documentation names is there', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  t.strictSame(foundIn(({ text }) => [...text.matchAll(/\bnpm run (?:--?\w+ )*([a-z][a-z:-]*)/g)].map(([, name = '']) => name).filter((name) => !(name in scripts))), [])

  const settings = new Set([AgentsConfig, ChatConfig, CliConfig, OrchestratorConfig, PlannerConfig, StandaloneConfig].flatMap(({ properties }) => Object.keys(properties)))
  // Read by a library, and by the tests.
  for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'TEST_DATABASE_URL', 'TEST_KUBECONFIG']) settings.add(name)
  const families = new Set([...settings].map((name) => name.split('_')[0]))
  const names = /(?<![\w$./<])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w…])/g
  t.strictSame(foundIn(({ text }) => new Set([...text.matchAll(names)].map(([name]) => name).filter((name) => families.has(name.split('_')[0]) && !settings.has(name)))), [])

  const paths = /`((?:packages|deploy|scripts)\/[^`\s]+)`/g
  t.strictSame(foundIn(({ text }) => [...text.matchAll(paths)].map(([, path = '']) => path).filter((path) => globSync(path.replaceAll('…', '*'), { cwd: root }).length === 0)), [])

  const codes = (text: string) => new Set([...text.matchAll(/\bCTX_[A-Z]+(?:_[A-Z]+)*(?![\w…])/g)].map(([code]) => code))
  const told = codes(read('docs/errors.md'))
  t.strictSame(foundIn(({ text }) => [...codes(text)].filter((code) => !told.has(code))), [])
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root, exclude: ['packages/bench/**'] })
  t.strictSame(sources.flatMap((path) => [...codes(read(path))].filter((code) => !told.has(code)).map((code) => `${path}: ${code}`)), [], 'and the page of errors knows every code of the sources')
})

t.test('the workflows run with few rights, and actions by the commit they were read at', async (t) => {
  for (const path of globSync('.github/workflows/*.yml', { cwd: root })) {
    const text = read(path)
    const workflow = parse(text) as { permissions?: Record<string, string>, jobs: Record<string, { permissions?: Record<string, string> }> }
    t.ok(Object.keys(workflow).includes('permissions') && Object.values(workflow.permissions ?? {}).every((right) => right === 'read'), `${path} gives no rights to write to all jobs`)
    t.notMatch(text, /pull_request_target|workflow_run/, path)
    const uses = [...text.matchAll(/^ *-? *uses: (.+)$/gm)].map(([, action = '']) => action)
    t.strictSame(uses.filter((action) => !action.startsWith('./') && !/^[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$/.test(action)), [], path)
  }
})

t.test('the examples of the documentation do what they say', async (t) => {
  const home = await temporaryHome(t)
  const { chatUrl, orchestratorUrl } = await startProcess(t, home)
  const here = (script: string) => script.replaceAll('http://127.0.0.1:3000', chatUrl).replaceAll('http://127.0.0.1:8000', orchestratorUrl)
  for (const path of ['README.md', 'docs/mcp.md', 'docs/examples.md']) {
    const page = { path, text: read(path) }
    const examples = examplesIn(page)
    // One shell for a page, since later examples use what earlier ones found; a line of its own parts them.
    const parted = '----- next -----'
    const script = examples.map((example) => `{\n${here(example.script)}}\necho\necho '${parted}'\n`).join('')
    const run = promisify(execFile)('bash', ['-euc', `set -o pipefail\nchat=${chatUrl}\norchestrator=${orchestratorUrl}\n${script}`], { cwd: home, env: cleanEnvironment(), maxBuffer: 10_000_000 })
    const { stdout, stderr } = await run.catch((error: { stdout: string, stderr: string }) => error)
    const said = stdout.split(`${parted}\n`)
    for (const [index, { script, says }] of examples.entries()) t.ok(said[index]?.includes(says), `${path}: ${says}`, { script, said: said[index], stderr })
  }
})
