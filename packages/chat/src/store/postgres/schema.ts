/** Each runs once, in order. Never edit one that was released: add another, and let it only add, as two versions run side by side in an upgrade. */
export const migrations: readonly string[] = [`
CREATE TABLE cortex_chat.conversations (
  id text PRIMARY KEY,
  title text NOT NULL,
  owner text NOT NULL,
  shared boolean NOT NULL,
  model text,
  created_at text COLLATE "C" NOT NULL,
  updated_at text COLLATE "C" NOT NULL,
  seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE INDEX conversations_by_activity ON cortex_chat.conversations (updated_at DESC, id DESC);

CREATE TABLE cortex_chat.messages (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  conversation_id text NOT NULL REFERENCES cortex_chat.conversations ON DELETE CASCADE,
  client_id text,
  seq bigint NOT NULL,
  record text NOT NULL,
  UNIQUE (conversation_id, client_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX messages_by_conversation ON cortex_chat.messages (conversation_id, position);

CREATE TABLE cortex_chat.turns (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  conversation_id text NOT NULL REFERENCES cortex_chat.conversations ON DELETE CASCADE,
  state text NOT NULL,
  record text NOT NULL
);
CREATE INDEX turns_by_conversation ON cortex_chat.turns (conversation_id, position);
CREATE INDEX turns_to_run ON cortex_chat.turns (conversation_id, position) WHERE state <> 'done';

CREATE TABLE cortex_chat.transcript (
  turn_id text NOT NULL REFERENCES cortex_chat.turns (id) ON DELETE CASCADE,
  position int NOT NULL,
  record text NOT NULL,
  PRIMARY KEY (turn_id, position)
);
CREATE TABLE cortex_chat.digests (conversation_id text PRIMARY KEY REFERENCES cortex_chat.conversations ON DELETE CASCADE, record text NOT NULL);

CREATE TABLE cortex_chat.events (
  conversation_id text NOT NULL REFERENCES cortex_chat.conversations ON DELETE CASCADE,
  seq bigint NOT NULL,
  record text NOT NULL,
  PRIMARY KEY (conversation_id, seq)
);

CREATE TABLE cortex_chat.tasks (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  conversation_id text NOT NULL REFERENCES cortex_chat.conversations ON DELETE CASCADE,
  batch_id text,
  ended boolean NOT NULL,
  rev bigint NOT NULL,
  record text NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX tasks_by_batch ON cortex_chat.tasks (conversation_id, batch_id, ended);
CREATE TABLE cortex_chat.reported_batches (id text PRIMARY KEY, conversation_id text NOT NULL REFERENCES cortex_chat.conversations ON DELETE CASCADE);

CREATE TABLE cortex_chat.approvals (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  conversation_id text NOT NULL REFERENCES cortex_chat.conversations ON DELETE CASCADE,
  record text NOT NULL
);
CREATE INDEX approvals_by_conversation ON cortex_chat.approvals (conversation_id, position);

CREATE TABLE cortex_chat.findable (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id text NOT NULL REFERENCES cortex_chat.conversations ON DELETE CASCADE,
  kind text NOT NULL,
  id text NOT NULL,
  at text NOT NULL,
  text text NOT NULL,
  words tsvector NOT NULL,
  UNIQUE (kind, id)
);
CREATE INDEX findable_by_conversation ON cortex_chat.findable (conversation_id);
CREATE INDEX findable_words ON cortex_chat.findable USING gin (words);

CREATE TABLE cortex_chat.feed (one boolean PRIMARY KEY DEFAULT true CHECK (one), cursor bigint NOT NULL);
CREATE TABLE cortex_chat.claims (name text PRIMARY KEY, holder text NOT NULL UNIQUE, until timestamptz NOT NULL) WITH (fillfactor = 50);
`]
