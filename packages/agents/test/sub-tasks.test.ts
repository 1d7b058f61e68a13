import type { StartedRollback, TaskList } from '@cortex/contracts'
import { join } from 'node:path'
import t from 'tap'
import { startCortex, type Cortex } from './cortex.ts'
import { resultsIn, startMessagesServer, type SentRequest } from './messages-server.ts'
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
  // Two parts ask at once, and whichever comes first is answered as itself.
  const part = (request: SentRequest) => isOf(request, failing.title) ? { calls: [['give_up', { reason: 'It cannot be.' }]] as Array<[string, unknown]> } : { calls: [write('b.txt'), ['apply_changes', { summary: 'Write b' }]] as Array<[string, unknown]> }
  model.script(
    { calls: [write('a.txt'), ['split_task', { sub_tasks: subTasks }]] },
    (request) => {
      t.ok(request.tools.some(({ name }) => name === 'split_task'))
      t.match(resultsIn(request)[1], { content: /CTX_CHANGES_OPEN/, is_error: true })
      return { calls: [['apply_changes', { summary: 'Write a' }], ['split_task', { sub_tasks: [{ title: 'A', description: 'B', depends_on: ['nobody'] }] }]] }
    },
    (request) => {
      t.match(resultsIn(request)[1], { content: /CTX_TOOL_INPUT_INVALID.*sub_tasks\.0\.depends_on: names nobody/, is_error: true })
      return { calls: [['split_task', { sub_tasks: subTasks }], finish('too early')] }
    },
    part, part,
    (request) => {
      t.notOk(request.tools.some(({ name }) => name === 'split_task'), 'a part is not offered to split again')
      return { calls: [finish('Applied and read back')] }
    },
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
      summary: 'Done. (2 of 4 sub-tasks did not complete: “Do the impossible” failed, “Behind it” was cancelled.)',
      evidence: [{ claim: 'Sub-task “Create a .gitignore” was completed' }, { claim: 'Sub-task “Do what is rare” was completed' }, { claim: 'Sub-task “Do the impossible” failed' }, { claim: 'Sub-task “Behind it” was cancelled' }]
    }
  })
  t.match(await partsOf(cortex, id), [{ status: 'completed', usage: null }, { status: 'completed', result: { files: ['b.txt'] } }, { status: 'failed' }, { status: 'cancelled' }])

  await t.test('and a rollback of the whole takes back what its parts did', async (t) => {
    const { task_id: back } = await (await fetch(`${cortex.url}/v1/tasks/${id}/rollback`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json() as StartedRollback
    t.match(await cortex.ended(back), { status: 'completed' })
    t.equal(git(cortex.workspace, 'rev-parse', 'HEAD^{tree}'), before)
  })
})

t.test('an approval of a part is answered while the whole waits, and a split whose report was cut off is reported once', async (t) => {
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  const options = { model: { baseUrl: model.url, apiKey: 'test' } }
  const id = await cortex.create('Do it all', 'development', { description: 'All of it.' })
  model.script({ calls: [['split_task', { sub_tasks: [{ title: 'Create a .gitignore', description: 'As the runbook has it.' }] }]] })
  await cortex.agents(options)
  await cortex.until(id, ({ waiting_for: reason }) => reason?.includes('Your approval') ?? false)
  const [part] = await partsOf(cortex, id)
  const approval = await cortex.approval(part!.id)
  model.script(() => ({ calls: [finish('Create a .gitignore')] }))
  t.equal((await cortex.decide(approval, 'approve')).status, 200)
  t.match(await cortex.ended(id), { status: 'completed', result: { summary: 'Done.' } })
  t.equal((await partsOf(cortex, id)).length, 1)
})
