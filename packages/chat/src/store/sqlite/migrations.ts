import type { DatabaseSync } from 'node:sqlite'
import { StoreTooNew } from '../../errors.ts'

/** Each runs once, in order; `user_version` counts those that ran. Never edit one that was released: add another. */
const migrations = [`
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
`]

/** The newest version this program knows. */
export const schemaVersion = migrations.length

export function migrate (db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version > migrations.length) throw new StoreTooNew(version, migrations.length)
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue
    db.exec(`BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}
