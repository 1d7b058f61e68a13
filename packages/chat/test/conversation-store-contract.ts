import type { ChatEvent, Conversation, Message, Task } from '@cortex/contracts'
import type { Test } from 'tap'
import { newTurn } from '../src/turns.ts'
import type { ConversationStore, Write } from '../src/store/conversation-store.ts'

export interface OpenStore {
  /** A fresh store that keeps this many events of each conversation. */
  (t: Test, eventsKept: number): Promise<ConversationStore>
}

const at = '2026-01-01T00:00:00.000Z'

export const message = (id: string, text: string): Message => ({
  id, role: 'user', status: 'complete', content: [{ type: 'text', text }], created_at: at, kind: 'turn', client_id: id, usage: null, error: null
})

export const conversation = (id: string, title = '', owner = 'local'): Conversation => ({ id, title, owner, shared: false, model: null, created_at: at, updated_at: at })

const record = (id: string, rev: number, status: Task['status'], batch = 'batch-1') => ({
  id, rev, status, batch_id: batch, payload: { title: `Deploy ${id}`, query: 'Please', category: 'general' }, metadata: { created_at: at }, result: null, error: null
}) as unknown as Task

/** What every adapter of the port keeps to. */
export function testConversationStore (t: Test, open: OpenStore): void {
  const start = async (t: Test, eventsKept = 2_000) => {
    const store = await open(t, eventsKept)
    await store.create(conversation('a'))
    const say = async (...events: ChatEvent[]) => await store.commit(events.map((event): Write => ({ kind: 'event', conversationId: 'a', event })))
    return { store, say }
  }

  t.test('events are numbered without a gap, and change the records in the same commit', async (t) => {
    const { store, say } = await start(t)
    await say({ type: 'message', message: message('m1', 'one') }, { type: 'conversation', title: 'T' })
    t.same((await say({ type: 'message', message: message('m2', 'two') })).map(({ seq }) => seq), [3])
    t.match(await store.snapshot('a'), { seq: 3, title: 'T', messages: [{ id: 'm1' }, { id: 'm2' }] })
    t.same((await store.eventsAfter('a', 1, 10))?.map(({ seq }) => seq), [2, 3])
  })

  t.test('a commit is all or nothing', async (t) => {
    const { store } = await start(t)
    await t.rejects(store.commit([
      { kind: 'event', conversationId: 'a', event: { type: 'conversation', title: 'lost' } },
      { kind: 'event', conversationId: 'nobody', event: { type: 'conversation', title: 'x' } }
    ]), { code: 'CTX_CONVERSATION_NOT_FOUND' })
    t.match(await store.snapshot('a'), { seq: 0, title: '' })
    await t.rejects(store.commit([{ kind: 'event', conversationId: 'a', event: { type: 'message', message: message('m1', 'x') } }, { kind: 'event', conversationId: 'a', event: { type: 'message', message: { ...message('m2', 'x'), client_id: 'm1' } } }]))
    t.same((await store.snapshot('a'))?.messages, [])
  })

  t.test('events beyond the bound are let go, and a cursor before them is refused', async (t) => {
    const { store, say } = await start(t, 10)
    for (let n = 1; n <= 35; n++) await say({ type: 'conversation', title: `${n}` })
    t.equal(await store.eventsAfter('a', 3, 100), null)
    t.same((await store.eventsAfter('a', 25, 100))?.map(({ seq }) => seq), [26, 27, 28, 29, 30, 31, 32, 33, 34, 35])
    t.same(await store.eventsAfter('a', 35, 100), [])
    t.equal(await store.eventsAfter('a', 36, 100), null)
    t.equal(await store.eventsAfter('nobody', 0, 100), null)
  })

  t.test('an older or repeated state of a task changes nothing and is not told', async (t) => {
    const { store, say } = await start(t)
    t.equal((await say({ type: 'task', task: record('t1', 5, 'completed') })).length, 1)
    t.equal((await say({ type: 'task', task: record('t1', 5, 'completed') }, { type: 'task', task: record('t1', 4, 'in_progress') })).length, 0)
    t.match(await store.snapshot('a'), { seq: 1, tasks: [{ rev: 5, status: 'completed' }] })
  })

  t.test('a batch is unfinished until its last task has ended, reported once, and open again after a retry', async (t) => {
    const { store, say } = await start(t)
    await say({ type: 'task', task: record('t1', 1, 'completed') }, { type: 'task', task: record('t2', 1, 'queued') })
    t.same(await store.batches('a'), [{ id: 'batch-1', unfinished: 1, reported: false }])
    t.same(await store.unfinished(), [])
    await say({ type: 'task', task: record('t2', 2, 'failed') })
    t.same(await store.unfinished(), ['a'])
    await store.commit([{ kind: 'batch_reported', conversationId: 'a', batchId: 'batch-1' }])
    t.same(await store.batches('a'), [{ id: 'batch-1', unfinished: 0, reported: true }])
    t.same(await store.unfinished(), [])
    await say({ type: 'task', task: record('t2', 3, 'queued') })
    t.same(await store.batches('a'), [{ id: 'batch-1', unfinished: 1, reported: false }])
  })

  t.test('turns are run in the order they came, and what a turn forgets is not sent again', async (t) => {
    const { store } = await start(t)
    const [first, second] = [newTurn('turn', 'one', 'me'), newTurn('turn', 'two', 'me')]
    const put = async (turn: typeof first) => await store.commit([{ kind: 'turn', conversationId: 'a', turn }])
    await put(first)
    await put(second)
    t.equal(await store.countQueued('a'), 2)
    t.equal((await store.nextTurn('a'))?.id, first.id)
    await put({ ...first, state: 'running' })
    t.equal((await store.nextTurn('a'))?.state, 'running')
    await store.commit([first, second].map((turn): Write => ({ kind: 'entry', conversationId: 'a', entry: { turnId: turn.id, position: 0, role: 'user', content: [{ type: 'text', text: turn.prompt }], stopReason: null } })))
    await put({ ...first, state: 'done' })
    t.equal((await store.nextTurn('a'))?.id, second.id)
    await store.commit([{ kind: 'forget', conversationId: 'a', turnId: first.id }])
    t.same((await store.transcript('a')).map(({ turnId }) => turnId), [second.id])
  })

  t.test('words are found in titles, messages, tasks and results by their beginnings, newest first, and only in conversations of the owners asked for', async (t) => {
    const { store, say } = await start(t)
    await store.create(conversation('b', 'Payments of Zoë', 'ann'))
    await store.commit([{ kind: 'event', conversationId: 'b', event: { type: 'message', message: message('m9', 'The payments run on prod/payments-2, 東京') } }])
    await say({ type: 'message', message: { ...message('m1', 'half a pay'), client_id: null, role: 'assistant', status: 'streaming' } }, { type: 'task', task: record('t1', 1, 'queued') })
    await say({ type: 'task', task: { ...record('t1', 2, 'completed'), result: { summary: 'The payroll job stands', evidence: [{ claim: 'It answers', detail: '' }] } } as Task })
    const find = async (words: string[], owners: string[] | null = null) => (await store.search({ words, owners, limit: 10 })).hits.map(({ kind, id }) => `${kind} ${id}`)
    t.same(await find(['pay']), ['task t1', 'message m9', 'title b'], 'what is still being written is not found yet')
    t.same(await find(['pay'], ['local']), ['task t1'])
    t.same(await find(['payments', 'zoe']), ['title b'])
    t.same(await find(['payroll', 'deploy']), ['task t1'])
    t.same(await find(['京']), ['message m9'])
    t.same(await find(['yments']), [])
    t.same(await find([]), [])
    const first = await store.search({ words: ['pay'], owners: null, limit: 2 })
    t.match(first.hits[1], { conversation_id: 'b', conversation_title: 'Payments of Zoë', snippet: /prod.payments-2/ })
    t.match(await store.search({ words: ['pay'], owners: null, limit: 2, cursor: first.next_cursor ?? '' }), { hits: [{ id: 'b' }], next_cursor: null })
    await t.rejects(store.search({ words: ['pay'], owners: null, limit: 2, cursor: 'x' }), { code: 'CTX_CURSOR_INVALID' })
    await say({ type: 'message', message: { ...message('m1', 'half a payment'), client_id: null, role: 'assistant', status: 'complete' } }, { type: 'conversation', title: 'Renamed', shared: true, model: 'other' })
    t.same(await find(['payment']), ['message m1', 'message m9', 'title b'].sort((x, y) => Number(y === 'message m1') - Number(x === 'message m1')))
    t.same((await store.list({ words: ['renamed'], owners: ['local'], limit: 5 })).conversations.map(({ id, shared, model }) => [id, shared, model]), [['a', true, 'other']])
    t.same((await store.list({ owners: ['ann'], limit: 5 })).conversations.map(({ id }) => id), ['b'])
    await store.create(conversation('c', 'Written as Ann', 'Ann'))
    await store.create(conversation('d', 'Of somebody called Local', 'Local'))
    t.same((await store.list({ owners: ['ann', 'local'], limit: 5 })).conversations.map(({ id }) => id).sort(), ['a', 'b', 'c'], 'an owner is the same in any letters, and Local is not everybody')
    t.same(await find(['written'], ['ann']), ['title c'])
    await store.remove('b')
    t.same(await find(['payments']), [])
  })

  t.test('replaced messages are marked in one event, and a digest stands until the next', async (t) => {
    const { store, say } = await start(t)
    await say({ type: 'message', message: message('m1', 'one') }, { type: 'message', message: message('m2', 'two') }, { type: 'superseded', message_ids: ['m1', 'm2'] })
    t.match(await store.snapshot('a'), { seq: 3, messages: [{ superseded: true }, { superseded: true }] })
    t.equal(await store.digest('a'), null)
    for (const text of ['short', 'shorter']) await store.commit([{ kind: 'digest', conversationId: 'a', digest: { turnIds: ['run-1'], text } }])
    t.same(await store.digest('a'), { turnIds: ['run-1'], text: 'shorter' })
    await store.commit([{ kind: 'digest', conversationId: 'a', digest: null }])
    t.equal(await store.digest('a'), null)
  })

  t.test('one claim of a name is held at a time', async (t) => {
    const { store } = await start(t)
    const first = await store.claim('a')
    t.equal(await store.claim('a'), null)
    const other = await store.claim('b')
    t.ok(first && other)
    t.equal((await store.commit([{ kind: 'event', conversationId: 'a', event: { type: 'conversation', title: 'mine' } }], first!)).length, 1)
    await first?.release()
    const next = await store.claim('a')
    t.ok(next)
    await first?.release()
    t.equal(await store.claim('a'), null, 'what was released before is not released again')
  })

  t.test('a deleted conversation leaves nothing behind', async (t) => {
    const { store, say } = await start(t)
    await say({ type: 'message', message: message('m1', 'one') }, { type: 'task', task: record('t1', 1, 'queued') })
    await store.commit([{ kind: 'turn', conversationId: 'a', turn: newTurn('turn', 'x', 'me') }])
    t.equal(await store.remove('a'), true)
    t.equal(await store.remove('a'), false)
    t.equal(await store.snapshot('a'), null)
    t.equal(await store.conversationOfTask('t1'), null)
    t.same(await store.unfinished(), [])
    t.equal(await store.findMessage('m1'), null)
  })
}
