/** Of `access.db`. Entries are never edited, only added. */
export const migrations = [`
  CREATE TABLE credentials (id TEXT PRIMARY KEY, kind TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT, doc TEXT NOT NULL) STRICT;
  CREATE INDEX credentials_kind ON credentials (kind, created_at);
  CREATE INDEX credentials_expiry ON credentials (expires_at);
`]

/** The newest version this program knows. */
export const schemaVersion = migrations.length
