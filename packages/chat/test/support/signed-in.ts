import { randomBytes, scryptSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChatConfig, startChat } from '@cortex/chat'
import { startOrchestrator } from '@cortex/orchestrator'
import { newSecret, People, readConfig, readSignIn, type RouteAccess } from '@cortex/service'
import type { Logger } from 'pino'
import { startScriptedModel, type Script } from './scripted-model.ts'

interface Teardown { teardown (work: () => Promise<void>): void }

export const password = 'correct horse battery'
/** As `npm run user` makes it, at the least cost that is taken. */
const salt = randomBytes(16)
const hash = ['scrypt', 16_384, 8, 1, salt.toString('base64url'), scryptSync(password, salt, 32, { N: 16_384, r: 8, p: 1 }).toString('base64url')].join('$')

export interface Answer { status: number, body: any, headers: Record<string, string | string[] | undefined> }
export interface Asked { body?: unknown, cookie?: string, token?: string, headers?: Record<string, string>, host?: string, localAddress?: string }

/** A person in a browser, or a script: `fetch` sets neither Host nor Origin. */
export async function ask (url: string, method: string, path: string, { body, cookie, token, headers = {}, host, localAddress }: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const text = body === undefined ? undefined : JSON.stringify(body)
  return await new Promise((resolve, reject) => {
    const request = httpRequest({
      hostname,
      port,
      path,
      method,
      ...(localAddress !== undefined && { localAddress }),
      headers: {
        ...(host !== undefined && { host }),
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...(cookie !== undefined && { cookie, origin: `http://${hostname}:${port}` }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers
      }
    }, (response) => {
      let answer = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { answer += chunk }).on('end', () => {
        const json = /json/.test(response.headers['content-type'] ?? '')
        resolve({ status: response.statusCode ?? 0, body: json && answer ? JSON.parse(answer) : answer, headers: response.headers })
      }).on('error', reject)
    }).on('error', reject)
    request.end(text)
  })
}

export interface Guarded {
  url: string
  orchestratorUrl: string
  serviceToken: string
  usersFile: string
  routes: readonly RouteAccess[]
  orchestratorRoutes: readonly RouteAccess[]
  /** Changes the file of people as an operator does. */
  edit (change: (text: string) => string): void
  /** A person who has signed in; answers the cookie. */
  signIn (name: string): Promise<string>
  ask (method: string, path: string, asked?: Asked): Promise<Answer>
  askOrchestrator (method: string, path: string, asked?: Asked): Promise<Answer>
  restart (): Promise<void>
}

/** A file of people of each role; answers where it is. */
export function writeUsers (home: string, users = `users:\n${[['vic', 'viewer'], ['olga', 'operator'], ['paul', 'approver'], ['ada', 'admin']].map(([name, role]) => `  ${name}: { roles: [${role}], password: "HASH" }\n`).join('')}`): string {
  const file = join(home, 'users.yaml')
  writeFileSync(file, users.replaceAll('HASH', hash))
  return file
}

/** The real orchestrator and the real chat, both asking who is there. */
export async function startGuarded (t: Teardown, { env = {}, users, approverDiffers = false, scripts = [], grace = 3_600_000, logger }: { env?: Record<string, string>, users?: string, approverDiffers?: boolean, scripts?: Script[], grace?: number, logger?: Logger } = {}): Promise<Guarded> {
  const home = mkdtempSync(join(tmpdir(), 'cortex-sign-in-'))
  const usersFile = writeUsers(home, users)
  const config = readConfig(ChatConfig, { CORTEX_USERS: usersFile, ...env })
  const model = await startScriptedModel(...scripts)
  const serviceToken = newSecret()
  const start = async () => {
    const orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: 0, approverDiffers, logger, gate: { serviceToken, people: new People(usersFile, logger), requestsPerMinute: 100_000, grace } })
    const chat = await startChat({
      home, host: '127.0.0.1', port: Number(config.PORT === 3000 ? 0 : config.PORT), orchestratorUrl: orchestrator.url, serviceToken, signIn: readSignIn(config, '127.0.0.1'), model: { kind: 'claude', baseUrl: model.url, apiKey: 'test', model: 'scripted' }, logger
    })
    return { orchestrator, chat }
  }
  let { orchestrator, chat } = await start()
  const stop = async () => {
    await chat.close()
    await orchestrator.close()
  }
  t.teardown(async () => {
    await stop()
    await model.close()
    rmSync(home, { recursive: true, force: true })
  })
  const guarded: Guarded = {
    url: chat.url,
    orchestratorUrl: orchestrator.url,
    serviceToken,
    usersFile,
    routes: chat.routes,
    orchestratorRoutes: orchestrator.routes,
    edit: (change) => writeFileSync(usersFile, change(readFileSync(usersFile, 'utf8'))),
    signIn: async (name) => cookieOf(await guarded.ask('POST', '/v1/sign-in/password', { body: { name, password } })),
    ask: async (method, path, asked) => await ask(guarded.url, method, path, asked),
    askOrchestrator: async (method, path, asked) => await ask(guarded.orchestratorUrl, method, path, asked),
    restart: async () => {
      await stop()
      ;({ orchestrator, chat } = await start())
      guarded.url = chat.url
      guarded.orchestratorUrl = orchestrator.url
    }
  }
  return guarded
}

/** The session cookie an answer set, as a browser sends it back. */
export function cookieOf ({ status, body, headers }: Answer): string {
  const set = [headers['set-cookie'] ?? []].flat().find((each) => each.includes('cortex-session='))
  if (!set) throw new Error(`no session in ${status} ${JSON.stringify(body)}`)
  return set.split(';')[0] ?? ''
}
