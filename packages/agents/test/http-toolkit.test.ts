import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { isPublicAddress } from '../src/toolkits/http/addresses.ts'
import { createHttpToolkit } from '../src/toolkits/http/index.ts'
import { readToolkitsFile } from '../src/toolkits/outward/toolkits-file.ts'
import { reader, signal, temporaryFolder, writeFiles, type TestOwner } from './workspace.ts'

interface Served { origin: string, port: number, asked: string[], connections: () => number }

async function serve (t: TestOwner, listener: RequestListener): Promise<Served> {
  const asked: string[] = []
  let connections = 0
  const server = createServer((request, response) => {
    asked.push(request.url!)
    listener(request, response)
  })
  server.on('connection', () => { connections++ })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, port, asked, connections: () => connections }
}

function toolkit (allow: Array<string | { url: string, private: boolean }>, limits: { timeout_seconds?: number, max_bytes?: number } = {}) {
  const entries = allow.map((entry) => typeof entry === 'string' ? { url: entry, private: true } : entry)
  return createHttpToolkit({ masters: ['general-master'], allow: entries, timeout_seconds: 5, max_bytes: 100_000, ...limits })
}

const get = (kit: ReturnType<typeof toolkit>, url: string, stop = signal) => reader(kit, 'http_get').run({ url }, { signal: stop, draft: [] })

t.test('an address of the list is read, with its status, kind and values', async (t) => {
  const { origin } = await serve(t, (request, response) => {
    t.equal(request.method, 'GET')
    response.writeHead(request.url === '/api/gone' ? 404 : 200, { 'content-type': 'application/json' }).end('{"up": 3, "note": "password: hunter2hunter2"}')
  })
  const kit = toolkit([`${origin}/api`])
  const reading = await get(kit, `${origin}/api/targets?state=up`)
  t.match(reading.text, /HTTP 200 .*application\/json[\s\S]*"up": 3/)
  t.match(reading.facts, { status: 200, content_type: 'application/json', json: { up: 3 } })
  t.notMatch(JSON.stringify(reading), /hunter2/, 'what looks like a secret is not shown')
  t.match((await get(kit, `${origin}/api/gone`)).summary, /HTTP 404/, 'a status is an answer, not a failure')
})

t.test('whatever is not on the list is not asked', async (t) => {
  const { origin, port, connections } = await serve(t, (_, response) => response.end('no'))
  const kit = toolkit([`${origin}/api/`])
  for (const url of [
    `${origin}/`, `${origin}/apis`, `${origin}/api/../admin`, `${origin}/api/..%2fadmin`, `${origin}/api/%2e%2e/admin`, `${origin}/api/x%5c..%5cadmin`,
    ...['..;/admin', '..;x=1/admin', '.;/admin', '..%3b/admin', '..%253B/admin', '%252e%252e/admin', '%25252e./admin', '..%252fadmin', 'x%255c..', 'a%00b'].map((path) => `${origin}/api/${path}`),
    `http://127.0.0.1:${port + 1}/api/`, `https://127.0.0.1:${port}/api/`, `http://user:word@127.0.0.1:${port}/api/`, `http://127.0.0.1.example.com:${port}/api/`,
    'file:///etc/passwd', 'not an address'
  ]) await t.rejects(get(kit, url), { code: 'CTX_HTTP_REFUSED' }, url)
  t.equal(connections(), 0)
  t.match((await get(kit, `${origin}/api/v1;x=1/a..b?q=..%2f`)).text, 'no', 'dots within a name and parameters of other parts are none')
})

t.test('a star stands for the parts of a host before a domain, and for nothing else', async (t) => {
  const kit = toolkit(['https://*.example.invalid/'])
  for (const url of ['https://example.invalid/', 'https://evil-example.invalid/', 'https://a.example.invalid.evil.test/']) await t.rejects(get(kit, url), { code: 'CTX_HTTP_REFUSED', message: /allow-list/ }, url)
  await t.rejects(get(kit, 'https://a.b.example.invalid/'), { code: 'CTX_HTTP_FAILED' }, 'is on the list, and is asked for')
})

t.test('a private address is not connected to, by number, by name or by another spelling, unless its entry says so', async (t) => {
  const { port, connections } = await serve(t, (_, response) => response.end('inside'))
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0']) {
    const url = `http://${host}:${port}/`
    await t.rejects(get(toolkit([{ url, private: false }]), url), { code: 'CTX_HTTP_REFUSED', message: /not an address of the public internet/ }, host)
  }
  t.equal(connections(), 0)
  const url = `http://localhost:${port}/`
  t.match((await get(toolkit([{ url, private: true }]), url)).text, /inside/)
})

