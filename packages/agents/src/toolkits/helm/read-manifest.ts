import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { helmFailed } from '../../errors.ts'
import { KubernetesObject } from '../kubernetes/object.ts'
import type { Helm } from './helm.ts'

/** What a release consists of, hooks included. */
export type Manifest = KubernetesObject[]

/** Parts the text as helm does, and has each part read by helm's own YAML reader. */
const reading = `{{- $objects := list }}
{{- range regexSplit "(?:^|\\\\s*\\n)---\\\\s*" (.Files.Get "manifest.yaml") -1 }}
{{- $objects = append $objects (fromYaml .) }}
{{- end }}
{{ dict "objects" $objects | toJson }}
`
const listsWithinLists = 4

/**
 * The objects of a manifest, as helm reads them: YAML means other things to other readers (merge keys, octal numbers, yes and no), and what is
 * judged here has to be what helm sends. The items of a list stand for themselves.
 * @throws CTX_HELM_FAILED when it is no list of objects
 */
export async function readManifest (helm: Helm, text: string): Promise<Manifest> {
  if (text.trim() === '') return []
  const printed = await helm.inFolder(async (folder) => {
    const chart = join(folder, 'reader')
    await mkdir(join(chart, 'templates'), { recursive: true })
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: reader\nversion: 1.0.0\n')
    await writeFile(join(chart, 'templates/objects.yaml'), reading)
    await writeFile(join(chart, 'manifest.yaml'), text, { mode: 0o600 })
    return helm.runIn(folder, ['template', 'reader', chart])
  })
  const { objects } = JSON.parse(printed.slice(printed.indexOf('\n{'))) as { objects: unknown[] }
  return objects.flatMap((value) => objectsIn(value, 0))
}

/** As helm keeps it with a release, or renders it in a dry run. */
export async function manifestOf (helm: Helm, { manifest = '', hooks = [] }: { manifest?: string, hooks?: Array<{ manifest: string }> }): Promise<Manifest> {
  return readManifest(helm, [manifest, ...hooks.map((hook) => hook.manifest)].join('\n---\n'))
}

function objectsIn (value: unknown, depth: number): Manifest {
  if (value === null || typeof value !== 'object' || depth > listsWithinLists) throw unreadable()
  const fields = value as Record<string, unknown>
  if (Object.keys(fields).length === 0) return []
  // To helm everything with items is a list of objects to make, whatever kind it says it is, and however the word is written.
  const items = Object.keys(fields).filter((key) => key.toLowerCase() === 'items')
  if (items.length === 0) return [objectFrom(fields)]
  if (items[0] !== 'items' || items.length > 1 || !Array.isArray(fields.items)) throw unreadable()
  return fields.items.flatMap((item) => objectsIn(item, depth + 1))
}

/** Empty fields of metadata, as templates leave them, are none to the server. */
function objectFrom (fields: Record<string, unknown>): KubernetesObject {
  const { metadata } = fields
  const object = metadata !== null && typeof metadata === 'object' ? { ...fields, metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null)) } : fields
  if (!Value.Check(KubernetesObject, object)) throw unreadable()
  return object
}

function unreadable () {
  return helmFailed('template', 'the chart renders something that is no Kubernetes object')
}
