import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { clusterUnreachable } from '../../errors.ts'
import { masked } from './mask.ts'
import type { Access } from './access.ts'

const EventList = Type.Object({
  items: Type.Array(Type.Object({
    type: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    count: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    lastTimestamp: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    eventTime: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    involvedObject: Type.Object({ kind: Type.Optional(Type.String()), name: Type.Optional(Type.String()) })
  }))
})

/** What happened in a namespace, or to one object in it, oldest first: a line each. */
export async function readEvents ({ cluster }: Access, namespace: string, about: { kind: string, name: string } | undefined, signal: AbortSignal): Promise<string[]> {
  const fieldSelector = about && `involvedObject.kind=${about.kind},involvedObject.name=${about.name}`
  const list = await cluster.json('GET', `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`, { query: { fieldSelector, limit: 500 }, signal })
  if (!Value.Check(EventList, list)) throw clusterUnreachable('its events are not what Kubernetes answers')
  return list.items
    .map((event) => ({ ...event, at: event.lastTimestamp ?? event.eventTime ?? '' }))
    .sort((a, b) => a.at < b.at ? -1 : 1)
    .slice(-200)
    .map(({ at, type = '', reason = '', message = '', count, involvedObject: { kind = '', name = '' } }) =>
      `${at || 'some time'} ${type} ${reason} ${kind}/${name}: ${masked(message)}${(count ?? 1) > 1 ? ` (${count} times)` : ''}`)
}
