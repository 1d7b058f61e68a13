import type { LogLine, TaskLog } from '@cortex/contracts'

/** Lines of one log that follow each other, the first of which has the number `n`. */
export interface LogPiece { readonly n: number, readonly lines: readonly LogLine[] }

/** A page of a log that lies in several places; it ends where lines are missing. */
export function joinLog (taskId: string, pieces: Iterable<LogPiece>, { from, limit, total }: { from: number, limit: number, total: number }): TaskLog {
  const lines: LogLine[] = []
  let start = from
  for (const piece of pieces) {
    if (lines.length === 0) start = Math.max(from, piece.n)
    const next = start + lines.length
    if (piece.n > next) break
    lines.push(...piece.lines.slice(next - piece.n, start + limit - piece.n))
  }
  return { task_id: taskId, from: start, lines, total }
}
