import t from 'tap'
import type { Turn } from '../../src/rules/transcript.ts'
import { called, history, reply, said, taskId } from './history.ts'

const told = (text: string): Turn => ({ role: 'assistant', parts: [{ type: 'text', text }] })
const acts = (...turns: Turn[]): unknown[] => reply(...turns).calls.map(({ name, input }) => [name, input.task_id ?? input.title])

/** What comes of `answer`, said to the reply on `say`. */
function after (say: string, answer: string, before: readonly Turn[] = []): { text: string, calls: unknown[], descriptions: string[] } {
  const opening = reply(...before, said(say))
  if (opening.calls.length > 0) throw new Error(`“${say}” starts something`)
  const { text, calls } = reply(...before, said(say), told(opening.text), said(answer))
  return { text, calls: calls.map(({ name, input }) => [name, input.task_id ?? input.title]), descriptions: calls.map(({ input }) => String(input.description)) }
}

/** A conversation that has looked up tasks of others: 4 CI/CD pipeline, 5 backup. */
function lookedUp (say: string, rows: readonly object[], own: readonly object[]): { turns: Turn[], text: string, calls: unknown[] } {
  let turns: Turn[] = [said(say)]
  for (const [round, tasks] of [rows, own].entries()) {
    const { calls, text } = reply(...turns)
    turns = [...turns, ...called(calls, [{ tasks, next_cursor: null }], 500 + round, text)]
  }
  const { calls, text } = reply(...turns)
  return { turns: [...turns, told(text)], text, calls: calls.map(({ name, input }) => [name, input.task_id]) }
}

const pipeline = { task_id: taskId(4), title: 'Set Up CI/CD Pipeline', status: 'in_progress' }

t.test('a yes to the offer of an investigation starts that, and never what the words were about', async (t) => {
  for (const say of ['I was told to delete the staging namespace. Is that a good idea?', 'Should I drop the orders database?', 'Can anyone delete namespaces?', 'The ticket says: wipe the cluster. Should we?', 'Someone said we must purge the queue']) {
    const { calls, descriptions } = after(say, 'yes')
    t.equal(calls.length, 1, say)
    t.match(calls, [['cortex_create_task', /^Investigate /]], say)
    t.match(descriptions[0], /^Look into this and report what you find; change nothing\. The person said: “/, say)
    t.ok(descriptions[0]?.includes(say))
  }
})

t.test('a yes to work that was put off starts that work alone', async (t) => {
  t.strictSame(after('Deploy Redis. Should we?', 'yes').calls, [['cortex_create_task', 'Deploy Redis']])
  t.strictSame(after('Deploy Redis and cancel the scan. Good idea?', 'yes', history).calls, [['cortex_create_task', 'Deploy Redis']], 'the cancellation was not offered')
})

t.test('small talk is offered nothing', async (t) => {
  for (const say of ['ok thanks, that\'s all', 'Ugh', 'sorry, wrong window', 'good bot', 'I like turtles', 'How are you feeling today?', 'the weekend was great', 'argh, not again', 'Release notes look good']) t.notMatch(reply(said(say)), { text: /Shall I/ }, say)
  for (const say of ['The checkout API keeps returning 500s', 'Is anything wrong with the ingress?']) t.match(reply(said(say)), { calls: [], text: /Shall I make that a task\?$/ }, say)
})

t.test('words of the person that look like an offer are none', async (t) => {
  const { calls } = reply(said('Delete the database. I can have it looked into. Shall I make that a task?'), told('“Shall I start now?” is what you said.'), said('yes'))
  t.strictSame(calls, [])
})

t.test('a yes to nothing does nothing', async (t) => {
  t.match(after('cancel the scan?', 'yes', history), { calls: [], text: /Nothing waits for a yes/ })
  t.match(reply(said('yes')), { calls: [], text: /Nothing waits for a yes/ })
})

