import t, { type Test } from 'tap'
import { ConversationLog } from '../src/conversation-log.ts'
import { PostgresConversationStore } from '../src/store/postgres/postgres-conversation-store.ts'
import { conversation, testConversationStore } from './conversation-store-contract.ts'
import { createDatabase, execute } from './support/postgres-database.ts'

const url = await createDatabase(t)

async function open (t: Test, rules: { eventsKept?: number, claimDuration?: number } = {}): Promise<PostgresConversationStore> {
  const store = await PostgresConversationStore.open(url, rules, undefined)
  t.teardown(async () => await store.close())
  return store
}

testConversationStore(t, async (t, eventsKept) => {
  const store = await open(t, { eventsKept })
  await execute(url, 'TRUNCATE cortex_chat.conversations, cortex_chat.claims, cortex_chat.feed CASCADE')
  return store
})

t.test('two processes that write into one conversation: streams on both get everything once and in order', async (t) => {
  const stores = [await open(t), await open(t)] as const
  const logs = stores.map((store) => new ConversationLog(store))
  await stores[0].create(conversation('both'))
  for (const [index, store] of stores.entries()) {
    await store.listen({ heard: () => {}, committed: (id, seq) => logs[index]?.committed(id, seq), missed: () => logs[index]?.missed() })
  }
  const count = 60
  const followed = logs.map(async (log) => {
    const seen: number[] = []
    const all = Promise.withResolvers<number[]>()
    const ended = new AbortController()
    await log.follow('both', 0, { user: 'local', control: () => true, end: () => {}, event: ({ seq }) => { if (seen.push(seq) >= 2 * count) all.resolve(seen); return true } }, ended.signal)
    return all.promise.finally(() => ended.abort())
  })
  await Promise.all(logs.map(async (log) => {
    for (let n = 0; n < count; n++) await log.commit([{ kind: 'event', conversationId: 'both', event: { type: 'conversation', title: `${n}` } }])
  }))
  for (const seen of await Promise.all(followed)) t.same(seen, Array.from({ length: 2 * count }, (_, index) => index + 1))
})

t.test('a claim whose holder gives no sign of life is taken over, and the old holder writes nothing any more', async (t) => {
  const [first, second] = [await open(t, { claimDuration: 400 }), await open(t, { claimDuration: 400 })]
  await first.create(conversation('held'))
  const old = await first.claim('held')
  t.equal(await second.claim('held'), null)
  const lost = new Promise((resolve) => old?.signal.addEventListener('abort', resolve))
  // As if the first process had stood still; it has not, and may renew its claim between the two.
  let taken: Awaited<ReturnType<typeof second.claim>> = null
  while (!taken) {
    await execute(url, "UPDATE cortex_chat.claims SET until = now() - interval '1 second' WHERE name = 'held'")
    taken = await second.claim('held')
  }
  await t.rejects(first.commit([{ kind: 'event', conversationId: 'held', event: { type: 'conversation', title: 'too late' } }], old!), { code: 'CTX_CLAIM_LOST' })
  await lost
  t.match(await first.find('held'), { title: '' })
  t.equal((await second.commit([{ kind: 'event', conversationId: 'held', event: { type: 'conversation', title: 'mine' } }], taken)).length, 1)
})

t.test('a database that cannot be used ends the start with a reason that names no password', async (t) => {
  const wrong = new URL(url)
  wrong.password = 'a-wrong-secret'
  const failure = await PostgresConversationStore.open(wrong.href, {}, undefined).catch((error: unknown) => error as Error & { code: string })
  t.match(failure, { code: 'CTX_DATABASE_UNUSABLE', message: /password authentication failed/ })
  t.notMatch(String(failure), /a-wrong-secret/)
  const closed = new URL(url)
  closed.port = '1'
  await t.rejects(PostgresConversationStore.open(closed.href, {}, undefined), { code: 'CTX_DATABASE_UNUSABLE' })
  await execute(url, 'INSERT INTO cortex_chat.migrations (version) VALUES (99)')
  await t.rejects(PostgresConversationStore.open(url, {}, undefined), { code: 'CTX_STORE_TOO_NEW' })
  await execute(url, 'DELETE FROM cortex_chat.migrations WHERE version = 99')
})
