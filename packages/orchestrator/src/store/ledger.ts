import { addUsage, appliedKey, nothingUsed, type Approval, type Task, type TaskEvent, type TaskLog, type TaskStatus } from '@cortex/contracts'
import { auditAct, auditApproval, auditChanged, auditCreated, auditImported, type AuditDraft } from '../audit/drafts.ts'
import type { Decision, TaskRecord } from '../domain/record.ts'
import type { Rows } from './rows.ts'
import type { Committed, Spending, TaskCount } from './task-store.ts'

/** An event before its commit gives it a number. */
export interface LedgerEvent extends Omit<TaskEvent, 'seq'> {
  /** The status before; null for a new task. */
  readonly before: TaskStatus | null
}

/** A lease that began, ended, or was asked to stop. */
export interface LeaseChange {
  readonly ended: string | null
  readonly begun: boolean
  readonly record: TaskRecord
}

/** What one operation of a transaction did: written to the rows, and noted for those who are told after the commit. */
export class Ledger {
  readonly rows: Rows
  readonly events: LedgerEvent[] = []
  readonly logs: TaskLog[] = []
  readonly created: Task[] = []
  readonly archived: string[] = []
  readonly leases: LeaseChange[] = []
  /** What the audit is to say of it. */
  readonly audit: AuditDraft[] = []
  /** Called once it is committed, though it may not be on disk yet: for what only leads to further operations, which are on disk after it. */
  readonly afterCommit: Array<() => void> = []
  readonly #spending = new Map<string, Spending>()
  readonly #counts = new Map<string, TaskCount>()

  constructor (rows: Rows) {
    this.rows = rows
  }

  /** @param worker who made it; null where a person had it made */
  create (record: TaskRecord, worker: string | null = null): void {
    this.#insert(record, auditCreated(record, worker))
    this.created.push(record.task)
  }

  /** A task made elsewhere, whose file nobody waits for. */
  adopt (record: TaskRecord): void {
    this.#insert(record, auditImported(record))
  }

  relink (record: TaskRecord, before: TaskRecord): void {
    this.rows.relink(record, before)
    this.#changed('task.changed', record, before, null)
  }

  /** @param known the records the decision was made on */
  apply (known: readonly [TaskRecord, ...TaskRecord[]], { records = [], approvals = [], log = [], journal = [], clearJournal = false, progressOnly = false, user, acts = [] }: Decision<unknown>): void {
    const shown = new Map(known.map((each) => [each.task.id, each]))
    for (const [index, changed] of records.entries()) {
      const before = shown.get(changed.task.id)
      if (!before) throw new RangeError(`a rule changed ${changed.task.id}, which it was not shown`)
      if (changed.task.depends_on.length > before.task.depends_on.length) this.rows.relink(changed, before)
      else this.rows.update(changed, before)
      this.#changed(progressOnly ? 'task.progress' : 'task.changed', changed, before, index === 0 ? user ?? null : null)
    }
    const record = records[0] ?? known[0]
    const { id } = record.task
    for (const approval of approvals) {
      this.rows.writeApproval(approval)
      this.#event('approval.changed', record, record.task.status, approval)
      this.audit.push(auditApproval(record, approval))
    }
    for (const act of acts) this.audit.push(auditAct(record, act))
    if (clearJournal) this.rows.clearJournal(id, appliedKey)
    if (journal.length > 0) this.rows.writeJournal(id, journal)
    if (log.length > 0) this.logs.push(this.rows.appendLog(id, log))
  }

  archive (day: string, records: readonly TaskRecord[]): void {
    const keys = records.flatMap(({ task: { idempotency_key: key, requested_by: scope }, answered = [] }) => [...key === null ? [] : [{ scope, key }], ...answered.map(({ scope, key }) => ({ scope, key }))])
    this.rows.archive(day, this.rows.lookUpEach(records, ({ task }) => ({ task, ...this.rows.belongings(task.id) })), keys)
    for (const record of records) {
      this.#count(record, -1)
      this.archived.push(record.task.id)
    }
  }

  /** What was used beside the tasks' own counts. */
  spend (more: Spending): void {
    const key = `${more.scope} ${more.id}`
    this.#spending.set(key, { ...more, ...addUsage(this.#spending.get(key) ?? nothingUsed, more) })
  }

