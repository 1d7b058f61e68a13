import { Type, type Static, type TObject } from '@sinclair/typebox'
import { ConfigError } from '../errors.ts'
import { isLoopback } from '../loopback.ts'
import { AddressList } from './addresses.ts'

/** The setting by which the parts of Cortex know each other. */
export const serviceTokenSetting = {
  CORTEX_SERVICE_TOKEN: Type.Optional(Type.String({ minLength: 32, maxLength: 200, pattern: '^[\\x21-\\x7e]+$', description: 'Secret by which chat and orchestrator know each other, at least 32 characters; made by itself in the data folder where they share one. With it the orchestrator asks everybody for a token' }))
}

export const limitSetting = {
  CORTEX_RATE_LIMIT: Type.Integer({ minimum: 10, maximum: 1_000_000, default: 3_000, description: 'With sign-in: requests of one address a minute' })
}

export const usersSetting = {
  CORTEX_USERS: Type.Optional(Type.String({ description: 'Who may sign in, and as what (YAML); with it everybody has to' }))
}

/** Settings of signing in. They mean something beside CORTEX_USERS only. */
export const signInSettings = {
  ...usersSetting,
  CORTEX_PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://[^/?#@]+/?$', description: 'Where browsers find the page, as https://cortex.example.org; https, or http on loopback' })),
  CORTEX_SESSION_HOURS: Type.Integer({ minimum: 1, maximum: 720, default: 12, description: 'Hours after which a person signs in again' }),
  CORTEX_OIDC_ISSUER: Type.Optional(Type.String({ format: 'http-url', description: 'OpenID provider people sign in at' })),
  CORTEX_OIDC_CLIENT_ID: Type.Optional(Type.String({ minLength: 1, description: 'What the provider calls Cortex; its redirect URL there is CORTEX_PUBLIC_URL with /v1/sign-in/oidc/callback' })),
  CORTEX_OIDC_CLIENT_SECRET: Type.Optional(Type.String({ minLength: 1, description: 'The secret the provider gave for it; none for a public client' })),
  CORTEX_OIDC_TITLE: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'What the page calls the provider; its host unless set' })),
  CORTEX_OIDC_SCOPES: Type.String({ default: 'openid profile email', pattern: '^openid( [\\x21-\\x7e]+)*$', description: 'What the provider is asked for' }),
  CORTEX_OIDC_NAME_CLAIM: Type.String({ default: 'preferred_username', minLength: 1, description: 'Claim that is the name of a person here; choose one people cannot change' }),
  CORTEX_OIDC_GROUPS_CLAIM: Type.String({ default: 'groups', minLength: 1, description: 'Claim with the groups of a person' }),
  CORTEX_PROXY_ADDRESSES: Type.Optional(Type.String({ description: 'Addresses or networks of the proxies whose X-Forwarded-For counts, separated by commas: 10.0.0.5, 10.1.0.0/16, ::1' })),
  CORTEX_PROXY_NAME_HEADER: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]+$', description: 'Header in which those proxies say who signed in there, as Remote-User' })),
  CORTEX_PROXY_GROUPS_HEADER: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]+$', description: 'Header in which they name the groups of that person, separated by commas' }))
}
export type SignInConfig = Static<TObject<typeof signInSettings & typeof limitSetting>>

export interface OidcSettings {
  issuer: URL
  clientId: string
  clientSecret: string | undefined
  title: string
  scopes: string
  nameClaim: string
  groupsClaim: string
}

export interface ProxySettings {
  addresses: AddressList
  nameHeader: string | undefined
  groupsHeader: string | undefined
}

export interface SignInSettings {
  usersFile: string
  publicUrl: URL | null
  sessionHours: number
  oidc: OidcSettings | null
  proxy: ProxySettings | null
  requestsPerMinute: number
}

/** Headers that browsers, HTTP itself or proxies on the way set, by which anybody would be somebody; `Sec-…` beside them. In small letters, as in the chart. */
export const refusedHeaders: readonly string[] = [
  'accept', 'accept-charset', 'accept-encoding', 'accept-language', 'authorization', 'cache-control', 'connection', 'content-encoding', 'content-language', 'content-length', 'content-type', 'cookie', 'date', 'dnt', 'expect', 'forwarded', 'from', 'host', 'idempotency-key', 'if-match',
  'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'keep-alive', 'last-event-id', 'max-forwards', 'origin', 'pragma', 'priority', 'proxy-authorization', 'proxy-connection', 'range', 'referer', 'te', 'trailer', 'transfer-encoding', 'upgrade',
  'upgrade-insecure-requests', 'user-agent', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-real-ip', 'x-request-id', 'x-requested-with'
]

