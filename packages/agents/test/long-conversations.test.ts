import { once } from 'node:events'
import type { LeaseList } from '@cortex/contracts'
import t from 'tap'
import { spawnAgents, startCortex } from './cortex.ts'
import { resultsIn, startMessagesServer, type SentRequest } from './messages-server.ts'
import { git, writeFiles, type TestOwner } from './workspace.ts'

const limit = 300_000
const files = Array.from({ length: 60 }, (_, index) => `long/${String(index).padStart(2, '0')}.md`)
const read = (...paths: string[]) => ({ calls: paths.map((path): [string, unknown] => ['workspace_read', { path }]) })
const reads = Array.from({ length: 20 }, (_, index) => read(...files.slice(3 * index, 3 * index + 3)))
const finish = (quote: string) => ({ calls: [['finish', { summary: 'Read.', evidence: [{ claim: 'It is there', quote }] }]] as Array<[string, unknown]> })
const sizeOf = ({ messages }: SentRequest) => JSON.stringify(messages).length

async function plantFiles (workspace: string): Promise<void> {
  await writeFiles(workspace, Object.fromEntries(files.map((path) => [path, `The marker of ${path}.\n${'One more line of a long file.\n'.repeat(700)}`])))
  git(workspace, 'add', '--all')
  git(workspace, 'commit', '--quiet', '--message', 'Plant them')
}

async function begin (t: TestOwner, limits: object) {
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'x' }, modelLimits: limits })
  return { cortex, model }
}

t.test('a run that reads sixty large files stays in bounds, is killed, goes on with the very same conversation and ends', async (t) => {
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  const env = { ANTHROPIC_API_KEY: 'x', ANTHROPIC_BASE_URL: model.url, CORTEX_WORKER_CONTEXT: `${limit}` }
  const child = await spawnAgents(t, cortex, env)
  await plantFiles(cortex.workspace)
  const killedAt = 14
  model.script(...reads.slice(0, killedAt), { breaks: 'silence' })
  const id = await cortex.create('Read the long files', 'development')
  await model.asked(killedAt + 1)
  child.kill('SIGKILL')
  await once(child, 'exit')

  const post = (path: string, body: unknown) => fetch(`${cortex.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const masters = [{ id: (await cortex.task(id)).assigned_to, title: 'Development', categories: ['development'], concurrency: 4 }]
  const { leases: [lease] } = await (await post('/v1/leases', { agent_id: 'killed', masters, held: [], capacity: 1, wait_seconds: 20 })).json() as LeaseList
  t.ok(JSON.stringify(lease?.journal).length < limit * 1.1, 'what was cut is not kept in the journal either')
  await post(`/v1/leases/${lease?.lease_id}/outcome`, { kind: 'released' })

  model.script(...reads.slice(killedAt), finish('The marker of long/00.md.'), read(files[0]!), finish('The marker of long/00.md.'))
  await cortex.agents({ model: { baseUrl: model.url, apiKey: 'x' }, modelLimits: { context: limit } })
  t.match(await cortex.ended(id), { status: 'completed', result: { evidence: [{ claim: 'It is there' }] } })

  t.strictSame(model.requests[killedAt + 1]?.messages, model.requests[killedAt]?.messages)
  t.equal(model.requests.length, reads.length + 4)
  t.ok(Math.max(...model.requests.map(sizeOf)) <= limit)
  t.match(resultsIn(model.requests.at(-2)!), [{ content: /CTX_EVIDENCE_UNFOUNDED.*read it again if that answer was cut/, is_error: true }], 'what was cut cannot be quoted')
  const kept = model.requests.slice(1).filter((request, index) => JSON.stringify(request.messages).startsWith(JSON.stringify(model.requests[index]!.messages).slice(0, -1)))
  t.ok(kept.length >= model.requests.length - 1 - 6, 'nearly every request begins as the one before it, for the cache')
  const { messages } = model.requests.at(-1)!
  t.match(messages[0]?.content, /Read the long files/)
  t.match(messages[1]?.content, [{ type: 'tool_use', input: { path: files[0] } }, {}, {}], 'what was asked is still to be seen')
  t.match(messages[2]?.content, [{ type: 'tool_result', content: /^\[Cut to keep this conversation in bounds: 2\d{4} characters that workspace_read had answered/ }, {}, {}])
})

t.test('in a small window long calls are cut as their answers are, what they planned is not, and thinking is left as it was signed', async (t) => {
  const { cortex, model } = await begin(t, { context: 60_000 })
  const written = files.slice(0, 6)
  const content = (path: string) => `About ${path}.\n${'Words that a model wrote.\n'.repeat(300)}`
  model.script(
    ...written.map((path) => ({ think: `I write ${path}.`, calls: [['workspace_write', { files: [{ path, content: content(path) }] }]] as Array<[string, unknown]> })),
    (request) => {
      t.match(request.messages[1]?.content, [
        { type: 'thinking', thinking: 'I write long/00.md.', signature: 'sig' },
        { type: 'tool_use', input: { files: [{ path: 'long/00.md', content: /^\[cut: \d+ characters\]$/ }] } }
      ])
      return { calls: [['apply_changes', { summary: 'Write them' }]] }
    }
  )
  const id = await cortex.create('Write the long files', 'development')
  const approval = await cortex.approval(id)
  model.script(finish('exactly the approved diff'))
  await cortex.decide(approval, 'approve')
  t.match(await cortex.ended(id), { status: 'completed' })
  for (const path of written) t.equal(git(cortex.workspace, 'show', `HEAD:${path}`), content(path))
  t.ok(Math.max(...model.requests.map(sizeOf)) <= 60_000)
  t.ok(model.requests.every(({ max_tokens: tokens }) => tokens === 10_000), 'a reply leaves room for the conversation')
})

t.test('when cutting answers is not enough, the oldest exchanges go as a whole, and what is too large by itself ends honestly', async (t) => {
  const { cortex, model } = await begin(t, { context: 12_000 })
  model.script(
    ...Array.from({ length: 12 }, (_, index) => ({ think: `${index} ${'hmm '.repeat(400)}`, calls: [['workspace_list', {}]] as Array<[string, unknown]> })),
    (request) => {
      t.match(request.messages[0]?.content, /Think long[\s\S]*oldest exchanges of this conversation stood here/)
      t.notMatch(JSON.stringify(request.messages), '"0 hmm')
      return { think: 'hmm '.repeat(4_000), calls: [['workspace_list', {}]] }
    }
  )
  const id = await cortex.create('Think long', 'development')
  t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_MODEL_CONTEXT_FULL' } })
  t.ok(Math.max(...model.requests.map(sizeOf)) <= 12_000)
})
