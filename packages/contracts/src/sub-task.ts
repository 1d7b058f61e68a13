import { Type, type Static } from '@sinclair/typebox'
import { Category, TaskError, TaskResult, TaskStatus } from './task.ts'
import { Line } from './text.ts'

/** Sub-tasks of one split. Each is a run of its own, and all of them stand in one answer to the model. */
export const mostSubTasks = 12

/** The journal key a worker marks its split with: change sets carried out before it came before those of the sub-tasks. */
export const splitKey = 'split'

const Ref = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' })

/** One part of a task that its worker hands to another. Everything else it has from the task it is a part of. */
export const SubTask = Type.Object({
  title: Line(200, { description: 'What is to be done, in a few words' }),
  description: Line(20_000, { description: 'Everything its worker needs to know, who sees nothing of this conversation: goal, names, files, limits, what must not be touched' }),
  ref: Type.Optional({ ...Ref, description: 'A name, so that later ones of this list can depend on it' }),
  depends_on: Type.Optional(Type.Array(Ref, { maxItems: mostSubTasks - 1, description: 'Refs of earlier ones of this list that must be completed first' })),
  category: Type.Optional({ ...Category, description: 'Which specialist does it; that of this task unless given' })
}, { additionalProperties: false })
export type SubTask = Static<typeof SubTask>

export const SubTasks = Type.Array(SubTask, { minItems: 1, maxItems: mostSubTasks })

/** What a sub-task came to, for the worker that goes on with the whole. */
export const SubTaskOutcome = Type.Object({
  task_id: Type.String(),
  title: Type.String(),
  status: TaskStatus,
  result: Type.Union([TaskResult, Type.Null()]),
  error: Type.Union([TaskError, Type.Null()]),
  cancel_reason: Type.Union([Type.String(), Type.Null()])
})
export type SubTaskOutcome = Static<typeof SubTaskOutcome>

/** What the schema cannot say: names are given once, and only earlier ones are needed, so that there is no circle. */
export function faultsOfSubTasks (subTasks: readonly SubTask[]): Array<{ field: string, message: string }> {
  const known = new Set<string>()
  return subTasks.flatMap(({ ref, depends_on: needs = [] }, index) => {
    const unknown = needs.filter((name) => !known.has(name))
    const taken = ref !== undefined && known.has(ref)
    if (ref !== undefined) known.add(ref)
    return [
      ...taken ? [{ field: `sub_tasks.${index}.ref`, message: `${ref} names an earlier sub-task already` }] : [],
      ...unknown.length > 0 ? [{ field: `sub_tasks.${index}.depends_on`, message: `names ${unknown.join(', ')}, which no earlier sub-task has as its ref` }] : []
    ]
  })
}
