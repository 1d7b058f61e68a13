import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { clusterUnreachable } from '../../errors.ts'
import type { Access } from './access.ts'
import { pathOf, type Kind } from './kinds.ts'

/** The server prints the columns that suit a kind, as kubectl shows them; no value of a Secret is among them. */
const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io, application/json'
const Table = Type.Object({
  metadata: Type.Optional(Type.Object({ continue: Type.Optional(Type.String()), remainingItemCount: Type.Optional(Type.Integer()) })),
  columnDefinitions: Type.Array(Type.Object({ name: Type.String(), priority: Type.Optional(Type.Integer()) })),
  rows: Type.Array(Type.Object({
    cells: Type.Array(Type.Unknown()),
    object: Type.Optional(Type.Object({ metadata: Type.Object({ namespace: Type.Optional(Type.String()) }) }))
  }))
})

export interface Listed { lines: string[], names: string[], more: boolean }

/** One line an object, under a line of headings. */
export async function listObjects ({ cluster }: Access, kind: Kind, namespace: string | null, { labels, limit, signal }: { labels: string | undefined, limit: number, signal: AbortSignal }): Promise<Listed> {
  const table = await cluster.json('GET', pathOf(kind, namespace), { accept, query: { labelSelector: labels, limit, includeObject: 'Metadata' }, signal })
  if (!Value.Check(Table, table)) throw clusterUnreachable(`it cannot list ${kind.plural} as a table`)
  const shown = table.columnDefinitions.flatMap(({ priority = 0 }, index) => priority === 0 ? [index] : [])
  const name = table.columnDefinitions.findIndex((column) => column.name === 'Name')
  const spread = kind.namespaced && namespace === null
  const rows = [
    [...(spread ? ['NAMESPACE'] : []), ...shown.map((index) => table.columnDefinitions[index]!.name.toUpperCase())],
    ...table.rows.map(({ cells, object }) => [...(spread ? [object?.metadata.namespace ?? ''] : []), ...shown.map((index) => String(cells[index] ?? ''))])
  ]
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((cells) => cells[index]!.length)))
  return {
    lines: rows.map((cells) => cells.map((cell, index) => cell.padEnd(widths[index]!)).join('  ').trimEnd()),
    names: table.rows.map(({ cells }) => String(cells[name])),
    more: (table.metadata?.continue ?? '') !== ''
  }
}
