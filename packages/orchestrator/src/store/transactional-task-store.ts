import { isTerminal, type Category, type Task, type Usage } from '@cortex/contracts'
import { auditBatchClosed, auditTruncated, type AuditDraft } from '../audit/drafts.ts'
import type { Candidate } from '../domain/admission.ts'
import { findBatchFaults, type BatchFault } from '../domain/batch-faults.ts'
import { listNames, propagate, settle } from '../domain/dependencies.ts'
import { checkJournal } from '../domain/journal.ts'
import { createRecord, failBeforeStart, linkRef, type TaskDraft } from '../domain/new-task.ts'
import type { QuietBounds } from '../domain/quiet.ts'
import { revise, type Rule, type TaskRecord } from '../domain/record.ts'
import { checkRollback } from '../domain/rollback.ts'
import type { KnownMaster } from '../domain/routing.ts'
import { followSubTasks, parentsToTell } from '../domain/sub-tasks.ts'
import { DependencyUnknown, IdempotencyConflict, LeaseLost, RefTaken, TaskArchived, TaskNotFound } from '../errors.ts'
import { cutLines, cutPart, dayOf } from './archive-step.ts'
import type { StoreBounds } from './bounds.ts'
import type { Ledger } from './ledger.ts'
import { namesFor, RowsView } from './rows-view.ts'
import { turnScope, type Idempotency } from './task-store.ts'

/** Candidates looked at for each master in one admission. */
const candidatesPerMaster = 64
/** Tasks changed by one round of a verb that looks for them itself; the next round goes on. */
const perRound = 500
/**
 * Of the tasks that wait for one target, those next in line say who holds it, and are told anew whenever that changes; the others wait for their turn.
 * Telling all of them made 600 tasks on one target fifty times as slow as 600 on none.
 */
const namingHolder = 8
/** Lines of the audit dropped in one transaction. */
const perAuditCut = 10_000

/** The verbs that write, once for all adapters. An adapter says how one of them becomes a transaction. */
export abstract class TransactionalTaskStore {
  readonly #now: () => Date
  readonly #bounds: StoreBounds

  constructor (now: () => Date, bounds: StoreBounds) {
    this.#now = now
    this.#bounds = bounds
  }

  /**
   * Runs an operation in a transaction, with others where that is faster; its changes are on disk when the promise resolves.
   * @param alone the operation looks for its tasks by what the whole store holds, so it must see all of it
   */
  protected abstract write<T> (run: (ledger: Ledger) => T, alone?: boolean): Promise<T>

  create (draft: TaskDraft, idempotency: Idempotency | null): Promise<{ task: Task, repeated: boolean }> {
    return this.write((ledger) => {
      const { rows } = ledger
      const earlier = idempotency && earlierCall(ledger, idempotency)
      if (earlier) {
        // The same words elsewhere are another call: what was made is not there.
        if (earlier.task.batch_id !== draft.batch_id || earlier.task.conversation_id !== draft.conversation_id) throw new IdempotencyConflict(earlier.task.id)
        return { task: earlier.task, repeated: true }
      }
      if (draft.rollback_of !== undefined) checkRollback(recordOf(ledger, draft.rollback_of), rows.dependents([draft.rollback_of]))
      const now = this.#now()
      const { batch_id: batchId, depends_on: names, ref } = draft
      const refs = batchId === null ? new Map<string, string>() : rows.batchRefs(batchId, [...names, ...ref === null ? [] : [ref]])
      const holder = ref === null ? undefined : refs.get(ref)
      if (ref !== null && holder !== undefined) throw new RefTaken(ref, rows.named([holder]).get(holder)?.title ?? holder, holder)
      const record = createRecord(draft, { refs, named: rows.named(names.map((name) => refs.get(name) ?? name)) }, now)
      if (record.missing_refs.length > 0 && batchId === null) throw new DependencyUnknown(listNames(record.missing_refs))
      ledger.create(record)
      if (idempotency) rows.addIdempotent(idempotency, draft.id)
      if (batchId !== null) rows.touchBatch(batchId, now)
      if (batchId !== null && ref !== null) {
        const waiting = rows.waitingForRef(batchId, ref)
        const named = rows.named([draft.id, ...new Set(waiting.flatMap(({ task }) => task.depends_on))])
        const linked = waiting.map((before) => {
          const linked = linkRef(before, ref, draft.id, named, now)
          ledger.relink(linked, before)
          return linked
        })
        this.#propagate(ledger, linked.filter(({ task }) => isTerminal(task.status)), now)
      }
      return { task: record.task, repeated: false }
    })
  }

