import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { isDockerfile } from './dockerfile-rules.ts'
import { amount } from './finding.ts'
import { parseJson } from './inventory.ts'
import { readTexts, recordOf, textOf } from './manifests.ts'

/** One part of the repository that can be checked on its own, with what a pipeline needs to know of it. */
interface Unit {
  id: string
  kind: 'node' | 'python' | 'go' | 'docker' | 'manifests'
  folder: string
  /** Node: npm, pnpm or yarn. Python: pip or poetry. */
  tool: string
  lock: string | null
  version: string | null
  scripts: string[]
  file: string
}

const folderLimit = 40

/** What a pipeline for this repository has to build and test. */
export function inspectPipeline (repository: Repository) {
  return defineRead({
    name: 'inspect_pipeline',
    description: 'Detect what a CI pipeline has to build, test and check: Node, Python and Go projects with their tools, images, kustomizations, workflows that exist.',
    input: Type.Object({}, { additionalProperties: false }),
    async run () {
      const { texts } = await readTexts(repository)
      const units = withOwnIds([...texts].flatMap(([path, text]) => unitOf(path, text, texts)).filter(isPlain).slice(0, folderLimit))
      const workflows = [...texts.keys()].filter((path) => path.startsWith('.github/workflows/'))
      const branch = await repository.git.line(['symbolic-ref', '--short', 'HEAD'], { answers: [1, 128] }) || 'main'
      return {
        summary: units.length === 0 ? 'nothing a pipeline could build or test' : `found ${units.map(({ kind, folder }) => `${kind} in ${folder}`).join(', ')}; ${amount(workflows.length, 'workflow')} so far`,
        text: units.map((unit) => `- ${unit.kind} in ${unit.folder}, ${unit.tool}${unit.scripts.length > 0 ? `, scripts ${unit.scripts.join(', ')}` : ''}`).join('\n') || 'Nothing was detected.',
        facts: { units, count: units.length, images: units.filter(({ kind }) => kind === 'docker').map(({ id, folder, file }) => ({ id, folder, file, name: imageName(id) })), workflows, branch: /^[\w./-]{1,100}$/.test(branch) ? branch : 'main' }
      }
    }
  })
}

function unitOf (path: string, text: string, texts: ReadonlyMap<string, string>): Unit[] {
  const slash = path.lastIndexOf('/')
  const folder = slash === -1 ? '.' : path.slice(0, slash)
  const file = path.slice(slash + 1)
  const beside = (name: string) => texts.has(folder === '.' ? name : `${folder}/${name}`)
  const unit = (kind: Unit['kind'], rest: Partial<Unit>): Unit[] => [{ id: jobId(kind, folder, file), kind, folder, tool: kind, lock: null, version: null, scripts: [], file, ...rest }]

  if (isDockerfile(path)) return unit('docker', {})
  switch (file) {
    case 'package.json': {
      const declared = parseJson(text)
      if (!declared) return []
      const lock = ['pnpm-lock.yaml', 'yarn.lock', 'package-lock.json'].find(beside) ?? null
      // A member of a workspace is installed and tested from its root.
      if (lock === null && folder !== '.' && ['pnpm-lock.yaml', 'yarn.lock', 'package-lock.json'].some((name) => texts.has(name))) return []
      const tool = lock === 'pnpm-lock.yaml' ? 'pnpm' : lock === 'yarn.lock' ? 'yarn' : 'npm'
      const scripts = Object.keys(recordOf(declared.scripts))
      const engine = /\d+/.exec(textOf(recordOf(declared.engines).node))?.[0] ?? null
      return unit('node', { tool, lock, version: engine, scripts: ['lint', 'typecheck', 'build', 'test'].filter((name) => scripts.includes(name)) })
    }
    case 'pyproject.toml':
      return unit('python', { tool: /^\[tool\.poetry\]/m.test(text) ? 'poetry' : 'pip', scripts: hasPythonTests(folder, texts) ? ['test'] : [] })
    case 'requirements.txt':
      return beside('pyproject.toml') ? [] : unit('python', { tool: 'requirements', lock: 'requirements.txt', scripts: hasPythonTests(folder, texts) ? ['test'] : [] })
    case 'go.mod':
      return unit('go', { lock: beside('go.sum') ? 'go.sum' : null, version: /^go (\d+\.\d+)/m.exec(text)?.[1] ?? null })
    case 'kustomization.yaml':
      return unit('manifests', { tool: 'kustomize' })
    default:
      return []
  }
}

function hasPythonTests (folder: string, texts: ReadonlyMap<string, string>): boolean {
  const prefix = folder === '.' ? '' : `${folder}/`
  return [...texts.keys()].some((path) => path.startsWith(prefix) && /(?:^|\/)(?:test_[^/]+|[^/]+_test)\.py$/.test(path))
}

/** Folders go into a workflow as they are, so only names that mean nothing to YAML or a shell are taken. */
function isPlain ({ folder, file }: Unit): boolean {
  return /^[\w./-]+$/.test(folder) && /^[\w.-]+$/.test(file) && !folder.includes('..') && !folder.startsWith('-')
}

/** `a/b` and `a-b` would be one job; the later one is numbered. */
function withOwnIds (units: readonly Unit[]): Unit[] {
  const taken = new Map<string, number>()
  return units.map((unit) => {
    const times = (taken.get(unit.id) ?? 0) + 1
    taken.set(unit.id, times)
    return times === 1 ? unit : { ...unit, id: `${unit.id}_${times}` }
  })
}

/** Under the repository's own name: `image-apps-web` becomes `apps-web`, the only image in the root has no more to its name. */
function imageName (id: string): string {
  return id.replace(/^image[-_]?/, '').replace(/[-_]+$/, '').toLowerCase()
}

function jobId (kind: string, folder: string, file: string): string {
  const place = folder === '.' ? '' : `-${folder}`
  const variant = kind === 'docker' && !/^(?:Dockerfile|Containerfile)$/.test(file) ? `-${file}` : ''
  return `${kind === 'docker' ? 'image' : kind}${place}${variant}`.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/-+/g, '-').slice(0, 80)
}
