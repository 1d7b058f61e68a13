import { isTerminal } from '@cortex/contracts'
import { findCircles } from './circles.ts'
import type { TaskRecord } from './record.ts'
import { dependencyCycle, dependencyUnknown } from './task-faults.ts'

export interface BatchFault {
  readonly task_id: string
  readonly code: string
  readonly message: string
}

/** Characters of one list of names in a message, which must stay well within what an error may hold. */
const room = 1_000

/**
 * What is wrong in a batch once no further call can come: names nobody carries, and circles. One fault a task, with all that is wrong with it.
 * @param beyond tasks outside of the batch that need one of it: a circle may lead through them
 */
export function findBatchFaults (records: readonly TaskRecord[], beyond: readonly TaskRecord[]): BatchFault[] {
  const refs = listed(records.flatMap(({ task }) => task.ref ?? []), ', ')
  const open = new Map([...records, ...beyond].filter(({ task }) => !isTerminal(task.status)).map((record) => [record.task.id, record]))
  const circles = findCircles(new Map([...open].map(([id, { task }]) => [id, task.depends_on])))
  const ofBatch = new Set(records)
  return [...records, ...beyond].flatMap((record) => {
    const { id } = record.task
    const missing = ofBatch.has(record) ? record.missing_refs : []
    const circle = circles.get(id)
    const wrong = [
      ...missing.length > 0 ? [`depends_on names ${listed(missing, ', ')}, which no task of this batch has as its ref; its refs are ${refs || 'none'}`] : [],
      ...circle ? [`depends_on goes round in a circle: ${listed(circle.map((each) => open.get(each)?.task.ref ?? each), ' → ')}`] : []
    ]
    if (wrong.length === 0) return []
    return { task_id: id, ...(missing.length > 0 ? dependencyUnknown : dependencyCycle)(wrong.join('. And ')) }
  })
}

/** As many names as there is room for, always with the last. */
function listed (names: readonly string[], between: string): string {
  const last = names.at(-1) ?? ''
  const shown: string[] = []
  let left = room - last.length
  for (const name of names.slice(0, -1)) {
    left -= name.length + between.length
    if (left < 0) break
    shown.push(name)
  }
  const more = names.length - 1 - shown.length
  return [...shown, ...more > 0 ? [`… ${more} more …`] : [], ...names.length > 0 ? [last] : []].join(between)
}
