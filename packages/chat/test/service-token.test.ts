import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { ChatConfig, startChat } from '@cortex/chat'
import { startOrchestrator } from '@cortex/orchestrator'
import { createLogger, newSecret, People, readConfig, readSignIn, workerTokenOf } from '@cortex/service'
import t from 'tap'
import { ask, password, writeUsers } from './support/signed-in.ts'

const home = mkdtempSync(join(tmpdir(), 'cortex-service-token-'))
const users = writeUsers(home)
const [theirs, ours] = [newSecret(), newSecret()]
const serve = async (serviceToken: string, port = 0) => await startOrchestrator({ home, host: '127.0.0.1', port, gate: { serviceToken, people: new People(users, undefined), requestsPerMinute: 100_000 } })
let orchestrator = await serve(theirs)
t.teardown(async () => {
  await orchestrator.close()
  rmSync(home, { recursive: true, force: true })
})
const { host, port } = new URL(orchestrator.url)

t.test('a chat that the orchestrator does not take for the chat does not start, and says which setting it is', async (t) => {
  await Promise.all(([[ours, 'refuses'], [workerTokenOf(theirs), 'refuses'], [undefined, 'asks for']] as const).map(async ([token, words]) => {
    const env = { PATH: process.env['PATH'], CORTEX_HOME: join(home, 'chat'), PORT: '0', ORCHESTRATOR_URL: orchestrator.url, ...(token !== undefined && { CORTEX_SERVICE_TOKEN: token }) }
    const chat = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const [said, [code]] = await Promise.all([text(chat.stdout), once(chat, 'exit')])
    t.equal(code, 1)
    t.match(JSON.parse(said.trim().split('\n').at(-1) ?? ''), { level: 'fatal', code: 'CTX_SERVICE_TOKEN_REFUSED', msg: `The orchestrator at ${host} ${words} CORTEX_SERVICE_TOKEN; give both the same` })
    if (token !== undefined) t.notOk(said.includes(token))
  }))
})

t.test('a chat that is refused later is not ready and says so, in the log once, until it is let in again', async (t) => {
  const output = new PassThrough()
  const log = text(output)
  await orchestrator.close()
  const chat = await startChat({
    home,
    host: '127.0.0.1',
    port: 0,
    orchestratorUrl: orchestrator.url,
    serviceToken: ours,
    signIn: readSignIn(readConfig(ChatConfig, { CORTEX_USERS: users }), '127.0.0.1'),
    model: { kind: 'rules', baseUrl: 'http://127.0.0.1:1', apiKey: 'x', model: 'x' },
    logger: createLogger({ level: 'debug', name: 'chat' }, output)
  })
  t.teardown(() => chat.close())
  const untilReady = async (wanted: number) => {
    for (;;) {
      const answer = await ask(chat.url, 'GET', '/readyz')
      if (answer.status === wanted) return answer
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const signIn = async () => await ask(chat.url, 'POST', '/v1/sign-in/password', { body: { name: 'ada', password } })
  t.match(await ask(chat.url, 'GET', '/readyz'), { status: 200 }, 'one that is away says nothing of the token')
  orchestrator = await serve(theirs, Number(port))
  const refused = { status: 503, body: { code: 'CTX_SERVICE_TOKEN_REFUSED', detail: 'Not ready: see the log' } }
  for (let time = 0; time < 3; time++) t.match(await untilReady(503), refused)
  for (let time = 0; time < 3; time++) t.match(await signIn(), refused)
  const stranger = [await ask(chat.url, 'GET', '/readyz'), await ask(chat.url, 'GET', '/v1/sign-in', { cookie: `cortex-session=${newSecret()}` })]
  for (const answer of stranger) t.match(answer, refused, 'whoever asks')
  t.notMatch(JSON.stringify(stranger), new RegExp(`${host}|CORTEX_`), 'and learns neither addresses nor settings')

  await orchestrator.close()
  orchestrator = await serve(ours, Number(port))
  await untilReady(200)
  const signedIn = await signIn()
  t.equal(signedIn.status, 200)
  const cookie = [signedIn.headers['set-cookie'] ?? []].flat()[0]?.split(';')[0] ?? ''
  t.equal((await ask(chat.url, 'GET', '/v1/tasks', { cookie })).status, 200)
  await orchestrator.close()
  orchestrator = await serve(theirs, Number(port))
  t.match(await ask(chat.url, 'GET', '/v1/tasks', { cookie }), refused, 'nobody is sent to sign in again for it')
  await chat.close()
  output.end()
  const lines = (await log).trim().split('\n').map((line) => JSON.parse(line) as { level: string, msg: string, req?: { url: string } })
  const errors = lines.filter(({ level }) => level === 'error')
  t.ok(errors.some(({ msg }) => msg === `The orchestrator at ${host} refuses CORTEX_SERVICE_TOKEN; give both the same`), 'the log says what to do')
  t.equal(errors.filter(({ msg }) => msg.startsWith('The orchestrator at')).length, 2, 'once each time')
  t.equal(errors.filter(({ req }) => req?.url === '/readyz').length, 0, 'not for each probe')
  t.equal(lines.filter(({ msg }) => msg === 'the orchestrator takes CORTEX_SERVICE_TOKEN again').length, 1)
})
