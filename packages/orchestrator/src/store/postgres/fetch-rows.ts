import type { Approval, AuditHead, LogLine, TaskStatus } from '@cortex/contracts'
import type { Candidate } from '../../domain/admission.ts'
import type { KnownMaster } from '../../domain/routing.ts'
import { toRecord, type RecordTexts } from '../record-row.ts'
import type { Archivable, BusyTask } from '../rows.ts'
import { keptLogLines } from '../task-store.ts'
import { dueBounds, isDue } from './due.ts'
import type { Wanted } from './row-cache.ts'
import type { Connection } from './postgres.ts'
import type { Belongings, PostgresRows } from './postgres-rows.ts'

type Fetch = (connection: Connection, rows: PostgresRows, keys: readonly string[]) => Promise<void>

/** Fetches what operations asked for, all of one kind in one statement. */
export async function fetchRows (connection: Connection, rows: PostgresRows, wanted: readonly Wanted[]): Promise<void> {
  for (const [kind, asked] of Map.groupBy(wanted, (each) => each.kind)) {
    const fetch = fetches[kind]
    if (!fetch) throw new RangeError(`nothing fetches ${kind}`)
    await fetch(connection, rows, [...new Set(asked.map(({ key }) => key))])
  }
}

const fetches: Readonly<Record<string, Fetch>> = {
  record: fetchRecords,
  name: fetchNames,
  dependents: fetchDependents,
  leased: fetchLeased,
  idempotent: fetchIdempotents,
  ref: fetchRefs,
  waiting: fetchWaiting,
  lengths: fetchLengths,
  search: async (connection, rows, keys) => { for (const key of keys) await search(connection, rows, key) }
}

interface RecordRow extends RecordTexts { id: string, log_total: number }

/** What goes with each record that is asked for. */
const besideRecord = `t.id, t.fixed, t.state, t.log_total, (SELECT a.doc FROM cortex.approvals a WHERE a.task_id = t.id ORDER BY a.n DESC LIMIT 1) AS approval,
  EXISTS (SELECT 1 FROM cortex.dependencies d WHERE d.needs = t.id) AS needed`

interface WholeRow extends RecordRow { approval: string | null, needed: boolean }

function keepWhole (rows: PostgresRows, { approval, needed, ...row }: WholeRow): void {
  keep(rows, row)
  rows.newestApproval.fetched(row.id, approval === null ? null : JSON.parse(approval) as Approval)
  if (!needed) rows.needing.fetched(row.id, [])
}

async function fetchRecords (connection: Connection, rows: PostgresRows, ids: readonly string[]): Promise<void> {
  for (const row of await connection.query<WholeRow>(`SELECT ${besideRecord} FROM cortex.tasks t WHERE t.id = ANY($1)`, [ids])) keepWhole(rows, row)
  const absent = ids.filter((id) => !rows.records.has(id))
  if (absent.length === 0) return
  const archived = await connection.query<{ id: string, title: string, status: TaskStatus }>('SELECT id, title, status FROM cortex.archived_tasks WHERE id = ANY($1)', [absent])
  for (const { id, ...name } of archived) rows.archived.fetched(id, name)
  for (const id of absent) {
    rows.records.fetched(id, null)
    rows.archived.fetched(id, null)
    rows.newestApproval.fetched(id, null)
    rows.needing.fetched(id, [])
  }
}

function keep (rows: PostgresRows, { id, log_total: total, ...texts }: RecordRow): void {
  if (rows.records.has(id)) return
  rows.records.fetched(id, { record: toRecord(texts), log_total: total })
  rows.archived.fetched(id, null)
}

async function fetchNames (connection: Connection, rows: PostgresRows, ids: readonly string[]): Promise<void> {
  const found = await connection.query<{ id: string, title: string, status: TaskStatus, archived: boolean }>(`
    SELECT id, title, status, false AS archived FROM cortex.tasks WHERE id = ANY($1) UNION ALL SELECT id, title, status, true FROM cortex.archived_tasks WHERE id = ANY($1)`, [ids])
  for (const { id, ...name } of found) rows.names.fetched(id, name)
  for (const id of ids) rows.names.fetched(id, null)
}

