import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import t, { type Test } from 'tap'
import { AddressList, bearerOf, clientAddress, createService, declareAccess, openEventStream, startService, type Gate, type Principal } from '../src/index.ts'

const person: Principal = { name: 'ada', owner: 'ada', roles: ['viewer'], kind: 'person', ambient: false, credential: null, via: 'password', groups: [] }

function guardedService (t: Test, { known = new Map([['right', person]]), ...more }: Partial<Gate> & { known?: Map<string, Principal> } = {}) {
  const gate: Gate = {
    publicUrl: null, anyHost: true, requestsPerMinute: 1_000, addressOf: ({ ip }) => ip, isInternal: () => false, identify: async (request) => known.get(bearerOf(request) ?? '') ?? null, ...more
  }
  const app = createService({ gate })
  t.teardown(() => app.close())
  app.register(async (routes) => {
    routes.get('/readable', { config: { access: 'viewer' } }, async ({ principal }) => ({ name: principal.name }))
    routes.get('/changed', { config: { access: 'operator' } }, async () => ({}))
    routes.get('/stream', { config: { access: 'viewer' } }, (request, reply) => { openEventStream(request, reply).send({ event: 'hello', data: {} }) })
  })
  return { app, known }
}

t.test('a route that does not say who may ask fails the start, also one of a plugin', async (t) => {
  for (const declared of [false, true]) {
    const app = createService()
    t.teardown(() => app.close())
    app.register(async (plugin) => {
      if (declared) declareAccess(plugin, 'viewer')
      plugin.get('/forgotten', async () => ({}))
    })
    const starting = startService(app, { host: '127.0.0.1', port: 0 })
    await (declared ? starting : t.rejects(starting, { code: 'CTX_ROUTE_UNDECLARED', message: /GET \/forgotten/ }))
  }
})

t.test('a service that asks who is there may be reached from elsewhere', async (t) => {
  t.match(await startService(guardedService(t).app, { host: '0.0.0.0', port: 0 }), /^http/)
})

t.test('requests of one address are limited, also those that guess', async (t) => {
  const { app } = guardedService(t, { requestsPerMinute: 10 })
  const statuses: number[] = []
  for (let n = 0; n < 12; n++) statuses.push((await app.inject({ url: '/readable', headers: { authorization: `Bearer guess${n}` } })).statusCode)
  t.same(statuses, [...Array.from({ length: 10 }, () => 401), 429, 429])
  const refused = await app.inject({ url: '/readable', headers: { authorization: 'Bearer right' } })
  t.match(refused.json(), { code: 'CTX_RATE_EXCEEDED', detail: /again in \d+ s/ })
  t.match(refused.headers, { 'retry-after': /\d+/ })
  t.equal((await app.inject('/livez')).statusCode, 200, 'probes are not counted')
})

t.test('a stream ends when whoever opened it is let in no more, and others go on', async (t) => {
  const { app, known } = guardedService(t, { known: new Map([['right', person], ['other', { ...person, name: 'olga' }]]), lookAgain: 20 })
  const url = await startService(app, { host: '127.0.0.1', port: 0 })
  const open = async (token: string) => {
    const [response] = await once(get(`${url}/stream`, { headers: { authorization: `Bearer ${token}` } }), 'response') as [IncomingMessage]
    response.on('error', () => {}).resume()
    return response
  }
  // Not `once`, which takes a connection that is cut for a failure.
  const closed = (response: IncomingMessage) => new Promise((resolve) => response.once('close', resolve))
  const [mine, other] = [await open('right'), await open('other')]
  known.delete('right')
  await closed(mine)
  t.notOk(other.destroyed)
  known.set('other', { ...person, roles: [] })
  await closed(other)
})

t.test('the address is that of the peer, and behind proxies that of whom the last of them saw', async (t) => {
  const proxies = new AddressList('10.0.0.0/8, ::1')
  const address = (remoteAddress: string, chain?: string) => clientAddress({ socket: { remoteAddress }, headers: { 'x-forwarded-for': chain } } as never, proxies)
  t.equal(address('192.0.2.1', '203.0.113.9'), '192.0.2.1', 'anybody may write the header')
  t.equal(address('10.1.2.3', '203.0.113.9'), '203.0.113.9')
  t.equal(address('::ffff:10.1.2.3', '198.51.100.1, 203.0.113.9, 10.9.9.9'), '203.0.113.9', 'what stands before it the client wrote')
  t.equal(address('::1', 'unknown'), '::1')
  t.equal(address('10.1.2.3'), '10.1.2.3')
})