  /** Takes over what another operation of the same transaction did. */
  add ({ events, logs, created, archived, leases, audit, afterCommit, counts, spending }: Ledger): void {
    this.events.push(...events)
    this.logs.push(...logs)
    this.created.push(...created)
    this.archived.push(...archived)
    this.leases.push(...leases)
    this.audit.push(...audit)
    this.afterCommit.push(...afterCommit)
    for (const count of counts) this.#add(count)
    for (const each of spending) this.spend(each)
  }

  /** How the totals change. */
  get counts (): TaskCount[] {
    return [...this.#counts.values()].filter(({ tasks, input_tokens: input, output_tokens: output, cost_usd: cost }) => tasks !== 0 || input !== 0 || output !== 0 || cost !== 0)
  }

  /** What batches and conversations used. */
  get spending (): Spending[] {
    return [...this.#spending.values()]
  }

  #insert (record: TaskRecord, audit: AuditDraft): void {
    this.rows.insert(record)
    this.#count(record, 1)
    this.#event('task.created', record, null)
    this.audit.push(audit)
  }

  #changed (type: TaskEvent['type'], record: TaskRecord, before: TaskRecord, user: string | null): void {
    const [{ task: now }, { task: then }] = [record, before]
    if (now.status !== then.status || now.assigned_to !== then.assigned_to || now.usage !== then.usage) {
      this.#count(before, -1)
      this.#count(record, 1)
    }
    if (now.usage !== then.usage) this.#used(now, then.usage)
    const ended = before.lease !== null && record.lease?.id !== before.lease.id ? before.lease.id : null
    const begun = record.lease !== null && record.lease.id !== before.lease?.id
    if (ended !== null || begun || record.cancel !== before.cancel) this.leases.push({ ended, begun, record })
    this.#event(type, record, then.status)
    this.audit.push(...auditChanged(record, before, user))
  }

  #used ({ usage, batch_id: batch, conversation_id: conversation, metadata }: Task, before: Task['usage']): void {
    const now = usage ?? nothingUsed
    const then = before ?? nothingUsed
    const more = { input_tokens: now.input_tokens - then.input_tokens, output_tokens: now.output_tokens - then.output_tokens, cost_usd: now.cost_usd - then.cost_usd }
    const touched = Date.parse(metadata.updated_at)
    if (batch !== null) this.spend({ scope: 'batch', id: batch, touched, ...more })
    if (conversation !== null) this.spend({ scope: 'conversation', id: conversation, touched, ...more })
  }

  #count ({ task: { status, payload: { category }, assigned_to: master, parent_id: parent, usage } }: TaskRecord, by: 1 | -1): void {
    this.#add({
      status, category, master, tasks: by, sub_tasks: parent === null ? 0 : by, input_tokens: by * (usage?.input_tokens ?? 0), output_tokens: by * (usage?.output_tokens ?? 0), cost_usd: by * (usage?.cost_usd ?? 0)
    })
  }

  #add (change: TaskCount): void {
    const key = `${change.status} ${change.category} ${change.master}`
    const sum = this.#counts.get(key)
    this.#counts.set(key, sum
      ? { ...sum, tasks: sum.tasks + change.tasks, sub_tasks: sum.sub_tasks + change.sub_tasks, input_tokens: sum.input_tokens + change.input_tokens, output_tokens: sum.output_tokens + change.output_tokens, cost_usd: sum.cost_usd + change.cost_usd }
      : change)
  }

  #event (type: TaskEvent['type'], { task }: TaskRecord, before: TaskStatus | null, approval?: Approval): void {
    this.events.push({ type, task_id: task.id, at: task.metadata.updated_at, task, before, ...(approval && { approval }) })
  }
}

/** The events with their numbers, which go on from `seq`, and the changes of status among them. */
export function toCommitted (events: readonly LedgerEvent[], seq: number): Pick<Committed, 'events' | 'changes'> {
  return {
    events: events.map(({ before: _, ...event }, index) => ({ seq: seq + index + 1, ...event })),
    changes: events.flatMap(({ task, before, type }) => before === task.status || type === 'approval.changed' ? [] : { task, before })
  }
}
