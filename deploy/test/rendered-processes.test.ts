import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { lookAtDatabase } from '@cortex/orchestrator/database'
import t from 'tap'
import { createDatabase } from '../../packages/orchestrator/test/postgres-database.ts'
import { claimIn, containerOf, freePorts, password, placeFor, runContainer, secretsOf, startContainer } from './support/processes.ts'
import { noHelm, startHelm } from './support/programs.ts'

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

t.test('what the chart renders by default starts, answers its probes, asks who is there, and carries a task out; its backup is restored in maintenance, and all goes on from it', { skip: noHelm }, async (t) => {
  const place = await placeFor(t, await secretsOf())
  const page = place.ports['3000']!
  const orchestrator = place.ports['8000']!
  const helm = await startHelm(t)
  const values = { signIn: { publicUrl: `http://localhost:${page}` }, backup: { enabled: true, keep: 2 } }
  const objects = await helm.render(values)
  const start = async (name: string, pod: string) => await startContainer(t, containerOf(objects, name), pod, place)
  const first = await start('orchestrator', 'cortex-orchestrator-0')
  const others = await Promise.all(([['planner', 'cortex-chat-0'], ['chat', 'cortex-chat-0'], ['worker', 'cortex-workers-all-0']] as const).map(async ([name, pod]) => await start(name, pod)))

  for (const [name, port] of [['orchestrator', '8000'], ['chat', '3000'], ['worker', '8200']] as const) {
    for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe']) t.equal(await probe(place.ports[port]!, containerOf(objects, name).container[kind].httpGet.path), 200, `${kind} of ${name}`)
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
  const status = async (task: unknown) => (await callTool(orchestrator, place.secrets, 'cortex_get_task_status', { task_id: task, wait_seconds: 30 }))['status']
  t.equal(await status(id), 'completed')
  const conversations = async () => (await (await fetch(`${origin}/v1/conversations`, { headers: { cookie } })).json() as { conversations: Array<{ id: string }> }).conversations.map((each) => each.id)
  const begun = await conversations()
  t.equal(begun.length, 1)

  const backups = claimIn(place, 'cortex-backups')
  await mkdir(backups, { recursive: true })
  for (const year of [2020, 2021]) await writeFile(join(backups, `cortex-${year}-01-01T000000Z.tar.gz`), '')
  t.match(await runContainer(t, containerOf(objects, 'backup'), 'cortex-backup', place), { code: 0, out: /access[^]*1 conversation\n[^]*1 task,[^]*workspace/ })
  const [oldest, file = ''] = (await readdir(backups)).sort()
  t.equal(oldest, 'cortex-2021-01-01T000000Z.tar.gz', 'the oldest is gone')

  const maintenance = containerOf(await helm.render({ ...values, maintenance: { enabled: true } }), 'maintenance')
  const exec = async (command: string) => await runContainer(t, maintenance, 'cortex-maintenance', place, command)
  t.equal((await exec(`cortex restore /backups/${file} --replace`)).code, 1, 'not while anything runs')
  const { task_id: later } = await callTool(orchestrator, place.secrets, 'cortex_create_task', { title: 'Later', description: 'After the backup', run_at: '2099-01-01T00:00:00.000Z' })
  await Promise.all([first, ...others].map(async ({ stop }) => await stop()))

  const restored = await exec(`cortex restore /backups/${file} --replace`)
  t.equal(restored.code, 0)
  const [, hash = ''] = /--contains (sha256:\w+)/.exec(restored.out) ?? []
  t.match(await exec(`cortex audit verify --contains ${hash}`), { code: 0, out: /whole/ })
  t.match(await exec('cortex doctor'), { out: /store +conversations: 1, tasks: 1\n/ })
  for (const [claim, names] of [['cortex-orchestrator', ['access.db', 'lock.db', 'tasks.db']], ['cortex-chat', ['chat-lock.db', 'chat.db']], ['cortex-workspace', ['repository']]] as const) {
    const found = (await readdir(claimIn(place, claim))).sort()
    t.match(found.filter((name) => !/^audit-head|^replaced-/.test(name)), names, claim)
    t.equal(found.filter((name) => name.startsWith('replaced-')).length, 1, `${claim}: what was there still is`)
  }

  await start('orchestrator', 'cortex-orchestrator-0')
  await Promise.all([start('planner', 'cortex-chat-0'), start('chat', 'cortex-chat-0')])
  t.equal(await status(id), 'completed')
  t.equal(await status(later), 'not_found', 'what came after the backup')
  t.strictSame(await conversations(), begun, 'who was signed in still is, and reads what was said')
  t.ok((await readdir(join(claimIn(place, 'cortex-orchestrator'), 'tasks'))).includes(`${id}.json`), 'its file is written anew')
})

/** Why the database cannot be dumped here, or false. */
async function noDump (url: string): Promise<string | false> {
  const [, tools = '0'] = /(\d+)/.exec(spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? []
  const { version } = await lookAtDatabase(url)
  const server = Number.parseInt(version)
  return Number(tools) < server && `pg_dump ${tools} cannot dump a server of version ${server}`
}

t.test('with PostgreSQL the migration that is rendered ends, orchestrators that are rendered serve one store, and database and workspace are backed up and restored', { skip: noHelm }, async (t) => {
  const place = await placeFor(t, { ...await secretsOf(), uri: await createDatabase(t) })
  const helm = await startHelm(t)
  const values = { store: 'postgresql', postgresql: { secret: { name: 'db', key: 'uri' } }, orchestrator: { replicas: 2 }, backup: { enabled: true, databaseImage: 'postgres:18.1' } }
  const objects = await helm.render(values)
  t.equal((await runContainer(t, containerOf(objects, 'migrate'), 'cortex-migration', place)).code, 0)
  const second = { ...place, ports: { ...place.ports, 8000: (await freePorts(1))[0]! } }
  const running = await Promise.all([startContainer(t, containerOf(objects, 'orchestrator'), 'cortex-orchestrator-0', place), startContainer(t, containerOf(objects, 'orchestrator'), 'cortex-orchestrator-1', second)])
  const create = async (title: string) => (await callTool(place.ports['8000']!, place.secrets, 'cortex_create_task', { title, description: 'All of it' }))['task_id']
  const status = async (task: unknown) => (await callTool(second.ports['8000']!, place.secrets, 'cortex_get_task_status', { task_id: task }))['status']
  const created = await create('Take an inventory')
  t.equal(await status(created), 'queued')

  const repository = join(claimIn(place, 'cortex-workspace'), 'repository')
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, '-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], { encoding: 'utf8' })
  await mkdir(repository, { recursive: true })
  git('init', '--quiet')
  git('commit', '--quiet', '--allow-empty', '--message', 'First')
  const skip = await noDump(place.secrets['uri']!)
  if (skip === false) t.equal((await runContainer(t, containerOf(objects, 'database'), 'cortex-backup', place)).code, 0)
  t.match(await runContainer(t, containerOf(objects, 'backup'), 'cortex-backup', place), { code: 0, out: /workspace/ })
  const [dump, archive] = ['.dump', '.tar.gz'].map((end) => async () => (await readdir(claimIn(place, 'cortex-backups'))).find((name) => name.endsWith(end)))
  const later = await create('Later')
  git('commit', '--quiet', '--allow-empty', '--message', 'Later')
  await Promise.all(running.map(async ({ stop }) => await stop()))

  const maintenance = await helm.render({ ...values, maintenance: { enabled: true } })
  const exec = async (name: string, command: string) => await runContainer(t, containerOf(maintenance, name), 'cortex-maintenance', place, command)
  t.equal((await exec('maintenance', `cortex restore /backups/${await archive!()} --replace`)).code, 0)
  t.equal(git('log', '--format=%s'), 'First\n')
  await t.test('the database too', { skip }, async (t) => {
    t.equal((await exec('database', 'psql --quiet "$DATABASE_URL" --command "DROP SCHEMA IF EXISTS cortex, cortex_boss, cortex_chat CASCADE"')).code, 0)
    t.equal((await exec('database', `pg_restore --no-owner --exit-on-error --dbname="$DATABASE_URL" /backups/${await dump!()}`)).code, 0)
    t.match(await exec('maintenance', 'cortex audit verify'), { code: 0, out: /whole/ })
    await startContainer(t, containerOf(objects, 'orchestrator'), 'cortex-orchestrator-1', second)
    t.strictSame([await status(created), await status(later)], ['queued', 'not_found'])
  })
})
