import type { Approval, JournalEntry, LogLine, Task, TaskStatus, Usage, WorkerAct } from '@cortex/contracts'

/** A task with what only the engine needs to know of it. */
export interface TaskRecord {
  readonly task: Task
  /** Who works on it now, and how many of its acts are in the audit. Every report must name this id. */
  readonly lease: { readonly id: string, readonly agent_id: string, readonly acts?: number } | null
  /** Admitted and on its way to a worker: holds a slot of its master and the lock of its target. */
  readonly dispatched: boolean
  /** Dependencies and time allow a start; only limits and locks may still hold it. */
  readonly ready: boolean
  /** The next lease goes on with the same attempt, as after an approval. */
  readonly continues: boolean
  /** Its worker split it: it holds nothing, and goes on when its sub-tasks have ended. */
  readonly parked?: boolean
  /** Workers lost in a row without a step between: a task that kills its worker ends, one that outlives restarts goes on. */
  readonly losses: number
  /** Those among them whose agent came back and told so. */
  readonly returns?: number
  /** Times in a row its workers let it go without a step between. */
  readonly releases?: number
  /** A person asked a running worker to stop. */
  readonly cancel: { readonly reason: string } | null
  /** The dependency whose end took this task with it; a retry of that one revives this one. */
  readonly cancelled_by: string | null
  /** When a person last had it begin anew; approvals from before then no longer speak for it. */
  readonly retried_at: string | null
  /** Who had a part in what it does now, beside who asked first: by its last retry, by reviving it, by words a plan was denied with. Persons, not their tokens. */
  readonly also_asked?: readonly string[]
  /** What runs used whose steps are forgotten: a worker tells what it used since its journal began. */
  readonly usage_before?: Usage | null
  /** Names of the same batch that no task carries yet. */
  readonly missing_refs: readonly string[]
  /** Names that no task carried when the batch closed: it can never start. */
  readonly unknown_refs: readonly string[]
  /** The trace it was created in, as W3C `traceparent`; its workers go on with it. Tasks made before it was kept have none. */
  readonly traceparent?: string | null
  /** The request that had it go on, as an approval or a retry: a trace of its own, to which the next run links. */
  readonly resumed_by?: string | null
  /** Changes its workers made or began that only this tells of, by their hashes. */
  readonly claims?: Readonly<Record<string, Claim>>
  /** Calls with an Idempotency-Key that changed it, the newest last, and what they were answered: a repeat does nothing and is answered the same. */
  readonly answered?: readonly AnsweredCall[]
  /** Place in the queue, smaller is sooner. */
  readonly rank: number
}

export interface AnsweredCall { readonly scope: string, readonly key: string, readonly reply: unknown }

/** How far a task is with changes that can only be recognised by what it says of them. */
export interface Claim { readonly state: 'begun' | 'made', readonly at: string }

/** What a rule may look at: one task and those it could touch. */
export interface TaskView {
  readonly record: TaskRecord
  /** Every task that needs this one, directly or through others, nearest first. */
  readonly dependents: readonly TaskRecord[]
  /** Name and state of any dependency of the record or of its dependents. */
  readonly named: ReadonlyMap<string, NamedTask>
  /** Names it was started without, of which the batch has got one since: by the name, the task and what is known of it. */
  readonly lateRefs: ReadonlyMap<string, { readonly id: string, readonly named: NamedTask }>
  /** The newest approval of the task. */
  readonly approval: Approval | null
  /** The sub-tasks of its last split, in their order. */
  readonly subTasks: readonly TaskRecord[]
  /** The task it is a part of. */
  readonly parent: TaskRecord | null
  /** All tasks of its batch that are not archived, itself among them. Only for a rule that runs on a batch. */
  readonly batch: readonly TaskRecord[]
  /** Whether another task has taken back what this one changed. */
  readonly isRolledBack: (id: string) => boolean
}

export interface NamedTask {
  readonly title: string
  readonly status: TaskStatus
  /** It can only be read any more. */
  readonly archived?: boolean
}

/** What a rule decided. The store writes it in one transaction; an event goes out for each record and approval. */
export interface Decision<Reply> {
  readonly reply: Reply
  readonly records?: readonly TaskRecord[]
  readonly approvals?: readonly Approval[]
  readonly log?: readonly LogLine[]
  readonly journal?: readonly JournalEntry[]
  /** Forget the steps of earlier runs: the next one begins from nothing. What they carried out stays, for a rollback. */
  readonly clearJournal?: boolean
  /** The change is progress and nothing else. */
  readonly progressOnly?: boolean
  /** Who had the first of the records changed, where it was a person. */
  readonly user?: string
  /** What a worker did, for the audit. */
  readonly acts?: readonly WorkerAct[]
  /** Tasks its worker made. */
  readonly created?: readonly TaskRecord[]
  /** Rules for other tasks, run behind this one in the same step. */
  readonly also?: ReadonlyArray<{ readonly id: string, readonly rule: Rule<unknown> }>
}

export type Rule<Reply> = (view: TaskView, now: Date) => Decision<Reply>

/** The record with its task changed: a new revision, and a new time. */
export function revise (record: TaskRecord, now: Date, task: Partial<Task>, rest: Partial<Omit<TaskRecord, 'task'>> = {}): TaskRecord {
  return {
    ...record,
    ...rest,
    task: {
      ...record.task,
      ...task,
      metadata: { ...record.task.metadata, ...task.metadata, updated_at: now.toISOString() },
      rev: record.task.rev + 1
    }
  }
}
