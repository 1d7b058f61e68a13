import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { isDockerfile } from './dockerfile-rules.ts'
import { isWorkflow } from './workflow-rules.ts'
import { amount, cell, table } from './finding.ts'
import { podSpecOf, readManifests, readTexts } from './manifests.ts'

/** Packages of one kind in one folder, in the words of Dependabot. */
interface Source { ecosystem: string, directory: string }

const sourcesLimit = 100

/** Files that say by their name alone which packages a folder has. */
const byName: Readonly<Record<string, string>> = {
  'package.json': 'npm',
  'requirements.txt': 'pip',
  'pyproject.toml': 'pip',
  Pipfile: 'pip',
  'go.mod': 'gomod',
  'Cargo.toml': 'cargo',
  'composer.json': 'composer',
  Gemfile: 'bundler',
  'pom.xml': 'maven',
  'build.gradle': 'gradle',
  'build.gradle.kts': 'gradle'
}
const locks = ['pnpm-lock.yaml', 'yarn.lock', 'package-lock.json']
const renovate = /^(?:\.github\/|\.gitlab\/)?(?:renovate\.json5?|\.renovaterc(?:\.json5?)?)$/

/** What an update bot has to look at: which kinds of packages there are, and where. */
export function inspectUpdates (repository: Repository) {
  return defineRead({
    name: 'inspect_updates',
    description: 'List what an update bot has to look at: each kind of package (npm, pip, gomod, docker, …) with its folder, and whether Renovate is set up already.',
    input: Type.Object({}, { additionalProperties: false }),
    async run () {
      const { texts } = await readTexts(repository)
      const named = [...texts.keys()].flatMap((path) => sourceOf(path, texts))
      const images = readManifests(texts).manifests.filter((manifest) => podSpecOf(manifest)).map(({ path }) => ({ ecosystem: 'docker', directory: directoryOf(path) }))
      const all = [...new Map([...named, ...images].map((source) => [`${source.ecosystem} ${source.directory}`, source])).values()]
      // A folder goes into the file as it is, so only names that mean nothing to YAML or a glob are taken.
      const sources = all.filter(({ directory }) => /^\/[\w./-]*$/.test(directory)).sort((a, b) => order(a) < order(b) ? -1 : 1).slice(0, sourcesLimit)
      const bot = [...texts.keys()].find((path) => renovate.test(path)) ?? ''
      return {
        summary: sources.length === 0 ? 'nothing an update bot could look at' : `found ${amount(sources.length, 'source')} of packages: ${[...new Set(sources.map(({ ecosystem }) => ecosystem))].join(', ')}${bot === '' ? '' : `; ${bot} is there`}`,
        text: sources.length === 0 ? 'Nothing.' : table(['Packages', 'Folder'], sources.map(({ ecosystem, directory }) => [ecosystem, cell(directory)])),
        facts: { sources, count: sources.length, ecosystems: [...new Set(sources.map(({ ecosystem }) => ecosystem))], bot }
      }
    }
  })
}

function sourceOf (path: string, texts: ReadonlyMap<string, string>): Source[] {
  const file = path.slice(path.lastIndexOf('/') + 1)
  const directory = directoryOf(path)
  if (isWorkflow(path)) return path.startsWith('.github/') ? [{ ecosystem: 'github-actions', directory: '/' }] : []
  if (isDockerfile(path)) return [{ ecosystem: 'docker', directory }]
  if (/^(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml$/.test(file)) return [{ ecosystem: 'docker-compose', directory }]
  if (file.endsWith('.tf')) return [{ ecosystem: 'terraform', directory }]
  const ecosystem = Object.hasOwn(byName, file) ? byName[file] : undefined
  if (ecosystem === undefined || (ecosystem === 'npm' && isMember(directory, texts))) return []
  return [{ ecosystem, directory }]
}

/** A member of a workspace is kept up to date from its root, where the lock file is. */
function isMember (directory: string, texts: ReadonlyMap<string, string>): boolean {
  const own = locks.some((name) => texts.has(`${directory.slice(1)}/${name}`))
  return directory !== '/' && !own && locks.some((name) => texts.has(name))
}

function directoryOf (path: string): string {
  return `/${path.slice(0, Math.max(0, path.lastIndexOf('/')))}`
}

function order ({ ecosystem, directory }: Source): string {
  return `${ecosystem} ${directory}`
}
