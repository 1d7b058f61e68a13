import type { ChatEvent, Message, Task } from '@cortex/contracts'
import t from 'tap'
import { applyEvents, fromSnapshot, type ConversationState } from '../src/state/conversation.ts'
import { sampleApproval, sampleMessage, sampleSnapshot, sampleTask } from './support/samples.ts'

const numbered = (from: number, ...events: ChatEvent[]) => events.map((event, index) => ({ seq: from + index, event }))
const started = fromSnapshot({ ...sampleSnapshot(), seq: 10, messages: [] })
const lastText = (state: ConversationState) => state.messages.at(-1)?.content.map((block) => block.type === 'tool_call' ? block.name : block.text).join('|')

const reply = sampleMessage('assistant', [], { id: 'msg-reply', status: 'streaming' })
const turn: ChatEvent[] = [
  { type: 'message', message: reply },
  { type: 'RUN_STARTED', run_id: 'run-1', message_id: reply.id },
  { type: 'REASONING_MESSAGE_CONTENT', message_id: reply.id, index: 0, delta: 'Three parts.' },
  { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 1, delta: 'Star' },
  { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 1, delta: 'ting' },
  { type: 'TOOL_CALL_START', message_id: reply.id, index: 2, tool_call_id: 'toolu_1', tool_call_name: 'cortex_create_task', input: { title: 'One' } },
  { type: 'TOOL_CALL_RESULT', message_id: reply.id, index: 2, tool_call_id: 'toolu_1', status: 'succeeded', output: { task_id: 'task-1' } },
  { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 3, delta: 'Done' },
  { type: 'RUN_FINISHED', run_id: 'run-1', message_id: reply.id, status: 'complete', usage: null }
]

t.test('a turn becomes one message with its blocks in their places', async (t) => {
  const state = applyEvents(started, numbered(11, ...turn))
  t.equal(lastText(state), 'Three parts.|Starting|cortex_create_task|Done')
  t.match(state.messages.at(-1), { status: 'complete', content: [{}, {}, { type: 'tool_call', status: 'succeeded', output: { task_id: 'task-1' } }, {}] })
  t.equal(state.seq, 19)
})

t.test('events that are in already change nothing, however the stream is cut and replayed', async (t) => {
  const whole = applyEvents(started, numbered(11, ...turn))
  for (let cut = 0; cut <= turn.length; cut++) {
    const first = applyEvents(started, numbered(11, ...turn.slice(0, cut)))
    const again = applyEvents(first, numbered(11, ...turn))
    t.same(again, whole, `replayed after ${cut} events`)
  }
  t.equal(applyEvents(whole, numbered(11, ...turn)), whole, 'and nothing is rendered again')
})

t.test('a repeat inside one burst is applied once', async (t) => {
  const text = { seq: 12, event: { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 0, delta: 'Once' } as const }
  const state = applyEvents(started, [...numbered(11, { type: 'message', message: reply }), text, text])
  t.equal(lastText(state), 'Once')
})

t.test('a retried reply begins from nothing', async (t) => {
  const halfway = applyEvents(started, numbered(11, ...turn.slice(0, 5)))
  const again = applyEvents(halfway, numbered(16, { type: 'message', message: reply }, { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 0, delta: 'Anew' }))
  t.equal(lastText(again), 'Anew')
})

t.test('an error ends the reply and stays with it', async (t) => {
  const error = { code: 'CTX_MODEL_OVERLOADED', message: 'The model is overloaded', retryable: true }
  const state = applyEvents(started, numbered(11, ...turn.slice(0, 5), { type: 'RUN_ERROR', run_id: 'run-1', message_id: reply.id, error }))
  t.match(state.messages.at(-1), { status: 'failed', error } satisfies Partial<Message>)
})

t.test('an older record of a task does not undo a newer one', async (t) => {
  const task = sampleTask({ title: 'One', status: 'completed', started: 5, ended: 1, more: { rev: 7 } })
  const older: Task = { ...task, status: 'in_progress', rev: 6 }
  const state = applyEvents(started, numbered(11, { type: 'task', task }, { type: 'task', task: older }, { type: 'task', task: { ...task } }))
  t.equal(state.tasks.get(task.id), task)
})

t.test('what did not change keeps its identity, so that it is not rendered again', async (t) => {
  const before = started
  const [one, other] = [...before.tasks.values()]
  const after = applyEvents(before, numbered(11, { type: 'task', task: { ...one!, rev: 2, status: 'completed' } }))
  t.equal(after.tasks.get(other!.id), other)
  t.equal(after.messages, before.messages)
  t.equal(after.approvals, before.approvals)
  t.same([...after.tasks.keys()], [...before.tasks.keys()], 'and cards keep their places')
})

t.test('an answered approval is not opened again by a late question', async (t) => {
  const pending = sampleApproval(sampleTask({ title: 'One', status: 'awaiting_approval', started: 3 }))
  const approved = { ...pending, status: 'approved' as const, decided_by: 'local' }
  const state = applyEvents(started, numbered(11, { type: 'approval', approval: approved }, { type: 'approval', approval: pending }))
  t.equal(state.approvals.get(pending.id)?.status, 'approved')
})

t.test('events about messages nobody knows, and blocks out of order, are passed over', async (t) => {
  const before = started
  const after = applyEvents(before, numbered(11, { type: 'TEXT_MESSAGE_CONTENT', message_id: 'msg-unknown', index: 0, delta: 'x' }, { type: 'message', message: reply }, { type: 'TEXT_MESSAGE_CONTENT', message_id: reply.id, index: 4, delta: 'x' }))
  t.same(after.messages, [reply])
  t.equal(after.seq, 13)
})
