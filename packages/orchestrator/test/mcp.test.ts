import { once } from 'node:events'
import { request } from 'node:http'
import type { CreatedTask, Problem, TaskList, TaskStatusReport, ToolList } from '@cortex/contracts'
import { createService, startService } from '@cortex/service'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import tools from '../src/plugins/tools.ts'
import mcp from '../src/routes/mcp.ts'
import type { ToolSpec } from '../src/tool.ts'
import { only, orchestrate, result } from './orchestrator.ts'

type Mode = 'auto' | 'legacy'

/** The official client, connected. `auto` negotiates the newest revision, `legacy` shakes hands as earlier ones do. */
async function connect (t: Test, url: string, { mode = 'auto', headers = {} }: { mode?: Mode, headers?: Record<string, string> } = {}) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }))
  t.teardown(() => client.close())
  const call = async <Output>(name: string, input: Record<string, unknown> = {}) => {
    const { isError = false, structuredContent, content } = await client.callTool({ name, arguments: input })
    return { isError, output: structuredContent as Output, content }
  }
  return { client, call }
}

/** A message as a client of an earlier revision sends it, and the answer to it. */
async function post (url: string, message: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message)
  })
  const text = await response.text()
  const json = /^data: (.*)$/m.exec(text)?.[1] ?? text
  return { status: response.status, body: json === '' ? null : JSON.parse(json) as { id: unknown, result?: Record<string, unknown>, error?: { code: number, message: string, data?: Problem } } }
}

for (const mode of ['auto', 'legacy'] as const) {
  t.test(`a client (${mode}) finds the tools of /v1/tools with their schemas, and what each may do`, async (t) => {
    const cortex = await orchestrate(t)
    const { client } = await connect(t, cortex.url, { mode })
    const { tools } = await client.listTools()
    const { body } = await cortex.send<ToolList>('GET', '/v1/tools')
    t.same(tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema })), body.tools)
    for (const { outputSchema } of tools) t.equal(outputSchema?.type, 'object')
    const readOnly = tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name)
    t.same(readOnly, ['cortex_get_task_status', 'cortex_get_tasks', 'cortex_list_agents', 'cortex_get_metrics'])
    t.match(client.getInstructions(), /no tool approves/)
  })

  t.test(`a client (${mode}) makes twenty calls in parallel, each answered with its own task`, async (t) => {
    const cortex = await orchestrate(t)
    const { call } = await connect(t, cortex.url, { mode, headers: { 'cortex-user': 'ada', 'cortex-conversation': 'conv-1', 'cortex-batch': 'batch-1' } })
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => call<CreatedTask>('cortex_create_task', { title: `Task ${index}`, description: 'B', ref: `t${index}`, ...(index > 0 && { depends_on: ['t0'] }) })))
    t.equal(new Set(answers.map(({ output }) => output.task_id)).size, 20)
    for (const [index, { output, content }] of answers.entries()) {
      t.match(await cortex.task(output.task_id), { payload: { title: `Task ${index}` }, requested_by: 'ada', conversation_id: 'conv-1', batch_id: 'batch-1', metadata: { source: 'mcp' } })
      t.same(content, [{ type: 'text', text: JSON.stringify(output) }])
    }
  })

  t.test(`to a client (${mode}) a refusal is the problem that /execute-tool answers, by field`, async (t) => {
    const cortex = await orchestrate(t)
    const { client, call } = await connect(t, cortex.url, { mode })
    for (const [name, input] of [['cortex_create_task', { title: ' ', descripton: 'B' }], ['cortex_cancel_task', { task_id: 'nothing' }], ['cortex_get_tasks', { limit: 'many' }]] as const) {
      const { isError, output, content } = await call<Problem>(name, input)
      const { body } = await cortex.refuse(name, input)
      t.equal(isError, true)
      t.same({ ...output, request_id: '' }, { ...body, request_id: '' })
      t.same(content, [{ type: 'text', text: JSON.stringify(output) }])
    }
    await t.rejects(client.callTool({ name: 'cortex_launch_rocket', arguments: {} }), { code: -32602, message: /There is no tool cortex_launch_rocket; the tools are cortex_create_task/ })
    t.equal((await cortex.send<TaskList>('GET', '/v1/tasks')).body.tasks.length, 0)
  })
}

t.test('wait_seconds is answered when the task changes', async (t) => {
  const cortex = await orchestrate(t)
  const { call } = await connect(t, cortex.url)
  const { output: { task_id: id } } = await call<CreatedTask>('cortex_create_task', { title: 'A', description: 'B', category: 'infrastructure' })
  const { lease_id: lease } = only(await cortex.lease())
  const waiting = call<TaskStatusReport>('cortex_get_task_status', { task_id: id, wait_seconds: 30 })
  await cortex.end(lease, { kind: 'completed', result })
  t.match((await waiting).output, { status: 'completed', result })
})

t.test('an idempotency key in the header answers the first task again, and one that is no key is refused by name', async (t) => {
  const cortex = await orchestrate(t)
  const first = await connect(t, cortex.url, { headers: { 'idempotency-key': 'k1' } })
  const { output } = await first.call<CreatedTask>('cortex_create_task', { title: 'A', description: 'B' })
  t.equal((await first.call<CreatedTask>('cortex_create_task', { title: 'A', description: 'B' })).output.task_id, output.task_id)
  t.match(await first.call('cortex_create_task', { title: 'Another', description: 'B' }), { isError: true, output: { code: 'CTX_IDEMPOTENCY_CONFLICT' } })
  t.equal(await cortex.create({ title: 'A', description: 'B', category: undefined }, { 'idempotency-key': 'k1' }), output.task_id, 'over /execute-tool too')
  const second = await connect(t, cortex.url, { headers: { 'idempotency-key': 'x'.repeat(201) } })
  t.match(await second.call('cortex_create_task', { title: 'A', description: 'B' }), { isError: true, output: { errors: [{ field: 'headers.idempotency-key' }] } })
})

