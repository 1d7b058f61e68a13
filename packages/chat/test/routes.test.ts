import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { request as rawRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Conversation, ConversationList, Problem, WaitingApprovals } from '@cortex/contracts'
import t from 'tap'
import { startChat } from '@cortex/chat'
import { request, startStack, task, workOff, type Stack } from './support/stack.ts'

const unknown = 'conv-00000000000000000000'

async function post (stack: Stack, path: string, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  const response = await fetch(stack.url + path, { method: 'POST', headers, body })
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() as Problem }
}

t.test('a message is taken once: a repeat gets the same answer, another text under its client_id is refused', async (t) => {
  const { api, model, converse } = await startStack(t, [(out) => out.start().text('ok').end()])
  const talk = await converse()
  const path = `/v1/conversations/${talk.id}/messages`
  const both = await Promise.all([1, 2].map(async () => await api('POST', path, { text: 'once', client_id: 'c1' })))
  t.same(both.map(({ status }) => status), [202, 202])
  t.same(both[0]?.body, both[1]?.body)
  await talk.stream.nth('RUN_FINISHED')
  t.same((await api('POST', path, { text: 'once', client_id: 'c1' })).body, both[0]?.body)
  t.match(await api('POST', path, { text: 'else', client_id: 'c1' }), { status: 409, body: { code: 'CTX_CLIENT_ID_REUSED' } })
  t.equal(model.requests.length, 1)
  t.equal((await talk.snapshot()).messages.length, 2)
})

t.test('more than twenty waiting messages are refused', async (t) => {
  const { api, converse } = await startStack(t, [(out) => { out.start() }])
  const { id, stream } = await converse('first')
  await stream.nth('RUN_STARTED')
  for (let n = 0; n < 20; n++) t.equal((await api('POST', `/v1/conversations/${id}/messages`, { text: 'more', client_id: `n${n}` })).status, 202)
  t.match(await api('POST', `/v1/conversations/${id}/messages`, { text: 'more', client_id: 'n20' }), { status: 429, body: { code: 'CTX_QUEUE_FULL' } })
})

t.test('conversations are listed newest first, page by page, and found by title and by what was said', async (t) => {
  const { api, converse } = await startStack(t, [(out) => out.start().text('The ingress is 100% fine_').end()])
  const ids: string[] = []
  for (const title of ['Alpha', 'Beta', 'Gamma']) ids.unshift((await api<Conversation>('POST', '/v1/conversations', { title })).body.id)
  const talk = await converse('hello')
  await talk.stream.nth('RUN_FINISHED')
  ids.unshift(talk.id)
  const listed: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: { body: ConversationList } = await api<ConversationList>('GET', `/v1/conversations?limit=2${cursor && `&cursor=${cursor}`}`)
    listed.push(...body.conversations.map(({ id }) => id))
    cursor = body.next_cursor
  }
  t.same(new Set(listed), new Set(ids))
  t.equal(listed.length, 4)
  const find = async (text: string) => (await api<ConversationList>('GET', `/v1/conversations?text=${encodeURIComponent(text)}`)).body.conversations.map(({ title }) => title)
  t.same(await find('bet'), ['Beta'])
  t.same(await find('INGRESS'), ['hello'])
  t.same(await find('100%'), ['hello'])
  t.same(await find('e%a'), [], 'signs of the search language are text')
  t.same(await find('fine_'), ['hello'])
  t.match(await api('GET', '/v1/conversations?cursor=nonsense'), { status: 400, body: { code: 'CTX_CURSOR_INVALID' } })
  t.equal((await api('GET', '/v1/conversations?limit=201')).status, 400)
})

