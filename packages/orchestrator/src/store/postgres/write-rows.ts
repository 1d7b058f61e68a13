import { chain } from '../../audit/chain.ts'
import type { TaskRecord } from '../../domain/record.ts'
import { packArchivePart, packLog } from '../archive-part.ts'
import type { Ledger } from '../ledger.ts'
import { dueOf, endedOf, fixedPart, statePart } from '../record-row.ts'
import { headsAfter, type Heads } from './kept-rows.ts'
import { storableJson } from './storable.ts'
import { turnScope } from '../task-store.ts'
import type { Connection } from './postgres.ts'
import { databaseClock } from './database-clock.ts'
import type { PostgresRows, StoredRecord } from './postgres-rows.ts'

/** Where everything that is numbered ends. */
export interface WrittenHeads extends Heads { readonly audit_seq: number, readonly audit_hash: string }

export interface WriteOptions {
  ledger: Ledger
  rows: PostgresRows
  /** What this group goes on from. */
  heads: WrittenHeads
  /** Milliseconds a lease holds. */
  leaseDuration: number
  channel: string
}

/** Parts of one statement: writes that touch different rows, done in one round trip. */
class Statement {
  readonly #parts: string[] = []
  readonly values: unknown[] = []

  /** @param sql its placeholders count from `$1` for its own values */
  add (sql: string, ...values: readonly unknown[]): void {
    const before = this.values.length
    this.#parts.push(sql.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + before}`))
    this.values.push(...values)
  }

  /** One part a row of a list; nothing when there is none. */
  addRows (sql: string, list: readonly unknown[], ...values: readonly unknown[]): void {
    if (list.length > 0) this.add(sql, storableJson(list), ...values)
  }

  text (last: string): string {
    return this.#parts.length === 0 ? last : `WITH ${this.#parts.map((part, index) => `part${index} AS (${part})`).join(',\n')}\n${last}`
  }
}

/** Writes everything the operations of a group did. */
export async function writeRows (connection: Connection, options: WriteOptions): Promise<void> {
  const { rows, ledger, heads, channel } = options
  await writeRarely(connection, rows)
  const statement = new Statement()
  addTasks(statement, rows)
  addBelongings(statement, rows, heads.last_log)
  addLeases(statement, options)
  statement.addRows(`INSERT INTO cortex.events (seq, task_id, type, at, before, status, approval_id)
    SELECT seq, task_id, type, at, before, status, approval_id FROM json_to_recordset($1::json) AS x (seq bigint, task_id text, type text, at text, before text, status text, approval_id text)`,
  ledger.events.map(({ task_id: taskId, type, at, before, approval, task: { status } }, index) => ({ seq: heads.last_seq + index + 1, task_id: taskId, type, at, before, status, approval_id: approval?.id })))
  statement.addRows(`INSERT INTO cortex.counts AS c (status, category, master, tasks, sub_tasks, input_tokens, output_tokens, cost_usd)
    SELECT * FROM json_to_recordset($1::json) AS x (status text, category text, master text, tasks bigint, sub_tasks bigint, input_tokens bigint, output_tokens bigint, cost_usd float8)
    ON CONFLICT (status, category, master) DO UPDATE SET tasks = c.tasks + EXCLUDED.tasks, sub_tasks = c.sub_tasks + EXCLUDED.sub_tasks, input_tokens = c.input_tokens + EXCLUDED.input_tokens,
    output_tokens = c.output_tokens + EXCLUDED.output_tokens, cost_usd = c.cost_usd + EXCLUDED.cost_usd`, ledger.counts)
  statement.addRows(`INSERT INTO cortex.spending AS s (scope, id, touched, input_tokens, output_tokens, cost_usd)
    SELECT * FROM json_to_recordset($1::json) AS x (scope text, id text, touched bigint, input_tokens bigint, output_tokens bigint, cost_usd float8)
    ON CONFLICT (scope, id) DO UPDATE SET touched = EXCLUDED.touched, input_tokens = s.input_tokens + EXCLUDED.input_tokens,
    output_tokens = s.output_tokens + EXCLUDED.output_tokens, cost_usd = s.cost_usd + EXCLUDED.cost_usd`, ledger.spending)
  const told = ledger.events.length > 0 || rows.logs.values.length > 0
  const { lines, head } = chain(ledger.audit, { seq: heads.audit_seq, hash: heads.audit_hash })
  statement.addRows(`INSERT INTO cortex.audit (seq, at, task_id, batch_id, line)
    SELECT seq, at, task_id, batch_id, line FROM json_to_recordset($1::json) AS x (seq bigint, at text, task_id text, batch_id text, line text)`, lines)
  const after = headsAfter(heads, ledger, rows)
  if (after.last_seq > heads.last_seq || after.last_log > heads.last_log || lines.length > 0) {
    statement.add('UPDATE cortex.heads SET last_seq = $1::bigint, last_log = $2::bigint, audit_seq = $3::bigint, audit_hash = $4::text',
      after.last_seq, after.last_log, head.seq, head.hash)
  }
  // One notification a group: one a row would cost more than half of the inserts.
  if (statement.values.length > 0) await connection.query(statement.text(told ? `SELECT pg_notify('${channel}', '')` : 'SELECT 1'), statement.values)
}

