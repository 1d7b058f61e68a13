import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import t, { type Test } from 'tap'
import { listenToLog } from '../../orchestrator/test/listen-to-log.ts'
import { ask, cookieOf, startGuarded, type Answer } from './support/signed-in.ts'

interface Account { preferred_username?: string, email?: string, email_verified?: boolean, groups?: string[] }

/** A whole OpenID provider of other people's making. Whoever comes is the person `next` says, and consents. */
async function startProvider (t: Pick<Test, 'teardown'>, redirectUri: string, secretIn: 'client_secret_post' | 'client_secret_basic' = 'client_secret_post') {
  const accounts = new Map<string, Account>()
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'cortex', client_secret: 'a secret of the provider', redirect_uris: [redirectUri], token_endpoint_auth_method: secretIn }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email', 'email_verified'] },
    cookies: { keys: ['a key of the provider'] },
    pkce: { required: () => true },
    clientAuthMethods: [secretIn],
    features: { devInteractions: { enabled: false } },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...accounts.get(id) }) })
  })
  let next = ''
  const seen: URL[] = []
  const callback = provider.callback()
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    seen.push(url)
    if (!url.pathname.startsWith('/interaction/')) {
      void callback(request, response)
      return
    }
    void (async () => {
      const { prompt, params, session } = await provider.interactionDetails(request, response)
      if (next === '') return await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'They said <script>no</script>' })
      if (prompt.name === 'login') return await provider.interactionFinished(request, response, { login: { accountId: next } })
      const grant = new provider.Grant({ accountId: session?.accountId ?? next, clientId: String(params['client_id']) })
      grant.addOIDCScope('openid profile email')
      await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
    })()
  })
  t.teardown(async () => { server.close(); server.closeAllConnections() })
  return { issuer, accounts, seen, be: (id: string, account: Account = {}) => { next = id; if (id) accounts.set(id, account) } }
}

/** A browser: it keeps cookies by host and port, and follows where it is sent. */
class Browser {
  readonly #jars = new Map<string, Map<string, string>>()

  jar (url: string): Map<string, string> {
    const { host } = new URL(url)
    const jar = this.#jars.get(host) ?? new Map<string, string>()
    this.#jars.set(host, jar)
    return jar
  }

  async get (url: string): Promise<Answer> {
    const { origin, pathname, search } = new URL(url)
    const cookie = [...this.jar(url)].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await ask(origin, 'GET', pathname + search, { headers: { ...(cookie && { cookie }), accept: 'text/html', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } })
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '') this.jar(url).delete(name)
      else this.jar(url).set(name, value)
    }
    return answer
  }

  /** Follows to the first address for which `stop` holds. */
  async follow (url: string, stop: (url: URL) => boolean): Promise<URL> {
    for (let hops = 0, at = new URL(url); hops < 15; hops++) {
      if (stop(at)) return at
      const { headers: { location }, status, body } = await this.get(at.href)
      if (typeof location !== 'string') throw new Error(`${at.href} answered ${status} ${JSON.stringify(body)}`)
      at = new URL(location, at)
    }
    throw new Error('sent in circles')
  }
}

/** The port has to be known before anybody listens on it, for the provider wants to know it first. */
async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const users = 'users:\n  ada: { roles: [admin], password: "HASH" }\n  pia: { roles: [operator] }\ngroups:\n  cortex-approvers: [approver]\n'

async function startBoth (t: Pick<Test, 'teardown'>, env: Record<string, string> = {}, secretIn?: 'client_secret_basic', logger?: ReturnType<typeof listenToLog>['logger']) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const provider = await startProvider(t, `${url}/v1/sign-in/oidc/callback`, secretIn)
  const guarded = await startGuarded(t, {
    users,
    ...(logger && { logger }),
    env: { PORT: String(port), CORTEX_PUBLIC_URL: url, CORTEX_OIDC_ISSUER: provider.issuer, CORTEX_OIDC_CLIENT_ID: 'cortex', CORTEX_OIDC_CLIENT_SECRET: 'a secret of the provider', CORTEX_OIDC_TITLE: 'Example', ...env }
  })
  /** Goes there and back; answers where the person ends up on the page. */
  const signIn = async (browser: Browser, returnTo = '/') => await browser.follow(`${url}/v1/sign-in/oidc?return_to=${encodeURIComponent(returnTo)}`, (at) => at.origin === url && !at.pathname.startsWith('/v1/'))
  const who = async (browser: Browser) => (await browser.get(`${url}/v1/sign-in`)).body.person
  return { url, provider, guarded, signIn, who }
}

