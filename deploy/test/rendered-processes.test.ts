import { spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { OrchestratorConfig } from '../../packages/orchestrator/src/config.ts'
import { podOf, type Container, type KubernetesObject } from './support/objects.ts'
import { noHelm, startHelm } from './support/programs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const noSignIn = !('CORTEX_SERVICE_TOKEN' in OrchestratorConfig.properties) && 'nothing listens beyond loopback without sign-in'
const password = 'correct horse battery staple'

/** As docs/deploy.md makes them. */
async function secretsOf (): Promise<Record<string, string>> {
  const serviceToken = randomBytes(32).toString('base64')
  const { hashPassword } = await import('@cortex/service') as unknown as { hashPassword (password: string): Promise<string> }
  return {
    'service-token': serviceToken,
    'worker-token': createHmac('sha256', serviceToken).update('cortex worker').digest('base64url'),
    'users.yaml': JSON.stringify({ users: { ada: { roles: ['operator', 'approver'], password: await hashPassword(password) } } })
  }
}

async function freePorts (count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(async (server) => { server.close(); await once(server, 'close') }))
  return ports
}

/** What the Dockerfile sets for every process. */
async function imageEnv (): Promise<Record<string, string>> {
  const [, line] = /^ENV (NODE_ENV=.+)$/m.exec(await readFile(join(root, 'deploy/Dockerfile'), 'utf8'))!
  return Object.fromEntries(line!.split(' ').map((pair) => pair.split('=') as [string, string]))
}

/** A container's process with the variables that were rendered; only paths and ports are this machine's. Answers when it is ready. */
async function startContainer (t: Test, { args = [], env = [] }: Container, variables: Record<string, string>, name: string, own: (text: string) => string, secrets: Record<string, string>): Promise<void> {
  const rendered = Object.fromEntries(env.map(({ name: variable, value, valueFrom }) => [variable, value ?? (valueFrom?.secretKeyRef ? secrets[valueFrom.secretKeyRef.key]! : name)]))
  const settings = Object.fromEntries(Object.entries({ ...variables, ...rendered }).map(([variable, value]) => [variable, own(value)]))
  const child = spawn(process.execPath, args, { cwd: root, env: { PATH: process.env['PATH'], ...settings }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (line.includes('"msg":"ready"')) {
      child.stdout.resume()
      return
    }
  }
  throw new Error(`${args[0]} ended: ${said.join('\n')}`)
}

/** As a kubelet asks: by the address of the pod. */
async function probe (port: number, path: string): Promise<number> {
  const [response] = await once(get({ host: '127.0.0.1', port, path, headers: { host: `10.42.0.7:${port}` } }), 'response')
  response.resume()
  return response.statusCode
}

t.test('what the chart renders by default starts, answers its probes, asks who is there, and carries a task out', { skip: noHelm || noSignIn }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cortex-rendered-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const [page, orchestrator, workers, planner] = await freePorts(4) as [number, number, number, number]
  const helm = await startHelm(t)
  const objects = await helm.render({ signIn: { publicUrl: `http://localhost:${page}` } })
  const secrets = await secretsOf()
  await mkdir(join(folder, 'cortex-users'))
  await writeFile(join(folder, 'cortex-users/users.yaml'), secrets['users.yaml']!)

  const ownFor = (part: string) => (text: string) => text
    .replace('http://cortex-orchestrator:8000', `http://127.0.0.1:${orchestrator}`).replace('http://127.0.0.1:8100', `http://127.0.0.1:${planner}`)
    .replace(/^(3000|8000|8200)$/, (port) => String({ 3000: page, 8000: orchestrator, 8200: workers }[port]))
    .replace(/^\/(data|app\/tasks|workspace|tmp)/, (path) => join(folder, part, path)).replace(/^\/etc/, folder).replace(/^\/app/, folder)
  const variables = { ...await imageEnv(), PLANNER_PORT: String(planner) }
  const container = (name: string) => objects.flatMap((object) => podOf(object)?.spec.containers ?? []).find((each) => each.name === name)!
  await startContainer(t, container('orchestrator'), variables, 'cortex-orchestrator-0', ownFor('orchestrator'), secrets)
  await Promise.all([['planner', 'chat'], ['chat', 'chat'], ['worker', 'workers']].map(async ([name, part]) => await startContainer(t, container(name!), variables, 'cortex-workers-all-0', ownFor(part!), secrets)))

  const ports: Record<string, number> = { orchestrator, chat: page, worker: workers }
  for (const name of Object.keys(ports)) {
    for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe']) t.equal(await probe(ports[name]!, container(name)[kind].httpGet.path), 200, `${kind} of ${name}`)
  }

  const origin = `http://localhost:${page}`
  const post = (path: string, body: object, headers: Record<string, string> = {}) => fetch(`${origin}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', origin, ...headers }, body: JSON.stringify(body) })
  t.equal((await post('/v1/chat', { message: 'Take an inventory' })).status, 401, 'a stranger')
  t.equal((await fetch(`http://127.0.0.1:${orchestrator}/v1/tasks`)).status, 401, 'who asks the orchestrator without a token')
  const signedIn = await post('/v1/sign-in/password', { name: 'ada', password })
  t.equal(signedIn.status, 200)
  const cookie = signedIn.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ')
  const answer = await (await post('/v1/chat', { message: 'Take an inventory of images and licences' }, { cookie })).text()
  const [, id] = /"task_id":"(task-chat-[^"]+)"/.exec(answer.replaceAll('\\"', '"')) ?? []
  t.ok(id, answer)
  const ended = await (await fetch(`http://127.0.0.1:${orchestrator}/execute-tool`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets['service-token']}` },
    body: JSON.stringify({ tool_name: 'cortex_get_task_status', tool_input: { task_id: id, wait_seconds: 30 } })
  })).json() as KubernetesObject
  t.match(ended, { status: 'completed' })
})