function addTasks (statement: Statement, rows: PostgresRows): void {
  const inserted = new Set(rows.inserted.values)
  const written = rows.records.written().flatMap(([, stored]) => stored ?? [])
  const fresh = written.filter(({ record }) => inserted.has(record.task.id))
  const changed = written.filter(({ record }) => !inserted.has(record.task.id))
  statement.addRows(`INSERT INTO cortex.tasks (id, status, category, master, rank, ready, busy, target, due, attempt, ended, ref, batch_id, conversation_id, parent_id, title, log_total, fixed, state)
    SELECT id, status, category, master, rank, ready, busy, target, due, attempt, ended, ref, batch_id, conversation_id, parent_id, title, log_total, fixed, state FROM json_to_recordset($1::json) AS x (
      id text, status text, category text, master text, rank float8, ready boolean, busy boolean, target text, due bigint, attempt int, ended bigint, ref text, batch_id text,
      conversation_id text, parent_id text, title text, log_total bigint, fixed text, state text)`, fresh.map(toInsert))
  statement.addRows(`UPDATE cortex.tasks t SET status = x.status, master = x.master, rank = x.rank, ready = x.ready, busy = x.busy, due = x.due, attempt = x.attempt, ended = x.ended, log_total = x.log_total, state = x.state
    FROM json_to_recordset($1::json) AS x (id text, status text, master text, rank float8, ready boolean, busy boolean, due bigint, attempt int, ended bigint, log_total bigint, state text) WHERE t.id = x.id`,
  changed.map(toUpdate))
  // What was only made in this transaction has nothing before it, though it may have been changed since.
  const before = (id: string) => inserted.has(id) ? undefined : rows.originals.get(id)
  const edges = written.flatMap(({ record: { task } }) => task.depends_on.filter((needs) => !before(task.id)?.task.depends_on.includes(needs)).map((needs) => ({ needs, task_id: task.id })))
  statement.addRows('INSERT INTO cortex.dependencies SELECT * FROM json_to_recordset($1::json) AS x (needs text, task_id text) ON CONFLICT DO NOTHING', edges)
  const missing = fresh.flatMap(({ record: { task, missing_refs: refs } }) => refs.map((ref) => ({ batch_id: task.batch_id, ref, task_id: task.id })))
  statement.addRows('INSERT INTO cortex.missing_refs SELECT * FROM json_to_recordset($1::json) AS x (batch_id text, ref text, task_id text)', missing)
  const found = changed.flatMap(({ record }) => foundRefs(record, before(record.task.id)))
  statement.addRows(`DELETE FROM cortex.missing_refs m USING json_to_recordset($1::json) AS x (batch_id text, ref text, task_id text)
    WHERE m.batch_id = x.batch_id AND m.ref = x.ref AND m.task_id = x.task_id`, found)
}

function foundRefs ({ task, missing_refs: now }: TaskRecord, before: TaskRecord | undefined): object[] {
  return before?.missing_refs.filter((ref) => !now.includes(ref)).map((ref) => ({ batch_id: task.batch_id, ref, task_id: task.id })) ?? []
}

