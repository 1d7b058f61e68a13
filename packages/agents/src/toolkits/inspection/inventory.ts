import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { isDockerfile, parseDockerfile } from './dockerfile-rules.ts'
import { isWorkflow } from './workflow-rules.ts'
import { amount, cell, table } from './finding.ts'
import { Folder, listOf, podSpecsOf, readManifests, readTexts, recordOf, textOf } from './manifests.ts'

interface Image { image: string, version: string, usedBy: string }
export interface Package { ecosystem: string, name: string, version: string, licence: string, direct: boolean, path: string }

const rowsLimit = 400

/** Everything the workspace says it runs or builds on. */
export function inspectInventory (repository: Repository) {
  return defineRead({
    name: 'inspect_inventory',
    description: 'List the container images, packages with versions and licences, and workflow actions the files of the workspace name.',
    input: Type.Object({ folder: Type.Optional(Folder) }, { additionalProperties: false }),
    async run ({ folder }) {
      const commit = await repository.head()
      const { texts } = await readTexts(repository, folder)
      const images = imagesIn(texts)
      const packages = [...texts].flatMap(([path, text]) => packagesIn(path, text))
      const actions = actionsIn(texts)
      const licences = countBy(packages.map(({ licence }) => licence))
      const unlocked = packages.filter(({ direct, version }) => direct && /^[\^~*>]|^$/.test(version)).length
      const scope = `commit ${commit.slice(0, 12)}, ${amount(texts.size, 'text file')}${folder ? ` of ${folder}` : ''}`
      return {
        summary: `${amount(images.length, 'image')}, ${amount(packages.length, 'package')} under ${amount(licences.length, 'licence')}, ${amount(actions.length, 'workflow action')} at ${scope}`,
        text: [
          '# Inventory', '', `Read from ${scope}.`, '',
          '## Container images', '',
          images.length === 0 ? 'None.' : table(['Image', 'Version', 'Used by'], images.slice(0, rowsLimit).map(({ image, version, usedBy }) => [cell(image), cell(version), cell(usedBy)])),
          '', '## Packages', '',
          packages.length === 0 ? 'None.' : table(['Package', 'Version', 'Licence', 'Kind', 'From'], packages.slice(0, rowsLimit).map((each) => [cell(each.name), cell(each.version || 'any'), cell(each.licence), each.direct ? `${each.ecosystem}, direct` : each.ecosystem, cell(each.path)])),
          ...(packages.length > rowsLimit ? ['', `${packages.length - rowsLimit} more are not shown.`] : []),
          '', '## Licences', '',
          licences.length === 0 ? 'None named.' : table(['Licence', 'Packages'], licences.map(([licence, count]) => [cell(licence), String(count)])),
          '', '## Workflow actions', '',
          actions.length === 0 ? 'None.' : table(['Action', 'Version', 'Used by'], actions.slice(0, rowsLimit).map(([action, version, path]) => [cell(action), cell(version), cell(path)])),
          '', `Versions and licences are as the files name them; ${unlocked} direct packages name a range and no lock file was found that settles it. What "not named" stands for has to be looked up at the package itself.`
        ].join('\n'),
        facts: { images: images.length, packages: packages.length, licences: licences.length, actions: actions.length, unlocked }
      }
    }
  })
}

function imagesIn (texts: ReadonlyMap<string, string>): Image[] {
  const uses = new Map<string, Set<string>>()
  const add = (image: string, path: string) => {
    if (image !== '' && image !== 'scratch') uses.set(image, (uses.get(image) ?? new Set()).add(path))
  }
  for (const manifest of readManifests(texts).manifests) {
    for (const { spec } of podSpecsOf(manifest)) {
      for (const container of [...listOf(spec.initContainers), ...listOf(spec.containers), ...listOf(spec.ephemeralContainers)]) add(textOf(container.image), manifest.path)
    }
  }
  for (const [path, text] of texts) {
    if (isDockerfile(path)) {
      const stages = new Set<string>()
      for (const { name, value } of parseDockerfile(text)) {
        const [image = '', as, stage] = value.split(' ').filter((word) => !word.startsWith('--'))
        if (name === 'FROM' && !stages.has(image)) add(image, path)
        if (name === 'FROM' && as?.toUpperCase() === 'AS' && stage) stages.add(stage)
      }
    }
    if (/(?:^|\/)(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml$/.test(path)) {
      for (const [, image] of text.matchAll(/^[ \t]+image:\s*["']?([^\s"'#]+)/gm)) add(image ?? '', path)
    }
  }
  return [...uses].map(([reference, paths]) => {
    const [, image = reference, version = 'latest (not named)'] = /^(.+?)(?:[:@]((?:sha256:)?[^/:@]+(?:@.+)?))?$/.exec(reference) ?? []
    return { image, version, usedBy: [...paths].join(', ') }
  }).sort((a, b) => a.image < b.image ? -1 : 1)
}

export function packagesIn (path: string, text: string): Package[] {
  const file = path.slice(path.lastIndexOf('/') + 1)
  switch (file) {
    case 'package-lock.json': return npmLocked(path, text)
    case 'requirements.txt': return text.split('\n').flatMap((line) => {
      const [, name, version] = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:[=~><!]=?\s*([^\s;#,]+))?/.exec(line.trim()) ?? []
      return name ? [{ ecosystem: 'python', name, version: version ?? '', licence: 'not named', direct: true, path }] : []
    })
    case 'go.mod': return [...text.matchAll(/^(?:require\s+|\t)([\w-]+\.[\w./-]+)\s+(v[^\s]+)(\s*\/\/ indirect)?/gm)].map(([, name = '', version = '', indirect]) => (
      { ecosystem: 'go', name, version, licence: 'not named', direct: indirect === undefined, path }))
    case 'package.json': return npmDeclared(path, text)
    default: return []
  }
}

/** Lock files of npm name each package's licence; the entry with the empty key is the project itself. */
function npmLocked (path: string, text: string): Package[] {
  const packages = recordOf(parseJson(text)?.packages)
  const direct = new Set(Object.keys({ ...recordOf(recordOf(packages['']).dependencies), ...recordOf(recordOf(packages['']).devDependencies) }))
  return Object.entries(packages).filter(([key]) => key.includes('node_modules/')).map(([key, value]) => {
    const name = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)
    return { ecosystem: 'npm', name, version: textOf(recordOf(value).version), licence: textOf(recordOf(value).license) || 'not named', direct: direct.has(name), path }
  })
}

/** The project itself; what it depends on stands in its lock file, if it has one of npm's. */
function npmDeclared (path: string, text: string): Package[] {
  const declared = parseJson(text)
  const name = textOf(declared?.name)
  return name === '' ? [] : [{ ecosystem: 'npm, own', name, version: textOf(declared?.version), licence: textOf(declared?.license) || 'not named', direct: false, path }]
}

function actionsIn (texts: ReadonlyMap<string, string>): Array<[string, string, string]> {
  const found = new Map<string, [string, string, string]>()
  for (const [path, text] of texts) {
    if (!isWorkflow(path)) continue
    for (const [, action = '', version = '', comment] of text.matchAll(/uses:\s*["']?([\w./-]+)@([^\s"'#]+)["']?(?:\s*#\s*(\S+))?/g)) {
      found.set(`${action}@${version}`, [action, comment === undefined ? version : `${version} (${comment})`, path])
    }
  }
  return [...found.values()].sort(([a], [b]) => a < b ? -1 : 1)
}

export function parseJson (text: string): Record<string, unknown> | undefined {
  try {
    return recordOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

export function countBy (values: readonly string[]): Array<[string, number]> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}
