import { startPlanner } from '@cortex/planner'
import t from 'tap'
import { completed, startStack, workOff } from './support/stack.ts'

t.test('one sentence becomes three parallel tasks and one summary, planned by the offline planner', async (t) => {
  const planner = await startPlanner({ host: '127.0.0.1', port: 0, cadenceMs: 0 })
  const stack = await startStack(t, [], { kind: 'rules', model: { kind: 'rules', baseUrl: planner.url, apiKey: 'offline', model: 'cortex-rules-1' } })
  t.teardown(async () => await planner.close())
  const talk = await stack.converse('Set up the following in parallel: 1) Deploy monitoring stack 2) Configure security scanning 3) Set up CI/CD pipeline')
  await talk.stream.nth('RUN_FINISHED')
  const leases = await workOff(stack.orchestratorUrl, 3, () => completed)
  t.same(leases.map(({ task }) => task.payload.category).sort(), ['cicd', 'infrastructure', 'security'])
  t.equal(new Set(leases.map(({ task }) => task.batch_id)).size, 1)
  await talk.stream.nth('RUN_FINISHED', 2)
  const [reply, summary] = await talk.replies()
  t.match(reply?.content.map(({ type }) => type), ['text', 'tool_call', 'tool_call', 'tool_call', 'text'])
  t.match(summary, { kind: 'summary', status: 'complete', content: [{ type: 'text' }] })
  await talk.say('What is the status of the monitoring stack?')
  await talk.stream.nth('RUN_FINISHED', 3)
  t.match(JSON.stringify((await talk.replies()).at(-1)?.content), /completed|done/i)
})
