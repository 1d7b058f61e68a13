import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { isDockerfile } from './dockerfile-rules.ts'
import { isWorkflow } from './workflow-rules.ts'
import { amount, cell, table } from './finding.ts'
import { countBy, parseJson } from './inventory.ts'
import { isYaml, listOf, podSpecOf, readManifests, readTexts, recordOf, textOf, type Manifest } from './manifests.ts'

interface Concern { path: string, line: number, what: string }

/** What there is, and what is broken in it: the checks a reviewer does before reading any line closely. */
export function inspectWorkspace (repository: Repository) {
  return defineRead({
    name: 'inspect_workspace',
    description: 'Overview and health of the workspace: what it holds, last commits, files that do not parse, conflict markers, references between manifests that lead nowhere.',
    input: Type.Object({}, { additionalProperties: false }),
    async run () {
      const [{ entries, texts }, history, uncommitted] = await Promise.all([readTexts(repository), repository.history(10), repository.git.uncommitted()])
      const { manifests, unreadable } = readManifests(texts)
      const concerns = [
        ...unreadable.filter(({ path }) => isYaml(path)).map(({ path, line, reason }) => ({ path, line, what: `does not parse as YAML: ${reason}` })),
        ...[...texts].flatMap(([path, text]) => fileConcerns(path, text, texts)),
        ...referenceConcerns(manifests)
      ]
      const folders = countBy(entries.map(({ path }) => path.includes('/') ? path.split('/').slice(0, 2).join('/') : '(root)'))
      const kinds = countBy(manifests.map(({ kind }) => kind))
      const scope = `${amount(entries.length, 'file')} at commit ${history[0]?.commit.slice(0, 12) ?? ''}`
      return {
        summary: `${scope}: ${amount(manifests.length, 'manifest')}, ${amount(concerns.length, 'concern')}${uncommitted > 0 ? `, ${uncommitted} uncommitted paths not looked at` : ''}`,
        text: [
          '# Workspace overview', '', `${scope}; ${amount([...texts.keys()].filter(isDockerfile).length, 'Dockerfile')}, ${amount([...texts.keys()].filter(isWorkflow).length, 'workflow')}.`,
          ...(uncommitted > 0 ? ['', `${uncommitted} paths of the work tree are not committed; they were not looked at.`] : []), '',
          '## Health', '', concerns.length === 0 ? 'Everything parses and every reference that was checked leads somewhere.' : table(['Where', 'What'], concerns.slice(0, 200).map(({ path, line, what }) => [`${cell(path)}:${line}`, cell(what)])), '',
          '## Folders', '', table(['Folder', 'Files'], folders.slice(0, 40).map(([folder, count]) => [cell(folder), String(count)])), '',
          '## Kubernetes objects', '', kinds.length === 0 ? 'None.' : table(['Kind', 'Count', 'Names'], kinds.map(([kind, count]) => [cell(kind), String(count), cell(manifests.filter((each) => each.kind === kind).map(({ name }) => name).join(', '))])), '',
          '## Last commits', '', ...history.map(({ commit, at, author, subject }) => `- ${commit.slice(0, 12)} ${at.slice(0, 16)} ${cell(author)}: ${cell(subject)}`)
        ].join('\n'),
        facts: { files: entries.length, manifests: manifests.length, concerns: concerns.length, uncommitted, scope }
      }
    }
  })
}

function fileConcerns (path: string, text: string, texts: ReadonlyMap<string, string>): Concern[] {
  const concerns: Concern[] = []
  const conflict = text.split('\n').findIndex((line) => /^(?:<{7}|>{7}) /.test(line))
  if (conflict >= 0) concerns.push({ path, line: conflict + 1, what: 'holds the marks of a merge conflict' })
  // tsconfig and its like allow comments, so they are no plain JSON.
  if (/(?:^|\/)(?:package|package-lock|composer)\.json$/.test(path) && parseJson(text) === undefined) concerns.push({ path, line: 1, what: 'does not parse as JSON' })
  if (/(?:^|\/)kustomization\.ya?ml$/.test(path)) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    for (const [index, line] of text.split('\n').entries()) {
      const [, name] = /^\s*-\s+([\w./-]+\.ya?ml)\s*$/.exec(line) ?? []
      if (name !== undefined && !name.startsWith('..') && !texts.has(`${folder}${name.replace(/^\.\//, '')}`)) concerns.push({ path, line: index + 1, what: `names ${name}, which is not there` })
    }
  }
  return concerns
}

function referenceConcerns (manifests: readonly Manifest[]): Concern[] {
  const concerns: Concern[] = []
  const pods = manifests.flatMap((manifest) => {
    const labels = manifest.kind === 'Pod' ? recordOf(manifest.value.metadata).labels : recordOf(recordOf(recordOf(manifest.value.spec).template).metadata).labels
    return podSpecOf(manifest) ? [recordOf(labels)] : []
  })
  for (const manifest of manifests) {
    const spec = recordOf(manifest.value.spec)
    const at = (keys: ReadonlyArray<string | number>, what: string) => concerns.push({ path: manifest.path, line: manifest.lineOf(keys), what: `${manifest.kind} ${manifest.name} ${what}` })
    const selector = Object.entries(recordOf(spec.selector))
    if (manifest.kind === 'Service' && selector.length > 0 && !pods.some((labels) => selector.every(([key, value]) => labels[key] === value))) at(['spec', 'selector'], 'selects no pod any manifest here makes')
    if (manifest.kind === 'HorizontalPodAutoscaler') {
      const { kind, name } = recordOf(spec.scaleTargetRef)
      if (!manifests.some((other) => other.kind === kind && other.name === name)) at(['spec', 'scaleTargetRef'], `scales ${textOf(kind)} ${textOf(name)}, which is not here`)
    }
    if (manifest.kind === 'Ingress') {
      for (const [index, rule] of listOf(spec.rules).entries()) {
        for (const path of listOf(recordOf(rule.http).paths)) {
          const service = textOf(recordOf(recordOf(path.backend).service).name)
          if (service !== '' && !manifests.some(({ kind, name }) => kind === 'Service' && name === service)) at(['spec', 'rules', index], `leads to Service ${service}, which is not here`)
        }
      }
    }
  }
  return concerns
}
