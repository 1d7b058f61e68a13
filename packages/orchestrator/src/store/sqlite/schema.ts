/** Each entry brings the schema one version further; `PRAGMA user_version` says how many have run. Entries are never edited, only added. */
export const migrations: readonly string[] = [`
CREATE TABLE tasks (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  category TEXT NOT NULL,
  master TEXT NOT NULL,
  rank REAL NOT NULL,
  ready INTEGER NOT NULL,
  busy INTEGER NOT NULL,
  target TEXT,
  due INTEGER,
  ref TEXT,
  batch_id TEXT,
  conversation_id TEXT,
  parent_id TEXT,
  title TEXT NOT NULL,
  log_total INTEGER NOT NULL DEFAULT 0,
  fixed TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE INDEX tasks_status ON tasks (status, n);
CREATE INDEX tasks_category ON tasks (category, n);
CREATE INDEX tasks_conversation ON tasks (conversation_id, n) WHERE conversation_id IS NOT NULL;
CREATE INDEX tasks_batch ON tasks (batch_id, n) WHERE batch_id IS NOT NULL;
CREATE INDEX tasks_parent ON tasks (parent_id, n) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_ready ON tasks (master, rank) WHERE ready = 1 AND busy = 0;
CREATE INDEX tasks_ready_target ON tasks (target) WHERE ready = 1 AND busy = 0 AND target IS NOT NULL;
CREATE INDEX tasks_busy ON tasks (busy) WHERE busy = 1;
CREATE INDEX tasks_due ON tasks (due) WHERE due IS NOT NULL;

CREATE TABLE dependencies (needs TEXT NOT NULL, task_id TEXT NOT NULL, PRIMARY KEY (needs, task_id)) STRICT, WITHOUT ROWID;
CREATE TABLE missing_refs (batch_id TEXT NOT NULL, ref TEXT NOT NULL, task_id TEXT NOT NULL, PRIMARY KEY (batch_id, ref, task_id)) STRICT, WITHOUT ROWID;
CREATE TABLE batches (id TEXT PRIMARY KEY, touched INTEGER NOT NULL, closed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX batches_open ON batches (touched) WHERE closed = 0;
CREATE TABLE idempotency (scope TEXT NOT NULL, key TEXT NOT NULL, input_hash TEXT NOT NULL, task_id TEXT NOT NULL, PRIMARY KEY (scope, key)) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  task_id TEXT NOT NULL,
  conversation_id TEXT,
  status TEXT NOT NULL,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX approvals_task ON approvals (task_id, n);
CREATE INDEX approvals_status ON approvals (status, n);

CREATE TABLE logs (task_id TEXT NOT NULL, n INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (task_id, n)) STRICT, WITHOUT ROWID;
CREATE TABLE journal (n INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (task_id, key)) STRICT;
CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, type TEXT NOT NULL, at TEXT NOT NULL, approval_id TEXT) STRICT;
`, `
ALTER TABLE tasks ADD COLUMN ended INTEGER;
UPDATE tasks SET ended = CAST(round((julianday(json_extract(state, '$.task.metadata.updated_at')) - 2440587.5) * 86400000) AS INTEGER)
  WHERE status IN ('completed', 'failed', 'cancelled');
CREATE INDEX tasks_ended ON tasks (ended) WHERE ended IS NOT NULL;
CREATE INDEX tasks_retry_due ON tasks (due) WHERE due IS NOT NULL AND json_extract(state, '$.task.attempt') > 0;
CREATE INDEX dependencies_task ON dependencies (task_id);

CREATE VIRTUAL TABLE titles USING fts5 (title, content = '', contentless_delete = 1, tokenize = 'trigram', detail = 'none');
CREATE TABLE titles_head (n INTEGER NOT NULL) STRICT;
INSERT INTO titles_head VALUES (0);

CREATE TABLE masters (id TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE counts (
  status TEXT NOT NULL,
  category TEXT NOT NULL,
  master TEXT NOT NULL,
  tasks INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  PRIMARY KEY (status, category, master)
) STRICT, WITHOUT ROWID;
INSERT INTO counts SELECT status, category, master, count(*), coalesce(sum(json_extract(state, '$.task.usage.input_tokens')), 0),
  coalesce(sum(json_extract(state, '$.task.usage.output_tokens')), 0), coalesce(sum(json_extract(state, '$.task.usage.cost_usd')), 0.0) FROM tasks GROUP BY status, category, master;

CREATE TABLE archive (part INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX archive_day ON archive (day);
CREATE TABLE archived_tasks (id TEXT PRIMARY KEY, title TEXT NOT NULL, status TEXT NOT NULL, part INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX archived_tasks_part ON archived_tasks (part);
`, `
CREATE TABLE audit (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, task_id TEXT, batch_id TEXT, line TEXT NOT NULL) STRICT;
CREATE INDEX audit_task ON audit (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX audit_batch ON audit (batch_id) WHERE batch_id IS NOT NULL;
CREATE TABLE spending (
  scope TEXT NOT NULL, id TEXT NOT NULL, touched INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL, PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX spending_touched ON spending (touched);
INSERT INTO spending SELECT 'batch', batch_id, unixepoch() * 1000, sum(json_extract(state, '$.task.usage.input_tokens')), sum(json_extract(state, '$.task.usage.output_tokens')),
  sum(json_extract(state, '$.task.usage.cost_usd')) FROM tasks WHERE batch_id IS NOT NULL AND json_extract(state, '$.task.usage') IS NOT NULL GROUP BY batch_id;
INSERT INTO spending SELECT 'conversation', conversation_id, unixepoch() * 1000, sum(json_extract(state, '$.task.usage.input_tokens')), sum(json_extract(state, '$.task.usage.output_tokens')),
  sum(json_extract(state, '$.task.usage.cost_usd')) FROM tasks WHERE conversation_id IS NOT NULL AND json_extract(state, '$.task.usage') IS NOT NULL GROUP BY conversation_id;
CREATE TABLE audit_head (seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
INSERT INTO audit_head VALUES (0, 'sha256:0000000000000000000000000000000000000000000000000000000000000000');
`, `
CREATE TABLE archived_logs (task_id TEXT NOT NULL, n INTEGER NOT NULL, lines INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (task_id, n)) STRICT, WITHOUT ROWID;
`, `
ALTER TABLE counts ADD COLUMN sub_tasks INTEGER NOT NULL DEFAULT 0;
`, `
CREATE INDEX tasks_ref ON tasks (batch_id, ref) WHERE ref IS NOT NULL;
`]

/** The newest version this program knows. */
export const schemaVersion = migrations.length