function toInsert ({ record, log_total: total }: StoredRecord): object {
  const { task } = record
  return {
    ...toUpdate({ record, log_total: total }),
    category: task.payload.category,
    target: task.target,
    ref: task.ref,
    batch_id: task.batch_id,
    conversation_id: task.conversation_id,
    parent_id: task.parent_id,
    title: task.payload.title,
    fixed: fixedPart(task)
  }
}

function toUpdate ({ record, log_total: total }: StoredRecord): object {
  const { task } = record
  return {
    id: task.id,
    status: task.status,
    master: task.assigned_to,
    rank: record.rank,
    ready: record.ready,
    busy: record.dispatched,
    due: dueOf(record),
    attempt: task.attempt,
    ended: endedOf(record),
    log_total: total,
    state: statePart(record)
  }
}

function addBelongings (statement: Statement, rows: PostgresRows, lastLog: number): void {
  statement.addRows('INSERT INTO cortex.idempotency SELECT scope, key, input_hash, task_id FROM json_to_recordset($1::json) AS x (scope text, key text, input_hash text, task_id text)', rows.newIdempotents.values)
  statement.addRows(`INSERT INTO cortex.batches SELECT id, ${databaseClock}, false FROM json_to_recordset($1::json) AS x (id text)
    ON CONFLICT (id) DO UPDATE SET touched = EXCLUDED.touched, closed = false`, rows.touched.written().map(([id]) => ({ id })))
  // One that was opened and answered by operations of one group stands once, as it was left.
  const approvals = new Map(rows.approvals.values.map((approval) => [approval.id, approval]))
  statement.addRows(`INSERT INTO cortex.approvals (id, task_id, conversation_id, status, doc)
    SELECT id, task_id, conversation_id, status, doc FROM json_to_recordset($1::json) AS x (id text, task_id text, conversation_id text, status text, doc text)
    ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status, doc = EXCLUDED.doc`,
  [...approvals.values()].map((approval) => ({ id: approval.id, task_id: approval.task_id, conversation_id: approval.conversation_id, status: approval.status, doc: JSON.stringify(approval) })))
  statement.addRows('INSERT INTO cortex.logs SELECT task_id, n, seq, doc FROM json_to_recordset($1::json) AS x (task_id text, n bigint, seq bigint, doc text)',
    rows.logs.values.map((line, index) => ({ ...line, seq: lastLog + index + 1 })))
  statement.addRows(`INSERT INTO cortex.journal (task_id, key, value)
    SELECT task_id, key, value FROM json_to_recordset($1::json) AS x (task_id text, key text, value text)
    ON CONFLICT (task_id, key) DO UPDATE SET value = EXCLUDED.value`,
  rows.journal.written().flatMap(([key, value]) => {
    const [taskId, name] = JSON.parse(key) as [string, string]
    return value === null ? [] : { task_id: taskId, key: name, value }
  }))
}

function addLeases (statement: Statement, { ledger, leaseDuration }: WriteOptions): void {
  const begun = new Map<string, object>()
  const ended: string[] = []
  const asked = new Map<string, object>()
  for (const change of ledger.leases) {
    if (change.ended !== null && !begun.delete(change.ended)) ended.push(change.ended)
    const { lease, task, cancel } = change.record
    if (!lease) continue
    const row = { id: lease.id, task_id: task.id, agent_id: lease.agent_id, cancel_reason: cancel?.reason ?? null }
    if (change.begun || begun.has(lease.id)) begun.set(lease.id, row)
    else asked.set(lease.id, row)
  }
  for (const id of ended) asked.delete(id)
  statement.addRows(`INSERT INTO cortex.leases (id, task_id, agent_id, expires_at, cancel_reason) SELECT id, task_id, agent_id, clock_timestamp() + $2::float8 * interval '1 millisecond', cancel_reason
    FROM json_to_recordset($1::json) AS x (id text, task_id text, agent_id text, cancel_reason text)`, [...begun.values()], leaseDuration)
  statement.addRows('DELETE FROM cortex.leases l USING json_array_elements_text($1::json) AS x (id) WHERE l.id = x.id', ended)
  statement.addRows('UPDATE cortex.leases l SET cancel_reason = x.cancel_reason FROM json_to_recordset($1::json) AS x (id text, cancel_reason text) WHERE l.id = x.id', [...asked.values()])
}