t.test('a conversation is renamed and deleted; streams on it are sent away and its tasks go on', async (t) => {
  const { api, converse, orchestratorUrl } = await startStack(t, [
    (out) => { out.start().call('toolu_a', task('Stays')).open({ type: 'text', text: '' }) }
  ])
  const talk = await converse('go')
  await talk.stream.nth('TOOL_CALL_RESULT')
  t.match(await api('PATCH', `/v1/conversations/${talk.id}`, { title: 'New name' }), { status: 200, body: { title: 'New name' } })
  t.same((await talk.stream.nth('conversation', 2)).data, { title: 'New name' })
  t.match(await api('DELETE', `/v1/conversations/${talk.id}`), { status: 200, body: { id: talk.id, tasks: [{ title: 'Stays', status: 'queued' }] } }, 'what goes on is named')
  await talk.stream.end()
  t.equal(talk.stream.frames.at(-1)?.event, 'goodbye')
  for (const [method, path] of [['GET', ''], ['DELETE', ''], ['GET', '/stream'], ['POST', '/stop']] as const) {
    t.match(await api(method, `/v1/conversations/${talk.id}${path}`), { status: 404, body: { code: 'CTX_CONVERSATION_NOT_FOUND' } })
  }
  const { body } = await request<{ tasks: unknown[] }>('GET', `${orchestratorUrl}/v1/tasks`)
  t.equal(body.tasks.length, 1)
})

t.test('bad input is refused with its fault by field, and never with a 500', async (t) => {
  const stack = await startStack(t, [])
  const { id } = await stack.converse()
  const messages = `/v1/conversations/${id}/messages`
  const cases: Array<[name: string, path: string, body: string, status: number, match: object]> = [
    ['no text', messages, '{"client_id":"a"}', 400, { code: 'CTX_INPUT_INVALID', errors: [{ field: 'text' }] }],
    ['empty text', messages, '{"text":"","client_id":"a"}', 400, { errors: [{ field: 'text' }] }],
    ['blank text', messages, '{"text":"  \\n ","client_id":"a"}', 400, { errors: [{ field: 'text' }] }],
    ['NUL', messages, '{"text":"a\\u0000b","client_id":"a"}', 400, { errors: [{ field: 'text' }] }],
    ['a number for text', messages, '{"text":7,"client_id":"a"}', 400, { errors: [{ field: 'text' }] }],
    ['text over 20,000 characters', messages, JSON.stringify({ text: 'x'.repeat(20_001), client_id: 'a' }), 400, { errors: [{ field: 'text' }] }],
    ['a client_id that is a path', messages, '{"text":"a","client_id":"../../etc/passwd"}', 400, { errors: [{ field: 'client_id' }] }],
    ['a client_id of 10 kB', messages, JSON.stringify({ text: 'a', client_id: 'x'.repeat(10_000) }), 400, { errors: [{ field: 'client_id' }] }],
    ['an unknown field', messages, '{"text":"a","client_id":"a","role":"assistant"}', 400, { errors: [{ field: 'role' }] }],
    ['malformed JSON', messages, '{"text":', 400, { code: 'CTX_JSON_MALFORMED' }],
    ['a list', messages, '[]', 400, { code: 'CTX_INPUT_INVALID' }],
    ['a prototype', messages, '{"text":"a","client_id":"a","__proto__":{"x":1}}', 400, {}],
    ['a body over 1 MB', messages, JSON.stringify({ text: 'x'.repeat(1_100_000), client_id: 'a' }), 413, { code: 'CTX_BODY_TOO_LARGE' }],
    ['a conversation that is a path', '/v1/conversations/..%2F..%2Fetc%2Fpasswd/messages', '{"text":"a","client_id":"a"}', 400, { code: 'CTX_INPUT_INVALID' }],
    ['a conversation of 10 kB', `/v1/conversations/${'x'.repeat(10_000)}/messages`, '{"text":"a","client_id":"a"}', 400, {}],
    ['a conversation with NUL', '/v1/conversations/conv-%00/messages', '{"text":"a","client_id":"a"}', 400, {}],
    ['an unknown conversation', `/v1/conversations/${unknown}/messages`, '{"text":"a","client_id":"a"}', 404, { code: 'CTX_CONVERSATION_NOT_FOUND' }],
    ['an empty title', '/v1/conversations', '{"title":""}', 400, { errors: [{ field: 'title' }] }],
    ['no message', '/v1/chat', '{}', 400, { errors: [{ field: 'message' }] }]
  ]
  for (const [name, path, body, status, match] of cases) {
    t.match(await post(stack, path, body), { status, type: 'application/problem+json; charset=utf-8', body: match }, name)
  }
  t.equal((await post(stack, messages, 'text=a', { 'content-type': 'application/x-www-form-urlencoded' })).status, 415)
  t.equal((await post(stack, messages, '{}', { 'content-type': 'text/plain' })).status, 415)
  for (const cursor of ['-1', 'x', '1e99', '9007199254740993']) {
    t.equal((await fetch(`${stack.url}/v1/conversations/${id}/stream?after=${cursor}`)).status, 400, `after=${cursor}`)
    t.equal((await fetch(`${stack.url}/v1/conversations/${id}/stream`, { headers: { 'last-event-id': cursor } })).status, 400, `last-event-id ${cursor}`)
  }
  t.same((await stack.api<{ messages: unknown[] }>('GET', `/v1/conversations/${id}`)).body.messages, [])
})

