import type { Category, TaskStatus } from '@cortex/contracts'
import { createRecord, createTaskId, revise, type TaskRecord } from '@cortex/orchestrator'
import { createTaskInput } from './payload.ts'

export const conversations = 10_000
/** The time that the tasks were created over, up to now. Milliseconds. */
const age = 7 * 24 * 3_600_000

/** Of each thousand, 970 have ended. Nobody works on any: leases do not outlive the process that gave them by long. */
const mix: ReadonlyArray<readonly [status: TaskStatus, perThousand: number]> = [
  ['completed', 900], ['failed', 40], ['cancelled', 30], ['queued', 20], ['waiting', 5], ['awaiting_approval', 5]
]
const statuses = mix.flatMap(([status, perThousand]) => Array.from({ length: perThousand }, () => status))

export const categories: readonly Category[] = ['development', 'infrastructure', 'inventory', 'security', 'cicd', 'general']
const verbs = ['Deploy', 'Upgrade', 'Restart', 'Scale', 'Roll back', 'Inspect', 'Back up', 'Rotate the certificates of', 'Measure', 'Write a runbook for']
const things = ['the payments service', 'the search index', 'the staging database', 'the message queue', 'the ingress controller', 'the build runners', 'the monitoring stack', 'the session cache']
const body = createTaskInput().description

/** Words of the title of one task. */
export function cluster (index: number): string {
  return `cluster ${index} `
}

/** Words that stand in the titles of an eightieth of the tasks, of one, and of none. */
export const searched = { often: 'Upgrade the search', once: cluster(4711), never: 'zeppelin' } as const

/** The task number `index` of `total`, oldest first, 1 KB as it was sent: the same mix whatever the total. */
export function storedTask (index: number, total: number, until: Date): TaskRecord {
  const now = new Date(until.getTime() - age + Math.floor(age * index / total))
  // Steps that share no factor with the lengths, so that every status comes with every category, and each conversation with both.
  const status = pick(statuses, index * 617)
  const category = pick(categories, Math.floor(index / 7))
  const title = `${pick(verbs, index)} ${pick(things, Math.floor(index / 10))} of ${cluster(index)}in the region of Frankfurt`
  const record = createRecord({
    id: createTaskId(now),
    title,
    description: body,
    category,
    priority: 'medium',
    ref: null,
    depends_on: [],
    target: null,
    run_at: null,
    batch_id: null,
    conversation_id: conversation(index),
    idempotency_key: null,
    requested_by: 'bench',
    source: 'bench',
    assigned_to: `${category}-master`,
    original_input: { title, description: body, category, priority: 'medium' }
  }, { refs: new Map(), named: new Map() }, now)
  return settled(record, status, now)
}

export function conversation (index: number): string {
  return `conv-bench-${index % conversations}`
}

function settled (record: TaskRecord, status: TaskStatus, now: Date): TaskRecord {
  const at = now.toISOString()
  const metadata = { ...record.task.metadata, started_at: at, completed_at: at }
  switch (status) {
    case 'completed': return revise(record, now, { status, metadata, attempt: 1, result: { summary: 'All of it was done and looked at', evidence: [{ claim: 'It answers', detail: 'HTTP 200 from each of three pods' }] } }, { ready: false })
    case 'failed': return revise(record, now, { status, metadata, attempt: 1, error: { code: 'CTX_STEP_FAILED', message: 'The rollout did not come up within five minutes' } }, { ready: false })
    case 'cancelled': return revise(record, now, { status, metadata: { ...metadata, cancel_reason: 'No longer needed' } }, { ready: false })
    case 'waiting': return revise(record, now, { status, waiting_for: 'a task that is still running' }, { ready: false })
    case 'awaiting_approval': return revise(record, now, { status, attempt: 1, waiting_for: 'your approval' }, { ready: false })
    default: return record
  }
}

function pick<T> (from: readonly T[], index: number): T {
  return from[index % from.length] as T
}