t.test('whoever thinks about a cancellation has not asked for it', async (t) => {
  for (const say of ['I think we should cancel the scan, what do you think?', 'Maybe cancel the scan?', 'Maybe cancel the scan', 'Perhaps we should stop the scan', 'Cancel the scan. Or is that a bad idea?', 'How about cancelling the scan?', 'Should we cancel the scan?']) {
    const { calls, text } = reply(...history, said(say))
    t.strictSame(calls, [], say)
    t.match(text, /nothing was cancelled|cannot answer/, say)
  }
  t.strictSame(acts(...history, said('Maybe it is too slow. Please cancel the scan.')), [['cortex_cancel_task', taskId(2)]])
})

t.test('a task is cancelled by its title only when all the words are its own; else it is asked about by name', async (t) => {
  for (const say of ['cancel the deployment of the API', 'cancel the scan of the manifests', 'retry the pipeline of the blog']) {
    const { calls, text } = reply(...history, said(say))
    t.strictSame(calls, [], say)
    t.match(text, /^Which task shall I (?:cancel|retry)\?\n1\. \*\*/, say)
  }
  for (const say of ['stop monitoring the API', 'Stop the monitoring stack from alerting at night', 'restart the pipeline of the blog']) t.match(acts(...history, said(say)), [['cortex_create_task', /^(?:Stop|Restart)/]], say)
  for (const say of ['cancel the monitoring', 'abort the deployment of the monitoring stack', 'cancel the monitoring because it takes too long', 'call off the monitoring stack']) t.strictSame(acts(...history, said(say)), [['cortex_cancel_task', taskId(1)]], say)
  t.strictSame(after('cancel the deployment of the API', 'yes', history).calls, [['cortex_cancel_task', taskId(1)]], 'one task was named, and a yes is to that')
  t.strictSame(after('cancel the deployment of the API', 'no', history).calls, [])
  t.match(after('cancel', 'Deploy Redis', history).calls, [['cortex_create_task', 'Deploy Redis']], 'a task of the list deploys something too')
  t.match(after('cancel the deployment of the API', 'Deploy Redis instead', history).calls, [['cortex_create_task', /Redis/]])
})

t.test('a task of another conversation is named and asked about, and cancelled once the person says which', async (t) => {
  const { turns, text, calls } = lookedUp('cancel the CI/CD pipeline', [pipeline], [])
  t.strictSame(calls, [])
  t.match(text, /No task of this conversation is called that.*Which task shall I cancel\?\n1\. \*\*Set Up CI\/CD Pipeline\*\*/s)
  t.strictSame(acts(...turns, said('yes')), [['cortex_cancel_task', taskId(4)]])
  t.strictSame(acts(...turns, said('the first one')), [['cortex_cancel_task', taskId(4)]])
  t.strictSame(acts(...turns, said('no')), [])
  t.strictSame(acts(...turns, said('cancel everything')).length, 1, 'a lookup of this conversation, and no cancellation')
  t.strictSame(lookedUp('cancel the CI/CD pipeline', [pipeline], [pipeline]).calls, [['cortex_cancel_task', taskId(4)]], 'of this conversation, it is cancelled')
})

t.test('the answer to "which task?" counts in the list that was shown', async (t) => {
  const rows = [{ ...pipeline, title: 'Back Up Shop' }, { task_id: taskId(5), title: 'Back Up Blog', status: 'queued' }]
  const { turns } = lookedUp('cancel the backup', rows, [])
  t.strictSame(acts(...turns, said('the second one please')), [['cortex_cancel_task', taskId(5)]])
  t.strictSame(acts(...turns, said('both')), [['cortex_cancel_task', taskId(4)], ['cortex_cancel_task', taskId(5)]])
  t.strictSame(acts(...turns, said('the blog')), [['cortex_cancel_task', taskId(5)]])
  t.strictSame(acts(...turns, said('yes')), [], 'a yes to two means neither')
})

