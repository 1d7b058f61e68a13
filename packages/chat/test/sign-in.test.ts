import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { ChatConfig } from '@cortex/chat'
import { hashSecret, newSecret, readConfig, readSignIn, readUsers } from '@cortex/service'
import t from 'tap'
import { runUsers } from '../src/users/command.ts'
import { listenToLog } from '../../orchestrator/test/listen-to-log.ts'
import { completed, workOff } from './support/stack.ts'
import { cookieOf, password, startGuarded } from './support/signed-in.ts'

const asks = { body: {} }

const users = `users:
  vic: { roles: [viewer], password: "HASH" }
  olga: { roles: [operator], password: "HASH" }
  paul: { roles: [approver], password: "HASH" }
  eve: { roles: [operator, approver], password: "HASH" }
  ada: { roles: [admin], password: "HASH" }
  Pia: { roles: [operator] }
groups:
  approvers: [approver]
`

t.test('with sign-in', async (t) => {
  const guarded = await startGuarded(t, {
    users,
    approverDiffers: true,
    grace: 1,
    env: { CORTEX_PROXY_ADDRESSES: '127.0.0.2, 10.0.0.0/8', CORTEX_PROXY_NAME_HEADER: 'Remote-User', CORTEX_PROXY_GROUPS_HEADER: 'Remote-Groups' },
    scripts: [
      (out) => out.start().text('Once.').end(),
      (out) => out.start().text('Twice.').end(),
      (out) => out.start().call('toolu_a', { title: 'Deploy A', description: 'A', category: 'general' }).end('tool_use'),
      (out) => out.start().text('Started.').end()
    ]
  })
  const ada = await guarded.signIn('ada')

  await t.test('a person is told who they are, and nobody else is', async (t) => {
    t.match((await guarded.ask('GET', '/v1/sign-in', { cookie: ada })).body, { required: true, password: true, provider: null, person: { name: 'ada', roles: ['admin'], via: 'password' } })
    t.match((await guarded.ask('GET', '/v1/sign-in')).body, { required: true, person: null })
    t.match(await guarded.ask('GET', '/v1/planner'), { status: 401, headers: { 'www-authenticate': 'Bearer realm="cortex"' }, body: { code: 'CTX_SIGN_IN_REQUIRED' } })
  })

  await t.test('a thread of AG-UI is one conversation of a person, asked by a session or a token', async (t) => {
    const { body: { token } } = await guarded.ask('POST', '/v1/tokens', { cookie: ada, body: { name: 'agui', roles: ['operator'] } })
    const run = async (asked: object, id: string) => (await guarded.ask('POST', '/agui', { ...asked, body: { threadId: 'release', runId: id, messages: [{ id, role: 'user', content: `Question ${id}` }] } })).body
    t.match(await run({ cookie: ada }, 'm1'), /RUN_FINISHED/)
    t.match(await run({ token }, 'm2'), /RUN_FINISHED/)
    const { body: { conversations } } = await guarded.ask('GET', '/v1/conversations', { cookie: ada })
    t.match(conversations, [{ owner: 'ada' }])
    t.equal(conversations.length, 1)
  })

  await t.test('a person is who tasks and answers name, whatever a header says', async (t) => {
    const { body: { id } } = await guarded.ask('POST', '/v1/conversations', { cookie: ada, ...asks })
    t.equal((await guarded.ask('POST', `/v1/conversations/${id}/messages`, { cookie: ada, headers: { 'cortex-user': 'mallory', 'cortex-roles': 'admin' }, body: { text: 'go', client_id: 'a' } })).status, 202)
    const stream = await follow(guarded.url, `/v1/conversations/${id}/stream`, ada)
    await stream.until('RUN_FINISHED')
    const { body: { tasks: [task] } } = await guarded.ask('GET', '/v1/tasks', { cookie: ada })
    t.match(task, { requested_by: 'ada', metadata: { source: 'chat' } })
    t.match((await guarded.ask('POST', `/v1/tasks/${task.id}/cancel`, { cookie: ada, headers: { 'cortex-user': 'mallory' }, body: {} })).status, 200)
    const { body: { entries } } = await guarded.ask('GET', '/v1/audit', { cookie: ada })
    t.same([...new Set(entries.map(({ actor }: { actor: string }) => actor))].sort(), ['cortex', 'user:ada'])
  })

  await t.test('a page that was opened for one person is not answered for another', async (t) => {
    const own = async (cookie: string) => (await guarded.ask('GET', '/v1/sign-in', { cookie })).body.person
    const [hers, eve] = [await own(ada), await guarded.signIn('eve')]
    t.match(hers.key, /^[\w-]{43}$/)
    t.equal((await own(await guarded.signIn('ada'))).key, hers.key, 'the same in each of her browsers')
    t.not((await own(eve)).key, hers.key)
    const headers = { 'cortex-opened-for': hashSecret(hers.key).slice(0, 32) }
    t.match(await guarded.ask('GET', '/v1/planner', { cookie: ada, headers }), { status: 200, headers: { 'cache-control': 'no-store' } })
    t.match(await guarded.ask('POST', '/v1/conversations', { cookie: eve, headers, body: {} }), { status: 401, body: { code: 'CTX_SIGN_IN_REQUIRED' } })
    t.match((await guarded.ask('GET', '/v1/sign-in', { cookie: eve, headers })).body, { person: null })
  })

  await t.test('a person has a cookie that scripts of the page cannot read and other pages cannot use', async (t) => {
    const { headers } = await guarded.ask('POST', '/v1/sign-in/password', { body: { name: 'ada', password } })
    t.match(headers['set-cookie']?.[0], /^cortex-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/)
    t.equal(headers['cache-control'], 'no-store')
    const post = async (headers: Record<string, string>) => (await guarded.ask('POST', '/v1/conversations', { headers: { cookie: ada, ...headers }, body: {} })).status
    t.equal(await post({ origin: guarded.url }), 201)
    t.equal(await post({ 'sec-fetch-site': 'same-origin' }), 201)
    t.equal(await post({ origin: 'https://evil.example' }), 403, 'another origin')
    t.equal(await post({ origin: 'null' }), 403, 'a page without one')
    t.equal(await post({ origin: guarded.url.replace('127.0.0.1', 'localhost') }), 403, 'another name of this machine')
    t.equal(await post({}), 403, 'a form that says nothing of where it stands')
    t.equal(await post({ 'sec-fetch-site': 'same-site' }), 403, 'a sibling')
    t.equal((await guarded.ask('GET', '/v1/tasks', { headers: { cookie: ada, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } })).status, 403, 'an image of another page')
    t.equal((await guarded.ask('GET', '/v1/planner', { cookie: ada, host: 'rebound.example' })).status, 403, 'a rebound name')
  })

  await t.test('a person gets a new session with each sign-in, so that none can be planted', async (t) => {
    t.equal((await guarded.ask('GET', '/v1/planner', { cookie: 'cortex-session=planted-by-somebody-else' })).status, 401)
    const first = await guarded.signIn('vic')
    const second = cookieOf(await guarded.ask('POST', '/v1/sign-in/password', { cookie: first, body: { name: 'vic', password } }))
    t.not(second, first)
    t.equal((await guarded.ask('GET', '/v1/planner', { cookie: first })).status, 401, 'the one from before has ended')
    t.equal((await guarded.ask('GET', '/v1/planner', { cookie: second })).status, 200)
    t.equal((await guarded.ask('POST', '/v1/sign-out', { cookie: second, ...asks })).status, 204)
    t.equal((await guarded.ask('GET', '/v1/planner', { cookie: second })).status, 401)
  })

  await t.test('a person sees and revokes their own tokens and sessions; an admin those of everybody', async (t) => {
    const olga = await guarded.signIn('olga')
    const created = await guarded.ask('POST', '/v1/tokens', { cookie: olga, body: { name: 'ci', roles: ['operator'], days: 1 } })
    t.match(created, { status: 201, headers: { 'cache-control': 'no-store' }, body: { owner: 'olga', name: 'ci', token: /^ctx_[\w-]{43}$/ } })
    const { token, id } = created.body
    const { body: list } = await guarded.ask('GET', '/v1/tokens', { cookie: olga })
    t.notMatch(JSON.stringify(list), token, 'shown once')
    t.same(list.tokens.map(({ name }: { name: string }) => name), ['ci'])
    t.equal((await guarded.ask('GET', '/v1/tasks', { token })).status, 200)
    t.equal((await guarded.askOrchestrator('GET', '/v1/tasks', { token })).status, 200)
    t.equal((await guarded.askOrchestrator('GET', `/v1/tasks?access_token=${token}`)).status, 401, 'never from a URL')
    t.equal((await guarded.ask('GET', `/v1/tasks?token=${token}`)).status, 401)
    for (const place of ['access.db', 'access.db-wal']) t.notOk(readFileSync(join(guarded.usersFile, '..', place)).includes(token), `${place} holds hashes`)

    t.match(await guarded.ask('POST', '/v1/tokens', { cookie: olga, body: { name: 'up', roles: ['admin'] } }), { status: 400, body: { code: 'CTX_INPUT_INVALID', errors: [{ field: 'roles' }] } })
    t.match(await guarded.ask('POST', '/v1/tokens', { cookie: olga, body: { name: 'up', roles: ['worker'] } }), { status: 400 })
    t.match(await guarded.ask('POST', '/v1/tokens', { cookie: olga, body: { name: 'ci', roles: ['operator'] } }), { status: 400, body: { errors: [{ field: 'name' }] } })
    t.match(await guarded.ask('POST', '/v1/tokens', { token, body: { name: 'child', roles: ['operator'] } }), { status: 403, body: { code: 'CTX_TOKEN_BY_TOKEN' } })
    t.match(await guarded.ask('DELETE', `/v1/tokens/${id}`, { cookie: await guarded.signIn('vic') }), { status: 404 }, 'somebody else’s')

    // An admin's page revokes it, and it counts for nothing at once.
    t.ok((await guarded.ask('GET', '/v1/tokens', { cookie: ada })).body.tokens.some((each: { owner: string }) => each.owner === 'olga'))
    t.equal((await guarded.ask('DELETE', `/v1/tokens/${id}`, { cookie: ada })).status, 204)
    t.equal((await guarded.ask('GET', '/v1/tasks', { token })).status, 401)
    t.equal((await guarded.askOrchestrator('GET', '/v1/tasks', { token })).status, 401)
    const { body: { sessions } } = await guarded.ask('GET', '/v1/sessions', { cookie: ada })
    const hers = sessions.find(({ owner }: { owner: string }) => owner === 'olga')
    t.equal((await guarded.ask('DELETE', `/v1/sessions/${hers.id}`, { cookie: ada })).status, 204)
    t.equal((await guarded.ask('GET', '/v1/planner', { cookie: olga })).status, 401)
  })

  await t.test('nobody approves what they asked for themselves, where that is set', async (t) => {
    const [eve, paul] = [await guarded.signIn('eve'), await guarded.signIn('paul')]
    const { body: { token } } = await guarded.ask('POST', '/v1/tokens', { cookie: eve, body: { name: 'ci', roles: ['operator', 'approver'] } })
    const planHash = `sha256:${'0'.repeat(64)}`
    const changeSet = { summary: 'Write a file', risk: 'low' as const, changes: [{ toolkit: 'workspace', target: 'a.yaml', verb: 'create', diff: '+a: 1' }], dry_run: 'would write', plan_hash: planHash }
    await guarded.askOrchestrator('POST', '/execute-tool', { token, body: { tool_name: 'cortex_create_task', tool_input: { title: 'Write it', description: 'All of it' } } })
    await workOff(guarded.orchestratorUrl, 1, () => ({ kind: 'needs_approval', change_set: changeSet }), guarded.serviceToken)
    const { body: { approvals: [approval] } } = await guarded.ask('GET', '/v1/approvals', { cookie: paul })
    const decide = async (asked: object, decision = 'approve') => await guarded.ask('POST', `/v1/approvals/${approval.id}`, { ...asked, body: { decision, plan_hash: planHash } })
    t.match(await decide({ cookie: eve }), { status: 403, body: { code: 'CTX_APPROVAL_OWN' } })
    t.match(await decide({ token }), { status: 403 }, 'nor by a token of theirs')
    t.match(await decide({ cookie: paul }), { status: 200, body: { decided_by: 'paul' } })
    await workOff(guarded.orchestratorUrl, 1, () => completed, guarded.serviceToken)
  })

  await t.test('nobody approves what they asked for in other letters, and what was stored in other letters is theirs', async (t) => {
    const planHash = `sha256:${'2'.repeat(64)}`
    const changeSet = { summary: 'Write a file', risk: 'low' as const, changes: [{ toolkit: 'workspace', target: 'p.yaml', verb: 'create', diff: '+p: 1' }], dry_run: 'would write', plan_hash: planHash }
    const as = (name: string) => ({ localAddress: '127.0.0.2', headers: { 'remote-user': name, 'remote-groups': 'approvers', origin: guarded.url } })
    const [secret, at] = [newSecret('ctx_'), (ms: number) => new Date(Date.now() + ms).toISOString()]
    const stored = { id: 'token-pia', kind: 'token', hash: hashSecret(secret), owner: 'Pia', via: 'proxy', name: 'old', roles: ['operator'], groups: [], stamp: '', created_at: at(-60_000), expires_at: at(3_600_000), used_at: null }
    t.equal((await guarded.askOrchestrator('POST', '/v1/credentials', { token: guarded.serviceToken, body: stored })).status, 204)
    t.match((await guarded.ask('GET', '/v1/tokens', as('pia'))).body, { tokens: [{ id: 'token-pia', owner: 'pia' }] })
    t.match((await guarded.askOrchestrator('POST', '/execute-tool', { token: secret, body: { tool_name: 'cortex_create_task', tool_input: { title: 'Write it', description: 'All of it' } } })).status, 200)
    await workOff(guarded.orchestratorUrl, 1, () => ({ kind: 'needs_approval', change_set: changeSet }), guarded.serviceToken)
    const { body: { approvals: [approval] } } = await guarded.ask('GET', '/v1/approvals?status=pending', as('pia'))
    t.equal(approval.requested_by, 'pia/old')
    for (const name of ['pia', 'Pia', 'PIA']) t.match(await guarded.ask('POST', `/v1/approvals/${approval.id}`, { ...as(name), body: { decision: 'approve', plan_hash: planHash } }), { status: 403, body: { code: 'CTX_APPROVAL_OWN' } }, name)
    const header = { token: guarded.serviceToken, headers: { 'cortex-user': 'PIA', 'cortex-roles': 'approver' } }
    t.match(await guarded.askOrchestrator('POST', `/v1/approvals/${approval.id}`, { ...header, body: { decision: 'approve', plan_hash: planHash } }), { status: 403 }, 'nor by what a chat of before says')
    t.match(await guarded.ask('POST', `/v1/approvals/${approval.id}`, { ...as('Pat'), body: { decision: 'approve', plan_hash: planHash } }), { status: 200, body: { decided_by: 'pat' } })
    await workOff(guarded.orchestratorUrl, 1, () => completed, guarded.serviceToken)
    const { body: { id } } = await guarded.ask('POST', '/v1/conversations', { ...as('Pia'), body: {} })
    t.match(await guarded.ask('GET', `/v1/conversations/${id}`, as('pIA')), { status: 200, body: { owner: 'pia' } })
    t.equal((await guarded.ask('DELETE', '/v1/tokens/token-pia', { ...as('PIA') })).status, 204)
    t.match(await guarded.ask('POST', '/v1/sign-in/password', { body: { name: 'EVE', password } }), { status: 200, body: { person: { name: 'eve' } } })
  })

  await t.test('whoever had a part in what a task does now does not approve it, however they had it', async (t) => {
    const [eve, paul, admin] = [await guarded.signIn('eve'), await guarded.signIn('paul'), await guarded.signIn('ada')]
    const { body: { token } } = await guarded.ask('POST', '/v1/tokens', { cookie: admin, body: { name: 'phone', roles: ['operator', 'approver'] } })
    const planHash = `sha256:${'1'.repeat(64)}`
    const changeSet = { summary: 'Write a file', risk: 'low' as const, changes: [{ toolkit: 'workspace', target: 'b.yaml', verb: 'create', diff: '+b: 1' }], dry_run: 'would write', plan_hash: planHash }
    const create = async (title: string, more: object = {}): Promise<string> => (await guarded.askOrchestrator('POST', '/execute-tool', {
      token: guarded.serviceToken, headers: { 'cortex-user': 'eve', 'cortex-roles': 'operator' }, body: { tool_name: 'cortex_create_task', tool_input: { title, description: title, ...more } }
    })).body.task_id
    const plan = async () => await workOff(guarded.orchestratorUrl, 1, () => ({ kind: 'needs_approval', change_set: changeSet }), guarded.serviceToken)
    const pending = async (): Promise<string> => (await guarded.ask('GET', '/v1/approvals?status=pending', { cookie: paul })).body.approvals[0].id
    const decide = async (asked: object, body: object = { decision: 'approve' }) => await guarded.ask('POST', `/v1/approvals/${await pending()}`, { ...asked, body: { plan_hash: planHash, ...body } })
    const own = { status: 403, body: { code: 'CTX_APPROVAL_OWN' } }
    const finish = async (count = 1) => await workOff(guarded.orchestratorUrl, count, () => completed, guarded.serviceToken)
    const again = async (id: string, asked: object) => {
      t.match(await guarded.ask('POST', `/v1/tasks/${id}/cancel`, { ...asked, body: {} }), { status: 200 })
      t.match(await guarded.ask('POST', `/v1/tasks/${id}/retry`, { ...asked, body: {} }), { status: 200 })
    }

    const retried = await create('Retried')
    await plan()
    await again(retried, { cookie: admin })
    await plan()
    t.match(await decide({ cookie: admin }), own, 'by cancelling and retrying it')
    t.match(await decide({ token }), own, 'nor by a token')
    t.match(await decide({ cookie: eve }), own, 'who asked first did ask')
    t.match((await guarded.ask('POST', '/v1/approvals', { cookie: admin, body: { decisions: [{ id: await pending(), decision: 'approve', plan_hash: planHash }] } })).body, { results: [{ error: { code: 'CTX_APPROVAL_OWN' } }] })
    t.match(await decide({ cookie: paul }, { decision: 'deny', reason: 'Name it c.yaml' }), { status: 200 })
    await plan()
    t.match(await decide({ cookie: paul }), own, 'nor by saying what to do instead')
    await again(retried, { token })
    await plan()
    t.match(await decide({ cookie: admin }), own, 'a token of theirs asked')
    t.match(await decide({ cookie: paul }), { status: 200 }, 'words for a plan that is gone no longer count')
    await finish()

    const first = await create('First')
    await create('Second', { depends_on: [first] })
    await again(first, { cookie: admin })
    await finish()
    await plan()
    t.match(await decide({ cookie: admin }), own, 'by retrying what it needs')
    t.match(await decide({ cookie: paul }), { status: 200 })
    await finish()

    const whole = await create('Whole')
    await again(whole, { cookie: admin })
    await workOff(guarded.orchestratorUrl, 1, () => ({ kind: 'sub_tasks', sub_tasks: [{ title: 'Part one', description: 'One', ref: 'one' }, { title: 'Part two', description: 'Two', depends_on: ['one'] }] }), guarded.serviceToken)
    await plan()
    t.match(await decide({ cookie: admin }), own, 'a part of what they asked for')
    t.match(await decide({ cookie: paul }), { status: 200 })
    await finish(3)
  })

  await t.test('what a header says of a person counts from the proxy alone', async (t) => {
    const through = async (localAddress: string, headers: Record<string, string>) => (await guarded.ask('GET', '/v1/sign-in', { localAddress, headers })).body
    t.match((await through('127.0.0.1', { 'remote-user': 'pia' })).person, null, 'from anywhere else it is nothing')
    t.match((await through('127.0.0.1', { 'remote-user': 'pia', 'x-forwarded-for': '127.0.0.2' })).person, null, 'whatever the request says of its way')
    t.match((await through('127.0.0.2', { 'remote-user': 'pia' })).person, { name: 'pia', roles: ['operator'], via: 'proxy' })
    t.match((await through('127.0.0.2', { 'remote-user': 'pia', 'remote-groups': 'staff, approvers' })).person, { roles: ['operator', 'approver'] })
    t.match((await through('127.0.0.2', { 'remote-user': 'zed', 'remote-groups': 'staff' })).person, null, 'known there, and nobody here')
    t.match((await through('127.0.0.2', { 'remote-user': 'ada' })).person, null, 'a name that has a password here is not taken over')
    t.match((await through('127.0.0.2', { 'remote-user': 'local', 'remote-groups': 'approvers' })).person, null, 'nor one of Cortex itself')
    t.match((await through('127.0.0.2', { 'remote-user': 'pia, ada' })).person, null)
    t.match((await through('127.0.0.2', { 'remote-user': 'PIA' })).person, { name: 'pia', roles: ['operator'] }, 'in capital letters it is the same person')
    t.match((await through('127.0.0.2', { 'remote-user': 'Ada' })).person, null, 'and takes over no more')
    t.match((await through('127.0.0.2', { 'remote-user': 'Local', 'remote-groups': 'approvers' })).person, null)
    const refused = async (name: string, headers = {}) => await guarded.ask('GET', '/v1/planner', { localAddress: '127.0.0.2', headers: { 'remote-user': name, ...headers } })
    t.match(await refused('ada'), { status: 401, body: { code: 'CTX_PROXIED_HAS_PASSWORD', detail: /The proxy says you are ada, and that name has a password here/ } }, 'and says why')
    t.match(await refused('ADA'), { status: 401, body: { code: 'CTX_PROXIED_HAS_PASSWORD' } })
    t.match(await refused('zed'), { status: 401, body: { code: 'CTX_PROXIED_NO_ROLE', detail: /you are zed, who may do nothing here/ } })
    t.match(await refused('ada', { authorization: 'Bearer ctx_wrong' }), { status: 401, body: { code: 'CTX_SIGN_IN_REQUIRED' } })
  })

  await t.test('passwords are not guessed', async (t) => {
    const attempt = async (name: string, given = 'not this one') => await guarded.ask('POST', '/v1/sign-in/password', { localAddress: '127.0.0.3', body: { name, password: given } })
    const wrong = await attempt('ada')
    t.match(wrong, { status: 401, body: { code: 'CTX_SIGN_IN_WRONG' } })
    const unknown = await attempt('nobody-here')
    t.same([unknown.status, unknown.body.detail], [wrong.status, wrong.body.detail], 'who exists is not told')
    const many = await Promise.all(Array.from({ length: 8 }, () => attempt('ada')))
    t.equal(many.filter(({ status }) => status === 401).length, 4, 'five tries, those at once among them')
    t.match(many.find(({ status }) => status === 429), { body: { code: 'CTX_SIGN_IN_THROTTLED', detail: /counts in 30 s/ } })
    t.equal((await attempt('ada', password)).status, 429, 'the right one does not count either, or it would tell')
    t.equal((await attempt('olga', password)).status, 200, 'others sign in meanwhile')
    t.match(await guarded.ask('POST', '/v1/sign-in/password', { headers: { origin: 'https://evil.example' }, body: { name: 'ada', password } }), { status: 403 }, 'from another page')
    t.match(await guarded.ask('POST', '/v1/sign-in/password', { body: { name: 'ada', password, role: 'admin' } }), { status: 400 })
    t.equal((await attempt('__proto__', password)).status, 401)

    // One address of many people: those who sign in cost it nothing, and what one of them guesses is counted all the same.
    const behind = async (name: string, given = 'not this one') => (await guarded.ask('POST', '/v1/sign-in/password', { localAddress: '127.0.0.4', body: { name, password: given } })).status
    const names = ['ada', 'eve', 'olga', 'paul', 'vic']
    for (let n = 0; n < 19; n++) {
      t.equal(await behind(names[n % 5] ?? '') === 401 && (n % 2 === 0 || await behind('vic', password) === 200), true, `guess ${n}`)
    }
    t.equal(await behind('vic'), 401)
    t.equal(await behind('vic', password), 429, 'nor do right ones give back what wrong ones cost')
  })

  await t.test('a person stays signed in when everything restarts', async (t) => {
    await guarded.restart()
    t.equal((await guarded.ask('GET', '/v1/planner', { cookie: ada })).status, 200)
  })

  await t.test('a person is out when taken out of the file, with sessions and tokens; a changed role counts at once', async (t) => {
    const paul = await guarded.signIn('paul')
    const { body: { token } } = await guarded.ask('POST', '/v1/tokens', { cookie: paul, body: { name: 'phone', roles: ['approver'] } })
    t.equal((await guarded.askOrchestrator('GET', '/v1/approvals', { token })).status, 200)
    guarded.edit((text) => text.replace(/.*paul.*\n/, '').replace(/(vic: \{ roles: \[)viewer/, '$1operator'))
    // Whoever is just taken out may lose a request that is on its way.
    const until = async (what: () => Promise<boolean>) => { while (!await what().catch(() => false)) await new Promise((resolve) => setTimeout(resolve, 50)) }
    await until(async () => (await guarded.ask('GET', '/v1/planner', { cookie: paul })).status === 401)
    await until(async () => (await guarded.ask('GET', '/v1/planner', { token })).status === 401)
    await until(async () => (await guarded.askOrchestrator('GET', '/v1/approvals', { token })).status === 401)
    t.match((await guarded.ask('GET', '/v1/sign-in', { cookie: await guarded.signIn('vic') })).body, { person: { roles: ['operator'] } })
    t.equal((await guarded.ask('POST', '/v1/sign-in/password', { body: { name: 'paul', password } })).status, 401)
    // Whoever gets the name again, by hand or by the command, gets nothing of what the person before had.
    const audited = async () => (await guarded.ask('GET', '/v1/audit?limit=200', { cookie: ada })).body.entries.filter(({ actor, action, details }: { actor: string, action: string, details: { owner?: string } }) => actor === 'cortex' && details.owner === 'paul' && ['token.revoked', 'session.ended'].includes(action))
    await until(async () => (await audited()).some(({ action }: { action: string }) => action === 'token.revoked'))
    guarded.edit((text) => text.replace(/( {2}ada: .*\n)/, (line) => line + line.replace('ada: { roles: [admin]', 'paul: { roles: [approver]')))
    await until(async () => (await guarded.ask('POST', '/v1/sign-in/password', { body: { name: 'paul', password } })).status === 200)
    t.equal((await guarded.ask('GET', '/v1/planner', { token })).status, 401)
    t.equal((await guarded.askOrchestrator('GET', '/v1/approvals', { token })).status, 401)
    const second = (await guarded.ask('POST', '/v1/tokens', { cookie: await guarded.signIn('paul'), body: { name: 'phone', roles: ['approver'] } })).body.token
    // Chat and orchestrator look at the file each by itself.
    await until(async () => (await guarded.askOrchestrator('GET', '/v1/approvals', { token: second })).status === 200)
    const asOperator = async (...args: string[]) => await runUsers(args, { env: { CORTEX_USERS: guarded.usersFile }, in: Readable.from([`${password}\n`]), out: new PassThrough(), err: new PassThrough() })
    t.equal(await asOperator('remove', 'paul'), 0)
    t.equal(await asOperator('add', 'paul', '--role', 'approver'), 0)
    await until(async () => (await guarded.askOrchestrator('GET', '/v1/approvals', { token: second })).status === 401)
    await until(async () => (await guarded.ask('POST', '/v1/sign-in/password', { body: { name: 'paul', password } })).status === 200)
    const third = (await guarded.ask('POST', '/v1/tokens', { cookie: await guarded.signIn('paul'), body: { name: 'pad', roles: ['approver'] } })).body.token
    await until(async () => (await guarded.askOrchestrator('GET', '/v1/approvals', { token: third })).status === 200)
    // A file that cannot be used any more leaves everything as it was.
    guarded.edit((text) => `${text}  broken: [`)
    t.equal((await guarded.ask('GET', '/v1/planner', { cookie: ada })).status, 200)
  })
})

t.test('a file of people that somebody is just writing costs nobody a token', async (t) => {
  const { logger, line } = listenToLog()
  const guarded = await startGuarded(t, { users, logger })
  const makeToken = async (name: string, role: string) => (await guarded.ask('POST', '/v1/tokens', { cookie: await guarded.signIn(name), body: { name: 'ci', roles: [role] } })).body.token as string
  const [ada, olga, paul] = [await makeToken('ada', 'admin'), await makeToken('olga', 'operator'), await makeToken('paul', 'approver')]
  const until = async (status: number, ...tokens: string[]) => {
    for (const token of tokens) for (const ask of [guarded.ask, guarded.askOrchestrator]) while ((await ask('GET', '/v1/tasks', { token }).catch(() => null))?.status !== status) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  let whole = ''
  guarded.edit((text) => { whole = text; return '' })
  t.match(await line(/^the users stay as they were/), { level: 'error', err: { message: /it names nobody/ } })
  await until(200, ada, olga, paul)
  // What was written of it so far can be read, and ends before the last people.
  const without = (text: string, ...names: string[]) => names.reduce((rest, name) => rest.replace(new RegExp(`  ${name}: .*\\n`), ''), text)
  guarded.edit(() => without(whole, 'olga', 'paul'))
  t.match(await line(/count for nothing; they are deleted unless/), { kept: 4, seconds: 3_600 })
  await until(401, olga, paul)
  guarded.edit(() => without(whole, 'paul').replace(/(olga: .*password: ")[^"]+/, (_, start: string) => start + ['scrypt', 16_384, 8, 1, 'b'.repeat(22), 'b'.repeat(43)].join('$')))
  const admin = await guarded.signIn('ada')
  const revoked = async () => (await guarded.ask('GET', '/v1/audit?limit=200', { cookie: admin })).body.entries.some(({ action, details }: { action: string, details: { owner?: string } }) => action === 'token.revoked' && details.owner === 'olga')
  while (!await revoked()) await new Promise((resolve) => setTimeout(resolve, 100))
  guarded.edit(() => whole)
  await until(200, ada, paul)
  await until(401, olga)
})

t.test('settings that contradict each other stop the start with one line each', async (t) => {
  const fault = (env: Record<string, string>, host = '127.0.0.1') => {
    try {
      readSignIn(readConfig(ChatConfig, env), host)
      return 'none'
    } catch (error) {
      return (error as Error).message
    }
  }
  const users = { CORTEX_USERS: 'users.yaml' }
  t.equal(fault({}), 'none')
  t.equal(fault(users), 'none')
  t.match(fault({ CORTEX_OIDC_ISSUER: 'https://id.example' }), 'CORTEX_USERS is missing, without which CORTEX_OIDC_ISSUER has no meaning')
  t.match(fault(users, '0.0.0.0'), 'CORTEX_PUBLIC_URL is missing: with HOST=0.0.0.0')
  t.match(fault({ ...users, CORTEX_PUBLIC_URL: 'http://cortex.example' }), 'CORTEX_PUBLIC_URL must begin with https://')
  t.match(fault({ ...users, CORTEX_PUBLIC_URL: 'https://cortex.example/sub' }), 'CORTEX_PUBLIC_URL')
  t.match(fault({ ...users, CORTEX_OIDC_ISSUER: 'https://id.example' }), 'CORTEX_OIDC_CLIENT_ID is missing: a provider needs both; CORTEX_PUBLIC_URL is missing')
  t.match(fault({ ...users, CORTEX_PROXY_NAME_HEADER: 'Remote-User' }), 'CORTEX_PROXY_ADDRESSES is missing')
  for (const name of ['Authorization', 'host', 'Cookie', 'X-Forwarded-For', 'Sec-Fetch-User', 'User-Agent']) t.match(fault({ ...users, CORTEX_PROXY_ADDRESSES: '10.0.0.5', CORTEX_PROXY_NAME_HEADER: name }), `CORTEX_PROXY_NAME_HEADER is ${name}, which browsers and clients set themselves`)
  t.match(fault({ ...users, CORTEX_PROXY_ADDRESSES: '10.0.0.5', CORTEX_PROXY_NAME_HEADER: 'X-Forwarded-User', CORTEX_PROXY_GROUPS_HEADER: 'Cookie' }), 'CORTEX_PROXY_GROUPS_HEADER is Cookie')
  t.equal(fault({ ...users, CORTEX_PROXY_ADDRESSES: '10.0.0.5', CORTEX_PROXY_NAME_HEADER: 'X-Forwarded-User', CORTEX_PROXY_GROUPS_HEADER: 'X-Forwarded-Groups' }), 'none')
  t.match(fault({ CORTEX_USERS: '', DATABASE_URL: '' }), /CORTEX_USERS is empty; leave it out or give a value/)
  t.match(fault({ ...users, CORTEX_PROXY_ADDRESSES: '10.0.0.1/33' }), '"10.0.0.1/33", which is no address or network')
  t.match(fault({ ...users, CORTEX_PROXY_ADDRESSES: '0.0.0.0/0' }), 'which is every address')
  t.match(fault({ CORTEX_SERVICE_TOKEN: 'short' }), 'CORTEX_SERVICE_TOKEN')
  const file = join(t.testdir({ 'users.yaml': 'users:\n  a/b: { roles: [viewer] }\n  bo: { roles: [boss], password: plain }\n  local: { roles: [viewer] }\n' }), 'users.yaml')
  for (const named of [/a\/b/, /users\.bo\.roles/, /users\.bo\.password/, /users\.local is a name Cortex uses itself/]) t.throws(() => readUsers(file), { code: 'CTX_USERS_INVALID', message: named })
  const twice = join(t.testdir({ 'users.yaml': 'users:\n  pia: { roles: [viewer] }\n  Pia: { roles: [approver] }\n  Chat: { roles: [viewer] }\n' }), 'users.yaml')
  for (const named of [/users\.Pia is the same person as users\.pia/, /users\.Chat is a name Cortex uses itself/]) t.throws(() => readUsers(twice), { code: 'CTX_USERS_INVALID', message: named })
  for (const text of ['', '# nobody yet', 'users: {}', 'groups: { staff: [] }']) t.throws(() => readUsers(join(t.testdir({ 'users.yaml': text }), 'users.yaml')), { code: 'CTX_USERS_INVALID', message: /it names nobody; name somebody/ }, text)
  t.throws(() => readUsers(`${file}.missing`), { code: 'CTX_USERS_INVALID', message: /no such file/ })
})

/** The names of the events of a stream that is held open. */
async function follow (url: string, path: string, cookie: string) {
  const asking = request(url + path, { headers: { cookie } }).end()
  const [response] = await once(asking, 'response')
  response.setEncoding('utf8')
  let text = ''
  return {
    async until (event: string): Promise<void> {
      for await (const chunk of response) {
        text += chunk
        if (text.includes(`event: ${event}\n`)) return
      }
    }
  }
}
