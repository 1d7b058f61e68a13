import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { SqliteConversationStore } from '../src/store/sqlite/sqlite-conversation-store.ts'
import { testConversationStore } from './conversation-store-contract.ts'

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
  t.throws(() => new SqliteConversationStore(join(home, 'file')), { code: 'CTX_STORE_UNAVAILABLE' })
  writeFileSync(join(home, 'chat.db'), 'this is no database, and it was here before us'.repeat(40))
  t.throws(() => new SqliteConversationStore(home), { code: 'CTX_STORE_UNAVAILABLE' })
})
