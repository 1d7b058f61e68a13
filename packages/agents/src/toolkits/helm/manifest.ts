import { createHash } from 'node:crypto'
import { Value } from '@sinclair/typebox/value'
import { parseAllDocuments, stringify } from 'yaml'
import { helmFailed } from '../../errors.ts'
import type { Access } from '../kubernetes/access.ts'
import { masked } from '../kubernetes/mask.ts'
import { KubernetesObject } from '../kubernetes/object.ts'
import { checkClusterScoped, checkNamespace } from '../kubernetes/scope.ts'

/** What a release consists of, hooks included. */
export type Manifest = KubernetesObject[]

/** @throws CTX_HELM_FAILED when it is no list of objects */
export function parseManifest (text: string): Manifest {
  const documents = parseAllDocuments(text)
  const values = 'empty' in documents ? [] : documents.map((document): unknown => document.toJS({ maxAliasCount: 20 })).filter((value) => value !== null)
  return values.map((value) => {
    if (!Value.Check(KubernetesObject, value)) throw helmFailed('template', 'the chart renders something that is no Kubernetes object')
    return value
  })
}

/** The same text for the same objects, whatever order the chart renders them in; secret values replaced. */
export function showManifest (manifest: Manifest): string {
  return manifest.map((object) => stringify(masked(object), { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false }))
    .sort((a, b) => a < b ? -1 : 1).map((text) => `---\n${text}`).join('')
}

export function manifestHash (manifest: Manifest): string {
  return `sha256:${createHash('sha256').update(showManifest(manifest)).digest('hex')}`
}

/** As helm keeps it with a release, or renders it in a dry run. */
export function manifestOf ({ manifest = '', hooks = [] }: { manifest?: string, hooks?: Array<{ manifest: string }> }): Manifest {
  return parseManifest([manifest, ...hooks.map((hook) => hook.manifest)].join('\n---\n'))
}

/** A chart may render anything; what it may touch is the same as for everybody. Answers whether any of it reaches beyond a namespace. @throws CTX_CLUSTER_SCOPE, CTX_KIND_UNKNOWN */
export async function checkScope ({ kinds, scope }: Access, manifest: Manifest): Promise<boolean> {
  let clusterWide = false
  for (const { apiVersion, kind: name, metadata: { namespace } } of manifest) {
    const kind = await kinds.find(name, apiVersion)
    if (!kind.namespaced) {
      checkClusterScoped(scope, kind, 'change')
      clusterWide = true
    } else if (namespace !== undefined) checkNamespace(scope, namespace)
  }
  return clusterWide
}
