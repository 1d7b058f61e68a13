import type { StartedRollback, TaskList } from '@cortex/contracts'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { startCortex, type Cortex } from './cortex.ts'
import { resultsIn, startMessagesServer, type Script, type SentRequest } from './messages-server.ts'
import { startAgentsProcess } from './support/agents-process.ts'
import { startHoldingProxy, type Boundary } from './support/holding-proxy.ts'
import { git, writeFiles } from './workspace.ts'

// Each sentence starts an orchestrator and works with git; on a busy machine that is some seconds each.
t.setTimeout(120_000)

const partsOf = async ({ url }: Cortex, id: string) => ((await (await fetch(`${url}/v1/tasks?parent_id=${id}`)).json()) as TaskList).tasks.reverse()
const finish = (quote: string): [string, object] => ['finish', { summary: 'Done.', evidence: [{ claim: 'It is done', quote }] }]
const isOf = ({ messages }: SentRequest, title: string) => String(messages[0]?.content).includes(`<title>${title}</title>`)

t.test('a model splits its task; its parts run as runbooks and models do, and it goes on with what they came to', async (t) => {
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  await writeFiles(cortex.home, { 'policy.yaml': 'rules: [{ name: all, match: {}, decision: auto }]' })
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, policyFile: join(cortex.home, 'policy.yaml') })
  const before = git(cortex.workspace, 'rev-parse', 'HEAD^{tree}')
  const write = (path: string): [string, object] => ['workspace_write', { files: [{ path, content: 'text\n' }] }]
  const failing = { title: 'Do the impossible', description: 'It cannot be done.', ref: 'x' }
  const subTasks = [
    { title: 'Create a .gitignore', description: 'As the runbook has it.' }, { title: 'Do what is rare', description: 'Write b.txt.', ref: 'b' },
    failing, { title: 'Behind it', description: 'Needs the impossible.', depends_on: ['x'] }
  ]
  // Parts ask side by side, and each is answered as itself.
  const part = (request: SentRequest): Script => {
    t.notOk(request.tools.some(({ name }) => name === 'split_task'), 'a part is not offered to split again')
    if (isOf(request, failing.title)) return { calls: [['give_up', { reason: 'It cannot be.' }]] }
    return { calls: request.messages.length > 1 ? [finish('Applied and read back')] : [write('b.txt'), ['apply_changes', { summary: 'Write b' }]] }
  }
  model.script(
    { calls: [write('a.txt'), ['split_task', { sub_tasks: subTasks }]] },
    (request) => {
      t.match(JSON.stringify(request.tools.find(({ name }) => name === 'split_task')), /"const":"development"/)
      t.match(resultsIn(request)[1], { content: /CTX_CHANGES_OPEN/, is_error: true })
      return { calls: [['apply_changes', { summary: 'Write a' }], ['split_task', { sub_tasks: [{ title: 'A', description: 'B', depends_on: ['nobody'] }] }], ['split_task', { sub_tasks: [{ title: 'A', description: 'B', category: 'infrastructure' }] }]] }
    },
    (request) => {
      const [, unknown, elsewhere] = resultsIn(request)
      t.match(unknown, { content: /CTX_TOOL_INPUT_INVALID.*sub_tasks\.0\.depends_on: names nobody/, is_error: true })
      t.match(elsewhere, { content: /CTX_TOOL_INPUT_INVALID.*sub_tasks\.0\.category/, is_error: true }, 'what a worker read does not lead it to the tools of another master')
      return { calls: [['split_task', { sub_tasks: subTasks }], finish('too early')] }
    },
    part, part, part,
    (request) => {
      const [told, early] = resultsIn(request)
      t.match(told, { content: /^<tool_output tool="split_task">[\s\S]*Create a \.gitignore” \(task-chat-[\s\S]*was completed[\s\S]*commit [0-9a-f]{40}[\s\S]*CTX_TASK_NOT_POSSIBLE: It cannot be\.[\s\S]*was cancelled\nNeeds “Do the impossible”, which failed/, is_error: false })
      t.match(early, { content: /CTX_SPLIT_UNREAD/, is_error: true }, 'what was said beside the split does not end the task')
      return { calls: [['split_task', { sub_tasks: [failing] }]] }
    },
    (request) => {
      t.match(resultsIn(request), [{ content: /CTX_SPLIT_REFUSED.*split already/, is_error: true }])
      return { calls: [finish('Do what is rare')] }
    }
  )
  const id = await cortex.create('Do it all', 'development', { description: 'All of it.' })
  const task = await cortex.ended(id, 60_000)
  t.match(task, {
    status: 'completed',
    attempt: 1,
    attempts: [{ outcome: 'split' }, { outcome: 'completed' }],
    result: {
      summary: 'Done. (2 of 4 sub-tasks did not complete. “Do the impossible” failed: It cannot be.; “Behind it” was cancelled: Needs “Do the impossible”, which failed)',
      files: ['.gitignore', 'b.txt', 'a.txt'],
      evidence: [{ claim: 'Sub-task “Create a .gitignore” was completed' }, { claim: 'Sub-task “Do what is rare” was completed' }, {}, {}, { claim: 'It is done' }]
    }
  })
  t.match(await partsOf(cortex, id), [{ status: 'completed', usage: null }, { status: 'completed', result: { files: ['b.txt'] } }, { status: 'failed' }, { status: 'cancelled' }])

  await t.test('and a rollback of the whole takes back what its parts did', async (t) => {
    const { task_id: back } = await (await fetch(`${cortex.url}/v1/tasks/${id}/rollback`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json() as StartedRollback
    t.match(await cortex.ended(back), { status: 'completed' })
    t.equal(git(cortex.workspace, 'rev-parse', 'HEAD^{tree}'), before)
  })
})

t.test('a part asks for its own approval while the whole waits for it', async (t) => {
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  model.script({ calls: [['split_task', { sub_tasks: [{ title: 'Create a .gitignore', description: 'As the runbook has it.' }] }]] }, { calls: [finish('Create a .gitignore')] })
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' } })
  const id = await cortex.create('Do it all', 'development', { description: 'All of it.' })
  t.match(await cortex.until(id, ({ waiting_for: reason }) => reason?.includes('approval') ?? false), { status: 'waiting', waiting_for: 'your approval of Create a .gitignore; 1 sub-task: Create a .gitignore' })
  const approval = await cortex.approval((await partsOf(cortex, id))[0]!.id)
  t.equal((await cortex.decide(approval, 'approve')).status, 200)
  t.match(await cortex.ended(id), { status: 'completed', result: { summary: 'Done.' } })
})

t.test('a part reaches no more by the policy of its category than what it is a part of may', async (t) => {
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  await writeFiles(cortex.home, {
    'policy.yaml': `rules:
  - { name: general changes nothing, match: { kind: change, category: general }, decision: deny }
  - { name: documents of cicd are free, match: { category: cicd, target: "docs/**" }, decision: auto }
`
  })
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, policyFile: join(cortex.home, 'policy.yaml') })
  model.script(
    { calls: [['split_task', { sub_tasks: [{ title: 'Write it down', description: 'In docs/a.md.', category: 'cicd' }] }]] },
    { calls: [['workspace_write', { files: [{ path: 'docs/a.md', content: 'text\n' }] }]] },
    (request) => {
      t.match(resultsIn(request), [{ content: /CTX_POLICY_DENIED.*general changes nothing/, is_error: true }])
      return { calls: [['give_up', { reason: 'It is denied.' }]] }
    },
    { calls: [['give_up', { reason: 'Nothing was done.' }]] }
  )
  t.match(await cortex.ended(await cortex.create('Do it all', 'general', { description: 'All of it.' })), { status: 'failed' })
  t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), '1')
  const alone = await cortex.create('Write it down', 'cicd', { description: 'In docs/a.md.' })
  model.script({ calls: [['workspace_write', { files: [{ path: 'docs/a.md', content: 'text\n' }] }], ['apply_changes', { summary: 'Write a' }]] }, { calls: [finish('Applied and read back')] })
  t.match(await cortex.ended(alone), { status: 'completed', result: { files: ['docs/a.md'] } }, 'which it may alone')
})

