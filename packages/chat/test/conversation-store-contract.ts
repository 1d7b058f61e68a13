import type { ChatEvent, Message, Task } from '@cortex/contracts'
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

const record = (id: string, rev: number, status: Task['status'], batch = 'batch-1') => ({ id, rev, status, batch_id: batch }) as Task

/** What every adapter of the port keeps to. */
export function testConversationStore (t: Test, open: OpenStore): void {
  const start = async (t: Test, eventsKept = 2_000) => {
    const store = await open(t, eventsKept)
    await store.create({ id: 'a', title: '', created_at: at, updated_at: at })
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