/** All that needs these, directly or through others, with their records. */
async function fetchDependents (connection: Connection, rows: PostgresRows, ids: readonly string[]): Promise<void> {
  const edges = await connection.query<{ needs: string, task_id: string }>(`
    WITH RECURSIVE reached (id) AS (
      SELECT unnest($1::text[])
      UNION SELECT d.task_id FROM cortex.dependencies d JOIN reached ON d.needs = reached.id
    ) SELECT d.needs, d.task_id FROM reached JOIN cortex.dependencies d ON d.needs = reached.id`, [ids])
  for (const [needs, each] of Map.groupBy(edges, (edge) => edge.needs)) rows.needing.fetched(needs, each.map((edge) => edge.task_id))
  const needing = [...new Set(edges.map((edge) => edge.task_id))]
  for (const id of [...ids, ...needing]) rows.needing.fetched(id, [])
  const missing = needing.filter((id) => !rows.records.has(id))
  if (missing.length > 0) await fetchRecords(connection, rows, missing)
}

/** With their tasks. */
async function fetchLeased (connection: Connection, rows: PostgresRows, leaseIds: readonly string[]): Promise<void> {
  const found = await connection.query<WholeRow & { lease: string }>(`SELECT l.id AS lease, ${besideRecord} FROM cortex.leases l JOIN cortex.tasks t ON t.id = l.task_id WHERE l.id = ANY($1)`, [leaseIds])
  for (const { lease, ...row } of found) {
    rows.leased.fetched(lease, row.id)
    keepWhole(rows, row)
  }
  for (const id of leaseIds) rows.leased.fetched(id, null)
}

async function fetchIdempotents (connection: Connection, rows: PostgresRows, keys: readonly string[]): Promise<void> {
  const pairs = keys.map((key) => JSON.parse(key) as [scope: string, key: string])
  const found = await connection.query<{ scope: string, key: string, task_id: string, input_hash: string }>(`
    SELECT scope, key, task_id, input_hash FROM cortex.idempotency JOIN unnest($1::text[], $2::text[]) AS asked (scope, key) USING (scope, key)`,
  [pairs.map(([scope]) => scope), pairs.map(([, key]) => key)])
  for (const { scope, key, ...task } of found) rows.idempotents.fetched(JSON.stringify([scope, key]), task)
  for (const key of keys) rows.idempotents.fetched(key, null)
}

async function fetchRefs (connection: Connection, rows: PostgresRows, keys: readonly string[]): Promise<void> {
  const pairs = keys.map((key) => JSON.parse(key) as [batchId: string, ref: string])
  const found = await connection.query<{ batch_id: string, ref: string, id: string }>(`
    SELECT batch_id, ref, id FROM cortex.tasks JOIN unnest($1::text[], $2::text[]) AS asked (batch_id, ref) USING (batch_id, ref) ORDER BY n DESC`,
  [pairs.map(([batchId]) => batchId), pairs.map(([, ref]) => ref)])
  for (const { batch_id: batchId, ref, id } of found) rows.refs.fetched(JSON.stringify([batchId, ref]), id)
  for (const key of keys) rows.refs.fetched(key, null)
}

