import { PersonName, spellUser } from '@cortex/contracts'
import type { OidcSettings } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import type * as OpenId from 'openid-client'
import { ProviderClaimsUnusable, ProviderRefused, ProviderUnreachable, ProviderUnusable } from '../errors.ts'
import type { PendingSignIn } from './cookies.ts'

/** Milliseconds the provider has for an answer. */
const patience = 10_000
/** How long what the provider says of itself is taken for current. Milliseconds. */
const discoveryFresh = 3_600_000
const personName = new RegExp(PersonName.pattern ?? '')

/** A person's account at the provider. */
export interface Account { name: string, groups: string[] }

/** Authorization code with PKCE, state and nonce, at one provider. */
export class OidcProvider {
  readonly #settings: OidcSettings
  readonly #redirectUrl: URL
  readonly #log: FastifyBaseLogger | undefined
  #discovered: { configuration: OpenId.Configuration, at: number } | null = null

  constructor (settings: OidcSettings, publicUrl: URL, log: FastifyBaseLogger | undefined) {
    this.#settings = settings
    this.#redirectUrl = new URL('/v1/sign-in/oidc/callback', publicUrl)
    this.#log = log
  }

  /** Asks who it is, so that one that cannot be reached is in the log before anybody wants to sign in. */
  async lookUp (): Promise<void> {
    await this.#discover().catch(() => {})
  }

  /** Where to send the person, and what to remember of it. @throws CTX_PROVIDER_UNREACHABLE, CTX_PROVIDER_UNUSABLE */
  async begin (): Promise<{ url: URL } & Pick<PendingSignIn, 'state' | 'nonce' | 'verifier'>> {
    const openid = await import('openid-client')
    const configuration = await this.#discover()
    const [state, nonce, verifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()]
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUrl.href,
      scope: this.#settings.scopes,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce
    })
    return { url, state, nonce, verifier }
  }

  /**
   * Takes the provider's answer.
   * @param query of the URL the person came back by
   * @throws CTX_PROVIDER_UNREACHABLE, CTX_PROVIDER_UNUSABLE, CTX_PROVIDER_REFUSED, CTX_PROVIDER_CLAIMS_UNUSABLE
   */
  async finish (query: string, { state, nonce, verifier }: PendingSignIn): Promise<Account> {
    const openid = await import('openid-client')
    const configuration = await this.#discover()
    const url = new URL(this.#redirectUrl)
    url.search = query
    const claims = await this.#claims(openid, configuration, url, { state, nonce, verifier }).catch((error: unknown) => {
      // The words of the provider are for the log; they may hold anything.
      this.#log?.warn({ err: error }, 'the OpenID provider did not confirm who signs in')
      throw new ProviderRefused()
    })
    const { nameClaim, groupsClaim } = this.#settings
    const { [nameClaim]: name, [groupsClaim]: groups } = claims
    if (typeof name !== 'string' || name.length > 100 || !personName.test(name)) throw new ProviderClaimsUnusable(nameClaim)
    // Whoever may enter any address as theirs could be anybody.
    if (nameClaim === 'email' && claims.email_verified !== true) throw new ProviderClaimsUnusable('email_verified')
    return { name: spellUser(name), groups: [groups ?? []].flat().filter((group): group is string => typeof group === 'string') }
  }

  async #claims (openid: typeof OpenId, configuration: OpenId.Configuration, url: URL, { state, nonce, verifier }: Pick<PendingSignIn, 'state' | 'nonce' | 'verifier'>): Promise<Record<string, unknown>> {
    const tokens = await openid.authorizationCodeGrant(configuration, url, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true })
    const claims = tokens.claims()
    if (!claims) throw new Error('there is no ID token')
    const { nameClaim, groupsClaim } = this.#settings
    if ((claims[nameClaim] !== undefined && claims[groupsClaim] !== undefined) || !configuration.serverMetadata().userinfo_endpoint) return claims
    // Some providers keep all but the subject out of the ID token.
    return { ...await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub), ...claims }
  }

  async #discover (): Promise<OpenId.Configuration> {
    if (this.#discovered && performance.now() - this.#discovered.at < discoveryFresh) return this.#discovered.configuration
    try {
      const configuration = await discover(this.#settings)
      this.#discovered = { configuration, at: performance.now() }
      return configuration
    } catch (error) {
      const issuer = this.#settings.issuer.href
      if (isNoProvider(error)) {
        this.#log?.warn({ err: error, issuer }, 'something answers there and is not the OpenID provider, so nobody signs in by it; see to CORTEX_OIDC_ISSUER, which is what the provider calls itself')
        throw new ProviderUnusable()
      }
      this.#log?.warn({ err: error, issuer }, 'the OpenID provider could not be reached, so nobody signs in by it; see to CORTEX_OIDC_ISSUER, the network or a proxy')
      throw new ProviderUnreachable()
    }
  }
}

/** Whether there was an answer that will be no other in a moment: not found, no JSON, another issuer. */
function isNoProvider (error: unknown): boolean {
  const { code, cause } = error as { code?: unknown, cause?: unknown }
  if (cause instanceof Response && (cause.status >= 500 || cause.status === 429)) return false
  return typeof code === 'string' && code.startsWith('OAUTH_') && code !== 'OAUTH_TIMEOUT' && code !== 'OAUTH_ABORT'
}

/** What the provider says of itself. @throws whatever keeps it from being asked */
export async function discover ({ issuer, clientId, clientSecret }: OidcSettings): Promise<OpenId.Configuration> {
  const openid = await import('openid-client')
  return await openid.discovery(issuer, clientId, clientSecret, clientSecret === undefined ? openid.None() : secretAs(openid, clientSecret), {
    timeout: patience / 1_000,
    // Settings let http through on loopback only.
    ...(issuer.protocol === 'http:' && { execute: [openid.allowInsecureRequests] })
  })
}

/** In the body where the provider says it reads it there, else as the specification has it without a word: in the Authorization header. */
function secretAs ({ ClientSecretBasic, ClientSecretPost }: typeof OpenId, secret: string): OpenId.ClientAuth {
  const [inBody, inHeader] = [ClientSecretPost(secret), ClientSecretBasic(secret)]
  return (server, ...rest) => (server.token_endpoint_auth_methods_supported?.includes('client_secret_post') ? inBody : inHeader)(server, ...rest)
}