t.test('clients of earlier revisions shake hands and call, without a session', async (t) => {
  const { url } = await orchestrate(t)
  for (const version of ['2025-06-18', '2025-11-25']) {
    const hello = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: version, capabilities: { roots: {} }, clientInfo: { name: 'claude-code', version: '2' } } }
    t.match(await post(url, hello), { status: 200, body: { id: 0, result: { protocolVersion: version, serverInfo: { name: 'cortex' }, capabilities: { tools: {} } } } })
    const headers = { 'mcp-protocol-version': version }
    t.match(await post(url, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers), { status: 202, body: null })
    t.match(await post(url, { jsonrpc: '2.0', id: 'a', method: 'tools/call', params: { name: 'cortex_get_metrics' } }, headers), { status: 200, body: { id: 'a', result: { structuredContent: { by_status: { queued: 0 } } } } })
    t.match(await post(url, { jsonrpc: '2.0', id: 1, method: 'ping' }, headers), { status: 200, body: { id: 1, result: {} } })
  }
})

t.test('an answer that is too large is an error that says what became of the call, and never an empty body', async (t) => {
  const app = createService()
  t.teardown(() => app.close())
  app.register(tools)
  app.register(mcp)
  await app.after()
  app.tools.add({ name: 'cortex_recite', description: 'Answers as much as it is asked for', readOnly: true, input: Type.Object({ length: Type.Integer() }), output: Type.Object({}), run: async (_app, { length }: { length: number }) => ({ text: 'x'.repeat(length) }) } as ToolSpec)
  const { call } = await connect(t, await startService(app, { host: '127.0.0.1', port: 0 }))
  t.match(await call('cortex_recite', { length: 20_000_000 }), { isError: true, output: { code: 'CTX_ANSWER_TOO_LARGE', detail: /cortex_recite was carried out/ } })
  t.equal((await call<{ text: string }>('cortex_recite', { length: 9_000_000 })).output.text.length, 9_000_000)
})

t.test('what is no JSON-RPC is refused as JSON-RPC, and what asks for a session is told there is none', async (t) => {
  const { url, create } = await orchestrate(t)
  t.match(await post(url, '{"jsonrpc": "2.0'), { status: 400, body: { id: null, error: { code: -32700, data: { code: 'CTX_JSON_MALFORMED' } } } })
  t.match(await post(url, ''), { status: 400, body: { error: { code: -32700 } } })
  t.match(await post(url, { hello: 1 }), { status: 400, body: { error: { code: -32600 } } })
  t.match(await post(url, []), { status: 400, body: { error: { code: -32600 } } })
  t.match(await post(url, 'x', { 'content-type': 'text/plain' }), { status: 415, body: { error: { data: { code: 'CTX_MEDIA_TYPE_UNSUPPORTED' } } } })
  t.match(await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'cortex_create_task', arguments: { description: 'x'.repeat(2_000_000) } } }), { status: 413, body: { error: { data: { code: 'CTX_BODY_TOO_LARGE' } } } })
  t.match(await post(url, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`), { status: 400, body: { error: { data: { code: 'CTX_INPUT_INVALID' } } } })
  t.match(await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/fly' }), { body: { error: { code: -32601 } } })
  t.match(await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'cortex_get_tasks', arguments: [] } }), { body: { error: { code: -32602 } } })
  t.match(await post(url, { jsonrpc: '2.0', id: 1, method: 'ping' }, { origin: 'http://elsewhere.example' }), { status: 403, body: { error: { data: { code: 'CTX_ORIGIN_REFUSED' } } } })
  for (const [method, type] of [['GET', {}], ['DELETE', {}], ['DELETE', { 'content-type': 'application/json' }]] as const) {
    const response = await fetch(`${url}/mcp`, { method, headers: { accept: 'text/event-stream', ...type } })
    t.match({ status: response.status, allow: response.headers.get('allow'), body: await response.json() }, { status: 405, allow: 'POST', body: { error: { message: /not allowed/i } } })
  }
  t.ok(await create())
})

for (const version of ['2025-11-25', '2026-07-28']) {
  t.test(`a client (${version}) that goes away in mid-call leaves nothing behind, and a stop answers who still waits`, async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const envelope = { 'io.modelcontextprotocol/protocolVersion': version, 'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' }, 'io.modelcontextprotocol/clientCapabilities': {} }
    const params = { name: 'cortex_get_task_status', arguments: { task_id: id, wait_seconds: 30 }, ...(version === '2026-07-28' && { _meta: envelope }) }
    const begin = async () => {
      const call = request(`${cortex.url}/mcp`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': version, 'mcp-method': 'tools/call', 'mcp-name': params.name } })
      const answered = once(call, 'response')
      call.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }))
      await once(call, 'finish')
      // Answered behind the one that waits.
      await cortex.task(id)
      return { call, answered }
    }
    const gone = await begin()
    gone.answered.catch(() => {})
    gone.call.destroy()
    const { answered } = await begin()
    for (let round = 0; round < 3; round++) await cortex.task(id)
    const stopped = cortex.stop()
    const [response] = await answered
    let text = ''
    for await (const chunk of response) text += String(chunk)
    t.match(text, /"status":"queued"/)
    await stopped
  })
}
