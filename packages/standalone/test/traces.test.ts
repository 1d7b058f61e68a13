import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import t from 'tap'
import { checkMetrics } from './check-metrics.ts'
import { startProcess, summaries, temporaryHome } from './standalone.ts'

/** OTLP as JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: what is looked at of it. */
interface Span { traceId: string, spanId: string, parentSpanId?: string, name: string, links?: Array<{ traceId: string }>, attributes?: Array<{ key: string, value: object }> }
interface Export { resourceSpans: Array<{ resource: { attributes: Array<{ key: string, value: { stringValue?: string } }> }, scopeSpans: Array<{ spans: Span[] }> }> }

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const pageSpan = '00f067aa0ba902b7'
/** Traces of what is asked for later. */
const [approving, retrying, byMcp, rollingBack] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(32)) as [string, string, string, string]
const within = (trace: string) => ({ 'content-type': 'application/json', traceparent: `00-${trace}-${pageSpan}-01` })

t.test('what a person asked for is one trace, from the page to what the toolkits did, and the log names it', async (t) => {
  const spans: Span[] = []
  const services = new Set<string>()
  let refused = true
  const collector = createServer((request, response) => {
    json(request).then((body) => {
      // A collector that is not ready yet costs nothing but what it was sent.
      if (refused) return response.writeHead(400).end()
      for (const { resource, scopeSpans } of (body as Export).resourceSpans) {
        for (const { key, value } of resource.attributes) if (key === 'service.name') services.add(value.stringValue ?? '')
        spans.push(...scopeSpans.flatMap((scope) => scope.spans))
      }
      response.setHeader('content-type', 'application/json').end('{}')
    }, () => response.writeHead(400).end())
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  t.teardown(() => collector.close())
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  const cortex = await startProcess(t, await temporaryHome(t), { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, LOG_LEVEL: 'debug' })
  const id = await cortex.begin()
  refused = false
  const say = async (text: string, headers: Record<string, string>) => await fetch(`${cortex.chatUrl}/v1/conversations/${id}/messages`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ text, client_id: 'first' })
  })
  t.equal((await say('Deploy monitoring stack', { traceparent: `00-${traceId}-${pageSpan}-01` })).status, 202)
  const { approvals: [approval] } = await cortex.until(id, ({ approvals }) => approvals.length === 1)
  const post = async (url: string, trace: string, body: object) => {
    const text = await (await fetch(url, { method: 'POST', headers: { ...within(trace), accept: 'application/json, text/event-stream' }, body: JSON.stringify(body) })).text()
    // An MCP server answers by an event.
    return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as Record<string, unknown>
  }
  await post(`${cortex.chatUrl}/v1/approvals/${approval?.id}`, approving, { decision: 'approve', plan_hash: approval?.plan_hash })
  await cortex.until(id, (snapshot) => summaries(snapshot).length > 0)

  const ended = async (taskId: unknown) => {
    for (let status = ''; !['completed', 'failed', 'awaiting_approval'].includes(status);) ({ status } = await post(`${cortex.orchestratorUrl}/execute-tool`, 'e'.repeat(32), { tool_name: 'cortex_get_task_status', tool_input: { task_id: taskId, wait_seconds: 5 } }) as { status: string })
  }
  const call = await post(`${cortex.orchestratorUrl}/mcp`, byMcp, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'cortex_create_task', arguments: { title: 'Juggle', description: 'Juggle with five balls', category: 'general' } } }) as { result: { structuredContent: { task_id: string } } }
  const { task_id: juggle } = call.result.structuredContent
  await ended(juggle)
  await post(`${cortex.orchestratorUrl}/v1/tasks/${juggle}/retry`, retrying, {})
  await ended(juggle)
  const rollback = await post(`${cortex.orchestratorUrl}/v1/tasks/${approval?.task_id}/rollback`, rollingBack, {})
  await ended(rollback.task_id)
  // A question nobody may answer, so that a refusal is in the log.
  await fetch(`${cortex.orchestratorUrl}/v1/approvals/none`, { method: 'POST', headers: within(traceId), body: '{}' })
  await t.test('metrics, dashboard, alerts and their documentation speak of the same', async (t) => await checkMetrics(t, [cortex.chatUrl, cortex.orchestratorUrl]))
  await cortex.end('SIGTERM')

  const trace = spans.filter((span) => span.traceId === traceId)
  const names = new Set(trace.map(({ name }) => name))
  for (const name of ['POST /v1/conversations/:id/messages', 'turn', 'anthropic.messages.create', 'POST /v1/messages', 'execute_tool cortex_create_task', 'POST /execute-tool', 'run task', 'apply workspace', 'verify workspace']) {
    t.ok(names.has(name), `${name} is in the trace`)
  }
  t.ok([...names].some((name) => name.startsWith('plan ')), 'so is what was planned')
  t.same([...services], ['cortex'])
  const known = new Set(trace.map(({ spanId }) => spanId))
  t.same(trace.filter(({ parentSpanId }) => parentSpanId !== pageSpan && !known.has(parentSpanId ?? '')).map(({ name }) => name), [], 'each span hangs on another')
  t.equal(trace.filter(({ name }) => name === 'run task').length, 2, 'the run that waited for a person and the one that went on')
  const linksOf = (of: string) => spans.filter((span) => span.traceId === of && span.name === 'run task').flatMap(({ links = [] }) => links.map((link) => link.traceId))
  const namesOf = (of: string) => spans.filter((span) => span.traceId === of).map(({ name }) => name)
  t.same(linksOf(traceId), [approving], 'the run after an approval links to who approved')
  t.ok(namesOf(approving).filter((name) => name === 'POST /v1/approvals/:id').length > 0 && namesOf(approving).includes('POST'), 'an approval is a trace of its own, through the chat')
  t.match(new Set(namesOf(byMcp)), new Set(['POST /mcp', 'cortex_create_task', 'run task']), 'a call of another program goes on in its trace')
  t.same(linksOf(byMcp), [retrying], 'a retry runs in the trace of its task and links to who asked for it')
  t.ok(namesOf(rollingBack).includes('run task') && namesOf(rollingBack).some((name) => name.startsWith('plan ')), 'a rollback is a part of the request for it')
  const [server] = trace.filter(({ name }) => name === 'POST /execute-tool')
  t.ok(trace.some(({ spanId, name }) => spanId === server?.parentSpanId && name === 'POST'), 'the orchestrator goes on from the call of the chat')
  t.same(spans.filter(({ name }) => /leases|livez|readyz|events|stream/.test(name)), [], 'polls, probes and streams are not traced')
  t.notMatch(JSON.stringify(spans), /Deploy monitoring stack/i, 'nothing that somebody wrote is in it')
  const lines = cortex.log.map((line) => JSON.parse(line) as { trace_id?: string, level: string, msg: string })
  t.notMatch(JSON.stringify(lines.filter(({ level }) => level !== 'debug')), /Deploy monitoring stack|five balls|Juggle/i, 'nor in the log, but for debugging')
  t.ok(lines.some((line) => line.trace_id === traceId && line.msg === 'request refused'), 'the log names the trace')
})
