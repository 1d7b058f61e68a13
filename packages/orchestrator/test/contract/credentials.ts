import type { AuditEntry, Credential } from '@cortex/contracts'
import { hashSecret, newSecret, workerTokenOf } from '@cortex/service'
import t from 'tap'
import type { Orchestrate } from '../orchestrator.ts'

export function credentials (orchestrate: Orchestrate): void {
  t.test('an orchestrator that asks who is there keeps sessions and tokens over a restart, until they end', async (t) => {
    const serviceToken = newSecret()
    let cortex = await orchestrate(t, { gate: { serviceToken, people: null, requestsPerMinute: 100_000 } })
    const as = (token: string | null, headers: Record<string, string> = {}) => async <Body = unknown>(method: string, path: string, body?: unknown) => {
      const response = await fetch(cortex.url + path, { method, headers: { ...headers, ...(token !== null && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }) })
      return { status: response.status, body: (response.status === 204 ? null : await response.json()) as Body }
    }
    const chat = as(serviceToken)
    const at = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString()
    const credential = (id: string, secret: string, more: Partial<Credential> = {}): Credential => ({
      id, kind: 'token', hash: hashSecret(secret), owner: 'ada', via: 'password', name: id, roles: ['operator'], groups: ['a', 'b'], stamp: '', created_at: at(-120_000), expires_at: at(3_600_000), used_at: null, ...more
    })
    const [first, second, old, session] = [newSecret('ctx_'), newSecret('ctx_'), newSecret('ctx_'), newSecret()]
    for (const each of [
      credential('token-1', first), credential('token-2', second, { owner: 'olga', created_at: at(-60_000) }), credential('token-old', old, { expires_at: at(-1) }), credential('session-1', session, { kind: 'session', roles: [] })
    ]) t.equal((await chat('POST', '/v1/credentials', each)).status, 204)

    const ids = async (query: string) => (await chat<{ credentials: Credential[] }>('GET', `/v1/credentials?${query}`)).body.credentials.map(({ id }) => id)
    t.strictSame(await ids('kind=token&owner=olga'), ['token-2'])
    t.strictSame((await ids('kind=token')).slice(0, 1), ['token-2'], 'newest first')
    t.match((await chat('POST', '/v1/credentials/find', { hash: hashSecret(session) })).body, { credential: { id: 'session-1', groups: ['a', 'b'] } })
    t.strictSame((await chat('POST', '/v1/credentials/find', { hash: hashSecret(old) })).body, { credential: null })

    cortex = await cortex.restart()
    t.match(await as(first)('POST', '/execute-tool', { tool_name: 'cortex_create_task', tool_input: { title: 'A', description: 'A' } }), { status: 200 })
    t.match((await as(first)('GET', '/v1/tasks')).body, { tasks: [{ requested_by: 'ada/token-1' }] })
    t.type((await chat<{ credential: Credential }>('POST', '/v1/credentials/find', { hash: hashSecret(first) })).body.credential.used_at, 'string', 'when it was used last is kept')
    for (const token of [null, old, session, newSecret('ctx_'), `${first}x`, first.slice(0, -1)]) t.equal((await as(token)('GET', '/v1/tasks')).status, 401)
    t.equal((await as(first)('GET', '/v1/credentials?kind=token')).status, 403)

    t.equal((await as(workerTokenOf(serviceToken))('POST', '/v1/leases', { agent_id: 'a', masters: [], held: [], capacity: 1, wait_seconds: 0 })).status, 400, 'a worker is heard, and told what is wrong')
    t.equal((await as(workerTokenOf(serviceToken))('GET', '/v1/tasks')).status, 403)

    const person = { 'cortex-user': 'ada', 'cortex-roles': 'viewer' }
    t.equal((await as(serviceToken, person)('GET', '/v1/tasks')).status, 200)
    t.equal((await as(serviceToken, person)('GET', '/v1/audit')).status, 403, 'what chat says of a person’s roles is all that person has')
    t.equal((await as(serviceToken, { 'cortex-user': 'ada', 'cortex-roles': 'service,worker' })('GET', '/v1/credentials?kind=token')).status, 403, 'people are no part of Cortex')
    t.equal((await as(first, { 'cortex-user': 'eve', 'cortex-roles': 'admin' })('GET', '/v1/audit')).status, 403, 'nobody but chat is believed')

    t.match((await chat('DELETE', '/v1/credentials/token-1?owner=olga')).body, { credential: null })
    t.match((await as(serviceToken, { 'cortex-user': 'eve' })('DELETE', '/v1/credentials/token-1?owner=ada')).body, { credential: { owner: 'ada' } })
    t.equal((await as(first)('GET', '/v1/tasks')).status, 401)

    const { body: { entries } } = await as(serviceToken, { 'cortex-user': 'root', 'cortex-roles': 'admin' })<{ entries: AuditEntry[] }>('GET', '/v1/audit')
    t.strictSame(entries.filter(({ task_id: taskId }) => taskId === null).map(({ action, actor, details }) => [action, actor, details['id']]), [
      ['token.created', 'user:ada', 'token-1'], ['token.created', 'user:olga', 'token-2'], ['token.created', 'user:ada', 'token-old'], ['session.started', 'user:ada', 'session-1'], ['token.revoked', 'user:eve', 'token-1']
    ])
    t.notMatch(JSON.stringify(entries), hashSecret(first), 'the audit holds no hash of a secret')
  })
}
