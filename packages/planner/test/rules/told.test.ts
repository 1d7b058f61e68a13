import t from 'tap'
import type { Call, Turn } from '../../src/rules/transcript.ts'
import { called, history, reply, said, taskId } from './history.ts'

type Told = (call: Call, round: number) => unknown

/** What is said in the end when each call is answered in this way, and the names of the calls of each round. */
function end (given: readonly Turn[], answer: Told): { text: string, rounds: string[][] } {
  let turns = [...given]
  const rounds: string[][] = []
  for (;;) {
    const { calls, text } = reply(...turns)
    if (calls.length === 0) return { text, rounds }
    rounds.push(calls.map(({ name }) => name))
    turns = [...turns, ...called(calls, calls.map((call) => answer(call, rounds.length)), rounds.length * 100, text)]
  }
}

const row = (number: number, title: string, status: string, more: object = {}) => ({ task_id: taskId(number), title, status, ...more })
const listed = (here: readonly object[], all: readonly object[], more: string | null = null): Told => ({ input }) => ({ tasks: input.conversation === 'current' ? here : all, next_cursor: input.conversation === 'current' ? null : more })

t.test('what waits for an approval is told of this conversation, and how much waits elsewhere', async (t) => {
  const others = [row(5, 'B', 'awaiting_approval'), row(6, 'C', 'awaiting_approval')]
  const ask = [said('What needs my approval?')]
  t.equal(end(ask, listed([], others)).text, 'No task of this conversation waits for your approval.\n\nIn other conversations two tasks wait for your approval; ask for all tasks to see them.')
  t.match(end(ask, listed([row(1, 'A', 'awaiting_approval')], [row(1, 'A', 'awaiting_approval'), row(5, 'B', 'awaiting_approval')])).text, /^One task of this conversation:\n- \*\*A\*\* waits.*\n\nIn other conversations one task waits for your approval; ask for all tasks to see it\.$/)
  t.match(end(ask, listed([], others, 'more')).text, /two tasks or more wait/)
  t.equal(end(ask, listed([], [])).text, 'No task of this conversation waits for your approval.')
  t.match(end([said('which tasks are waiting?')], listed([], [row(5, 'B', 'completed'), row(6, 'C', 'waiting')])).text, /In other conversations one task is still to end/)
  t.strictSame(end([said('show all tasks waiting for approval')], listed([], others)).rounds.length, 1, 'all is all')
})

t.test('a status asked for where nothing was started says so, and that elsewhere something goes on', async (t) => {
  t.equal(end([said('status?')], listed([], [row(5, 'B', 'in_progress'), row(6, 'C', 'failed')])).text, 'There are no tasks in this conversation.\n\nIn other conversations one task is still to end; ask for all tasks to see it.')
  t.equal(end([said('status?')], listed([], [])).text, 'There are no tasks in this conversation.')
})

t.test('after the failed ones are retried, or all are cancelled, nothing is said of there being none', async (t) => {
  const rows = { tasks: [row(1, 'A', 'failed'), row(2, 'B', 'completed'), row(3, 'C', 'in_progress')], next_cursor: null }
  const told: Told = ({ name, input }) => name === 'cortex_get_tasks' ? rows : { task_id: input.task_id, status: name === 'cortex_retry_task' ? 'queued' : 'cancelled', revived: [] }
  t.equal(end([...history, said('retry the failed ones')], told).text, '**A** gets another attempt.')
  t.equal(end([...history, said('cancel everything')], told).text, '**C** is cancelled.')
})

t.test('of two that a name fits, the one that can be cancelled is, and not asked about afterwards', async (t) => {
  const rows = { tasks: [row(4, 'Back Up Shop', 'queued'), row(5, 'Back Up Shop', 'completed')], next_cursor: null }
  const { text } = end([said('cancel the backup of the shop')], ({ name, input }) => name === 'cortex_get_tasks' ? rows : { task_id: input.task_id, status: 'cancelled' })
  t.equal(text, '**Back Up Shop** is cancelled.')
})

t.test('a task that has failed by the time of the reply is told as failed, with what needed it', async (t) => {
  const told: Told = ({ name, input }) => name === 'cortex_get_task_status'
    ? row(4, 'Run Tests', 'failed', { error: { code: 'X', message: 'no runbook fits' } })
    : input.title === 'Run Tests' ? { task_id: taskId(4), status: 'queued', message: '' } : { task_id: taskId(5), status: 'cancelled', message: '“Deploy API” was cancelled before it began: Needs “Run Tests”, which failed' }
  const { text, rounds } = end([said('Before deploying the API, run the tests')], told)
  t.strictSame(rounds, [['cortex_create_task', 'cortex_create_task'], ['cortex_get_task_status']])
  t.match(text, /^One task could not be started:\n- \*\*Deploy API\*\* was not started: .*\n\n\*\*Run Tests\*\* failed: no runbook fits\.$/)
  t.notMatch(text, /Started|policy/)
})

t.test('why a task was cancelled is told', async (t) => {
  const { text } = end([...history, said('Why was the scan cancelled?')], () => row(2, 'Configure Security Scanning', 'cancelled', { cancel_reason: 'Needs “Deploy Monitoring Stack”, which failed' }))
  t.equal(text, '**Configure Security Scanning** was cancelled: Needs “Deploy Monitoring Stack”, which failed.')
  t.match(end([said('show all cancelled tasks')], () => ({ tasks: [row(2, 'A', 'cancelled', { cancel_reason: 'Asked for in the chat' })], next_cursor: null })).text, /\*\*A\*\* was cancelled: Asked for in the chat\./)
})

t.test('of approvals no more is promised than the policy gives', async (t) => {
  const { text } = end([said('Deploy Redis')], () => ({ task_id: taskId(4), status: 'queued', message: '' }))
  t.match(text, /\n\nThe policy says which changes are shown to you for approval first\.$/)
})
