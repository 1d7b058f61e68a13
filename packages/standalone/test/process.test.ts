import { execFile } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { cleanEnvironment, startProcess, temporaryHome } from './standalone.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Runs the program until it ends by itself. */
function run (env: Record<string, string>, ...args: string[]): Promise<{ code: number, output: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { env: { ...cleanEnvironment(), PORT: '0', ORCHESTRATOR_PORT: '0', ...env } }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr })
    })
  })
}

t.test('ready.json is there while it runs and gone after a stop, which ends with 0', async (t) => {
  const home = await temporaryHome(t)
  const cortex = await startProcess(t, home)
  t.match(JSON.parse(await readFile(join(home, 'ready.json'), 'utf8')), { chat_url: cortex.chatUrl, orchestrator_url: cortex.orchestratorUrl, pid: cortex.pid })
  for (const url of [cortex.chatUrl, cortex.orchestratorUrl]) t.match(await (await fetch(`${url}/health`)).json(), { status: 'ok' })
  t.match(await (await fetch(cortex.chatUrl)).text(), /<!doctype html>/i)
  const begun = Date.now()
  t.same(await cortex.end('SIGTERM'), [0, null])
  t.ok(Date.now() - begun < 10_000)
  await t.rejects(access(join(home, 'ready.json')))
})

t.test('a stop does not wait for requests whose bodies never come', async (t) => {
  const cortex = await startProcess(t, await temporaryHome(t))
  for (const [url, path] of [[cortex.chatUrl, '/v1/conversations'], [cortex.orchestratorUrl, '/execute-tool']] as const) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.on('error', () => {})
    await new Promise<void>((resolve) => socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ti`, () => resolve()))
  }
  t.same(await cortex.end('SIGTERM'), [0, null])
})

t.test('settings that cannot work are refused with what to change', async (t) => {
  const home = await temporaryHome(t)
  for (const [env, words] of [
    [{ PORT: 'eighty' }, /PORT must be integer/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of/],
    [{ HOST: '0.0.0.0' }, /no sign-in is configured; set CORTEX_USERS .*, or use 127\.0\.0\.1/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must match/],
    [{ DATABASE_URL: 'postgres://cortex:geheim@127.0.0.1:1/x' }, /CTX_DATABASE_UNUSABLE/]
  ] as const) {
    const { code, output } = await run({ CORTEX_HOME: home, ...env })
    t.equal(code, 1)
    t.match(output, words)
  }
})

t.test('a second one on the same data folder, or on a taken port, says so and ends', async (t) => {
  const home = await temporaryHome(t)
  const { chatUrl } = await startProcess(t, home)
  t.match(await run({ CORTEX_HOME: home }), { code: 1, output: /CTX_STORE_LOCKED/ })
  t.match(await run({ CORTEX_HOME: await temporaryHome(t), PORT: new URL(chatUrl).port }), { code: 1, output: /EADDRINUSE/ })
  await access(join(home, 'ready.json'))
})

t.test('--help names every setting and starts nothing', async (t) => {
  const { code, output } = await run({}, '--help')
  t.equal(code, 0)
  for (const name of ['CORTEX_HOME', 'ANTHROPIC_API_KEY', 'ORCHESTRATOR_PORT']) t.match(output, name)
})
