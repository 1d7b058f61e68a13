import { ownerOnce } from '../owner-once.ts'

const columns = 'id, title, owner, shared, model, created_at, updated_at'

/** What the store reads. */
export const sql = {
  create: `INSERT INTO cortex_chat.conversations (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
  find: `SELECT ${columns} FROM cortex_chat.conversations WHERE id = $1`,
  findWithSeq: `SELECT ${columns}, seq FROM cortex_chat.conversations WHERE id = $1`,
  list: `SELECT ${columns} FROM cortex_chat.conversations
    WHERE (updated_at, id) < ($1, $2) AND ($3::text[] IS NULL OR ${ownerOnce('owner')} = ANY($3))
      AND ($4::text IS NULL OR id IN (SELECT conversation_id FROM cortex_chat.findable WHERE words @@ $4::tsquery))
    ORDER BY updated_at DESC, id DESC LIMIT $5`,
  search: `SELECT f.position, f.conversation_id, c.title AS conversation_title, f.kind, f.id, f.at, f.text
    FROM cortex_chat.findable f JOIN cortex_chat.conversations c ON c.id = f.conversation_id
    WHERE f.words @@ $1::tsquery AND ($2::text[] IS NULL OR ${ownerOnce('c.owner')} = ANY($2)) AND f.position < $3
    ORDER BY f.position DESC LIMIT $4`,
  remove: 'DELETE FROM cortex_chat.conversations WHERE id = $1 RETURNING 1',
  ids: 'SELECT id FROM cortex_chat.conversations ORDER BY updated_at DESC',
  messages: 'SELECT record FROM cortex_chat.messages WHERE conversation_id = $1 ORDER BY position',
  tasks: 'SELECT record FROM cortex_chat.tasks WHERE conversation_id = $1 ORDER BY position',
  approvals: 'SELECT record FROM cortex_chat.approvals WHERE conversation_id = $1 ORDER BY position',
  eventBounds: 'SELECT seq AS newest, (SELECT min(e.seq) FROM cortex_chat.events e WHERE e.conversation_id = c.id) AS oldest FROM cortex_chat.conversations c WHERE id = $1',
  eventsAfter: 'SELECT seq, record FROM cortex_chat.events WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
  posted: 'SELECT record, seq FROM cortex_chat.messages WHERE conversation_id = $1 AND client_id = $2',
  transcript: `SELECT t.record FROM cortex_chat.transcript t JOIN cortex_chat.turns ON turns.id = t.turn_id
    WHERE turns.conversation_id = $1 ORDER BY turns.position, t.position`,
  digest: 'SELECT record FROM cortex_chat.digests WHERE conversation_id = $1',
  turns: 'SELECT record FROM cortex_chat.turns WHERE conversation_id = $1 ORDER BY position',
  nextTurn: "SELECT record FROM cortex_chat.turns WHERE conversation_id = $1 AND state <> 'done' ORDER BY position LIMIT 1",
  countQueued: "SELECT count(*) AS count FROM cortex_chat.turns WHERE conversation_id = $1 AND state = 'queued'",
  withOpenTurns: "SELECT DISTINCT conversation_id AS id FROM cortex_chat.turns WHERE state <> 'done'",
  unfinished: `SELECT conversation_id AS id FROM cortex_chat.turns WHERE state <> 'done'
    UNION SELECT conversation_id FROM cortex_chat.tasks t WHERE batch_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cortex_chat.reported_batches r WHERE r.id = t.batch_id)
    GROUP BY conversation_id, batch_id HAVING bool_and(ended)`,
  batches: `SELECT batch_id AS id, count(*) FILTER (WHERE NOT ended) AS unfinished, EXISTS (SELECT 1 FROM cortex_chat.reported_batches r WHERE r.id = batch_id) AS reported
    FROM cortex_chat.tasks WHERE conversation_id = $1 AND batch_id IS NOT NULL GROUP BY batch_id ORDER BY min(position)`,
  tasksOfBatch: 'SELECT record FROM cortex_chat.tasks WHERE conversation_id = $1 AND batch_id = $2 ORDER BY position',
  conversationOfTask: 'SELECT conversation_id FROM cortex_chat.tasks WHERE id = $1',
  feedCursor: 'SELECT cursor FROM cortex_chat.feed'
} as const
