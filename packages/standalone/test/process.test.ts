import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { cleanEnvironment, startProcess, temporaryHome } from './standalone.ts'

const packages = fileURLToPath(new URL('../../', import.meta.url))

/** Runs a part, all in one unless `PROGRAM` names another, until it ends by itself. */
function run ({ PROGRAM: program = 'standalone/src/main.ts', ...env }: Record<string, string>, ...args: string[]): Promise<{ code: number, output: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(packages, program), ...args], { env: { ...cleanEnvironment(), PORT: '0', ORCHESTRATOR_PORT: '0', ...env } }, (_error, stdout, stderr) => {
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

t.test('each part that is started wrongly ends with one line that says what to change, and with nothing of where that was found out', async (t) => {
  const home = join(await temporaryHome(t), 'home')
  await Promise.all(([
    ['standalone/src/main.ts', { CORTEX_USER: 'users.yaml' }, /^The settings cannot be used: CORTEX_USER is no setting; the nearest is CORTEX_USERS$/],
    ['orchestrator/src/main.ts', { CORTEX_CONCURENCY: '3' }, /nearest is CORTEX_CONCURRENCY$/],
    ['orchestrator/src/migrate/main.ts', {}, /DATABASE_URL/],
    ['agents/src/main.ts', { CORTEX_POLICY: '/' }, /^CORTEX_POLICY names \/, which cannot be read/],
    ['chat/src/main.ts', { WEB_ROOT: '/' }, /^WEB_ROOT names/],
    ['planner/src/main.ts', { LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of/]
  ] as const).map(async ([part, env, words]) => {
    const { code, output } = await run({ CORTEX_HOME: home, PROGRAM: part, ...env })
    const last = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as { level: string, code: string, msg: string }
    t.match(last, { level: 'fatal', code: /^CTX_/, msg: words }, part)
    t.match([code, output.includes('stack')], [1, false], part)
  }))
  t.notOk(existsSync(home))
})

t.test('a second one on the same data folder, or on a taken port, says so and ends', async (t) => {
  const home = await temporaryHome(t)
  const { chatUrl, pid } = await startProcess(t, home)
  t.match(await run({ CORTEX_HOME: home }), { code: 1, output: new RegExp(`CTX_STORE_LOCKED.*is in use by another process \\(pid ${pid}\\); stop that one, .* another folder in CORTEX_HOME`) })
  t.match(await run({ CORTEX_HOME: await temporaryHome(t), PORT: new URL(chatUrl).port }), { code: 1, output: /EADDRINUSE/ })
  await access(join(home, 'ready.json'))
})

const root = join(packages, '..')
const installed = existsSync(join(root, 'node_modules/.cortex-installed')) ? false : 'npm has installed nothing here, and would first'

t.test('when what npm runs is killed, Cortex stops, and the next start goes on', { skip: installed }, async (t) => {
  const home = await temporaryHome(t)
  const outer = spawn(process.execPath, [join(root, 'scripts/bootstrap.mjs'), process.execPath, join(packages, 'standalone/src/main.ts')], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...cleanEnvironment(), CORTEX_HOME: home, PORT: '0', ORCHESTRATOR_PORT: '0' } })
  let log = ''
  for await (const chunk of outer.stdout.iterator({ destroyOnReturn: false })) if ((log += chunk).includes('"msg":"ready:')) break
  const { pid } = JSON.parse(await readFile(join(home, 'ready.json'), 'utf8')) as { pid: number }
  t.teardown(() => {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {}
  })
  t.not(pid, outer.pid)
  // Its output is over when nobody can write to it any more.
  const over = once(outer.stdout, 'end')
  outer.stdout.resume()
  outer.kill('SIGKILL')
  await over
  await t.rejects(access(join(home, 'ready.json')), 'it stopped in order')
  await startProcess(t, home)
})

t.test('--help names every setting and starts nothing', async (t) => {
  const { code, output } = await run({}, '--help')
  t.equal(code, 0)
  for (const name of ['CORTEX_HOME', 'ANTHROPIC_API_KEY', 'ORCHESTRATOR_PORT']) t.match(output, name)
})
