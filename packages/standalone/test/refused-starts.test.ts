import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startOrchestrator } from '@cortex/orchestrator'
import { createLogger, openFolderFault, passStart, readConfig } from '@cortex/service'
import t, { type Test } from 'tap'
import { lookAtDatabase as lookAtChats } from '../../chat/src/store/postgres/look-at-database.ts'
import { cortex } from '../../cli/test/cortex.ts'
import { createDatabase } from '../../orchestrator/test/postgres-database.ts'
import { ask } from '../../orchestrator/test/support/postgres-load.ts'
import { startChecks } from '../src/check-start.ts'
import { StandaloneConfig, startStandalone } from '../src/index.ts'
import { temporaryHome } from './standalone.ts'

const logger = createLogger({ level: 'silent', name: 'test' })
const start = async (env: Record<string, string>) => await startStandalone(readConfig(StandaloneConfig, { PORT: '0', ORCHESTRATOR_PORT: '0', ...env }), logger)

/** A server that answers everything with one status. */
async function serve (t: Test, status: number): Promise<string> {
  const server = createServer((_request, response) => { response.writeHead(status).end('{}') })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('a start that is refused names the setting, and nothing was made', async (t) => {
  const folder = await temporaryHome(t)
  const home = join(folder, 'home')
  const { port } = new URL(await serve(t, 401))
  const taken = new RegExp(`127\\.0\\.0\\.1:${port} cannot be listened on \\(EADDRINUSE\\)`)
  const policy = join(folder, 'policy.yaml')
  await writeFile(policy, 'rules: [{ name: x, decision: perhaps, match: {} }]\n')
  await mkdir(join(folder, 'repository'))
  await writeFile(join(folder, 'repository/a.txt'), 'not in git')
  await mkdir(join(folder, 'empty'))
  const key = { ANTHROPIC_API_KEY: 'sk-refused', ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` }
  for (const [env, code, words] of [
    [{ PORT: 'eighty' }, 'CTX_CONFIG_INVALID', /PORT must be integer/],
    [{ DATABASE_URL: 'mysql://x' }, 'CTX_CONFIG_INVALID', /DATABASE_URL must match/],
    [{ ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' }, 'CTX_CONFIG_INVALID', /CORTEX_MODEL must name a model/],
    [{ ANTHROPIC_BASE_URL: 'nonsense' }, 'CTX_CONFIG_INVALID', /ANTHROPIC_BASE_URL must be an address/],
    [{ ANTHROPIC_BASE_URL: 'http://a:b:c' }, 'CTX_CONFIG_INVALID', /ANTHROPIC_BASE_URL must be an address/],
    [{ HOST: '0.0.0.0' }, 'CTX_SIGN_IN_MISSING', /no sign-in is configured; set CORTEX_USERS .*, or use 127\.0\.0\.1/],
    [{ PORT: '23110', ORCHESTRATOR_PORT: '23110' }, 'CTX_CONFIG_INVALID', /PORT and ORCHESTRATOR_PORT are both 23110/],
    [{ PORT: port }, 'CTX_ADDRESS_UNUSABLE', new RegExp(`${taken.source}.* set PORT to`)],
    [{ ORCHESTRATOR_PORT: port }, 'CTX_ADDRESS_UNUSABLE', new RegExp(`${taken.source}.* set ORCHESTRATOR_PORT to`)],
    [{ DATABASE_URL: 'postgres://cortex:geheim@127.0.0.1:1/x' }, 'CTX_DATABASE_UNUSABLE', /(?!.*geheim)/],
    [{ DATABASE_URL: 'postgres://a:b:c' }, 'CTX_DATABASE_UNUSABLE', /DATABASE_URL/],
    [{ ARCHIVE_RETENTION: '1' }, 'CTX_RETENTION_CONTRADICTS', /ARCHIVE_RETENTION/],
    [{ CORTEX_APPROVER_DIFFERS: 'true' }, 'CTX_APPROVER_DIFFERS_ALONE', /CORTEX_USERS/],
    [{ CORTEX_POLICY: folder }, 'CTX_DEFINITION_INVALID', /CORTEX_POLICY names .*\(EISDIR\); it has to be a file/],
    [{ CORTEX_POLICY: policy }, 'CTX_DEFINITION_INVALID', /policy\.yaml: rules\.0\.decision/],
    [{ CORTEX_TOOLKITS: join(folder, 'none') }, 'CTX_DEFINITION_INVALID', /CORTEX_TOOLKITS names .*\(ENOENT\)/],
    [{ CORTEX_MASTERS: policy }, 'CTX_DEFINITION_INVALID', /CORTEX_MASTERS names .*\(ENOTDIR\); it has to be a folder/],
    [{ CORTEX_RUNBOOKS: join(folder, 'none') }, 'CTX_DEFINITION_INVALID', /CORTEX_RUNBOOKS names/],
    [{ CORTEX_USERS: join(folder, 'none') }, 'CTX_USERS_INVALID', /CORTEX_USERS/],
    [{ CORTEX_PRICES: folder }, 'CTX_PRICES_INVALID', /CORTEX_PRICES/],
    [{ KUBECONFIG: join(folder, 'none') }, 'CTX_KUBECONFIG_UNUSABLE', /KUBECONFIG/],
    [{ CORTEX_WORKSPACE: join(folder, 'repository') }, 'CTX_WORKSPACE_UNUSABLE', /no git repository/],
    [{ CORTEX_WORKSPACE: join(folder, 'repositroy/a') }, 'CTX_WORKSPACE_UNUSABLE', /nothing is there; .* git init and a first commit; leave CORTEX_WORKSPACE out/],
    [{ CORTEX_WORKSPACE: join(folder, 'empty') }, 'CTX_WORKSPACE_UNUSABLE', /the folder is empty; .* mounted there/],
    [{ TASKS_DIR: '/proc/x' }, 'CTX_FOLDER_UNUSABLE', /TASKS_DIR names/],
    [{ CORTEX_HOME: policy }, 'CTX_FOLDER_UNUSABLE', /CORTEX_HOME names .*policy\.yaml.*ENOTDIR/],
    [{ TASKS_DIR: policy }, 'CTX_FOLDER_UNUSABLE', /TASKS_DIR names/],
    [key, 'CTX_KEY_REFUSED', /127\.0\.0\.1:\d+ refuses the key \(HTTP 401\); set ANTHROPIC_API_KEY/]
  ] as const) {
    await t.rejects(start({ CORTEX_HOME: home, ...env }), { code, message: words }, code)
    t.notOk(existsSync(home), JSON.stringify(env))
  }
  t.same([existsSync(join(folder, 'repositroy')), await readdir(join(folder, 'empty'))], [false, []])
})

t.test('a workspace that is not there is made where that is asked for, as on a new volume', async (t) => {
  const folder = await temporaryHome(t)
  const env = { CORTEX_HOME: join(folder, 'home'), PORT: '0', ORCHESTRATOR_PORT: '0', CORTEX_WORKSPACE: join(folder, 'volume/repository'), CORTEX_MAKE_WORKSPACE: 'true' }
  await t.resolves(passStart(startChecks(readConfig(StandaloneConfig, env), logger)))
})

t.test('a store of a newer program is as it was after a start was refused, and so is all that lies beside it', async (t) => {
  for (const [name, version] of [['chat.db', 99], ['tasks.db', 99], ['access.db', 99]] as const) {
    const home = await temporaryHome(t)
    const newer = new DatabaseSync(join(home, name))
    newer.exec(`CREATE TABLE later (id); PRAGMA user_version = ${version}`)
    newer.close()
    const before = await readFile(join(home, name))
    await t.rejects(start({ CORTEX_HOME: home }), { code: 'CTX_STORE_TOO_NEW' })
    t.ok(before.equals(await readFile(join(home, name))))
    t.same(await readdir(home), [name])
  }
  const home = await temporaryHome(t)
  await writeFile(join(home, 'chat.db'), 'no database, and long enough to be taken for one'.repeat(200))
  await t.rejects(start({ CORTEX_HOME: home }), { code: 'CTX_STORE_UNREADABLE', message: /chat\.db/ })
  t.same(await readdir(home), ['chat.db'])
})

t.test('a database is as it was after a start was refused', async (t) => {
  const databaseUrl = await createDatabase(t)
  const { port } = new URL(await serve(t, 200))
  await t.rejects(start({ CORTEX_HOME: join(await temporaryHome(t), 'home'), DATABASE_URL: databaseUrl, PORT: port }), { code: 'CTX_ADDRESS_UNUSABLE' })
  t.same(await ask(databaseUrl, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'cortex%'"), [])
  const home = join(await temporaryHome(t), 'home')
  for (const [schema, table] of [['cortex', 'invoices (n int)'], ['cortex', 'migrations (name text)'], ['cortex_chat', 'messages (n int)'], ['cortex_chat', 'migrations (name text)']] as const) {
    await ask(databaseUrl, `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.${table}`)
    await t.rejects(start({ CORTEX_HOME: home, DATABASE_URL: databaseUrl }), { code: 'CTX_DATABASE_UNUSABLE', message: new RegExp(`its schema ${schema} holds .*${table.split(' ')[0]}, which is not of Cortex; name another database`) })
    t.notOk(existsSync(home))
    await ask(databaseUrl, `DROP SCHEMA ${schema} CASCADE`)
  }
  await ask(databaseUrl, 'CREATE SCHEMA cortex_chat; CREATE TABLE cortex_chat.migrations (version int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now()); INSERT INTO cortex_chat.migrations VALUES (99)')
  await t.rejects(start({ CORTEX_HOME: join(await temporaryHome(t), 'home'), DATABASE_URL: databaseUrl }), { code: 'CTX_STORE_TOO_NEW' })
  t.same(await ask(databaseUrl, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'cortex%'"), [{ nspname: 'cortex_chat' }])

  await ask(databaseUrl, 'CREATE SCHEMA cortex_boss; CREATE TABLE cortex_boss.version (version int PRIMARY KEY); INSERT INTO cortex_boss.version VALUES (96); DROP SCHEMA cortex_chat CASCADE')
  const jobs = { code: 'CTX_STORE_TOO_NEW', message: /version 96 of its jobs \(cortex_boss\), this program knows up to \d+; run the newer program/ }
  await t.rejects(start({ CORTEX_HOME: home, DATABASE_URL: databaseUrl }), jobs)
  t.match(await cortex(['doctor'], { CORTEX_HOME: home, DATABASE_URL: databaseUrl, PORT: '0', ORCHESTRATOR_PORT: '0' }), { code: 1, out: /fail {2}store +CTX_STORE_TOO_NEW: .*version 96 of its jobs/ })
  await t.rejects(startOrchestrator({ home: await temporaryHome(t), host: '127.0.0.1', port: 0, databaseUrl }), jobs, 'nor is it migrated')
  t.match(await ask(databaseUrl, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'cortex%'"), [{ nspname: 'cortex_boss' }])

  const role = `cortex_${process.pid}_reads`
  await ask(databaseUrl, `CREATE ROLE ${role} LOGIN PASSWORD 'reads'`)
  const reading = new URL(databaseUrl)
  Object.assign(reading, { username: role, password: 'reads' })
  await t.rejects(start({ CORTEX_HOME: home, DATABASE_URL: reading.href }), { code: 'CTX_DATABASE_UNUSABLE', message: /may not make schemas.*GRANT CREATE/ })
  await t.rejects(lookAtChats(reading.href), { code: 'CTX_DATABASE_UNUSABLE', message: /GRANT CREATE/ }, 'as the chat finds alone')
  await ask(databaseUrl, `DROP ROLE ${role}`)
  t.notOk(existsSync(home))
})

t.test('a server that knows no list of models, or is not there, says nothing of the key', async (t) => {
  const warnings: unknown[] = []
  const listening = Object.assign(createLogger({ level: 'silent', name: 'test' }), { warn: (...said: unknown[]) => { warnings.push(said) } })
  for (const url of [await serve(t, 404), 'http://127.0.0.1:1']) {
    const env = { CORTEX_HOME: join(await temporaryHome(t), 'home'), PORT: '0', ORCHESTRATOR_PORT: '0', ANTHROPIC_API_KEY: 'sk-x', ANTHROPIC_BASE_URL: url }
    await t.resolves(passStart(startChecks(readConfig(StandaloneConfig, env), listening)))
  }
  t.equal(warnings.length, 2)
  t.notMatch(JSON.stringify(warnings), 'sk-x')
})

t.test('the rights of a folder are to be changed only where it is Cortex’s own', async (t) => {
  const folder = await temporaryHome(t)
  await writeFile(join(folder, 'policy.yaml'), '')
  const ask = async (path: string, mode: number) => {
    await chmod(path, mode)
    return openFolderFault(path) ?? 'nothing'
  }
  t.match(await ask(folder, 0o1777), /^CORTEX_HOME names .*, which all users of this machine share; name a folder in it$/)
  t.match(await ask(folder, 0o755), /^CORTEX_HOME names .* holds what is not of Cortex; name a folder of its own$/)
  t.equal(await ask(join(folder, 'policy.yaml'), 0o644), 'nothing', 'what is no folder is refused by the start')
  await writeFile(join(folder, 'chat.db'), '')
  t.match(await ask(folder, 0o755), /run chmod 700/)
  t.equal(await ask(folder, 0o700), 'nothing')
})

t.test('what is stored is for its owner alone, also in a folder that was there before', async (t) => {
  const home = await temporaryHome(t)
  await chmod(home, 0o755)
  const warnings: unknown[] = []
  const listening = Object.assign(createLogger({ level: 'silent', name: 'test' }), { warn: (said: unknown) => { warnings.push(said) } })
  const running = await startStandalone(readConfig(StandaloneConfig, { CORTEX_HOME: home, PORT: '0', ORCHESTRATOR_PORT: '0', CORTEX_HELM: 'helm3' }), listening)
  t.teardown(() => running.close())
  t.match(warnings, ['CORTEX_HELM counts for nothing: no cluster is configured; set KUBECONFIG, or leave it out'], 'a setting that does nothing is told')
  await fetch(`${running.orchestratorUrl}/execute-tool`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tool_name: 'cortex_create_task', tool_input: { title: 'A', description: 'A', run_at: '2099-01-01T00:00:00.000Z' } }) })
  const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(home, 'workspace')))
  t.ok(files.some(({ name }) => name === 'chat.db-wal') && files.some(({ name }) => name.startsWith('task-')))
  for (const { parentPath, name } of files) t.equal((await stat(join(parentPath, name))).mode & 0o077, 0, name)
})
