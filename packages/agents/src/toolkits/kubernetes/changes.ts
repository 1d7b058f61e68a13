import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { objectUnsuited, toolInputInvalid } from '../../errors.ts'
import { faultsOf } from '../../schema.ts'
import { defineChange, type ChangeTool, type Planning, type ToolContext } from '../../toolkit.ts'
import { locate, nameInput, placeFields, readObject, targetOf, type Access } from './access.ts'
import { KubernetesObject } from './object.ts'
import { planChange } from './plan.ts'
import { rolloutOf } from './rollout.ts'
import { readYaml } from '../yaml-documents.ts'

const strict = { additionalProperties: false }
const unapproved = 'Nothing is changed until a person has approved the change set. There is one plan for each object: a later one takes the place of an earlier one.'
const objectsLimit = 50

export function changeTools (access: Access): ChangeTool[] {
  return [
    defineChange({
      name: 'kubernetes_apply',
      description: `Plan to create objects or bring them to what a manifest says, by server-side apply. A field you leave out keeps its value, unless an earlier apply of yours set it. ${unapproved}`,
      input: Type.Object({
        manifest: Type.String({ minLength: 1, maxLength: 256 * 1024, description: 'YAML, one or several documents' }),
        force: Type.Optional(Type.Boolean({ description: 'Take over fields that others look after; only when the task asks for that' }))
      }, strict),
      async plan ({ manifest, force = false }, context) {
        const planning: Planning = { plans: [], standing: [] }
        for (const object of objectsIn(manifest)) {
          const { apiVersion, kind, metadata: { name, namespace } } = object
          if (faultsOf(nameInput, name).length > 0) throw toolInputInvalid('kubernetes_apply', [`${name.slice(0, 300)} is no name of an object`])
          const place = await locate(access, { kind, api_version: apiVersion, name, ...(namespace !== undefined && { namespace }) }, 'change')
          if (planning.plans.some(({ target }) => target === targetOf(place))) throw toolInputInvalid('kubernetes_apply', [`the manifest holds ${targetOf(place)} twice`])
          const { plans, standing, made_by: madeBy } = await planChange(access, 'kubernetes_apply', { place, way: 'apply', body: object, force }, { ...context, draft: [...context.draft, ...planning.plans] })
          planning.plans.push(...plans)
          planning.standing.push(...standing)
          planning.made_by = { ...planning.made_by, ...madeBy }
        }
        return planning
      }
    }),
    defineChange({
      name: 'kubernetes_patch',
      description: `Plan to change some fields of an object by a JSON merge patch: null removes a field, a list replaces the whole list. ${unapproved}`,
      input: Type.Object({ ...placeFields, patch: Type.Record(Type.String(), Type.Unknown(), { minProperties: 1 }) }, strict),
      plan: async ({ patch, ...place }, context) => planChange(access, 'kubernetes_patch', { place: await locate(access, place, 'change'), way: 'patch', body: patch, force: false }, context)
    }),
    defineChange({
      name: 'kubernetes_scale',
      description: `Plan another number of replicas. ${unapproved}`,
      input: Type.Object({ ...placeFields, replicas: Type.Integer({ minimum: 0, maximum: 10_000 }) }, strict),
      plan: ({ replicas, ...place }, context) => planScale(access, place, replicas, context)
    }),
    defineChange({
      name: 'kubernetes_restart',
      description: `Plan to replace all pods of a Deployment, StatefulSet or DaemonSet, one after the other, as its strategy says. ${unapproved}`,
      input: Type.Object(placeFields, strict),
      async plan (input, context) {
        const place = await locate(access, input, 'change')
        if (!rolloutOf(await readObject(access, place, context.signal))) throw objectUnsuited(targetOf(place), 'only a Deployment, StatefulSet or DaemonSet can be restarted')
        const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() }
        return planChange(access, 'kubernetes_restart', { place, way: 'patch', body: { spec: { template: { metadata: { annotations } } } }, force: false }, context)
      }
    }),
    defineChange({
      name: 'kubernetes_delete',
      description: `Plan to delete an object and what depends on it. ${unapproved}`,
      input: Type.Object(placeFields, strict),
      plan: async (place, context) => planChange(access, 'kubernetes_delete', { place: await locate(access, place, 'change'), way: 'delete', body: null, force: false }, context)
    })
  ]
}

async function planScale (access: Access, input: Parameters<typeof locate>[1], replicas: number, context: ToolContext): Promise<Planning> {
  const place = await locate(access, input, 'change')
  const { spec } = await readObject(access, place, context.signal)
  if (typeof (spec as { replicas?: unknown } | undefined)?.replicas !== 'number') throw objectUnsuited(targetOf(place), 'it has no replicas')
  return planChange(access, 'kubernetes_scale', { place, way: 'patch', body: { spec: { replicas } }, force: false }, context)
}

/** @throws CTX_TOOL_INPUT_INVALID */
function objectsIn (manifest: string): KubernetesObject[] {
  const invalid = (fault: string) => toolInputInvalid('kubernetes_apply', [`manifest: ${fault}`])
  const { documents, fault } = readYaml(manifest)
  if (fault) throw invalid(`line ${fault.line}: ${fault.reason.slice(0, 1_000)}`)
  const values = documents.map(({ value }) => value).filter((value) => value !== null && value !== undefined)
  if (values.length === 0) throw invalid('it holds no document')
  if (values.length > objectsLimit) throw invalid(`it holds ${values.length} objects, and ${objectsLimit} is the most at once`)
  return values.map((value) => {
    if (!Value.Check(KubernetesObject, value)) throw invalid('each document needs apiVersion, kind and metadata.name; a List is to be given as its items')
    return value
  })
}
