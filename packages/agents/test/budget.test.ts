import type { Prices } from '@cortex/contracts'
import type { Current } from '@cortex/service'
import t from 'tap'
import { startCortex, type Cortex } from './cortex.ts'
import { startMessagesServer, type MessagesServer } from './messages-server.ts'
import { noting } from './support/noting.ts'
import { git, type TestOwner } from './workspace.ts'

/** Each scripted reply reads 10 tokens and writes 20. */
const prices: Prices = { models: { 'claude-opus-5-5': { input: 25_000, output: 50_000, cache_read: 0, cache_write: 0 } } }
const reply = 1.25
const noLimit = { usd: null, tokens: null }
const look = { calls: [['workspace_list', {}] as [string, unknown]] }

async function begin (t: TestOwner, limits: { usd?: number, tokens?: number }, options: { prices?: Current<Prices> } = { prices: { value: prices } }): Promise<{ cortex: Cortex, model: MessagesServer, id: string }> {
  const budget = { task: noLimit, batch: noLimit, conversation: { ...noLimit, ...limits } }
  const [cortex, model] = await Promise.all([startCortex(t, { budget }), startMessagesServer(t)])
  const id = await cortex.create('Rename the greeting', 'development', {}, { 'cortex-conversation': 'conv-1' })
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, ...options })
  return { cortex, model, id }
}

t.test('what a model used is priced, and one whose prices are not known says so', async (t) => {
  for (const known of [true, false]) {
    const { cortex, model, id } = await begin(t, {}, known ? { prices: { value: prices } } : {})
    model.script(look, { calls: [['give_up', { reason: 'no' }]] })
    t.match((await cortex.ended(id)).usage, { input_tokens: 20, output_tokens: 40, cost_usd: known ? 2 * reply : 0, priced: known ? undefined : false })
    t.equal((await cortex.log(id)).some((line) => line.startsWith('No price of claude-opus-5-5 is known')), !known)
  }
})

t.test('at the limit the model is not asked again, and the task fails with what to raise', async (t) => {
  const { cortex, model, id } = await begin(t, { usd: 2 * reply })
  model.script(look, look, look)
  const task = await cortex.ended(id)
  t.match(task, { status: 'failed', error: { code: 'CTX_BUDGET_SPENT', message: /the conversation has used \$2\.50 of the \$2\.5 it may; raise CORTEX_BUDGET_CONVERSATION_USD, .*Nothing was applied/ } })
  t.equal(model.requests.length, 2)
})

t.test('a change that was approved is carried out and verified all the same, and the error names it', async (t) => {
  const { cortex, model, id } = await begin(t, { tokens: 30 })
  model.script({ calls: [['workspace_write', { files: [{ path: 'greeting.txt', content: 'Hello\n' }] }], ['apply_changes', { summary: 'Greet' }]] })
  await cortex.decide(await cortex.approval(id), 'approve')
  const { error } = await cortex.ended(id)
  const commit = git(cortex.workspace, 'rev-parse', 'HEAD').trim()
  t.match(error, { code: 'CTX_BUDGET_SPENT', message: new RegExp(`has used 30 tokens of the 30 .*Applied and verified before: ${commit} \\(greeting\\.txt\\)`) })
  t.equal(git(cortex.workspace, 'show', 'HEAD:greeting.txt'), 'Hello\n')
  t.equal(model.requests.length, 1)
  t.match((await cortex.audit(id)).map(({ action }) => action).slice(-4), ['change.started', 'change.applied', 'change.verified', 'task.failed'])
})

t.test('under a limit in dollars, a model whose prices are not known is not asked at all', async (t) => {
  const { cortex, model, id } = await begin(t, { usd: 100 }, {})
  t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_MODEL_UNPRICED', message: /CORTEX_PRICES/ } })
  t.equal(model.requests.length, 0)
})

t.test('what was applied is named however the task ends short, be it a commit or not', async (t) => {
  const budget = { task: { usd: null, tokens: 80 }, batch: noLimit, conversation: noLimit }
  const [cortex, model, { toolkitsFile, freely, noted }] = await Promise.all([startCortex(t, { budget }), startMessagesServer(t), noting(t)])
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, toolkitsFile, policyFile: freely })
  const round = (line: string) => ({ calls: [['shell_note', { line }], ['apply_changes', { summary: 'Note it' }]] as Array<[string, unknown]> })
  model.script(round('a'), round('b'), round('c'))
  const spent = await cortex.ended(await cortex.create('Note it', 'development'))
  t.match(spent.error, { code: 'CTX_BUDGET_SPENT', message: /used 90 tokens of the 80 .*Applied and verified before: shell 001 note a, shell 001 note b, shell 001 note c$/ })
  t.notMatch(spent.error?.message, /Nothing was applied/)

  model.script({ calls: [['workspace_write', { files: [{ path: 'greeting.txt', content: 'Hello\n' }] }], ['shell_note', { line: 'd' }], ['apply_changes', { summary: 'Greet' }]] }, { calls: [['give_up', { reason: 'The rest cannot be done' }]] })
  const id = await cortex.create('Greet', 'development')
  await cortex.decide(await cortex.approval(id), 'approve')
  const { error } = await cortex.ended(id)
  const commit = git(cortex.workspace, 'rev-parse', 'HEAD').trim()
  t.match(error, { code: 'CTX_TASK_NOT_POSSIBLE', message: new RegExp(`^The rest cannot be done\\. Applied and verified before: ${commit} \\(greeting\\.txt\\), shell 001 note d$`) })
  t.strictSame(await noted(), ['a', 'b', 'c', 'd'])
})
