import type { DatabaseSync } from 'node:sqlite'
import type { Task } from '@cortex/contracts'
import { findableTask, wordsOf } from '../../domain/findable.ts'
import { StoreTooNew } from '../../errors.ts'

/** Each runs once, in order; `user_version` counts those that ran. Never edit one that was released: add another. */
export const migrations: readonly string[] = [`
  CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX conversations_by_activity ON conversations (updated_at DESC, id DESC);

  CREATE TABLE messages (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    client_id TEXT,
    seq INTEGER NOT NULL,
    text TEXT NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (conversation_id, client_id)
  ) STRICT;
  CREATE INDEX messages_by_conversation ON messages (conversation_id, position);

  CREATE TABLE turns (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    state TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX turns_to_run ON turns (conversation_id, position) WHERE state <> 'done';

  CREATE TABLE transcript (
    turn_id TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (turn_id, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (conversation_id, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tasks (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    batch_id TEXT,
    ended INTEGER NOT NULL,
    rev INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX tasks_by_batch ON tasks (conversation_id, batch_id, ended);

  CREATE TABLE reported_batches (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE approvals (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX approvals_by_conversation ON approvals (conversation_id, position);

  CREATE TABLE feed (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    cursor INTEGER NOT NULL
  ) STRICT;
`, `
  ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT 'local';
  ALTER TABLE conversations ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE conversations ADD COLUMN model TEXT;
  CREATE TABLE digests (
    conversation_id TEXT PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE findable (
    position INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    words TEXT NOT NULL,
    UNIQUE (kind, id)
  ) STRICT;
  CREATE INDEX findable_by_conversation ON findable (conversation_id);
  CREATE VIRTUAL TABLE found USING fts5(words, content='findable', content_rowid='position');
  CREATE TRIGGER findable_added AFTER INSERT ON findable BEGIN
    INSERT INTO found (rowid, words) VALUES (new.position, new.words);
  END;
  CREATE TRIGGER findable_removed AFTER DELETE ON findable BEGIN
    INSERT INTO found (found, rowid, words) VALUES ('delete', old.position, old.words);
  END;
  CREATE TRIGGER findable_changed AFTER UPDATE OF words ON findable BEGIN
    INSERT INTO found (found, rowid, words) VALUES ('delete', old.position, old.words);
    INSERT INTO found (rowid, words) VALUES (new.position, new.words);
  END;
  INSERT INTO findable (conversation_id, kind, id, at, text, words)
    SELECT id, 'title', id, created_at, title, cortex_words(title) FROM conversations WHERE title <> '';
  INSERT INTO findable (conversation_id, kind, id, at, text, words)
    SELECT conversation_id, 'message', id, record ->> 'created_at', substr(text, 1, 100000), cortex_words(substr(text, 1, 100000)) FROM messages WHERE text <> '' ORDER BY position;
  ALTER TABLE messages DROP COLUMN text;
  INSERT INTO findable (conversation_id, kind, id, at, text, words)
    SELECT conversation_id, 'task', id, record ->> '$.metadata.created_at', cortex_task_text(record), cortex_words(cortex_task_text(record)) FROM tasks ORDER BY position;
`]

export function migrate (db: DatabaseSync, steps = migrations): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version > steps.length) throw new StoreTooNew(version, steps.length)
  db.function('cortex_words', { deterministic: true }, (text) => wordsOf(String(text)).join(' '))
  db.function('cortex_task_text', { deterministic: true }, (record) => findableTask(JSON.parse(String(record)) as Task).text)
  for (const [index, migration] of steps.entries()) {
    if (index < version) continue
    db.exec(`BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}
