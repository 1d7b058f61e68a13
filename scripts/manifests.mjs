// Writes what is derived from the chart: deploy/kustomize/base, its default output, and the table of values in its README. With --check it writes nothing and
// fails when one is out of date.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'
import { unpackHelm } from '../packages/agents/test/support/helm-program.ts'

const { parse, parseAllDocuments, stringify } = createRequire(new URL('../deploy/package.json', import.meta.url))('yaml')
const deploy = fileURLToPath(new URL('../deploy/', import.meta.url))
const chart = join(deploy, 'helm/cortex')
const base = join(deploy, 'kustomize/base')
/** What only helm reads or writes. */
const ofHelm = ['helm.sh/chart', 'helm.sh/resource-policy', 'app.kubernetes.io/managed-by']

const cleanups = []
try {
  const wanted = { ...baseFiles(await unpackHelm({ teardown: (work) => { cleanups.push(work) } })), [join(chart, 'README.md')]: readmeWithTable() }
  const present = readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => join(base, name))
  const stale = [...Object.entries(wanted).filter(([path, text]) => read(path) !== text).map(([path]) => path), ...present.filter((path) => !(path in wanted))]
  if (process.argv.includes('--check')) {
    for (const path of stale) console.error(`${path.slice(deploy.length)} is out of date; run npm run manifests`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else for (const path of stale) path in wanted ? writeFileSync(path, wanted[path]) : rmSync(path)
} finally {
  for (const cleanup of cleanups) await cleanup()
}

/** A file for each part, and the kustomization that names them. */
function baseFiles (helm) {
  mkdirSync(base, { recursive: true })
  const output = execFileSync(helm, ['template', 'cortex', chart, '--namespace', 'cortex', '--no-hooks', '--skip-tests'], { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: '/nonexistent' } })
  const objects = parseAllDocuments(output).map((document) => document.toJS()).filter(Boolean)
  const parts = Map.groupBy(objects, ({ metadata }) => metadata.labels['app.kubernetes.io/component'])
  const names = [...parts.keys()].sort().map((part) => `${part}.yaml`)
  const header = '# Made from the chart by npm run manifests.\n'
  const files = { [join(base, 'kustomization.yaml')]: `${header}${stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', namespace: 'cortex', resources: names })}` }
  for (const [part, list] of parts) files[join(base, `${part}.yaml`)] = header + list.map((object) => stringify(withoutHelm(object), { lineWidth: 0 })).join('---\n')
  return files
}

function withoutHelm (value) {
  if (Array.isArray(value)) return value.map(withoutHelm)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([name]) => !ofHelm.includes(name)).map(([name, each]) => [name, withoutHelm(each)])
  return Object.fromEntries(entries.filter(([name, each]) => name !== 'annotations' || Object.keys(each).length > 0))
}

function readmeWithTable () {
  const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8'))
  const defaults = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'))
  const rows = [...rowsOf(schema, schema.definitions, defaults, ''), ...rowsOf(schema.definitions.pool, schema.definitions, undefined, 'workers.pools[].')]
  const table = `| value | default | meaning |\n|---|---|---|\n${rows.map(([path, standard, meaning]) => `| \`${path}\` | ${standard} | ${meaning.replaceAll('|', '\\|')} |`).join('\n')}`
  const readme = readFileSync(join(chart, 'README.md'), 'utf8')
  return readme.replace(/(<!-- values -->\n)[\s\S]*(\n<!-- end of values -->)/, (_all, before, after) => before + table + after)
}

function rowsOf ({ properties }, definitions, defaults, prefix) {
  return Object.entries(properties).flatMap(([name, given]) => {
    const named = given.$ref?.split('/').at(-1)
    const schema = { ...definitions[named], ...given }
    const standard = defaults?.[name]
    const own = [[prefix + name, standard === undefined || (typeof standard === 'object' && !Array.isArray(standard)) ? '' : `\`${JSON.stringify(standard)}\``, [schema.description, schema.enum && `one of ${schema.enum.join(', ')}`].filter(Boolean).join('; ')]]
    if (named === 'secretRef') return [[own[0][0], standard?.name ? `\`${standard.name}\`, \`${standard.key}\`` : '', `${own[0][2]} (\`name\`, \`key\`)`]]
    return named === undefined && schema.properties ? [...own, ...rowsOf(schema, definitions, standard, `${prefix}${name}.`)] : own
  })
}

function read (path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
