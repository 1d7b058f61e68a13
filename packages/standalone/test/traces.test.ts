import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import t from 'tap'
import { startProcess, summaries, temporaryHome } from './standalone.ts'

/** OTLP as JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: what is looked at of it. */
interface Span { traceId: string, spanId: string, parentSpanId?: string, name: string, attributes?: Array<{ key: string, value: object }> }
interface Export { resourceSpans: Array<{ resource: { attributes: Array<{ key: string, value: { stringValue?: string } }> }, scopeSpans: Array<{ spans: Span[] }> }> }

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const pageSpan = '00f067aa0ba902b7'

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
  await cortex.approveAll(await cortex.until(id, ({ approvals }) => approvals.length === 1))
  await cortex.until(id, (snapshot) => summaries(snapshot).length > 0)
  // A question nobody may answer, so that a refusal is in the log.
  await fetch(`${cortex.orchestratorUrl}/v1/approvals/none`, { method: 'POST', headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${pageSpan}-01` }, body: '{}' })
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
  const [server] = trace.filter(({ name }) => name === 'POST /execute-tool')
  t.ok(trace.some(({ spanId, name }) => spanId === server?.parentSpanId && name === 'POST'), 'the orchestrator goes on from the call of the chat')
  t.same(spans.filter(({ name }) => /leases|livez|readyz|events|stream/.test(name)), [], 'polls, probes and streams are not traced')
  t.notMatch(JSON.stringify(spans), /Deploy monitoring stack/i, 'nothing that somebody wrote is in it')
  const lines = cortex.log.map((line) => JSON.parse(line) as { trace_id?: string, msg: string })
  t.ok(lines.some((line) => line.trace_id === traceId && line.msg === 'request refused'), 'the log names the trace')
})
