import { readFileSync, statSync } from 'node:fs'
import { ownerOf, PersonName, personRoles, spellUser, type Credential, type PersonRole, type Role } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyBaseLogger } from 'fastify'
import { describeFaults, UsersInvalid } from '../errors.ts'
import { createInputValidator } from '../validation.ts'
import { parseYaml } from '../yaml.ts'
import type { Principal } from './gate.ts'
import { hashForm } from './password.ts'
import { hashSecret } from './secret.ts'

const Roles = Type.Array(Type.Unsafe<PersonRole>({ type: 'string', enum: personRoles }), { maxItems: 4, uniqueItems: true })

/** The operator's file of who may sign in, and as what. */
export const UsersFile = Type.Object({
  users: Type.Record(PersonName, Type.Object({
    roles: Type.Array(Roles.items, { minItems: 1, maxItems: 4, uniqueItems: true }),
    id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'Made by npm run user add; tokens and sessions of another id under the same name count for nothing' })),
    password: Type.Optional(Type.String({ pattern: hashForm, description: 'As npm run user makes it; without one the person signs in by the provider or the proxy' }))
  }, { additionalProperties: false }), { default: {}, additionalProperties: false }),
  groups: Type.Record(Type.String({ minLength: 1, maxLength: 200 }), Roles, { default: {} }),
  everyone: Type.Array(Roles.items, { default: [], maxItems: 4, uniqueItems: true })
}, { additionalProperties: false })
export type UsersFile = Static<typeof UsersFile>

/** Milliseconds between two looks at the file. */
const lookAgain = 1_000
const largestFile = 1_048_576
/** Groups that are kept of a person. */
const mostGroups = 50
/** Names that stand for parts of Cortex in records. */
const reserved = new Set(['local', 'api', 'chat', 'cortex', 'worker', 'nobody', 'service'])

/** Who may sign in, as the file says now: a person who is taken out of it is out within a second. */
export class People {
  readonly #path: string
  readonly #log: FastifyBaseLogger | undefined
  #file: UsersFile
  #version: string
  #lookedAt = performance.now()
  /** What was said of the file last, so that it is said once. */
  #said = ''

  /** @throws CTX_USERS_INVALID naming the file and each field at fault */
  constructor (path: string, log?: FastifyBaseLogger) {
    this.#path = path
    this.#log = log
    this.#version = versionOf(path)
    this.#file = readUsers(path)
  }

  /** The hash of a person's password; undefined when there is no such person, or one without a password. */
  passwordOf (name: string): string | undefined {
    return this.#user(name)?.password
  }