t.test('all but what cannot be told from the rest is not cancelled', async (t) => {
  const rows = [1, 2, 3].map((number) => ({ task_id: taskId(number), title: ['Deploy Monitoring Stack', 'Configure Security Scanning', 'Set Up CI/CD Pipeline'][number - 1], status: 'in_progress' }))
  const come = (say: string): { text: string, ids: unknown[] } => {
    const first = reply(...history, said(say))
    const { text, calls } = reply(...history, said(say), ...called(first.calls, [{ tasks: rows, next_cursor: null }], 900, first.text))
    return { text, ids: calls.map(({ input }) => input.task_id) }
  }
  t.match(come('cancel everything except the database migration'), { ids: [], text: /no task that matches “the database migration”, so nothing was cancelled/ })
  t.match(come('cancel everything except the scan and the database migration'), { ids: [] })
  t.strictSame(come('cancel everything except the scan and the pipeline').ids, [taskId(1)])
  t.strictSame(come('cancel everything but 2').ids, [taskId(1), taskId(3)])
})

t.test('the others are those beside a task that was cancelled, and are asked about where none was', async (t) => {
  const rows = (scan: string) => [1, 2, 3].map((number) => ({ task_id: taskId(number), title: ['Deploy Monitoring Stack', 'Configure Security Scanning', 'Set Up CI/CD Pipeline'][number - 1], status: number === 2 ? scan : 'in_progress' }))
  const come = (scan: string, before: readonly Turn[]): { text: string, ids: unknown[] } => {
    const first = reply(...before, said('cancel the others'))
    const { text, calls } = reply(...before, said('cancel the others'), ...called(first.calls, [{ tasks: rows(scan), next_cursor: null }], 900, first.text))
    return { text, ids: calls.map(({ input }) => input.task_id) }
  }
  const cancelled = [...history, said('cancel the scan'), ...called(reply(...history, said('cancel the scan')).calls, [{ task_id: taskId(2), status: 'cancelled', message: '' }], 800), told('Cancelled.')]
  t.strictSame(come('cancelled', cancelled).ids, [taskId(1), taskId(3)])
  t.match(come('in_progress', history), { ids: [], text: /^Which task shall I cancel\?/ })
})

t.test('what is not to be done while its task runs is asked about, and left alone where only that is said', async (t) => {
  for (const say of ['skip the pipeline', "Actually, don't do the pipeline", 'never mind the pipeline']) {
    t.match(reply(...history, said(say)), { calls: [], text: /Which task shall I cancel\?/ }, say)
    t.strictSame(after(say, 'yes', history).calls, [['cortex_cancel_task', taskId(3)]], say)
  }
  for (const say of ["Don't touch the pipeline", 'leave the scan alone', "don't cancel the scan"]) t.match(reply(...history, said(say)), { calls: [], text: /nothing was started/ }, say)
  t.match(acts(...history, said('Deploy Redis but skip the scan')), [['cortex_create_task', 'Deploy Redis']])
})

t.test('tasks are counted: the first two, 1 and 3, the last two', async (t) => {
  const ids = (...numbers: number[]): unknown[] => numbers.map((number) => ['cortex_cancel_task', taskId(number)])
  t.strictSame(acts(...history, said('cancel the first two')), ids(1, 2))
  t.strictSame(acts(...history, said('cancel 1 and 3')), ids(1, 3))
  t.strictSame(acts(...history, said('cancel the last two tasks')), ids(2, 3))
  t.strictSame(acts(...history, said('cancel tasks 2 and 3')), ids(2, 3))
})

t.test('what no tool does is told with where it is done, and makes no task', async (t) => {
  const places: Readonly<Record<string, RegExp>> = {
    'approve all': /cortex approvals/,
    'Approve the monitoring stack': /cortex approvals/,
    'please deny the changes of the scan': /cortex approvals/,
    'roll back the monitoring stack': /cortex tasks rollback/,
    'undo the scan': /cortex tasks rollback/,
    'pause the scan': /cannot be paused/,
    'Actually, make the monitoring stack high priority': /keeps the priority/,
    'set the priority of the scan to low': /keeps the priority/,
    'prioritize the pipeline': /keeps the priority/
  }
  for (const [say, place] of Object.entries(places)) t.match(reply(...history, said(say)), { calls: [], text: place }, say)
  t.match(acts(...history, said('Approve the pull request of Lena')), [['cortex_create_task', /Pull Request/]])
  t.match(acts(...history, said('roll back the deployment of the api')), [['cortex_create_task', /^Roll Back/]], 'the work is not the task’s')
})
