import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Conversation, ConversationSnapshot, DeletedConversation, SearchHits } from '@cortex/contracts'
import { startOrchestrator } from '@cortex/orchestrator'
import t from 'tap'
import { buildApp } from '../src/app.ts'
import { createModel } from '../src/model.ts'
import { SqliteConversationStore } from '../src/store/sqlite/sqlite-conversation-store.ts'
import { startStack, task, workOff } from './support/stack.ts'

t.test('messages, tasks and their results are found by their words, and a conversation is exported with all of them', async (t) => {
  const { api, converse, orchestratorUrl, url } = await startStack(t, [
    (out) => out.start().text('The ingress | is *fine*.').call('toolu_a', task('Scan the Grafana images')).end('tool_use'),
    (out) => out.start().text('Started.').end(),
    (out) => out.start().text('All clean.').end()
  ])
  const talk = await converse('How is the ingress?')
  await talk.stream.nth('RUN_FINISHED')
  await workOff(orchestratorUrl, 1, () => ({ kind: 'completed', result: { summary: 'No vulnerability | none', evidence: [{ claim: 'Trivy was read', detail: 'a ``` fence\n# no heading' }] } }))
  await talk.stream.nth('RUN_FINISHED', 2)
  const find = async (text: string) => (await api<SearchHits>('GET', `/v1/search?text=${encodeURIComponent(text)}`)).body.hits.map(({ kind, snippet }) => [kind, snippet])
  t.same(await find('INGRESS'), [['message', 'The ingress | is *fine*. Started.'], ['title', 'How is the ingress?'], ['message', 'How is the ingress?']])
  t.match(await find('vulnerab trivy'), [['task', /Scan the Grafana images.*Trivy was read/]])
  t.same(await find('nothing of it'), [])
  t.same(await find('%_"*'), [])
  t.match(await api('GET', '/v1/search?text=%20'), { status: 400, body: { errors: [{ field: 'text' }] } })

  const markdown = await fetch(`${url}/v1/conversations/${talk.id}/export`)
  t.equal(markdown.headers.get('content-type'), 'text/markdown; charset=utf-8')
  t.equal(markdown.headers.get('content-disposition'), `attachment; filename="${talk.id}.md"`)
  const text = await markdown.text()
  t.match(text, /^# How is the ingress\?\n/)
  t.match(text, /## You, \d{4}[^]*How is the ingress\?[^]*## Cortex, [^]*The ingress \| is \*fine\*\.[^]*`cortex_create_task` “Scan the Grafana images”: succeeded, task-chat-/)
  t.match(text, /\| task-chat-\S+ \| Scan the Grafana images \| infrastructure \| medium \| completed \| No vulnerability \\\| none \|/)
  t.match(text, / {2}````\n {2}a ``` fence\n {2}# no heading\n {2}````/, 'what workers wrote cannot leave its fence')
  const { body } = await api<ConversationSnapshot>('GET', `/v1/conversations/${talk.id}/export?format=json`)
  t.match(body, { id: talk.id, owner: 'local', messages: { length: 3 }, tasks: [{ status: 'completed' }] })
  t.match(await api('GET', `/v1/conversations/${talk.id}/export?format=pdf`), { status: 400, body: { errors: [{ field: 'querystring.format' }] } })
})

t.test('who deletes a conversation is told which tasks go on, or has them cancelled', async (t) => {
  const { api, converse, orchestratorUrl } = await startStack(t, ['A', 'B'].flatMap((name) => [
    (out) => out.start().call(`toolu_${name}`, task(name)).end('tool_use'), (out) => out.start().text('ok').end()
  ]))
  for (const [name, query, status] of [['A', '', 'queued'], ['B', '?cancel_tasks=true', 'cancelled']] as const) {
    const talk = await converse(name)
    await talk.stream.nth('RUN_FINISHED')
    const { body } = await api<DeletedConversation>('DELETE', `/v1/conversations/${talk.id}${query}`)
    t.match(body, { id: talk.id, tasks: [{ title: name }] })
    t.match(await (await fetch(`${orchestratorUrl}/v1/tasks/${body.tasks[0]?.task_id}`)).json(), { status })
  }
})

t.test('with several people a conversation is its owner\'s: others cannot see it, read it once it is shared, and never change it', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cortex-owners-'))
  const orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
  const app = buildApp({ store: new SqliteConversationStore(home), model: createModel({ kind: 'claude', apiKey: 'x', baseUrl: 'http://127.0.0.1:9', model: 'm' }, { models: {} }, undefined), orchestratorUrl: orchestrator.url, selfTest: false })
  // In the place of a sign-in.
  app.addHook('onRequest', async (request) => { request.user = String(request.headers['x-person'] ?? 'local') })
  t.teardown(async () => {
    await app.close()
    await orchestrator.close()
    rmSync(home, { recursive: true, force: true })
  })
  const as = (person: string) => async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
    const { statusCode: status, body } = await app.inject({ method, url, headers: { 'x-person': person }, ...(payload && { payload }) })
    return { status, body: (body.startsWith('{') ? JSON.parse(body) : body) as Record<string, unknown> }
  }
  const [ann, bob, nobody] = [as('ann'), as('bob'), as('local')]
  const { body } = await ann('POST', '/v1/conversations', { title: 'Secret plans' }) as unknown as { body: Conversation }
  const path = `/v1/conversations/${body.id}`
  t.equal(body.owner, 'ann')
  const reads = [path, `${path}/stream`, `${path}/export`] as const
  const changes = [['PATCH', path, { title: 'x' }], ['POST', `${path}/messages`, { text: 'x', client_id: 'c' }], ['POST', `${path}/stop`, {}], ['POST', '/v1/chat', { message: 'x', conversation_id: body.id }],
    ['POST', '/agui', { threadId: body.id, runId: 'r', messages: [{ id: 'm', role: 'user', content: 'x' }] }], ['POST', `${path}/messages/msg-00000000000000000000/edit`, { text: 'x', client_id: 'c' }], ['DELETE', path, undefined]] as const
  for (const url of reads) t.match(await bob('GET', url), { status: 404, body: { code: 'CTX_CONVERSATION_NOT_FOUND' } }, url)
  for (const [method, url, payload] of changes) t.match(await bob(method, url, payload), { status: 404, body: { code: 'CTX_CONVERSATION_NOT_FOUND' } }, `${method} ${url}`)
  t.match(await bob('GET', '/v1/search?text=secret'), { body: { hits: [] } })
  t.match(await ann('GET', '/v1/search?text=secret'), { body: { hits: [{ id: body.id }] } })

  t.match(await ann('PATCH', path, { shared: true }), { status: 200, body: { shared: true, title: 'Secret plans' } })
  t.match(await bob('GET', path), { status: 200, body: { title: 'Secret plans', owner: 'ann', shared: true } })
  t.match(await bob('GET', '/v1/conversations'), { body: { conversations: [] } }, 'it is read by its address; no list shows it')
  for (const [method, url, payload] of changes) t.match(await bob(method, url, payload), { status: 403, body: { code: 'CTX_CONVERSATION_NOT_YOURS' } }, `${method} ${url}`)
  t.match(await ann('PATCH', path, { shared: false }), { status: 200 })
  t.equal((await bob('GET', path)).status, 404)

  const { body: old } = await nobody('POST', '/v1/conversations', { title: 'From before sign-in' })
  t.match(await bob('GET', '/v1/conversations'), { body: { conversations: [{ id: old.id }] } }, 'what is from a time without sign-in is everybody\'s')
  t.equal(((await nobody('GET', '/v1/conversations')).body as { conversations: unknown[] }).conversations.length, 2, 'where nobody signs in, all are seen')
})