  get havePasswords (): boolean {
    return Object.values(this.#now().users).some(({ password }) => password !== undefined)
  }

  isListed (name: string): boolean {
    return this.#user(name) !== undefined
  }

  /** Empty when the person may do nothing here. Who signs in with a password must still be listed. */
  rolesOf (name: string, via: Credential['via'], groups: readonly string[]): PersonRole[] {
    const user = this.#user(name)
    if (via === 'password') return user?.password === undefined ? [] : user.roles
    // Somebody else's account of that name at the provider is not the person with the password.
    if (reserved.has(spellUser(name)) || user?.password !== undefined) return []
    const file = this.#now()
    const given = new Set([...user?.roles ?? [], ...groups.flatMap((group) => Object.hasOwn(file.groups, group) ? file.groups[group] ?? [] : []), ...file.everyone])
    return personRoles.filter((role) => given.has(role))
  }

  /** Those of a person's groups that mean something here; the others are nobody's business. */
  knownGroups (groups: readonly string[]): string[] {
    const { groups: known } = this.#now()
    return groups.filter((group) => Object.hasOwn(known, group)).slice(0, mostGroups)
  }

  /** Changes with everything that is written into the file. */
  get version (): string {
    this.#now()
    return this.#version
  }

  /** Who is listed, each with what tells them from another of that name: the id and the password of the entry. */
  get marks (): ReadonlyMap<string, string> {
    return new Map(Object.keys(this.#now().users).map((name) => [name, this.stampOf(name, 'session', 'password')]))
  }

  /** What a new session or token of a person has to go on having: the id of the entry, for a session by password also the password. */
  stampOf (name: string, kind: Credential['kind'], via: Credential['via']): string {
    const id = this.#user(name)?.id ?? ''
    return kind === 'session' && via === 'password' ? hashSecret(id + (this.passwordOf(name) ?? '')).slice(0, 16) : id
  }

  /** Whether a session or token can never count again: its owner was taken out, or has another password, or another person has come under the name. */
  isOver ({ kind, owner, via, stamp }: Credential): boolean {
    return (via === 'password' && !this.isListed(owner)) || stamp !== this.stampOf(owner, kind, via)
  }

  /** What a token may do now: no more than its owner may, as far as the file knows the owner. */
  rolesOfToken (credential: Credential): Role[] {
    if (this.isOver(credential)) return []
    const { owner, via, roles, groups } = credential
    const held = this.rolesOf(owner, via, groups)
    return held.includes('admin') ? roles : roles.filter((role) => held.includes(role as PersonRole))
  }

  #user (name: string) {
    const { users } = this.#now()
    const spelled = spellUser(name)
    return Object.hasOwn(users, spelled) ? users[spelled] : undefined
  }

  #now (): UsersFile {
    if (performance.now() - this.#lookedAt < lookAgain) return this.#file
    this.#lookedAt = performance.now()
    try {
      const version = versionOf(this.#path)
      if (version !== this.#version) {
        this.#file = readUsers(this.#path)
        this.#version = version
        this.#log?.info({ file: this.#path }, 'the users were read anew')
      }
      this.#said = ''
    } catch (error) {
      const { message } = error as Error
      if (message !== this.#said) this.#log?.error({ err: error }, 'the users stay as they were: their file cannot be used any more')
      this.#said = message
    }
    return this.#file
  }
}

/** Who a token speaks for, as long as its owner may do anything here; null for what is no token. */
export function principalOfToken (credential: Credential | null, people: People | null): Principal | null {
  if (credential?.kind !== 'token') return null
  const roles = people ? people.rolesOfToken(credential) : credential.roles
  const owner = ownerOf(credential.owner)
  return roles.length === 0 ? null : { name: `${owner}/${credential.name}`, owner, roles, kind: 'token', ambient: false, credential, via: credential.via, groups: credential.groups }
}

/**
 * The file, with each name in its one spelling.
 * @param mayBeEmpty whether it may name nobody, as before the first person is added. Otherwise that is a file somebody is just writing, or an accident
 * @throws CTX_USERS_INVALID
 */
export function readUsers (path: string, { mayBeEmpty = false } = {}): UsersFile {
  let file: unknown
  try {
    if (statSync(path).size > largestFile) throw new Error(`it is larger than ${largestFile} bytes`)
    file = parseYaml(readFileSync(path, 'utf8')) ?? {}
  } catch (error) {
    throw new UsersInvalid(path, error instanceof Error ? error.message.split('\n')[0] : String(error))
  }
  const faults = createInputValidator(UsersFile, '')(file)
  const { users = {} } = file as Partial<UsersFile>
  const spelled = new Map<string, string>()
  for (const name of Object.keys(Object(users))) {
    const first = spelled.get(spellUser(name))
    if (reserved.has(spellUser(name))) faults.push({ field: `users.${name}`, message: 'is a name Cortex uses itself; choose another' })
    if (first !== undefined) faults.push({ field: `users.${name}`, message: `is the same person as users.${first}, for capital and small letters make no difference; keep one of them` })
    spelled.set(spellUser(name), name)
  }
  if (faults.length > 0) throw new UsersInvalid(path, describeFaults(faults))
  const written = file as UsersFile
  const read = { ...written, users: Object.fromEntries(Object.entries(written.users).map(([name, user]) => [spellUser(name), user])) }
  const namesSomebody = Object.keys(read.users).length > 0 || Object.values(read.groups).some((roles) => roles.length > 0) || read.everyone.length > 0
  if (!namesSomebody && !mayBeEmpty) throw new UsersInvalid(path, 'it names nobody; name somebody under users, groups or everyone. To let nobody in, stop Cortex')
  return read
}

function versionOf (path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path)
    return `${mtimeMs} ${size} ${ino}`
  } catch (error) {
    throw new UsersInvalid(path, error instanceof Error ? error.message : String(error))
  }
}