/**
 * What the settings say of signing in, or null without any.
 * @throws CTX_CONFIG_INVALID for settings that contradict or miss each other, all of them named
 */
export function readSignIn (config: SignInConfig, host: string): SignInSettings | null {
  const faults: string[] = []
  const named = (names: ReadonlyArray<keyof SignInConfig>) => names.filter((name) => config[name] !== undefined)
  const { CORTEX_USERS: usersFile, CORTEX_PUBLIC_URL: given, CORTEX_OIDC_ISSUER: issuer, CORTEX_OIDC_CLIENT_ID: clientId } = config
  if (usersFile === undefined) {
    const useless = named(['CORTEX_PUBLIC_URL', 'CORTEX_OIDC_ISSUER', 'CORTEX_OIDC_CLIENT_ID', 'CORTEX_OIDC_CLIENT_SECRET', 'CORTEX_PROXY_ADDRESSES', 'CORTEX_PROXY_NAME_HEADER', 'CORTEX_PROXY_GROUPS_HEADER'])
    if (useless.length === 0) return null
    throw new ConfigError(`CORTEX_USERS is missing, without which ${useless.join(', ')} ${useless.length === 1 ? 'has' : 'have'} no meaning: nobody would have a role`)
  }
  const publicUrl = given === undefined ? null : readUrl('CORTEX_PUBLIC_URL', given, faults)
  if (publicUrl === null && !isLoopback(host)) faults.push(`CORTEX_PUBLIC_URL is missing: with HOST=${host} it says under which https address browsers find the page`)
  const provider = issuer === undefined ? null : readUrl('CORTEX_OIDC_ISSUER', issuer, faults)
  if ((issuer === undefined) !== (clientId === undefined)) faults.push(`${issuer === undefined ? 'CORTEX_OIDC_ISSUER' : 'CORTEX_OIDC_CLIENT_ID'} is missing: a provider needs both`)
  if (issuer !== undefined && given === undefined) faults.push('CORTEX_PUBLIC_URL is missing: the provider sends people back there')
  if (issuer === undefined && config.CORTEX_OIDC_CLIENT_SECRET !== undefined) faults.push('CORTEX_OIDC_CLIENT_SECRET has no meaning without CORTEX_OIDC_ISSUER')
  const addresses = readAddresses(config.CORTEX_PROXY_ADDRESSES, faults)
  for (const name of named(['CORTEX_PROXY_NAME_HEADER', 'CORTEX_PROXY_GROUPS_HEADER'])) {
    if (!addresses) faults.push(`CORTEX_PROXY_ADDRESSES is missing: without it anybody could send what ${name} names`)
    const header = String(config[name]).toLowerCase()
    if (refusedHeaders.includes(header) || header.startsWith('sec-')) faults.push(`${name} is ${config[name]}, which browsers and clients set themselves; name a header that only the proxy sets, as Remote-User`)
  }
  if (config.CORTEX_PROXY_GROUPS_HEADER !== undefined && config.CORTEX_PROXY_NAME_HEADER === undefined) faults.push('CORTEX_PROXY_NAME_HEADER is missing: groups belong to a person')
  if (faults.length > 0) throw new ConfigError(faults.join('; '))
  return {
    usersFile,
    publicUrl,
    sessionHours: config.CORTEX_SESSION_HOURS,
    requestsPerMinute: config.CORTEX_RATE_LIMIT,
    oidc: provider && clientId !== undefined
      ? { issuer: provider, clientId, clientSecret: config.CORTEX_OIDC_CLIENT_SECRET, title: config.CORTEX_OIDC_TITLE ?? provider.host, scopes: config.CORTEX_OIDC_SCOPES, nameClaim: config.CORTEX_OIDC_NAME_CLAIM, groupsClaim: config.CORTEX_OIDC_GROUPS_CLAIM }
      : null,
    proxy: addresses && { addresses, nameHeader: config.CORTEX_PROXY_NAME_HEADER?.toLowerCase(), groupsHeader: config.CORTEX_PROXY_GROUPS_HEADER?.toLowerCase() }
  }
}

/** Passwords, cookies and codes travel there, so it is https unless it does not leave the machine. */
function readUrl (name: string, text: string, faults: string[]): URL | null {
  if (!URL.canParse(text)) {
    faults.push(`${name} is no URL`)
    return null
  }
  const url = new URL(text)
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return url
  faults.push(`${name} must begin with https://: over http, passwords and sessions could be read on the way`)
  return null
}

function readAddresses (text: string | undefined, faults: string[]): AddressList | null {
  if (text === undefined) return null
  try {
    return new AddressList(text)
  } catch (error) {
    faults.push(`CORTEX_PROXY_ADDRESSES ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}
