export interface Migration {
  readonly sql: string
  /**
   * The oldest version of the program's schema that still works on the result. A rolling upgrade runs two versions side by side, so a migration
   * only adds; what it makes superfluous goes in a later release, which then raises this.
   */
  readonly worksWith: number
}

/** Each entry brings the schema one version further. Entries are never edited, only added. */
export const migrations: readonly Migration[] = [{
  worksWith: 1,
  sql: `
CREATE TABLE cortex.heads (one boolean PRIMARY KEY DEFAULT true CHECK (one), last_seq bigint NOT NULL, last_log bigint NOT NULL);
INSERT INTO cortex.heads (last_seq, last_log) VALUES (0, 0);

CREATE TABLE cortex.tasks (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  status text NOT NULL,
  category text NOT NULL,
  master text NOT NULL,
  rank float8 NOT NULL,
  ready boolean NOT NULL,
  busy boolean NOT NULL,
  target text,
  due bigint,
  attempt int NOT NULL,
  ended bigint,
  ref text,
  batch_id text,
  conversation_id text,
  parent_id text,
  title text NOT NULL,
  log_total bigint NOT NULL DEFAULT 0,
  fixed text NOT NULL,
  state text NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX tasks_status ON cortex.tasks (status, n);
CREATE INDEX tasks_category ON cortex.tasks (category, n);
CREATE INDEX tasks_conversation ON cortex.tasks (conversation_id, n) WHERE conversation_id IS NOT NULL;
CREATE INDEX tasks_batch ON cortex.tasks (batch_id, n) WHERE batch_id IS NOT NULL;
CREATE INDEX tasks_parent ON cortex.tasks (parent_id, n) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_ready ON cortex.tasks (master, rank) WHERE ready AND NOT busy;
CREATE INDEX tasks_ready_target ON cortex.tasks (target) WHERE ready AND NOT busy AND target IS NOT NULL;
CREATE INDEX tasks_busy ON cortex.tasks (target) WHERE busy;
CREATE INDEX tasks_due ON cortex.tasks (due) WHERE due IS NOT NULL;
CREATE INDEX tasks_retry_due ON cortex.tasks (due) WHERE due IS NOT NULL AND attempt > 0;
CREATE INDEX tasks_ended ON cortex.tasks (ended) WHERE ended IS NOT NULL;

CREATE TABLE cortex.dependencies (needs text NOT NULL, task_id text NOT NULL, PRIMARY KEY (needs, task_id));
CREATE INDEX dependencies_task ON cortex.dependencies (task_id);
CREATE TABLE cortex.missing_refs (batch_id text NOT NULL, ref text NOT NULL, task_id text NOT NULL, PRIMARY KEY (batch_id, ref, task_id));
CREATE TABLE cortex.batches (id text PRIMARY KEY, touched bigint NOT NULL, closed boolean NOT NULL);
CREATE INDEX batches_open ON cortex.batches (touched) WHERE NOT closed;
CREATE TABLE cortex.idempotency (scope text NOT NULL, key text NOT NULL, input_hash text NOT NULL, task_id text NOT NULL, PRIMARY KEY (scope, key));

CREATE TABLE cortex.leases (id text PRIMARY KEY, task_id text NOT NULL, agent_id text NOT NULL, expires_at timestamptz NOT NULL, cancel_reason text) WITH (fillfactor = 50);
CREATE TABLE cortex.masters (id text PRIMARY KEY, doc text NOT NULL);
CREATE TABLE cortex.counts (
  status text NOT NULL, category text NOT NULL, master text NOT NULL,
  tasks bigint NOT NULL, input_tokens bigint NOT NULL, output_tokens bigint NOT NULL, cost_usd float8 NOT NULL,
  PRIMARY KEY (status, category, master)
) WITH (fillfactor = 50);

CREATE TABLE cortex.approvals (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  task_id text NOT NULL,
  conversation_id text,
  status text NOT NULL,
  doc text NOT NULL
);
CREATE INDEX approvals_task ON cortex.approvals (task_id, n);
CREATE INDEX approvals_status ON cortex.approvals (status, n);

CREATE TABLE cortex.logs (task_id text NOT NULL, n bigint NOT NULL, seq bigint NOT NULL, doc text NOT NULL, PRIMARY KEY (task_id, n));
CREATE INDEX logs_seq ON cortex.logs (seq);
CREATE TABLE cortex.journal (n bigint GENERATED ALWAYS AS IDENTITY, task_id text NOT NULL, key text NOT NULL, value text NOT NULL, PRIMARY KEY (task_id, key));
CREATE TABLE cortex.events (seq bigint PRIMARY KEY, task_id text NOT NULL, type text NOT NULL, at text NOT NULL, before text, status text NOT NULL, approval_id text);

CREATE TABLE cortex.archive (part bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, day text NOT NULL, body bytea NOT NULL);
ALTER TABLE cortex.archive ALTER body SET STORAGE EXTERNAL;
CREATE INDEX archive_day ON cortex.archive (day);
CREATE TABLE cortex.archived_tasks (id text PRIMARY KEY, title text NOT NULL, status text NOT NULL, part bigint NOT NULL);
CREATE INDEX archived_tasks_part ON cortex.archived_tasks (part);
`
}, {
  worksWith: 1,
  sql: `
ALTER TABLE cortex.heads ADD COLUMN audit_seq bigint NOT NULL DEFAULT 0, ADD COLUMN audit_hash text NOT NULL DEFAULT 'sha256:0000000000000000000000000000000000000000000000000000000000000000';
CREATE TABLE cortex.spending (
  scope text NOT NULL, id text NOT NULL, touched bigint NOT NULL, input_tokens bigint NOT NULL, output_tokens bigint NOT NULL, cost_usd float8 NOT NULL, PRIMARY KEY (scope, id)
) WITH (fillfactor = 50);
CREATE INDEX spending_touched ON cortex.spending (touched);
INSERT INTO cortex.spending SELECT scope, sums.id, (extract(epoch FROM now()) * 1000)::bigint, sum((usage ->> 'input_tokens')::bigint), sum((usage ->> 'output_tokens')::bigint), sum((usage ->> 'cost_usd')::float8)
  FROM cortex.tasks, LATERAL (SELECT substring(state FROM '"usage":({[^}]*})')::json AS usage) used, LATERAL (VALUES ('batch', batch_id), ('conversation', conversation_id)) sums (scope, id)
  WHERE sums.id IS NOT NULL AND usage ->> 'cost_usd' IS NOT NULL GROUP BY scope, sums.id;
CREATE TABLE cortex.audit (seq bigint PRIMARY KEY, at text COLLATE "C" NOT NULL, task_id text, batch_id text, line text NOT NULL);
CREATE INDEX audit_task ON cortex.audit (task_id, seq) WHERE task_id IS NOT NULL;
CREATE INDEX audit_batch ON cortex.audit (batch_id, seq) WHERE batch_id IS NOT NULL;
`
}, {
  worksWith: 1,
  sql: `
CREATE TABLE cortex.archived_logs (task_id text NOT NULL, n bigint NOT NULL, lines int NOT NULL, body bytea NOT NULL, PRIMARY KEY (task_id, n));
ALTER TABLE cortex.archived_logs ALTER body SET STORAGE EXTERNAL;
`
}, {
  worksWith: 1,
  sql: `
ALTER TABLE cortex.counts ADD COLUMN sub_tasks bigint NOT NULL DEFAULT 0;
`
}, {
  worksWith: 1,
  sql: `
CREATE TABLE cortex.credentials (
  id text PRIMARY KEY, kind text NOT NULL, hash text NOT NULL UNIQUE, owner text NOT NULL,
  created_at text COLLATE "C" NOT NULL, expires_at text COLLATE "C" NOT NULL, used_at text, doc text NOT NULL
);
CREATE INDEX credentials_kind ON cortex.credentials (kind, created_at);
CREATE INDEX credentials_expiry ON cortex.credentials (expires_at);
`
}, {
  worksWith: 1,
  sql: `
CREATE INDEX tasks_ref ON cortex.tasks (batch_id, ref) WHERE ref IS NOT NULL;
`
}]

/** Searching titles for a part needs the extension pg_trgm, which every PostgreSQL brings and not every user may create. */
export const titleIndex = `
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX IF NOT EXISTS tasks_title ON cortex.tasks USING gin (title gin_trgm_ops);
`
