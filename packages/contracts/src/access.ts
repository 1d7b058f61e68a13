import { Type, type Static } from '@sinclair/typebox'
import { Line, OneOf, Timestamp } from './text.ts'

/** What a person may be. Each of them reads; the last three also ask, decide, and administer. */
export const personRoles = ['viewer', 'operator', 'approver', 'admin'] as const
export const PersonRole = OneOf(personRoles)
export type PersonRole = Static<typeof PersonRole>

/** What a token may stand for: a person's roles, or a worker, which leases tasks and does nothing else. */
export const tokenRoles = [...personRoles, 'worker'] as const
export const TokenRole = OneOf(tokenRoles)
export type TokenRole = Static<typeof TokenRole>

/** `service` is another part of Cortex. */
export type Role = TokenRole | 'service'

/** What a route asks for; `open` asks for nothing. */
export type Access = Role | 'open'

const holders: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer', 'operator', 'approver', 'admin', 'service'],
  operator: ['operator', 'admin', 'service'],
  approver: ['approver', 'admin'],
  admin: ['admin'],
  worker: ['worker'],
  service: ['service']
}

/** The roles that are let in where `access` is asked for. */
export function rolesFor (access: Access): readonly Role[] {
  return access === 'open' ? [...tokenRoles, 'service'] : holders[access]
}

export function mayUse (access: Access, roles: readonly Role[]): boolean {
  return access === 'open' || roles.some((role) => holders[access].includes(role))
}

/** A name as it stands in headers, records and the audit. A slash sets a token's name apart, so no person has one. */
export const PersonName = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9][A-Za-z0-9._@+-]*$', description: 'Letters, digits and . _ @ + -' })

/** The one spelling of whoever a name in records stands for: files, providers and proxies write the same person in small letters or not. Of a token's name only the person's part. */
export function spellUser (user: string): string {
  const [person = '', ...token] = user.split('/')
  return [person.normalize('NFC').toLowerCase(), ...token].join('/')
}

/** The person behind a name in records, which of a token has that of the token behind a slash. In the one spelling, also of what was stored before there was one. */
export function ownerOf (user: string): string {
  return spellUser(user.split('/')[0] ?? user)
}

/** Request headers by which one part of Cortex says for whom it asks. They count for nothing without the service token. */
export const rolesHeader = 'cortex-roles'

/** Request header by which a page says for whom it was opened: the first 32 hexadecimal digits of the SHA-256 of the person's key. Whoever signed in since is not answered. */
export const openedForHeader = 'cortex-opened-for'

/** A session or an API token as it is stored: of the secret only its hash. */
export const Credential = Type.Object({
  id: Type.String({ maxLength: 100 }),
  kind: OneOf(['session', 'token']),
  /** SHA-256 of the secret, hexadecimal. */
  hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  owner: PersonName,
  /** How the owner signed in. */
  via: OneOf(['password', 'oidc', 'proxy']),
  name: Type.String({ maxLength: 100 }),
  /** Roles of a token. Those of a session are looked up anew each time. */
  roles: Type.Array(TokenRole, { maxItems: 10 }),
  /** Groups the provider named when the person signed in. */
  groups: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 500 }),
  /** The id of its owner's entry among the users, empty for one without; of a session by password it changes with that. What differs counts for nothing. */
  stamp: Type.String({ maxLength: 100 }),
  created_at: Timestamp,
  expires_at: Timestamp,
  used_at: Type.Union([Timestamp, Type.Null()])
}, { additionalProperties: false })
export type Credential = Static<typeof Credential>

export const CredentialList = Type.Object({ credentials: Type.Array(Credential) })
export type CredentialList = Static<typeof CredentialList>

/** A session or token as its owner sees it. */
export const CredentialView = Type.Object({
  ...Type.Pick(Credential, ['id', 'owner', 'via', 'name', 'roles', 'created_at', 'expires_at', 'used_at']).properties
})
export type CredentialView = Static<typeof CredentialView>

export const TokenList = Type.Object({ tokens: Type.Array(CredentialView) })
export type TokenList = Static<typeof TokenList>

export const SessionList = Type.Object({ sessions: Type.Array(CredentialView) })
export type SessionList = Static<typeof SessionList>

export const NewToken = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', description: 'What it is for, in letters, digits and . _ -' }),
  roles: Type.Array(TokenRole, { minItems: 1, maxItems: 5, uniqueItems: true }),
  days: Type.Integer({ minimum: 1, maximum: 365, default: 90, description: 'Days after which it expires' })
}, { additionalProperties: false })
export type NewToken = Static<typeof NewToken>

/** The only answer that holds the secret. */
export const CreatedToken = Type.Object({ ...CredentialView.properties, token: Type.String({ description: 'The token, shown this once' }) })
export type CreatedToken = Static<typeof CreatedToken>

/** Who asks, and how a person may sign in: what the page needs to know before anything else. */
export const SignInState = Type.Object({
  required: Type.Boolean({ description: 'False on loopback without sign-in, where everybody may do everything' }),
  password: Type.Boolean({ description: 'Whether there are people with a password' }),
  provider: Type.Union([Line(200), Type.Null()], { description: 'What to call the OpenID provider, where there is one' }),
  person: Type.Union([Type.Object({ name: Type.String(), roles: Type.Array(PersonRole), via: Type.Union([Type.String(), Type.Null()], { description: 'password, oidc or proxy' }), key: Type.Optional(Type.String({ description: 'What the page seals with that it keeps for this person in the browser; good for nothing else' })) }), Type.Null()])
})
export type SignInState = Static<typeof SignInState>

export const PasswordSignIn = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }), password: Type.String({ minLength: 1, maxLength: 1_024 }) }, { additionalProperties: false })
export type PasswordSignIn = Static<typeof PasswordSignIn>
