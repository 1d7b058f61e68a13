import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { listenToLog } from './listen-to-log.ts'
import { orchestrate, temporaryFolder } from './orchestrator.ts'
import { createDatabase } from './postgres-database.ts'
import { startPostgres } from './postgres-server.ts'
import { ask } from './support/postgres-load.ts'

t.setTimeout(180_000)

const password = 'not-to-be-told'
/** Milliseconds of the wait for a server that says nothing, and of starting a process on a busy machine. */
const startLimit = 15_000

/** The program with this DATABASE_URL, everything it says included. */
async function run (t: Test, databaseUrl?: string) {
  const { DATABASE_URL: _, ...env } = process.env
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    env: { ...env, CORTEX_HOME: await temporaryFolder(t), ORCHESTRATOR_PORT: '0', ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }), LOG_LEVEL: 'trace' }, stdio: ['ignore', 'pipe', 'pipe']
  })
  t.teardown(async () => { child.kill('SIGKILL') })
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  const ended = once(child, 'exit') as Promise<[number | null]>
  return { child, said, ended }
}

async function listen (t: Test, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => { server.close() })
  return urlTo((server.address() as AddressInfo).port)
}

const urlTo = (port: number) => `postgresql://cortex:${password}@127.0.0.1:${port}/cortex`

async function changed (t: Test, change: (url: URL) => void): Promise<string> {
  const url = new URL(await createDatabase(t))
  change(url)
  return url.href
}

const cases: ReadonlyArray<[what: string, url: (t: Test) => Promise<string>, why: RegExp]> = [
  ['is not there', async () => urlTo(1), /ECONNREFUSED/],
  ['has a host that does not exist', async () => `postgresql://cortex:${password}@no-such-host.invalid/cortex`, /ENOTFOUND|EAI_AGAIN/],
  ['refuses the password', (t) => changed(t, (url) => { url.password = password }), /password authentication failed for user/],
  ['does not exist on its server', (t) => changed(t, (url) => { url.pathname = '/nowhere' }), /database "nowhere" does not exist/],
  ['is a web server', (t) => listen(t, createHttpServer((_, response) => { response.end() })), /terminated/],
  ['is a server that says nothing', (t) => listen(t, createServer((socket) => { socket.on('error', () => {}) })), /timeout/],
  ['is another kind of server', (t) => listen(t, createServer((socket) => { socket.on('error', () => {}).write('SSH-2.0-OpenSSH_9.6\r\n') })), /timeout|terminated|invalid/i],
  ['is written wrongly', async () => `postgresql://cortex:${password}@127.0.0.1:port/cortex`, /Invalid URL/]
]

for (const [what, url, why] of cases) {
  t.test(`a database that ${what} ends the start with one clear line, and without a word of the password`, async (t) => {
    const begun = performance.now()
    const { said, ended } = await run(t, await url(t))
    t.equal((await ended)[0], 1)
    t.ok(performance.now() - begun < startLimit, `${Math.round(performance.now() - begun)} ms`)
    const [stdout, stderr] = await said
    const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as { level: string, msg: string, err?: { code: string } })
    t.match(lines, [{ level: 'fatal', code: 'CTX_DATABASE_UNUSABLE', msg: /DATABASE_URL.*start again/ }])
    t.equal(lines.length, 1)
    t.match(lines[0]?.msg, why)
    t.equal(stderr, '')
    t.notMatch(stdout, password)
  })
}

t.test('a database that is starting, stopping or full ends the start in one line too', async (t) => {
  for (const [code, message] of [['57P03', 'the database system is starting up'], ['57P01', 'terminating connection'], ['57P02', 'terminating connection because of crash'], ['53300', 'sorry, too many clients already']] as const) {
    const body = `SFATAL\0VFATAL\0C${code}\0M${message}\0\0`
    const head = Buffer.from('E\0\0\0\0')
    head.writeInt32BE(body.length + 4, 1)
    const url = await listen(t, createServer((socket) => { socket.on('error', () => {}).once('data', () => socket.end(Buffer.concat([head, Buffer.from(body)]))) }))
    await t.rejects(orchestrate(t, { databaseUrl: url }), { code: 'CTX_DATABASE_UNUSABLE', message: new RegExp(message) }, code)
  }
})

t.test('an empty DATABASE_URL is refused, and without one the log says where tasks are stored', async (t) => {
  const refused = await run(t, '')
  t.equal((await refused.ended)[0], 1)
  t.match((await refused.said)[0], /DATABASE_URL is empty; leave it out or give a value/)
  const { child, said, ended } = await run(t)
  for (let heard = ''; !heard.includes('"ready"');) heard += String((await once(child.stdout, 'data'))[0])
  child.kill('SIGTERM')
  t.equal((await ended)[0], 0)
  t.match((await said)[0], /"tasks are stored in SQLite"/)
  const { logger, line } = listenToLog()
  await orchestrate(t, { databaseUrl: await createDatabase(t), logger })
  t.ok(await line(/^tasks are stored in PostgreSQL$/))
})

t.test('a user that may create in its database, and nothing else, is enough; without that right it does not start', async (t) => {
  const url = new URL(await createDatabase(t))
  const database = url.pathname.slice(1)
  const user = `plain_${database.slice(-8)}`
  await ask(url.href, `CREATE ROLE ${user} LOGIN PASSWORD '${password}'; GRANT CREATE ON DATABASE ${database} TO ${user}`)
  t.teardown(() => ask(url.href, `DROP OWNED BY ${user}; DROP ROLE ${user}`))
  const plain = new URL(url)
  plain.username = user
  plain.password = password
  const cortex = await orchestrate(t, { databaseUrl: plain.href })
  const id = await cortex.create({ title: 'Deploy the ledger' })
  t.match((await cortex.send<{ tasks: unknown[] }>('GET', '/v1/tasks?text=ledg')).body.tasks, [{ id }])
  t.equal((await ask(url.href, "SELECT 1 FROM pg_indexes WHERE indexname = 'tasks_title'")).length, 1, 'titles are searched by an index')
  await cortex.stop()
  await ask(url.href, `REVOKE CREATE ON DATABASE ${database} FROM ${user}`)
  await t.rejects(orchestrate(t, { databaseUrl: plain.href }), { code: 'CTX_DATABASE_UNUSABLE', message: /permission denied/ })
})

t.test('no line of the log, of any level, holds the password, from the start through a crash of the database to the end', async (t) => {
  const server = await startPostgres()
  t.teardown(() => server.stop())
  const { child, said, ended } = await run(t, server.url)
  const [line] = await once(child.stdout, 'data') as [Buffer]
  t.ok(line)
  await sleep(1_500)
  await server.kill()
  await sleep(1_500)
  await server.restart()
  await sleep(1_500)
  child.kill('SIGTERM')
  t.equal((await ended)[0], 0)
  const [stdout, stderr] = await said
  t.match(stdout, /CTX_STORE_UNREACHABLE/)
  const { password: secret } = new URL(server.url)
  t.notOk(`${stdout}${stderr}`.includes(secret))
})
