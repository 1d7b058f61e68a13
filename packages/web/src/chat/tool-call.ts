import type { Task, ToolCallBlock } from '@cortex/contracts'
import { texts } from '../texts.ts'
import { showHidden } from '../ui/visible-text.ts'

/** What the calls of a reply have set going. Unknown where one has changed something else, or may have. */
export type Begun = 'tasks' | 'nothing' | 'unknown'

const starting: ReadonlySet<string> = new Set(['cortex_create_task', 'cortex_retry_task'])
const reading: ReadonlySet<string> = new Set(['cortex_get_task_status', 'cortex_get_tasks'])

export function begunBy (calls: readonly ToolCallBlock[], tasks: ReadonlyMap<string, Task>): Begun {
  if (calls.some(({ name, status }) => status === 'succeeded' && starting.has(name))) return 'tasks'
  // A call that was cut off may have made its task all the same; the task carries the call's id, behind that of its turn.
  const ids = new Set(calls.map(({ id }) => id))
  if ([...tasks.values()].some(({ idempotency_key: key }) => key !== null && ids.has(key.slice(key.indexOf('.') + 1)))) return 'tasks'
  return calls.every((call) => reading.has(call.name) || wasRefused(call)) ? 'nothing' : 'unknown'
}

function wasRefused ({ status, output }: ToolCallBlock): boolean {
  return status === 'failed' && textField(output, 'code') !== 'CTX_CALL_UNANSWERED'
}

/** The task a call is about: the one it made, or the one it was given. */
export function taskIdOf ({ input, output }: ToolCallBlock): string {
  return textField(output, 'task_id') ?? textField(input, 'task_id') ?? ''
}

export function titleOf ({ name, input }: ToolCallBlock, task: Task | undefined): string {
  return showHidden(task?.payload.title ?? textField(input, 'title') ?? name)
}

export function problemOf (output: unknown): string {
  return showHidden(typeof output === 'string' ? output : textField(output, 'detail') ?? textField(output, 'message') ?? texts.calls.failed)
}

function textField (value: unknown, field: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found = (value as Record<string, unknown>)[field]
  return typeof found === 'string' ? found : undefined
}
