import type { Archivable } from './rows.ts'

/** The day a task ended, in UTC. */
export function dayOf (ended: number): string {
  return new Date(ended).toISOString().slice(0, 10)
}

/** The tasks that make one part with the first: of its day, and together within the bound. The first fits always. */
export function cutPart (found: readonly Archivable[], bytes: number): Archivable[] {
  const day = dayOf(found[0]?.ended ?? 0)
  let size = 0
  const end = found.findIndex((task, index) => dayOf(task.ended) !== day || ((size += task.size ?? Infinity) > bytes && index > 0))
  return found.slice(0, end === -1 ? found.length : end)
}

/** The lines that one step moves. The first fits always. */
export function cutLines<Line extends { readonly doc: string }> (lines: readonly Line[], bytes: number): Line[] {
  let size = 0
  const end = lines.findIndex(({ doc }, index) => (size += Buffer.byteLength(doc)) > bytes && index > 0)
  return lines.slice(0, end === -1 ? lines.length : end)
}