async function fetchWaiting (connection: Connection, rows: PostgresRows, keys: readonly string[]): Promise<void> {
  const pairs = keys.map((key) => JSON.parse(key) as [batchId: string, ref: string])
  const found = await connection.query<RecordRow & { batch: string, name: string }>(`
    SELECT t.id, t.fixed, t.state, t.log_total, m.batch_id AS batch, m.ref AS name FROM cortex.missing_refs m
    JOIN unnest($1::text[], $2::text[]) AS asked (batch_id, ref) USING (batch_id, ref) JOIN cortex.tasks t ON t.id = m.task_id ORDER BY t.n`,
  [pairs.map(([batchId]) => batchId), pairs.map(([, ref]) => ref)])
  const groups = Map.groupBy(found, ({ batch, name }) => JSON.stringify([batch, name]))
  for (const { batch: _, name: __, ...row } of found) keep(rows, row)
  for (const key of keys) rows.waiting.fetched(key, groups.get(key)?.map(({ id }) => id) ?? [])
}

async function fetchLengths (connection: Connection, rows: PostgresRows, taskIds: readonly string[]): Promise<void> {
  const found = await connection.query<{ task_id: string, key: string, length: number }>('SELECT task_id, key, octet_length(value) AS length FROM cortex.journal WHERE task_id = ANY($1)', [taskIds])
  const tasks = Map.groupBy(found, (each) => each.task_id)
  for (const taskId of taskIds) rows.lengths.fetched(taskId, new Map(tasks.get(taskId)?.map(({ key, length }) => [key, length])))
}

/** What an operation that runs alone looks for in the whole store. */
async function search (connection: Connection, rows: PostgresRows, key: string): Promise<void> {
  const [what, ...given] = JSON.parse(key) as [keyof typeof searches, ...unknown[]]
  const found = await searches[what](connection, given)
  if (what === 'batch') for (const row of found as RecordRow[]) keep(rows, row)
  if (what === 'queuedOn' || what === 'lockedOn' || what === 'due' || what === 'orphans' || what === 'waitingFor') {
    for (const row of found as RecordRow[]) keep(rows, row)
    rows.searches.fetched(key, (found as RecordRow[]).map(({ id }) => rows.record(id)))
  } else rows.searches.fetched(key, what === 'batch' ? (found as RecordRow[]).map(({ id }) => id) : found)
}

const recordColumns = 'id, fixed, state, log_total'

/** Bytes of what belongs to a task that was found. */
const sizeOf = (column: string, table: string) => `coalesce((SELECT sum(octet_length(${column})) FROM cortex.${table} WHERE task_id = found.id), 0)`