/** What the model does is decided by what it is shown alone, so a run that is asked again gets the same answer. */
function answerTo ({ messages }: SentRequest): Script {
  const name = /<title>\w+ for (\w+)</.exec(String(messages[0]?.content))?.[1] ?? ''
  const isPart = String(messages[0]?.content).includes('<title>Write for')
  const calls: Array<Array<[string, object]>> = isPart
    ? [[['workspace_write', { files: [{ path: `${name}.txt`, content: name }] }], ['apply_changes', { summary: 'Write it' }]], [finish('Applied and read back')]]
    : [[['split_task', { sub_tasks: [{ title: `Write for ${name}`, description: 'A letter.' }] }]], [finish(`Write for ${name}`)]]
  return { calls: calls[(messages.length - 1) / 2]! }
}

t.test('killed before or after anything it tells of a split, a worker goes on and the parts are made once', async (t) => {
  const [cortex, model] = await Promise.all([startCortex(t, { concurrency: 64 }), startMessagesServer(t)])
  await writeFiles(cortex.home, { 'policy.yaml': 'rules: [{ name: all, match: {}, decision: auto }]' })
  const proxy = await startHoldingProxy(t, cortex.url)
  // The journal has how it began, the task, the reply, the split; then comes the outcome, and in the next lease what the parts came to.
  const boundaries = [4, 5, 6].flatMap((number): Boundary[] => [{ number, when: 'before' }, { number, when: 'after' }])
  const ids = await Promise.all(boundaries.map(async (boundary, index) => {
    const id = await cortex.create(`Split for n${index}`, (['general', 'development'] as const)[index % 2]!, { description: 'All of it.' })
    proxy.hold(id, boundary)
    return id
  }))
  model.script(...Array.from({ length: 200 }, () => answerTo))
  const env = { ORCHESTRATOR_URL: proxy.url, CORTEX_HOME: cortex.home, CORTEX_AGENT_ID: 'killed', CORTEX_POLICY: join(cortex.home, 'policy.yaml'), ANTHROPIC_API_KEY: 'test', ANTHROPIC_BASE_URL: model.url }
  const { child } = await startAgentsProcess(t, env)
  await proxy.held()
  child.kill('SIGKILL')
  await once(child, 'exit')
  proxy.release()
  await startAgentsProcess(t, env)
  for (const id of ids) {
    t.match(await cortex.ended(id, 60_000), { status: 'completed', result: { evidence: [{ claim: /^Sub-task “Write for n\d” was completed/ }, {}] } })
    t.match(await partsOf(cortex, id), [{ status: 'completed' }])
    t.equal((await partsOf(cortex, id)).length, 1)
  }
  t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), String(1 + ids.length))
})
