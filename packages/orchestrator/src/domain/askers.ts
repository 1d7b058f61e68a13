import { ownerOf } from '@cortex/contracts'
import type { TaskRecord, TaskView } from './record.ts'

/** Everybody who asked for what a task does now. A whole and its sub-tasks are one work: whoever asked for a part of it asked for it. */
export function askedBy ({ record, parent, subTasks }: Pick<TaskView, 'record' | 'parent' | 'subTasks'>): ReadonlySet<string> {
  const family = [record, ...parent ? [parent] : [], ...subTasks]
  return new Set(family.flatMap(({ task, also_asked: others = [] }) => [task.requested_by, ...others].map(ownerOf)))
}

/** What is kept of a record when another person has a part in it, for as long as this attempt lives. */
export function alsoAsk ({ task, also_asked: others = [] }: TaskRecord, user: string): Pick<TaskRecord, 'also_asked'> {
  const person = ownerOf(user)
  return person === ownerOf(task.requested_by) || others.map(ownerOf).includes(person) ? {} : { also_asked: [...others, person] }
}
