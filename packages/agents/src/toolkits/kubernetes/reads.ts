import { redact } from '@cortex/secrets'
import { Type } from '@sinclair/typebox'
import { defineRead, type Reading, type ReadTool } from '../../toolkit.ts'
import { kindFields, locate, nameInput, namespaceInput, placeFields, readObject, targetOf, type Access } from './access.ts'
import { readEvents } from './events.ts'
import { pathOf } from './kinds.ts'
import { masked } from './mask.ts'
import { readUsage } from './metrics.ts'
import { podLine, podsOf, selectorOf } from './pods.ts'
import { checkClusterScoped, checkNamespace } from './scope.ts'
import { showObject } from './show.ts'
import { listObjects, type Listed } from './table.ts'

const strict = { additionalProperties: false }
const namespaceField = { namespace: Type.Optional(namespaceInput) }

export function readTools (access: Access): ReadTool[] {
  return [
    defineRead({
      name: 'kubernetes_get',
      description: 'Read one object as YAML. Values of Secrets and what looks like a secret are replaced.',
      input: Type.Object(placeFields, strict),
      async run (input, { signal }) {
        const place = await locate(access, input, 'read')
        const object = await readObject(access, place, signal)
        return { summary: `read ${targetOf(place)}`, text: redact(showObject(object)), facts: { object: masked(object) } }
      }
    }),
    defineRead({
      name: 'kubernetes_list',
      description: 'List objects of one kind, one line each. Without a namespace: in all namespaces that may be read.',
      input: Type.Object({
        ...kindFields,
        ...namespaceField,
        labels: Type.Optional(Type.String({ maxLength: 500, description: 'Label selector, as in app=web,tier!=cache' })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 }))
      }, strict),
      run: (input, { signal }) => list(access, input, signal)
    }),
    defineRead({
      name: 'kubernetes_describe',
      description: 'Read one object with its status, the pods it governs and what happened to it.',
      input: Type.Object(placeFields, strict),
      async run (input, { signal }) {
        const place = await locate(access, input, 'read')
        const object = await readObject(access, place, signal)
        const { namespace, kind, name } = place
        const selector = selectorOf(object)
        const [pods, events] = namespace === null
          ? [[], []]
          : await Promise.all([selector === undefined ? [] : podsOf(access, namespace, selector, signal), readEvents(access, namespace, { kind: kind.kind, name }, signal)])
        const sections = [showObject(object).trimEnd(), ...(selector === undefined ? [] : [`Pods:\n${pods.map(podLine).join('\n') || 'none'}`]), `Events:\n${events.join('\n') || 'none that are still kept'}`]
        return { summary: `described ${targetOf(place)}`, text: redact(sections.join('\n\n')), facts: { object: masked(object), pods: pods.length, events } }
      }
    }),
    defineRead({
      name: 'kubernetes_logs',
      description: 'Read the last lines a container of a pod has written.',
      input: Type.Object({
        pod: nameInput,
        ...namespaceField,
        container: Type.Optional(nameInput),
        lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 5_000, description: '200 unless told' })),
        previous: Type.Optional(Type.Boolean({ description: 'Of the container before its last restart' }))
      }, strict),
      async run ({ pod, namespace, container, lines = 200, previous }, { signal }) {
        const place = await locate(access, { kind: 'Pod', api_version: 'v1', name: pod, ...(namespace !== undefined && { namespace }) }, 'read')
        const query = { container, tailLines: lines, previous, limitBytes: 1024 * 1024 }
        const text = redact(await access.cluster.text('GET', `${pathOf(place.kind, place.namespace, pod)}/log`, { query, accept: '*/*', signal }))
        return { summary: `read the log of ${targetOf(place)}`, text: text || 'It has written nothing.', facts: { lines: text.split('\n').filter(Boolean).length } }
      }
    }),
    defineRead({
      name: 'kubernetes_events',
      description: 'What happened lately in a namespace, oldest first.',
      input: Type.Object(namespaceField, strict),
      async run ({ namespace = access.cluster.namespace }, { signal }) {
        checkNamespace(access.scope, namespace)
        const events = await readEvents(access, namespace, undefined, signal)
        return { summary: `read ${events.length} events`, text: events.join('\n') || 'No event that is still kept.', facts: { events } }
      }
    }),
    defineRead({
      name: 'kubernetes_top',
      description: 'What pods of a namespace, or the nodes, use of processor and memory now.',
      input: Type.Object({ ...namespaceField, nodes: Type.Optional(Type.Boolean()) }, strict),
      async run ({ namespace = access.cluster.namespace, nodes = false }, { signal }) {
        if (nodes) checkClusterScoped(access.scope, await access.kinds.find('Node', 'v1'), 'read')
        else checkNamespace(access.scope, namespace)
        const usage = await readUsage(access, nodes ? null : namespace, signal)
        return { summary: `read the usage of ${usage.length} ${nodes ? 'nodes' : 'containers'}`, text: usage.join('\n') || 'Nothing is counted yet.', facts: { usage } }
      }
    })
  ]
}

async function list (access: Access, input: { kind: string, api_version?: string, namespace?: string, labels?: string, limit?: number }, signal: AbortSignal): Promise<Reading> {
  const { scope, kinds } = access
  const { labels, limit = 200 } = input
  const kind = await kinds.find(input.kind, input.api_version)
  let among: Array<string | null>
  if (!kind.namespaced) {
    checkClusterScoped(scope, kind, 'read')
    among = [null]
  } else if (input.namespace !== undefined) {
    checkNamespace(scope, input.namespace)
    among = [input.namespace]
  } else among = scope.namespaces === 'all' ? [null] : [...scope.namespaces]
  const lists = await Promise.all(among.map(async (namespace): Promise<[string | null, Listed]> => [namespace, await listObjects(access, kind, namespace, { labels, limit, signal })]))
  const names = lists.flatMap(([, listed]) => listed.names)
  const text = lists.map(([namespace, { lines, names, more }]) => [
    ...(namespace === null ? [] : [`Namespace ${namespace}:`]),
    ...(names.length === 0 ? ['none'] : lines),
    ...(more ? [`… there are more than ${limit}; ask with labels, or a higher limit`] : [])
  ].join('\n')).join('\n\n')
  return { summary: `listed ${names.length} ${kind.plural}`, text: redact(text), facts: { names, count: names.length } }
}