/** What seldom happens, each in a statement of its own. */
async function writeRarely (connection: Connection, rows: PostgresRows): Promise<void> {
  for (const { task_id: taskId, kept } of rows.clearedJournals.values) await connection.query('DELETE FROM cortex.journal WHERE task_id = $1 AND NOT starts_with(key, $2)', [taskId, kept])
  for (const { task_id: taskId, below } of rows.trimmedLogs.values) await connection.query('DELETE FROM cortex.logs WHERE task_id = $1 AND n < $2', [taskId, below])
  if (rows.closed.values.length > 0) {
    await connection.query('UPDATE cortex.batches SET closed = true WHERE id = ANY($1)', [rows.closed.values])
    await connection.query('DELETE FROM cortex.missing_refs WHERE batch_id = ANY($1)', [rows.closed.values])
  }
  for (const before of rows.forgottenBatches.values) {
    await connection.query('DELETE FROM cortex.batches WHERE closed AND touched < $1', [before.getTime()])
    // The turns that were counted go with the sum they are in.
    await connection.query('DELETE FROM cortex.idempotency i USING cortex.spending s WHERE i.scope = $1 AND s.scope = \'conversation\' AND i.task_id = s.id AND s.touched < $2', [turnScope, before.getTime()])
    await connection.query('DELETE FROM cortex.spending WHERE touched < $1', [before.getTime()])
  }
  for (const master of rows.newMasters.values) {
    await connection.query('INSERT INTO cortex.masters (id, doc) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET doc = EXCLUDED.doc', [master.id, JSON.stringify(master)])
  }
  for (const { seq } of rows.droppedAudit.values) await connection.query('DELETE FROM cortex.audit WHERE seq <= $1', [seq])
  for (const { task_id: taskId, lines } of rows.archivedLogs.values) {
    const [first, last] = [lines[0]?.n ?? 0, lines.at(-1)?.n ?? 0]
    await connection.query('INSERT INTO cortex.archived_logs (task_id, n, lines, body) VALUES ($1, $2, $3, $4::bytea)', [taskId, first, lines.length, hex(packLog(lines.map(({ doc }) => doc)))])
    await connection.query('DELETE FROM cortex.logs WHERE task_id = $1 AND n <= $2', [taskId, last])
  }
  for (const { day, tasks, keys } of rows.archives.values) {
    const ids = tasks.map(({ task }) => task.id)
    const body = hex(packArchivePart(tasks))
    await connection.query(`WITH made AS (INSERT INTO cortex.archive (day, body) VALUES ($1, $2::bytea) RETURNING part)
      INSERT INTO cortex.archived_tasks (id, title, status, part) SELECT t.id, t.title, t.status, made.part FROM cortex.tasks t, made WHERE t.id = ANY($3)`, [day, body, ids])
    await connection.query('DELETE FROM cortex.idempotency i USING json_to_recordset($1::json) AS x (scope text, key text) WHERE i.scope = x.scope AND i.key = x.key',
      [JSON.stringify(keys)])
    // All events up to theirs, which are as old: with a gap, a reader that comes back could not be told what it missed.
    await connection.query('DELETE FROM cortex.events WHERE seq <= (SELECT max(seq) FROM cortex.events WHERE task_id = ANY($1))', [ids])
    for (const table of ['approvals', 'logs', 'journal', 'dependencies', 'missing_refs']) await connection.query(`DELETE FROM cortex.${table} WHERE task_id = ANY($1)`, [ids])
    await connection.query('DELETE FROM cortex.dependencies WHERE needs = ANY($1)', [ids])
    await connection.query('DELETE FROM cortex.tasks WHERE id = ANY($1)', [ids])
  }
}

function hex (body: Buffer): string {
  return `\\x${body.toString('hex')}`
}
