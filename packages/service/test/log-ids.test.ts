import { Writable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { createError, createLogger, createService, declareAccess, metrics } from '../src/index.ts'
import { startTracing } from '../src/tracing.ts'

interface Line { level: string, msg: string, request_id?: string, trace_id?: string, code?: string, req?: object }

t.test('every request that failed or was refused has the ids of its request and its trace in the log and in its answer', async (t) => {
  // Nobody listens there: what is lost is lost.
  const tracing = startTracing({ endpoint: 'http://127.0.0.1:9', service: 'example', ratio: 1 })
  t.teardown(() => tracing.close())
  const lines: Line[] = []
  const destination = new Writable({
    write (chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Line)
      done()
    }
  })
  const app = createService({ logger: createLogger({ level: 'debug', name: 'example' }, destination) })
  declareAccess(app, 'open')
  t.teardown(() => app.close())
  app.register(metrics)
  app.post('/example', { schema: { body: Type.Object({ title: Type.String() }, { additionalProperties: false }) } }, async ({ body }) => body)
  app.get('/broken', async () => { throw new Error('something of ours') })
  app.get('/full', async () => { throw new (createError('CTX_EXAMPLE_FULL', 'No room', 507))() })
  app.get('/missing', { config: { traced: false } }, async () => { throw new (createError('CTX_EXAMPLE_MISSING', 'It does not exist', 404))() })

  let count = 0
  for (const { status, ...request } of [
    { status: 500, url: '/broken?text=words-of-somebody' },
    { status: 507, url: '/full' },
    { status: 404, url: '/missing' },
    { status: 404, url: '/nowhere' },
    { status: 400, method: 'POST', url: '/example', payload: '{' },
    { status: 400, method: 'POST', url: '/example', payload: '{"titel":"x"}' },
    { status: 415, method: 'POST', url: '/example', payload: 'a=b', type: 'text/plain' },
    { status: 413, method: 'POST', url: '/example', payload: `{"title":"${'a'.repeat(1_048_577)}"}` },
    { status: 403, url: '/health', headers: { host: 'elsewhere.example' } },
    { status: 400, url: '/%zz' }
  ] as Array<{ status: number, method?: 'POST', url: string, payload?: string, type?: string, headers?: object }>) {
    const traceId = (++count).toString(16).padStart(32, 'f')
    const { type = 'application/json', headers, ...sent } = request
    const response = await app.inject({ ...sent, headers: { 'content-type': type, traceparent: `00-${traceId}-00f067aa0ba902b7-01`, ...headers } })
    const problem = response.json<{ request_id: string, trace_id: string }>()
    const name = `${request.method ?? 'GET'} ${request.url} ${status}`
    t.equal(response.statusCode, status, name)
    const said = lines.filter(({ request_id: id }) => id === problem.request_id)
    t.same(said.map(({ level, msg }) => [level, msg]), [status >= 500 ? ['error', 'request failed'] : ['debug', 'request refused']], name)
    t.equal(response.headers['x-request-id'], problem.request_id)
    t.notMatch(JSON.stringify(said), /words-of-somebody/)
    t.same([problem.trace_id, said[0]?.trace_id], [traceId, traceId], name)
  }
})
