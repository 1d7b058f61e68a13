import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ConversationLog } from '../src/conversation-log.ts'
import { conversation } from './conversation-store-contract.ts'
import { SqliteConversationStore } from '../src/store/sqlite/sqlite-conversation-store.ts'

t.test('a follower that catches up while more is written gets everything once and in order', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cortex-log-'))
  const store = new SqliteConversationStore(home)
  t.teardown(async () => {
    await store.close()
    rmSync(home, { recursive: true, force: true })
  })
  const log = new ConversationLog(store)
  await store.create(conversation('a'))
  const write = async (count: number) => await log.commit(Array.from({ length: count }, () => ({ kind: 'event', conversationId: 'a', event: { type: 'conversation', title: 'x' } })))
  await write(1_200)

  const seen: number[] = []
  const ended = new AbortController()
  const following = log.follow('a', 100, {
    user: 'local',
    event: ({ seq }) => seen.push(seq) > 0,
    control: () => true,
    end: () => {}
  }, ended.signal)
  // Written between the pages of what is read, and so in both.
  await Promise.all([write(3), write(2), following])
  await write(2)
  t.same(seen, Array.from({ length: 1_107 }, (_, index) => 101 + index))
  ended.abort()
  t.equal(log.followers, 0)
  await write(1)
  t.equal(seen.length, 1_107)

  let turns = 0
  let counting = setImmediate(function count () {
    turns++
    counting = setImmediate(count)
  })
  t.teardown(() => clearImmediate(counting))
  const reading = new AbortController()
  const unread: number[] = []
  const slow = Promise.withResolvers<boolean>()
  void log.follow('a', 0, { user: 'local', event: ({ seq }) => unread.push(seq) > 0, control: () => true, drained: () => slow.promise, end: () => {} }, reading.signal)
  const counts = await Promise.all(Array.from({ length: 20 }, async () => {
    let count = 0
    await log.follow('a', 0, { user: 'local', event: () => ++count > 0, control: () => true, end: () => {} }, reading.signal)
    return count
  }))
  t.same(new Set(counts), new Set([1_208]))
  t.ok(turns > 20, 'the process does other things between the pages')
  t.same(unread, [], 'nothing is read for a follower that takes nothing')
  reading.abort()
  slow.resolve(false)
})
