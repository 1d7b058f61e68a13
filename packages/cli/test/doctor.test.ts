import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { temporaryHome } from '../../standalone/test/standalone.ts'
import { cortex } from './cortex.ts'

const free = { PORT: '0', ORCHESTRATOR_PORT: '0' }

t.test('on a machine where nothing is set up yet, all is in order', async (t) => {
  const home = join(await temporaryHome(t), 'none')
  const { code, out } = await cortex(['doctor'], { CORTEX_HOME: home, ...free })
  t.equal(code, 0, out)
  const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
  t.match(out, `Cortex ${version}, Node `)
  t.same(await cortex(['--version'], {}), { code: 0, out: `${version}\n`, err: '' })
  t.match(await cortex(['tasks', 'ls'], { CORTEX_URL: 'ftp://x' }), { code: 2, err: /CTX_CONFIG_INVALID: .*CORTEX_URL/ })
  t.same(out.trimEnd().split('\n').map((line) => line.split(/ +/).slice(0, 2).join(' ')), ['versions', 'settings', 'sign-in', 'data', 'store', 'workspace', 'disk', 'ports', 'running', 'key', 'cluster', 'clock'].map((name) => `ok ${name}`))
})

t.test('what is wrong is named, one line each, with what to do', async (t) => {
  const home = await temporaryHome(t)
  const server = createServer((request, response) => {
    const valid = request.headers.authorization === 'Bearer valid'
    response.writeHead(valid ? 200 : 401, { date: valid ? 'Thu, 01 Jan 2026 00:00:00 GMT' : new Date().toUTCString() }).end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const api = `http://127.0.0.1:${port}`
  const policy = join(home, 'policy.yaml')
  await writeFile(policy, 'rules: [{ name: x, decision: perhaps, match: {} }]\n')
  await mkdir(join(home, 'workspace'))
  execFileSync('git', ['-C', join(home, 'workspace'), 'init', '--quiet'])
  const newer = new DatabaseSync(join(home, 'chat.db'))
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  await chmod(home, 0o755)
  const lines = async (env: Record<string, string>) => {
    const { code, out } = await cortex(['doctor', '--json'], { CORTEX_HOME: home, ...free, ...env })
    const { checks } = JSON.parse(out) as { checks: Array<{ check: string, state: string, text: string }> }
    return { code, said: (name: string) => checks.filter(({ check }) => check === name).map(({ state, text }) => `${state} ${text}`).join() }
  }
  const broken = await lines({ PORT: String(port), CORTEX_POLICY: policy, KUBECONFIG: join(home, 'no-kubeconfig'), ANTHROPIC_API_KEY: 'geheim', ANTHROPIC_BASE_URL: api })
  t.equal(broken.code, 1)
  t.match(broken.said('settings'), /^fail CTX_DEFINITION_INVALID: .*policy\.yaml: rules\.0\.decision/)
  t.match(broken.said('data folder'), /^warn .*chmod 700/)
  t.match(broken.said('store'), /^fail .*chat\.db has schema version 99/)
  t.match(broken.said('workspace'), /^fail .*no commit yet/)
  t.match(broken.said('ports'), /^fail CTX_ADDRESS_UNUSABLE: 127\.0\.0\.1:\d+ cannot be listened on \(EADDRINUSE\): another program has it; end it, or set PORT to another/)
  t.match(broken.said('key'), /^fail .*refuses the key \(HTTP 401\)/)
  t.match(broken.said('cluster'), /^fail CTX_KUBECONFIG_UNUSABLE.*no-kubeconfig/)

  await writeFile(join(home, 'chat.db'), 'no database, and long enough to be taken for one'.repeat(200))
  const other = await lines({ ANTHROPIC_API_KEY: 'valid', ANTHROPIC_BASE_URL: api, CORTEX_URL: 'http://127.0.0.1:9' })
  t.match(other.said('store'), /^fail .*cannot be read .*restore a backup/)
  t.match(other.said('key'), /^ok /)
  t.match(other.said('clock'), /^warn \d+ s ahead of that of 127\.0\.0\.1:\d+; set it by NTP/)
  t.match(other.said('running'), /^fail .*see to CORTEX_URL/)

  await rm(join(home, 'chat.db'))
  t.match((await lines({ DATABASE_URL: 'postgresql://cortex:geheim@127.0.0.1:1/none' })).said('store'), /^fail CTX_DATABASE_UNUSABLE(?!.*geheim)/)
  t.match((await lines({ ANTHROPIC_API_KEY: 'geheim', ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' })).said('key'), /^fail 127\.0\.0\.1:1 does not answer/)
  // Whatever a start refuses.
  const users = join(home, 'users.yaml')
  await writeFile(users, 'users: { ada: { roles: [admin] } }\n')
  await mkdir(join(home, 'elsewhere'))
  await writeFile(join(home, 'elsewhere/a.txt'), 'not in git')
  for (const [env, check, words] of [
    [{ CORTEX_USERS: '/nope' }, 'sign-in', /^fail CTX_USERS_INVALID: .*\/nope/],
    [{ CORTEX_USERS: policy }, 'sign-in', /^fail CTX_USERS_INVALID/],
    [{ HOST: '0.0.0.0' }, 'sign-in', /^fail CTX_SIGN_IN_MISSING/],
    [{ CORTEX_APPROVER_DIFFERS: 'true' }, 'sign-in', /^fail CTX_APPROVER_DIFFERS_ALONE/],
    [{ CORTEX_USERS: users, CORTEX_PUBLIC_URL: 'http://cortex.example.org' }, 'sign-in', /^fail CTX_CONFIG_INVALID: .*CORTEX_PUBLIC_URL must begin with https/],
    [{ CORTEX_USERS: users, CORTEX_PUBLIC_URL: 'https://cortex.example.org', CORTEX_OIDC_ISSUER: 'https://127.0.0.1:1', CORTEX_OIDC_CLIENT_ID: 'x' }, 'sign-in', /^fail the OpenID provider 127\.0\.0\.1:1 does not answer as one \(.+\), so nobody signs in by it; see to CORTEX_OIDC_ISSUER/],
    [{ CORTEX_USERS: users }, 'sign-in', /^ok people in .*users\.yaml: 1$/],
    [{ CORTEX_MODEL: 'x', CORTEX_HELM: '/opt/helm', CORTEX_NAMESPACES: 'a' }, 'settings', /^warn CORTEX_MODEL counts for nothing: rules plan .*set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL, or leave it out; CORTEX_NAMESPACES, CORTEX_HELM count for nothing: no cluster is configured; set KUBECONFIG, or leave them out$/],
    [{ CORTEX_MODEL: 'x', ANTHROPIC_API_KEY: 'valid', ANTHROPIC_BASE_URL: api }, 'settings', /^ok /],
    [{ CORTEX_MASTERS: '/nope' }, 'settings', /^fail CTX_DEFINITION_INVALID: .*CORTEX_MASTERS/],
    [{ CORTEX_WORKSPACE: join(home, 'elsewhere') }, 'workspace', /^fail CTX_WORKSPACE_UNUSABLE: .*no git repository/],
    [{ TASKS_DIR: '/proc/x' }, 'data folder', /^fail CTX_FOLDER_UNUSABLE: TASKS_DIR names \/proc\/x/],
    [{ TASKS_DIR: '/proc/x' }, 'disk', /^ok /],
    [{ CORTEX_HOME: policy }, 'data folder', /^fail CORTEX_HOME names .*policy\.yaml, which is no folder/]
  ] as const) t.match((await lines(env)).said(check), words, JSON.stringify(env))
  const unreadable = await cortex(['doctor'], { CORTEX_HOME: home, PORT: 'eighty', CORTEX_WORKSPCE: '/x' })
  t.match(unreadable, { code: 1, out: /fail {2}settings +CTX_CONFIG_INVALID: .*CORTEX_WORKSPCE is no setting; the nearest is CORTEX_WORKSPACE; PORT must be integer/ })
})
