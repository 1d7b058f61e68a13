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
import { hashPassword } from '@cortex/service'
import t, { type Test } from 'tap'
import { createDatabase } from '../../packages/orchestrator/test/postgres-database.ts'
import { podOf, type Container, type KubernetesObject } from './support/objects.ts'
import { noHelm, startHelm } from './support/programs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The image brings its own; this one spares the tests the compiling. */
const compiled = process.env['NODE_COMPILE_CACHE'] ?? join(root, 'node_modules/.cache/node-compile')
const password = 'correct horse battery staple'

/** As docs/deploy.md makes them. */
async function secretsOf (): Promise<Record<string, string>> {
  const serviceToken = randomBytes(32).toString('base64')
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

interface Place {
  folder: string
  variables: Record<string, string>
  /** Ports of this machine by those of the cluster. */
  ports: Record<string, number>
  secrets: Record<string, string>
}

async function placeFor (t: Test, secrets: Record<string, string>): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'cortex-rendered-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'cortex-users'))
  await mkdir(join(folder, 'page'))
  await writeFile(join(folder, 'page/index.html'), '<!doctype html>')
  await writeFile(join(folder, 'cortex-users/users.yaml'), secrets['users.yaml']!)
  const free = await freePorts(4)
  const ports = Object.fromEntries(['3000', '8000', '8200', '8100'].map((port, index) => [port, free[index]!]))
  return { folder, ports, secrets, variables: { ...await imageEnv(), PLANNER_PORT: String(ports['8100']) } }
}

/** A variable with this machine's paths and ports; each pod has folders of its own. */
function ownValue (value: string, pod: string, { folder, ports }: Place): string {
  return ports[value]?.toString() ?? value.replace(/^http:\/\/(?:cortex-orchestrator|127\.0\.0\.1):(\d+)$/, (_all, port: string) => `http://127.0.0.1:${ports[port]}`)
    .replace(/^\/(data|app\/tasks|workspace|tmp)/, (path) => join(folder, path === '/workspace' ? '' : pod, path)).replace(/^\/(etc|app)/, folder)
}

/** A container's process with the variables that were rendered. Its log ends with the process. */
function spawnContainer (t: Test, { args = [], env = [] }: Container, pod: string, place: Place) {
  const rendered = Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? (valueFrom?.secretKeyRef ? place.secrets[valueFrom.secretKeyRef.key]! : pod)]))
  const settings = Object.fromEntries(Object.entries({ ...place.variables, ...rendered }).map(([name, value]) => [name, ownValue(value, pod, place)]))
  const child = spawn(process.execPath, args, { cwd: root, env: { ...settings, PATH: process.env['PATH'], NODE_COMPILE_CACHE: compiled }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit') as Promise<[number | null]>
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
  })
  return { child, ended }
}

async function startContainer (t: Test, container: Container, pod: string, place: Place): Promise<void> {
  const { child } = spawnContainer(t, container, pod, place)
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (!line.includes('"msg":"ready"')) continue
    child.stdout.resume()
    return
  }
  throw new Error(`${container.args?.[0]} ended: ${said.join('\n')}`)
}

function containerOf (objects: KubernetesObject[], name: string): Container {
  const found = objects.flatMap((object) => podOf(object)?.spec.containers ?? []).find((each) => each.name === name)
  if (!found) throw new Error(`there is no container ${name}`)
  return found
}

/** Asked as another part of Cortex. */
async function callTool (port: number, { 'service-token': token }: Record<string, string>, name: string, input: object): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}/execute-tool`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ tool_name: name, tool_input: input })
  })
  return await response.json() as Record<string, unknown>
}

/** As a kubelet asks: by the address of the pod. */
async function probe (port: number, path: string): Promise<number> {
  const [response] = await once(get({ host: '127.0.0.1', port, path, headers: { host: `10.42.0.7:${port}` } }), 'response')
  response.resume()
  return response.statusCode
}

t.test('what the chart renders by default starts, answers its probes, asks who is there, and carries a task out', { skip: noHelm }, async (t) => {
  const place = await placeFor(t, await secretsOf())
  const page = place.ports['3000']!
  const orchestrator = place.ports['8000']!
  const helm = await startHelm(t)
  const objects = await helm.render({ signIn: { publicUrl: `http://localhost:${page}` } })
  await startContainer(t, containerOf(objects, 'orchestrator'), 'cortex-orchestrator-0', place)
  await Promise.all([['planner', 'cortex-chat-0'], ['chat', 'cortex-chat-0'], ['worker', 'cortex-workers-all-0']].map(async ([name, pod]) => await startContainer(t, containerOf(objects, name!), pod!, place)))

  for (const [name, port] of [['orchestrator', '8000'], ['chat', '3000'], ['worker', '8200']] as const) {
    for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe']) t.equal(await probe(place.ports[port]!, containerOf(objects, name)[kind].httpGet.path), 200, `${kind} of ${name}`)
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
  t.match(await callTool(orchestrator, place.secrets, 'cortex_get_task_status', { task_id: id, wait_seconds: 30 }), { status: 'completed' })
})

t.test('with PostgreSQL the migration that is rendered ends, and orchestrators that are rendered serve one store', { skip: noHelm }, async (t) => {
  const place = await placeFor(t, { ...await secretsOf(), uri: await createDatabase(t) })
  const helm = await startHelm(t)
  const objects = await helm.render({ store: 'postgresql', postgresql: { secret: { name: 'db', key: 'uri' } }, orchestrator: { replicas: 2 } })
  const migration = spawnContainer(t, containerOf(objects, 'migrate'), 'cortex-migration', place)
  migration.child.stdout.resume()
  t.strictSame((await migration.ended)[0], 0)
  const second = { ...place, ports: { ...place.ports, 8000: (await freePorts(1))[0]! } }
  await Promise.all([startContainer(t, containerOf(objects, 'orchestrator'), 'cortex-orchestrator-0', place), startContainer(t, containerOf(objects, 'orchestrator'), 'cortex-orchestrator-1', second)])
  const created = await callTool(place.ports['8000']!, place.secrets, 'cortex_create_task', { title: 'Take an inventory', description: 'All of it' })
  t.match(await callTool(second.ports[8000], place.secrets, 'cortex_get_task_status', { task_id: created['task_id'] }), { status: 'queued' })
})