const { logger: sharedLogger, line: logged } = listenToLog()
const shared = await startBoth(t, {}, undefined, sharedLogger)

t.test('a person signs in at the provider and comes back to where they were', async (t) => {
  const { url, provider, signIn, who } = shared
  const browser = new Browser()
  browser.jar(url).set('cortex-session', 'planted')
  provider.be('p-1', { preferred_username: 'Pia', groups: ['staff', 'cortex-approvers'] })
  t.equal((await signIn(browser, '/tasks?task=task-chat-1766779451040-2axt2h5cq')).href, `${url}/tasks?task=task-chat-1766779451040-2axt2h5cq`)
  t.match(await who(browser), { name: 'pia', roles: ['operator', 'approver'], via: 'oidc' })
  t.not(browser.jar(url).get('cortex-session'), 'planted')
  t.notOk(browser.jar(url).has('cortex-sign-in'), 'what was needed for the way there is gone')

  const [asked] = provider.seen.filter(({ pathname }) => pathname === '/auth')
  t.match(Object.fromEntries(asked?.searchParams ?? []), { response_type: 'code', code_challenge_method: 'S256', code_challenge: /.{43}/, state: /.{20}/, nonce: /.{20}/ })
})

t.test('who has no role, denies, or takes a name that is not theirs, does not get in and is told so', async (t) => {
  const { url, provider, signIn, who } = shared
  for (const [id, account, code] of [
    ['p-2', { preferred_username: 'zed', groups: ['staff'] }, 'CTX_SIGN_IN_NO_ROLE'],
    ['p-3', { preferred_username: 'ada', groups: ['cortex-approvers'] }, 'CTX_SIGN_IN_NO_ROLE'],
    ['p-7', { preferred_username: 'ADA', groups: ['cortex-approvers'] }, 'CTX_SIGN_IN_NO_ROLE'],
    ['p-4', { preferred_username: 'pia/ci' }, 'CTX_PROVIDER_CLAIMS_UNUSABLE'],
    ['p-5', {}, 'CTX_PROVIDER_CLAIMS_UNUSABLE'],
    ['', {}, 'CTX_PROVIDER_REFUSED']
  ] as const) {
    const browser = new Browser()
    provider.be(id, account as Account)
    t.equal((await signIn(browser)).href, `${url}/?sign_in=${code}`, `as ${JSON.stringify(account)}`)
    t.equal(await who(browser), null)
  }
  t.match(await logged(/did not confirm who signs in/), { level: 'warn', err: { error: 'access_denied', error_description: 'They said <script>no</script>' } }, 'the words of the provider are for the log')
})

t.test('an address that nobody confirmed is no name; and a provider that wants the secret in a header gets it there', async (t) => {
  const { url, provider, signIn, who } = await startBoth(t, { CORTEX_OIDC_NAME_CLAIM: 'email' }, 'client_secret_basic')
  const browser = new Browser()
  provider.be('p-6', { email: 'pia', email_verified: false })
  t.equal((await signIn(browser)).href, `${url}/?sign_in=CTX_PROVIDER_CLAIMS_UNUSABLE`)
  provider.be('p-7', { email: 'pia', email_verified: true })
  t.equal((await signIn(new Browser())).href, `${url}/`)
  t.equal(await who(browser), null)
})

t.test('an answer of the provider counts once, in the browser that asked, and leads nowhere else', async (t) => {
  const { url, provider, guarded, who } = shared
  provider.be('p-1', { preferred_username: 'pia' })
  const toCallback = async (browser: Browser) => await browser.follow(`${url}/v1/sign-in/oidc`, (at) => at.pathname.endsWith('/callback'))
  const where = async (browser: Browser, at: string) => (await browser.get(at)).headers['location']

  const mine = new Browser()
  const callback = await toCallback(mine)
  const other = new Browser()
  t.equal(await where(other, callback.href), '/?sign_in=CTX_SIGN_IN_STALE', 'another browser is not signed in by a link')
  await toCallback(other)
  t.equal(await where(other, callback.href), '/?sign_in=CTX_PROVIDER_REFUSED', 'nor with a state of its own')
  t.equal(await who(other), null)
  t.equal(await where(mine, callback.href), '/')
  t.match(await who(mine), { name: 'pia' })
  t.equal(await where(mine, callback.href), '/?sign_in=CTX_SIGN_IN_STALE', 'a second time')

  const forged = new Browser()
  forged.jar(url).set('cortex-sign-in', Buffer.from('{"state":"a","returnTo":"https://evil.example"}').toString('base64url'))
  t.equal(await where(forged, `${url}/v1/sign-in/oidc/callback?code=a&state=a`), '/?sign_in=CTX_SIGN_IN_STALE')

  for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', '\\\\evil.example', '/a\nb', 'javascript:alert(1)', 'tasks', '/..//evil.example\\@x']) {
    t.match(await ask(guarded.url, 'GET', `/v1/sign-in/oidc?return_to=${encodeURIComponent(to)}`), { status: 400, body: { errors: [{ field: 'querystring.return_to' }] } }, to)
  }
})