t.test('pages of other origins and rebound names are refused on every route', async (t) => {
  const { url } = await startStack(t, [])
  const status = async (path: string, headers: Record<string, string>) => await new Promise<number | undefined>((resolve, reject) => {
    rawRequest(url + path, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject).end()
  })
  for (const path of ['/v1/conversations', '/v1/tasks', '/v1/planner']) {
    t.equal(await status(path, { host: 'evil.example' }), 403)
    t.equal(await status(path, { origin: 'http://evil.example' }), 403)
    t.equal(await status(path, { origin: url }), 200)
  }
})

t.test('the orchestrator answers under the same origin, under the name chat knows the person by', async (t) => {
  const { api, url, converse } = await startStack(t, [(out) => out.start().call('toolu_a', task('A')).end('tool_use'), (out) => out.start().text('ok').end()])
  const talk = await converse('go')
  await talk.stream.nth('task')
  const { body: { tasks: [first] } } = await api<{ tasks: Array<{ id: string, requested_by: string, batch_id: string, idempotency_key: string, conversation_id: string }> }>('GET', `/v1/tasks?conversation_id=${talk.id}`)
  t.match(first, { requested_by: 'local', idempotency_key: /^run-[0-9a-z]{20}\.toolu_a$/, conversation_id: talk.id, batch_id: /^batch-/ })
  t.match(await api('GET', '/v1/tools'), { status: 200, body: { tools: [{ name: 'cortex_create_task' }] } })
  t.match(await api('GET', '/v1/approvals'), { status: 200, body: { approvals: [] } })
  t.match(await api('POST', '/v1/approvals/none', { decision: 'approve', plan_hash: 'x' }), { status: 404, body: { code: 'CTX_APPROVAL_NOT_FOUND' } }, 'a body is passed on')
  t.match(await api('GET', `/v1/tasks/${first?.id}/log`), { status: 200, body: { lines: [] } })
  const cancelled = await fetch(`${url}/v1/tasks/${first?.id}/cancel`, { method: 'POST', headers: { 'content-type': 'application/json', 'cortex-user': 'somebody-else', origin: url, cookie: 'a=b' }, body: '{"reason":"not needed"}' })
  t.equal(cancelled.status, 200)
  t.match(await talk.stream.until(({ data }) => (data.task as { status?: string } | undefined)?.status === 'cancelled'), { data: { task: { metadata: { cancel_reason: /not needed/ } } } })
  t.match(await api('POST', `/v1/tasks/${first?.id}/rollback`, {}), { status: 409, body: { code: 'CTX_ROLLBACK_EMPTY' } })
  t.match(await api('POST', '/v1/batches/unknown/rollback', {}), { status: 404, body: { code: 'CTX_BATCH_NOT_FOUND' } })
  t.match(await api('GET', `/v1/audit?task_id=${first?.id}`), { status: 200, body: { entries: [{ actor: 'user:local', action: 'task.created' }, { actor: 'user:local', action: 'task.cancelled' }] } })
  t.match(await api('GET', '/v1/tasks/task-chat-0000000000000-000000000'), { status: 404, body: { code: 'CTX_TASK_NOT_FOUND' } })
  for (const path of ['/v1/leases', '/execute-tool', '/v1/tasks/..%2Fleases', '/metrics', '/v1/batches/x/close']) {
    t.ok([400, 404].includes((await api('POST', path, {})).status), `${path} is not reached through the page's origin`)
  }
})