  adopt (records: readonly TaskRecord[]): Promise<string[]> {
    return this.write((ledger) => {
      const { rows } = ledger
      const unique = [...new Map(records.map((record) => [record.task.id, record])).values()]
      const fresh = rows.lookUpEach(unique, (record) => rows.record(record.task.id) !== null || rows.isArchived(record.task.id) ? [] : [record]).flat()
      // What ended long ago is kept as long as what ends today: it is new here.
      const updatedAt = this.#now().toISOString()
      for (const { task, ...rest } of fresh) ledger.adopt({ ...rest, task: { ...task, metadata: { ...task.metadata, updated_at: updatedAt } } })
      return fresh.map(({ task }) => task.id)
    })
  }

  change<Reply> (id: string, rule: Rule<Reply>): Promise<Reply> {
    return this.write((ledger) => this.#apply(ledger, recordOf(ledger, id), rule))
  }

  changeOnce<Reply> (id: string, rule: Rule<Reply>, idempotency: Idempotency | null): Promise<{ reply: Reply, task: Task }> {
    return this.write((ledger) => {
      const earlier = idempotency && earlierCall(ledger, idempotency)
      if (earlier) {
        const call = earlier.answered?.find(({ scope, key }) => scope === idempotency.scope && key === idempotency.key)
        if (!call) throw new IdempotencyConflict(earlier.task.id)
        return { reply: call.reply as Reply, task: earlier.task }
      }
      const record = recordOf(ledger, id)
      const reply = this.#apply(ledger, record, idempotency ? remembering(rule, idempotency) : rule)
      if (idempotency) ledger.rows.addIdempotent(idempotency, id)
      return { reply, task: recordOf(ledger, id).task }
    })
  }

  changeLeased<Reply> (leaseId: string, rule: Rule<Reply>, ofBatch = false): Promise<Reply> {
    return this.write((ledger) => {
      const id = ledger.rows.leasedTask(leaseId)
      if (id === null) throw new LeaseLost(leaseId)
      return this.#apply(ledger, recordOf(ledger, id), rule)
    }, ofBatch)
  }

  /** Tasks the rule chose, marked as dispatched. The adapter hands them to its dispatcher within the same transaction. */
  protected admitWith (ledger: Ledger, choose: (candidates: readonly Candidate[], busy: readonly Candidate[]) => string[], masters: readonly string[]): Task[] {
    const { rows } = ledger
    const candidates = rows.candidates(masters, candidatesPerMaster)
    if (candidates.length === 0) return []
    const busy = rows.busy()
    const now = this.#now()
    const before = rows.lookUpEach(choose(candidates, busy), (id) => recordOf(ledger, id))
    const holders = new Map(busy.flatMap(({ target, title }) => target === null ? [] : [[target, title]]))
    for (const { task } of before) if (task.target !== null) holders.set(task.target, task.payload.title)
    const chosen = new Set(before.map(({ task }) => task.id))
    // Those that wait already name who held the target before.
    const taken = [...new Set(before.flatMap(({ task: { target } }) => target ?? []))]
    const lockedOut = [
      ...holders.size === 0 ? [] : rows.queuedOn([...holders.keys()], perRound),
      ...taken.length === 0 ? [] : rows.lockedOn(taken, namingHolder + 1)
    ].filter(({ task }) => !chosen.has(task.id))
    const admitted = before.map((record) => {
      // A task that waited for a lock is queued again by this very step.
      const next = revise(record, now, { status: 'queued', waiting_for: null }, { dispatched: true })
      ledger.apply([record], { reply: null, records: [next] })
      return next.task
    })
    for (const [target, line] of Map.groupBy(lockedOut, ({ task }) => task.target)) {
      for (const [place, record] of line.sort((a, b) => a.rank - b.rank).entries()) {
        const reason = place < namingHolder ? `${holders.get(target ?? '')}, which works on ${target}` : `its turn on ${target}`
        if (record.task.status === 'waiting' && record.task.waiting_for === reason) continue
        ledger.apply([record], { reply: null, records: [revise(record, now, { status: 'waiting', waiting_for: reason })] })
      }
    }
    return admitted
  }

  unlock (targets: readonly string[]): Promise<Task[]> {
    return this.write((ledger) => {
      const held = new Set(ledger.rows.busy().map(({ target }) => target))
      return ledger.rows.lockedOn(targets.filter((target) => !held.has(target)), namingHolder + 1).map((record) => {
        const next = revise(record, this.#now(), { status: 'queued', waiting_for: null })
        ledger.apply([record], { reply: null, records: [next] })
        return next.task
      })
    }, true)
  }

  readmit (bounds: QuietBounds): Promise<Task[]> {
    return this.write((ledger) => ledger.rows.orphans(bounds, perRound).map((record) => {
      const next = revise(record, this.#now(), {}, { dispatched: false })
      ledger.apply([record], { reply: null, records: [next] })
      return next.task
    }), true)
  }

  reroute (category: Category, from: string, to: string): Promise<Task[]> {
    return this.write((ledger) => ledger.rows.waitingFor(from, category, perRound).map((record) => {
      const next = revise(record, this.#now(), { assigned_to: to })
      ledger.apply([record], { reply: null, records: [next] })
      return next.task
    }), true)
  }

  settleDue (): Promise<Task[]> {
    return this.write((ledger) => {
      const now = this.#now()
      const due = ledger.rows.due(now, perRound)
      const named = namesFor(ledger.rows, due)
      return due.map((record) => {
        const next = settle(record, named, now)
        ledger.apply([record], { reply: null, records: [next] })
        return next.task
      })
    }, true)
  }

  closeBatch (id: string): Promise<BatchFault[]> {
    return this.write((ledger) => {
      const now = this.#now()
      const batch = ledger.rows.batchRecords(id)
      const ids = batch.filter(({ task }) => !isTerminal(task.status)).map(({ task }) => task.id)
      const known = new Set(batch.map(({ task }) => task.id))
      const faults = findBatchFaults(batch, ledger.rows.dependents(ids).filter(({ task }) => !known.has(task.id)))
      // All of them before any that needs them, so that each has its own fault as its reason.
      const failed = faults.map(({ task_id: taskId, code, message }) => {
        const record = recordOf(ledger, taskId)
        const failed = failBeforeStart(record, { code, message }, now)
        ledger.apply([record], { reply: null, records: [failed] })
        return failed
      })
      this.#propagate(ledger, failed, now)
      ledger.rows.closeBatch(id)
      const asked = batch.filter(({ task }) => task.parent_id === null).length
      if (asked > 0) ledger.audit.push(auditBatchClosed(id, asked, faults.length, now))
      return faults
    }, true)
  }

  note (draft: AuditDraft): Promise<void> {
    return this.write((ledger) => { ledger.audit.push(draft) })
  }

  addUsage (conversationId: string, turnId: string, usage: Usage): Promise<void> {
    return this.write((ledger) => {
      const once: Idempotency = { scope: turnScope, key: `${conversationId} ${turnId}`, input_hash: '' }
      if (ledger.rows.idempotent(once)) return
      ledger.rows.addIdempotent(once, conversationId)
      ledger.spend({ scope: 'conversation', id: conversationId, touched: this.#now().getTime(), ...usage })
    })
  }

  archive (before: Date): Promise<{ tasks: number, more: boolean }> {
    const { partTasks, partBytes, partLines } = this.#bounds
    return this.write((ledger) => {
      const { rows } = ledger
      const found = rows.archivable(before, partTasks, partLines)
      rows.forgetBatches(before)
      const [first] = found
      if (!first) return { tasks: 0, more: false }
      if (first.lines > 0 && (first.size === null || first.size > partBytes)) {
        rows.archiveLog(first.id, cutLines(rows.oldestLog(first.id, partLines), partBytes))
        return { tasks: 0, more: true }
      }
      const records = rows.lookUpEach(cutPart(found, partBytes), ({ id }) => recordOf(ledger, id))
      ledger.archive(dayOf(first.ended), records)
      return { tasks: records.length, more: true }
    }, true)
  }

  trimAudit (before: string): Promise<boolean> {
    return this.write((ledger) => {
      const through = ledger.rows.droppableAudit(before, perAuditCut)
      if (!through) return false
      ledger.rows.dropAudit(through)
      ledger.audit.push(auditTruncated(through, this.#now()))
      return true
    }, true)
  }

  announce (masters: readonly KnownMaster[]): Promise<void> {
    return this.write(({ rows }) => {
      const known = new Map(rows.masters().map((master) => [master.id, JSON.stringify(master)]))
      for (const master of masters) if (known.get(master.id) !== JSON.stringify(master)) rows.writeMaster(master)
    }, true)
  }

  #apply<Reply> (ledger: Ledger, record: TaskRecord, rule: Rule<Reply>): Reply {
    const view = new RowsView(ledger.rows, record)
    const decision = rule(view, this.#now())
    if (decision.journal && decision.journal.length > 0) checkJournal(ledger.rows.journalLengths(record.task.id), decision.journal, this.#bounds)
    const { records = [], created = [], also = [] } = decision
    const alone = records.every(({ task }) => task.id === record.task.id)
    const known: [TaskRecord, ...TaskRecord[]] = alone ? [record] : [record, ...view.dependents]
    ledger.apply(known, decision)
    for (const each of created) ledger.create(each, record.task.worker)
    for (const { id, rule: next } of also) this.#apply(ledger, recordOf(ledger, id), next)
    for (const id of parentsToTell(records, known)) this.#apply(ledger, recordOf(ledger, id), followSubTasks())
    return decision.reply
  }

  /** What ended without a rule of its own tells those that need it. */
  #propagate (ledger: Ledger, ended: readonly TaskRecord[], now: Date): void {
    const dependents = ended.length === 0 ? [] : ledger.rows.dependents(ended.map(({ task }) => task.id))
    const known = new Map(dependents.map((each) => [each.task.id, each]))
    for (const next of propagate({ dependents, named: namesFor(ledger.rows, dependents) }, ended, now)) {
      const before = known.get(next.task.id)
      if (before) ledger.apply([before], { reply: null, records: [next] })
    }
  }
}

/** Of the calls with a key that changed one task, so many are known again. */
const keptAnswers = 50

/** The rule, whose first record also keeps what it answered. */
function remembering<Reply> (rule: Rule<Reply>, { scope, key }: Idempotency): Rule<Reply> {
  return (view, now) => {
    const decision = rule(view, now)
    const [changed, ...others] = decision.records ?? []
    if (!changed) return decision
    const answered = [...changed.answered ?? [], { scope, key, reply: decision.reply }].slice(-keptAnswers)
    return { ...decision, records: [{ ...changed, answered }, ...others] }
  }
}

/** What the key was used for. @throws CTX_IDEMPOTENCY_CONFLICT */
function earlierCall (ledger: Ledger, idempotency: Idempotency): TaskRecord | null {
  const earlier = ledger.rows.idempotent(idempotency)
  if (!earlier) return null
  if (earlier.input_hash !== idempotency.input_hash) throw new IdempotencyConflict(earlier.task_id)
  return recordOf(ledger, earlier.task_id)
}

function recordOf ({ rows }: Ledger, id: string): TaskRecord {
  const record = rows.record(id)
  if (record) return record
  throw rows.isArchived(id) ? new TaskArchived(id) : new TaskNotFound(id)
}
