import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { migrate, migrations } from '../src/store/sqlite/migrations.ts'
import { SqliteConversationStore } from '../src/store/sqlite/sqlite-conversation-store.ts'
import { message, testConversationStore } from './conversation-store-contract.ts'

function folder (t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'cortex-store-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

testConversationStore(t, async (t, eventsKept) => {
  const store = new SqliteConversationStore(folder(t), { eventsKept })
  t.teardown(async () => await store.close())
  return store
})

t.test('a second process on the same data folder is refused by name', async (t) => {
  const home = folder(t)
  const store = new SqliteConversationStore(home)
  t.throws(() => new SqliteConversationStore(home), { code: 'CTX_STORE_LOCKED' })
  await store.close()
  const next = new SqliteConversationStore(home)
  await next.close()
})

t.test('a store of the first version is brought up to date: what is in it stays, is everybody\'s and is found', async (t) => {
  const home = folder(t)
  const db = new DatabaseSync(join(home, 'chat.db'))
  migrate(db, migrations.slice(0, 1))
  const at = '2026-01-01T00:00:00.000Z'
  const task = { id: 't1', payload: { title: 'Deploy Grafana', query: 'x', category: 'general' }, metadata: { created_at: at }, result: { summary: 'Dashboards stand', evidence: [] }, error: null }
  db.exec(`INSERT INTO conversations (id, title, created_at, updated_at, seq) VALUES ('a', 'Monitoring', '${at}', '${at}', 2)`)
  db.prepare('INSERT INTO messages (id, conversation_id, seq, text, record) VALUES (?, ?, ?, ?, ?)').run('m1', 'a', 1, 'Set it up', JSON.stringify(message('m1', 'Set it up')))
  db.prepare('INSERT INTO tasks (id, conversation_id, batch_id, ended, rev, record) VALUES (?, ?, ?, ?, ?, ?)').run('t1', 'a', null, 1, 1, JSON.stringify(task))
  db.close()
  const store = new SqliteConversationStore(home)
  t.teardown(async () => await store.close())
  t.match(await store.snapshot('a'), { owner: 'local', shared: false, model: null, seq: 2, messages: [{ id: 'm1' }] })
  for (const [word, id] of [['monitoring', 'a'], ['set', 'm1'], ['dashboards', 't1']] as const) {
    t.match((await store.search({ words: [word], owners: ['ann', 'local'], limit: 5 })).hits, [{ id, at }])
  }
})

t.test('a store of a newer program is left alone', async (t) => {
  const home = folder(t)
  const db = new DatabaseSync(join(home, 'chat.db'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  t.throws(() => new SqliteConversationStore(home), { code: 'CTX_STORE_TOO_NEW' })
})

t.test('a data folder that cannot be used is told as such', async (t) => {
  const home = folder(t)
  writeFileSync(join(home, 'file'), '')
  t.throws(() => new SqliteConversationStore(join(home, 'file')), { code: 'CTX_FOLDER_UNUSABLE', message: /CORTEX_HOME names .*ENOTDIR/ })
  writeFileSync(join(home, 'chat.db'), 'this is no database, and it was here before us'.repeat(40))
  t.throws(() => new SqliteConversationStore(home), { code: 'CTX_STORE_UNAVAILABLE' })
})