t.test('while the orchestrator is away its routes say so, and a message fails with an error that can be tried again', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cortex-away-'))
  const chat = await startChat({ home, host: '127.0.0.1', port: 0, orchestratorUrl: 'http://127.0.0.1:9', model: { kind: 'rules', baseUrl: 'http://127.0.0.1:9', apiKey: 'offline', model: 'm' } })
  t.teardown(async () => await chat.close())
  t.match(await request('GET', `${chat.url}/v1/tasks`), { status: 502, body: { code: 'CTX_ORCHESTRATOR_UNREACHABLE' } })
  const answer = await fetch(`${chat.url}/v1/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"message":"hi"}' })
  t.match(await answer.text(), /event: RUN_ERROR\ndata: .*CTX_ORCHESTRATOR_UNREACHABLE.*"retryable":true/)
  t.equal((await request('GET', `${chat.url}/readyz`)).status, 200)
})

t.test('what waits for an answer is listed over all conversations and outside of them, without its changes', async (t) => {
  const { api, orchestratorUrl } = await startStack(t, [])
  for (const [title, conversation] of [['A', 'conv-00000000000000000001'], ['B', undefined]] as const) {
    await fetch(`${orchestratorUrl}/execute-tool`, { method: 'POST', headers: { 'content-type': 'application/json', ...(conversation && { 'cortex-conversation': conversation }) }, body: JSON.stringify({ tool_name: 'cortex_create_task', tool_input: task(title) }) })
  }
  const change = { toolkit: 'workspace', target: 'a', verb: 'create', diff: '+a' }
  await workOff(orchestratorUrl, 2, () => ({ kind: 'needs_approval', change_set: { summary: 'Change a', risk: 'low', changes: [change], dry_run: '', plan_hash: `sha256:${'a'.repeat(64)}` } }))
  const { body: waiting } = await api<WaitingApprovals>('GET', '/v1/waiting-approvals')
  t.same(waiting.approvals.map(({ title, conversation_id: id }) => [title, id]).sort(), [['A', 'conv-00000000000000000001'], ['B', null]])
  t.same(Object.keys(waiting.approvals[0]!).sort(), ['conversation_id', 'id', 'task_id', 'title'])
})

t.test('the page is served with headers that leave a hostile text nothing to do', async (t) => {
  const webRoot = mkdtempSync(join(tmpdir(), 'cortex-page-'))
  mkdirSync(join(webRoot, 'assets'))
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Cortex</title>')
  writeFileSync(join(webRoot, 'assets', 'main-abc123.js'), 'export {}')
  const { url } = await startStack(t, [], { webRoot })
  const get = async (path: string, accept = 'text/html') => await fetch(url + path, { headers: { accept } })
  for (const path of ['/', '/c/conv-00000000000000000000', '/history']) {
    const page = await get(path)
    t.equal(page.status, 200, path)
    t.match(await page.text(), /<title>Cortex/)
    t.equal(page.headers.get('cache-control'), 'no-cache')
    t.match(page.headers.get('content-security-policy'), /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'$/)
    t.equal(page.headers.get('x-content-type-options'), 'nosniff')
    t.equal(page.headers.get('referrer-policy'), 'no-referrer')
  }
  for (const path of ['/nope', '/c/zzz', '/tasks/1']) {
    const page = await get(path)
    t.equal(page.status, 404, path)
    t.match(await page.text(), /<title>Cortex/, 'which says so itself')
  }
  const asset = await get('/assets/main-abc123.js', '*/*')
  t.match(asset.headers.get('cache-control'), /immutable/)
  t.match(asset.headers.get('content-type'), /javascript/)
  for (const [path, accept] of [['/v1/nothing', 'text/html'], ['/assets/gone.js', '*/*'], ['/..%2f..%2fetc/passwd', '*/*'], ['/.env', '*/*']] as const) {
    const missing = await get(path, accept)
    t.equal(missing.status, 404, path)
    t.match(missing.headers.get('content-type'), /problem\+json/)
  }
})
