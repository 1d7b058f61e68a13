import { request } from 'node:http'
import { mayUse, type Role } from '@cortex/contracts'
import { workerTokenOf, type RouteAccess } from '@cortex/service'
import t from 'tap'
import { startGuarded, type Guarded } from './support/signed-in.ts'

const open = ['GET /livez', 'GET /health', 'GET /readyz']
const openInChat = [...open, 'GET /v1/sign-in', 'POST /v1/sign-in/password', 'GET /v1/sign-in/oidc', 'GET /v1/sign-in/oidc/callback']
const proxied = /^\/v1\/(tasks|approvals|audit|tools|batches\/[^/]+\/rollback)/

/** Only the status and the code matter; a stream that was let in has no end. */
async function knock (url: string, method: string, path: string, token: string | null): Promise<'let in' | 'unknown' | 'refused'> {
  const hasBody = method === 'POST' || method === 'PATCH'
  return await new Promise((resolve, reject) => {
    const asking = request(url + path.replace(/:\w+/g, 'x').replace('*', 'x'), { method, headers: { ...(hasBody && { 'content-type': 'application/json' }), ...(token !== null && { authorization: `Bearer ${token}` }) } }, (response) => {
      if (response.statusCode !== 401 && response.statusCode !== 403) {
        response.destroy()
        return resolve('let in')
      }
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('end', () => resolve(text.includes('CTX_SIGN_IN_REQUIRED') ? 'unknown' : text.includes('CTX_ROLE_MISSING') ? 'refused' : 'let in'))
    }).on('error', reject)
    asking.end(hasBody ? '{}' : undefined)
  })
}

async function holdersOf (guarded: Guarded): Promise<Map<Role | null, string | null>> {
  const holders = new Map<Role | null, string | null>([[null, null], ['service', guarded.serviceToken], ['worker', workerTokenOf(guarded.serviceToken)]])
  for (const [name, role] of [['vic', 'viewer'], ['olga', 'operator'], ['paul', 'approver'], ['ada', 'admin']] as const) {
    const { status, body } = await guarded.ask('POST', '/v1/tokens', { cookie: await guarded.signIn(name), body: { name: 'matrix', roles: [role] } })
    if (status !== 201) throw new Error(JSON.stringify(body))
    holders.set(role, body.token)
  }
  return holders
}

const expected = (access: RouteAccess['access'], role: Role | null) => access === 'open' || (role !== null && mayUse(access, [role])) ? 'let in' : role === null ? 'unknown' : 'refused'

let guarded: Guarded
let holders: Map<Role | null, string | null>
t.before(async () => {
  guarded = await startGuarded(t)
  holders = await holdersOf(guarded)
})

t.test('each route lets in exactly the roles it declares', async (t) => {
  const wrong: string[] = []
  const check = async (where: string, url: string, route: RouteAccess, known: ReadonlyArray<[Role | null, string | null]>) => {
    await Promise.all(known.map(async ([role, token]) => {
      const got = await knock(url, route.method, route.url, token)
      if (got !== expected(route.access, role)) wrong.push(`${where}: ${route.method} ${route.url} as ${role}: ${got}`)
    }))
  }
  // Chat knows people and their tokens alone: those of other parts of Cortex open nothing there.
  const people = [...holders].filter(([role]) => role !== 'service' && role !== 'worker')
  for (const route of guarded.orchestratorRoutes) {
    await check('orchestrator', guarded.orchestratorUrl, route, [...holders])
    if (proxied.test(route.url)) await check('through chat', guarded.url, route, people)
  }
  for (const route of guarded.routes) if (!proxied.test(route.url)) await check('chat', guarded.url, route, people)
  t.same(wrong, [])
  for (const token of [guarded.serviceToken, workerTokenOf(guarded.serviceToken)]) t.equal(await knock(guarded.url, 'GET', '/v1/planner', token), 'unknown')
  const names = (routes: readonly RouteAccess[]) => routes.filter(({ access }) => access === 'open').map(({ method, url }) => `${method} ${url}`).sort()
  t.same(names(guarded.orchestratorRoutes), [...open].sort())
  t.same(names(guarded.routes), [...openInChat].sort())
})

t.test('a tool that changes something needs an operator, over /execute-tool and over MCP alike', async (t) => {
  const create = { title: 'Deploy it', description: 'All of it' }
  const execute = async (role: Role, tool: string, input: object) => await guarded.askOrchestrator('POST', '/execute-tool', { token: holders.get(role) ?? '', body: { tool_name: tool, tool_input: input } })
  const mcp = async (token: string | undefined, name: string, input: object) => await guarded.askOrchestrator('POST', '/mcp', {
    ...(token !== undefined && { token }), headers: { accept: 'application/json, text/event-stream' }, body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } }
  })
  for (const role of ['viewer', 'approver'] as const) {
    t.match(await execute(role, 'cortex_create_task', create), { status: 403, body: { code: 'CTX_TOOL_ROLE_MISSING', detail: 'cortex_create_task needs the role operator' } })
    t.match(await execute(role, 'cortex_get_metrics', {}), { status: 200 })
    t.match((await mcp(holders.get(role) ?? '', 'cortex_create_task', create)).body, /CTX_TOOL_ROLE_MISSING/)
  }
  const { body: { task_id: id } } = await execute('operator', 'cortex_create_task', create)
  t.match((await guarded.ask('GET', `/v1/tasks/${id}`, { token: holders.get('viewer') ?? '' })).body, { requested_by: 'olga/matrix' })
  t.match((await mcp(holders.get('operator') ?? '', 'cortex_create_task', { ...create, title: 'Another' })).body, /task-chat-/)

  const closed = await mcp(undefined, 'cortex_get_metrics', {})
  t.match(closed, { status: 401, headers: { 'www-authenticate': 'Bearer realm="cortex"' }, body: { jsonrpc: '2.0', error: { data: { code: 'CTX_SIGN_IN_REQUIRED' } } } })
  t.match(await mcp('ctx_guessed', 'cortex_get_metrics', {}), { status: 401, headers: { 'www-authenticate': /invalid_token/ } })
})