t.test('what the file gives counts at once, and what a group gives is left', async (t) => {
  const { provider, guarded, signIn, who } = shared
  const browser = new Browser()
  provider.be('p-1', { preferred_username: 'pia', groups: ['cortex-approvers'] })
  await signIn(browser)
  t.same((await who(browser)).roles, ['operator', 'approver'])
  guarded.edit((text) => text.replace(/ {2}pia.*\n/, ''))
  while ((await who(browser)).roles.includes('operator')) await new Promise((resolve) => setTimeout(resolve, 50))
  t.same((await who(browser)).roles, ['approver'])
})

t.test('over https the cookies are bound to the host, and the page asks for https ever after', async (t) => {
  const guarded = await startGuarded(t, { env: { CORTEX_PUBLIC_URL: 'https://cortex.example' } })
  const asked = { host: 'cortex.example', headers: { origin: 'https://cortex.example' } }
  const answer = await guarded.ask('POST', '/v1/sign-in/password', { ...asked, body: { name: 'ada', password: 'correct horse battery' } })
  t.match(answer.headers['set-cookie']?.[0], /^__Host-cortex-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  t.equal(answer.headers['strict-transport-security'], 'max-age=31536000')
  const cookie = cookieOf(answer)
  const create = async (host: string, origin: string) => (await guarded.ask('POST', '/v1/conversations', { host, headers: { cookie, origin }, body: {} })).status
  t.equal(await create('cortex.example', 'https://cortex.example'), 201)
  t.equal(await create('cortex.example', 'http://cortex.example'), 403, 'a page that came over http')
  t.equal(await create('other.example', 'https://other.example'), 403, 'another host')
  t.match(await guarded.ask('GET', '/readyz', { host: '10.0.0.7:3000' }), { status: 200 }, 'a probe knows the address only')
  t.match(await guarded.ask('GET', '/v1/sign-in', { host: '10.0.0.7:3000' }), { status: 403, body: { code: 'CTX_HOST_REFUSED' } })
})

t.test('a provider that cannot be reached is told of at the start, and whoever wants to sign in by it is told too', async (t) => {
  const { logger, line } = listenToLog()
  const guarded = await startGuarded(t, { logger, env: { CORTEX_OIDC_ISSUER: 'http://127.0.0.1:1', CORTEX_OIDC_CLIENT_ID: 'cortex', CORTEX_PUBLIC_URL: 'http://localhost:3000' } })
  t.match(await line(/the OpenID provider could not be reached.*see to CORTEX_OIDC_ISSUER/), { level: 'warn', issuer: 'http://127.0.0.1:1/' })
  t.match(await guarded.ask('GET', '/v1/sign-in/oidc', { host: 'localhost:3000' }), { status: 303, headers: { location: '/?sign_in=CTX_PROVIDER_UNREACHABLE' } }, 'on the page')
})

t.test('who wants to sign in where no such provider is, is not told to try again, and one that is only in trouble may be', async (t) => {
  let status = 404
  const server = createServer((_request, response) => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ issuer: 'https://another.example' })) })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => { server.close(); server.closeAllConnections() })
  const { logger, line } = listenToLog()
  const guarded = await startGuarded(t, { logger, env: { CORTEX_OIDC_ISSUER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, CORTEX_OIDC_CLIENT_ID: 'cortex', CORTEX_PUBLIC_URL: 'http://localhost:3000' } })
  for (const [answered, code] of [[404, 'CTX_PROVIDER_UNUSABLE'], [503, 'CTX_PROVIDER_UNREACHABLE'], [200, 'CTX_PROVIDER_UNUSABLE']] as const) {
    status = answered
    t.match(await guarded.ask('GET', '/v1/sign-in/oidc', { host: 'localhost:3000' }), { status: 303, headers: { location: `/?sign_in=${code}` } }, String(answered))
  }
  t.match(await line(/is not the OpenID provider.*CORTEX_OIDC_ISSUER/), { level: 'warn' })
})