// A text that holds a NUL or half of a letter, as its escape, is no JSON to PostgreSQL's operators; and within a text no quote stands without a
// backslash, so a key is found as it stands.
const searches = {
  batch: (connection: Connection, given: readonly unknown[]) => connection.query<RecordRow>(`SELECT ${recordColumns} FROM cortex.tasks WHERE batch_id = $1 ORDER BY n`, given),

  candidates: (connection: Connection, given: readonly unknown[]) => connection.query<Candidate>(`
    SELECT found.id, found.master, found.target FROM unnest($1::text[]) AS asked (master), LATERAL (
      SELECT id, t.master, target, rank FROM cortex.tasks t WHERE ready AND NOT busy AND t.master = asked.master
        AND (target IS NULL OR NOT EXISTS (SELECT 1 FROM cortex.tasks holder WHERE holder.busy AND holder.target = t.target)) ORDER BY rank LIMIT $2
    ) found ORDER BY found.rank`, given),

  busy: (connection: Connection) => connection.query<BusyTask>('SELECT id, master, target, title FROM cortex.tasks WHERE busy'),

  queuedOn: (connection: Connection, given: readonly unknown[]) => connection.query<RecordRow>(`
    SELECT ${recordColumns} FROM cortex.tasks WHERE ready AND NOT busy AND status = 'queued' AND target = ANY($1) LIMIT $2`, given),

  lockedOn: (connection: Connection, given: readonly unknown[]) => connection.query<RecordRow>(`
    SELECT found.* FROM unnest($1::text[]) AS asked (target), LATERAL (
      SELECT ${recordColumns} FROM cortex.tasks t WHERE ready AND NOT busy AND status = 'waiting' AND t.target = asked.target ORDER BY rank LIMIT $2
    ) found`, given),

  due: (connection: Connection, given: readonly unknown[]) => connection.query<RecordRow>(`
    SELECT ${recordColumns} FROM cortex.tasks WHERE ${isDue} ORDER BY due LIMIT $3`, [...dueBounds(new Date(Number(given[0]))), given[1]]),

  orphans: (connection: Connection, given: readonly unknown[]) => connection.query<RecordRow>(`
    SELECT ${recordColumns} FROM cortex.tasks, LATERAL (SELECT substring(state FROM '"updated_at":"([^"]+)"') AS at) changed
      WHERE busy AND position('"lease":null' IN state) > 0 AND (at < $1 OR at > $2) LIMIT $3`, given),

  waitingFor: (connection: Connection, given: readonly unknown[]) => connection.query<RecordRow>(`
    SELECT ${recordColumns} FROM cortex.tasks WHERE master = $1 AND category = $2 AND NOT busy AND ended IS NULL LIMIT $3`, given),

  archivable: (connection: Connection, given: readonly unknown[]) => connection.query<Archivable>(`
    SELECT id, ended, lines, CASE WHEN lines <= $3 THEN octet_length(fixed) + octet_length(state) + ${sizeOf('doc', 'approvals')} + ${sizeOf('doc', 'logs')} + ${sizeOf('value', 'journal')} END AS size FROM (
      SELECT id, ended, fixed, state, log_total - coalesce((SELECT min(n) FROM cortex.logs WHERE task_id = t.id), log_total) AS lines FROM cortex.tasks t WHERE ended IS NOT NULL AND ended < $1
        AND NOT EXISTS (SELECT 1 FROM cortex.dependencies d JOIN cortex.tasks needing ON needing.id = d.task_id WHERE d.needs = t.id AND needing.ended IS NULL)
        AND NOT EXISTS (SELECT 1 FROM cortex.tasks whole WHERE whole.id = t.parent_id)
        ORDER BY ended LIMIT $2
    ) found ORDER BY ended`, given),

  oldestLog: (connection: Connection, given: readonly unknown[]) => connection.query<{ n: number, doc: string }>('SELECT n, doc FROM cortex.logs WHERE task_id = $1 ORDER BY n LIMIT $2', given),

  masters: async (connection: Connection) => (await connection.query<{ doc: string }>('SELECT doc FROM cortex.masters ORDER BY id')).map(({ doc }) => JSON.parse(doc) as KnownMaster),

  droppableAudit: async (connection: Connection, given: readonly unknown[]): Promise<AuditHead | null> => (await connection.query<AuditHead>(`
    WITH bounds AS (SELECT (SELECT min(seq) FROM cortex.audit) AS first,
      coalesce((SELECT seq FROM cortex.audit WHERE at >= $1 ORDER BY seq LIMIT 1), (SELECT max(seq) + 1 FROM cortex.audit)) AS kept)
    SELECT seq, substring(line FROM '"hash":"([^"]+)"}$') AS hash FROM bounds JOIN cortex.audit ON seq = least(kept - 1, first + $2::bigint - 1) WHERE kept > first`, given))[0] ?? null,

  belongings: async (connection: Connection, [taskId]: readonly unknown[]): Promise<Belongings> => {
    const approvals = await connection.query<{ doc: string }>('SELECT doc FROM cortex.approvals WHERE task_id = $1 ORDER BY n', [taskId])
    const log = await connection.query<{ doc: string }>('SELECT doc FROM cortex.logs WHERE task_id = $1 ORDER BY n LIMIT $2', [taskId, keptLogLines])
    const [task] = await connection.query<{ log_total: number }>('SELECT log_total FROM cortex.tasks WHERE id = $1', [taskId])
    return {
      approvals: approvals.map(({ doc }) => JSON.parse(doc) as Approval),
      log: log.map(({ doc }) => JSON.parse(doc) as LogLine),
      log_total: task?.log_total ?? 0
    }
  }
}
