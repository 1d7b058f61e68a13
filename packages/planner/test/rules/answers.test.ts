import t from 'tap'
import { called, history, reply, said, taskId } from './history.ts'

/** What a message comes to once its lookups are answered with this state of each task. */
function come (say: string, status: string, more: object = {}): { text: string, titles: unknown[] } {
  let turns = [...history, said(say)]
  const titles: unknown[] = []
  for (let round = 1; ; round++) {
    const { calls, text } = reply(...turns)
    if (calls.length === 0) return { text, titles }
    titles.push(...calls.filter(({ name }) => name === 'cortex_create_task').map(({ input }) => input.title))
    turns = [...turns, ...called(calls, calls.map(({ name, input }) => name === 'cortex_create_task' ? { task_id: taskId(7), status: 'queued', message: '' } : { task_id: input.task_id, title: 'Task', status, ...more }), round * 100, text)]
  }
}

t.test('work that hangs on a question starts when the task gives the answer it was wanted for, and else not', async (t) => {
  const yes = 'Has the scan finished? If so, set up quotas.'
  const no = 'Is monitoring deployed? If not, deploy Grafana'
  for (const [say, status, titles] of [
    [yes, 'completed', ['Set Up Quotas']], [yes, 'in_progress', []], [yes, 'waiting', []], [yes, 'failed', []], [yes, 'cancelled', []], [yes, 'not_found', []],
    [no, 'failed', ['Deploy Grafana']], [no, 'completed', []], [no, 'queued', []], [no, 'awaiting_approval', []],
    ['Did the pipeline fail? If it did, restart the runners.', 'failed', ['Restart Runners']], ['Did the pipeline fail? If it did, restart the runners.', 'completed', []], ['Did the pipeline fail? If not, restart the runners.', 'completed', ['Restart Runners']],
    ['Is the scan done? Then deploy the shop', 'completed', ['Deploy Shop']], ['Is the scan done? Then deploy the shop', 'failed', []],
    ['Is it all done? If yes, deploy the shop, otherwise rotate the keys', 'completed', ['Deploy Shop']], ['Is it all done? If yes, deploy the shop, otherwise rotate the keys', 'failed', ['Rotate Keys']],
    ['Have you finished the scan yet? Unless you have, rotate the keys', 'completed', []]
  ] as const) {
    const { text, titles: got } = come(say, status)
    t.strictSame(got, titles, `${say} (${status})`)
    if (titles.length === 0) t.match(text, /Nothing was done for/, `${say} (${status})`)
  }
})

t.test('a yes to work that hangs on a question starts it', async (t) => {
  const say = 'Is Redis installed? If not, install it.'
  const { calls, text } = reply(said(say))
  const asked = [said(say), ...called(calls, [{ tasks: [], next_cursor: null }], 100, text)]
  const turns = [...asked, { role: 'assistant', parts: [{ type: 'text', text: reply(...asked).text }] } as const, said('yes')]
  t.match(reply(...turns).calls, [{ name: 'cortex_create_task', input: { title: 'Install Redis' } }])
})
