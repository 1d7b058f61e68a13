import type { Attempt, Task } from '@cortex/contracts'
import { hasEnded } from '../state/task-view.ts'

export type SegmentKind = 'wait' | 'ask' | 'run' | 'worked' | 'done' | 'failed' | 'cancelled' | 'lost'

/** A stretch of a task's life; times in ms since the epoch. */
export interface Segment {
  readonly kind: SegmentKind
  readonly from: number
  readonly to: number
}

/** The life of a task so far: a bar for each attempt, and what it waited for between them. */
export function segmentsOf (task: Task, now: number): Segment[] {
  const segments: Segment[] = []
  const end = hasEnded(task) ? Date.parse(task.metadata.completed_at ?? task.metadata.updated_at) : now
  let at = Date.parse(task.metadata.created_at)
  let before: Attempt | undefined
  function add (kind: SegmentKind, to: number): void {
    if (to > at) segments.push({ kind, from: at, to })
    at = Math.max(at, to)
  }
  for (const attempt of task.attempts) {
    add(gapAfter(before), Date.parse(attempt.started_at))
    add(kindOf(attempt), attempt.ended_at === null ? end : Date.parse(attempt.ended_at))
    before = attempt
  }
  // A task that ended with its last attempt has nothing after it.
  if (!hasEnded(task) || before?.outcome === 'awaiting_approval' || !before) add(task.status === 'cancelled' && before ? 'cancelled' : gapAfter(before), end)
  return segments
}

function gapAfter (attempt: Attempt | undefined): SegmentKind {
  return attempt?.outcome === 'awaiting_approval' ? 'ask' : 'wait'
}

function kindOf ({ outcome }: Attempt): SegmentKind {
  switch (outcome) {
    case null: return 'run'
    case 'completed': return 'done'
    case 'failed': return 'failed'
    case 'cancelled': return 'cancelled'
    case 'awaiting_approval': case 'split': return 'worked'
    case 'lost': case 'released': return 'lost'
  }
}

export interface Scale {
  readonly start: number
  readonly end: number
  /** Milliseconds after `start` that carry a mark. */
  readonly ticks: readonly number[]
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 604_800]
/** A mark further to the right would be cut by the edge. */
const lastMark = 0.97
const shortestMs = 10_000

/** @param room share of the width at the end for the labels of what reaches up to now */
export function scaleOf (start: number, end: number, marks: number, room: number): Scale {
  const span = Math.max(shortestMs, end - start) / (1 - room)
  const step = (steps.find((seconds) => span / (seconds * 1_000) <= marks) ?? Math.ceil(span / marks / 1_000)) * 1_000
  const ticks = Array.from({ length: Math.floor(span * lastMark / step) + 1 }, (_, index) => index * step)
  return { start, end: start + span, ticks }
}

/** Where a time lies on the scale, in percent. */
export function place ({ start, end }: Scale, time: number): number {
  return Math.min(100, Math.max(0, (time - start) / (end - start) * 100))
}