t.test('each redirect is judged like the first address', async (t) => {
  const inside = await serve(t, (_, response) => response.end('inside'))
  const { origin, asked } = await serve(t, ({ url }, response) => {
    const to: Record<string, string> = { '/near': '/end', '/far': `${inside.origin}/`, '/name': `http://localhost:${inside.port}/`, '/round': '/round', '/up': '/pub/..;/admin', '/twice': '/pub/%252e%252e/admin', '/odd': 'file:///etc/passwd' }
    if (to[url!] === undefined) response.end('the end')
    else response.writeHead(302, { location: to[url!] }).end()
  })
  const kit = toolkit([`${origin}/`, { url: `http://localhost:${inside.port}/`, private: false }])
  const reading = await get(kit, `${origin}/near`)
  t.match(reading, { text: /the end/, facts: { url: `${origin}/end` } })
  await t.rejects(get(kit, `${origin}/far`), { code: 'CTX_HTTP_REFUSED', message: /redirected to http:\/\/127.*allow-list/ })
  await t.rejects(get(kit, `${origin}/name`), { code: 'CTX_HTTP_REFUSED', message: /public internet/ })
  for (const path of ['/up', '/twice']) await t.rejects(get(toolkit([`${origin}${path}`, `${origin}/pub/`]), `${origin}${path}`), { code: 'CTX_HTTP_REFUSED', message: /redirected to .*allow-list/ })
  await t.rejects(get(kit, `${origin}/odd`), { code: 'CTX_HTTP_REFUSED' })
  await t.rejects(get(kit, `${origin}/round`), { code: 'CTX_HTTP_REFUSED', message: /more than 5/ })
  t.equal(asked.filter((path) => path === '/round').length, 6)
  t.equal(inside.connections(), 0)
})

t.test('of a long answer the beginning is read, and the rest is said to be missing', async (t) => {
  const { origin } = await serve(t, (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(`["${'x'.repeat(50_000)}"]`))
  const reading = await get(toolkit([`${origin}/`], { max_bytes: 1_000 }), `${origin}/`)
  t.match(reading.text, /longer than 1000 bytes/)
  t.ok(reading.text.length < 1_500)
  t.notOk('json' in reading.facts, 'half a value is none')
})

t.test('what is packed or no text is not shown', async (t) => {
  const { origin } = await serve(t, ({ url, headers }, response) => {
    t.equal(headers['accept-encoding'], 'identity')
    if (url === '/packed') response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000)))
    else if (url === '/image') response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(100))
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(Buffer.from([65, 0, 66]))
  })
  const kit = toolkit([`${origin}/`])
  await t.rejects(get(kit, `${origin}/packed`), { code: 'CTX_HTTP_FAILED', message: /packed with gzip/ })
  for (const path of ['/image', '/bytes']) t.match((await get(kit, `${origin}${path}`)).text, /not text and is not shown/)
})

t.test('an answer that does not come, or does not end, is given up in time; a stop gives it up at once', async (t) => {
  const stop = new AbortController()
  const { origin } = await serve(t, ({ url }, response) => {
    if (url === '/stop') stop.abort(new Error('stopped'))
    if (url === '/drip') response.writeHead(200, { 'content-type': 'text/plain' }).write('x')
  })
  const kit = toolkit([`${origin}/`], { timeout_seconds: 1 })
  await Promise.all(['/silent', '/drip'].map((path) => t.rejects(get(kit, `${origin}${path}`), { code: 'CTX_HTTP_FAILED', message: /within 1 s/, retryable: true }, path)))
  await t.rejects(get(toolkit([`${origin}/`]), `${origin}/stop`, stop.signal), { message: 'stopped' })
  const closed = await serve(t, () => {})
  await t.rejects(get(toolkit(['http://127.0.0.1:1/', closed.origin]), 'http://127.0.0.1:1/'), { code: 'CTX_HTTP_FAILED', message: /ECONNREFUSED/ })
})

t.test('what counts as the public internet', async (t) => {
  for (const address of ['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00::1']) t.ok(isPublicAddress(address), address)
  for (const address of [
    '0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.255', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.0.1', '198.18.0.1', '203.0.113.5', '224.0.0.1', '255.255.255.255',
    '::', '::1', '::ffff:10.0.0.1', '::ffff:1.1.1.1', '64:ff9b::a00:1', 'fc00::1', 'fe80::1', 'ff02::1', '2001::1', '2001:db8::1', '2002:a00:1::', '3fff::1', 'localhost', ''
  ]) t.notOk(isPublicAddress(address), address)
})

t.test('a faulty list is named by file and field', async (t) => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'toolkits.yaml')
  const faults: Array<[string, RegExp]> = [
    ['http: { allow: [{ url: "https://a.example/" }] }', /toolkits\.yaml: .*http\.masters/],
    ['http: { masters: [general-master], allow: [] }', /http\.allow/],
    ['http: { masters: [general-master], allow: [{ url: "ftp://a.example/" }] }', /http\.allow\.0\.url: this is no http/],
    ['http: { masters: [general-master], allow: [{ url: "https://a*.example.com/" }] }', /http\.allow\.0\.url: a star/],
    ['http: { masters: [general-master], allow: [{ url: "https://*.com/" }] }', /http\.allow\.0\.url: a star/],
    ['http: { masters: [general-master], allow: [{ url: "https://u:p@a.example/" }] }', /http\.allow\.0\.url: name no user/],
    ['http: { masters: [general-master], allow: [{ url: "https://a.example/" }], post: true }', /http\.post/],
    ['telnet: {}', /telnet/],
    ['http: [', /toolkits\.yaml/]
  ]
  for (const [text, message] of faults) {
    await writeFiles(folder, { 'toolkits.yaml': text })
    await t.rejects(readToolkitsFile(file, {}), { code: 'CTX_DEFINITION_INVALID', message }, text)
  }
})
