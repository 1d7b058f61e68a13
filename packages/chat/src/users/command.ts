import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { PersonName, personRoles, spellUser } from '@cortex/contracts'
import { hashPassword, newSecret, readConfig, readUsers, usersSetting } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { isMap, parseDocument, type Document } from 'yaml'
import { readPassword } from './read-password.ts'

const usage = `Usage: npm run user -- add NAME --role ROLE [--role ROLE] [--no-password]
       npm run user -- password NAME
       npm run user -- remove NAME
       npm run user -- list
       npm run user -- hash

Edits the file that CORTEX_USERS names (users.yaml in this folder unless set). A running Cortex reads it anew within a second.

add       lets a person sign in; asks for the password, or reads it as one line from the standard input
password  changes it, which ends that person's sessions
remove    takes the person out, with all sessions and tokens, for good: whoever gets that name later has none of them
list      who may sign in, and as what
hash      prints the hash of a password, for a file that is kept elsewhere

  --role ROLE    viewer (reads), operator (also asks, cancels, retries), approver (also approves), admin (everything)
  --no-password  the person signs in by the OpenID provider or the proxy
  --help

Exit code: 0 when it is done; 1 when it could not be done; 2 for wrong usage.
`

const options = { role: { type: 'string', multiple: true, default: [] as string[] }, 'no-password': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } as const
const shortestPassword = 12
const personName = new RegExp(PersonName.pattern ?? '')

/** Where a run gets what it needs and what it says. */
export interface UsersSurroundings {
  env: NodeJS.ProcessEnv
  in: Readable & { isTTY?: boolean, setRawMode?: (raw: boolean) => unknown }
  out: Writable
  err: Writable
}

class UsageFault extends Error {}

/** What `npm run user` does. Answers the exit code; never throws. */
export async function runUsers (args: string[], { env, in: input, out, err }: UsersSurroundings): Promise<number> {
  try {
    const { values, positionals: [verb, name, ...more] } = parseArgs({ args, options, allowPositionals: true })
    if (values.help) return say(usage)
    if (more.length > 0) throw new UsageFault(`${more.join(' ')} is too much`)
    // npm runs scripts in the folder of package.json; a person means the one they are in.
    const path = resolve(env['INIT_CWD'] ?? '.', readConfig(Type.Object(usersSetting), env).CORTEX_USERS ?? 'users.yaml')
    switch (verb) {
      case 'add': return await add(path, nameOf(name), values.role, !values['no-password'])
      case 'password': return await change(path, nameOf(name))
      case 'remove': return await remove(path, nameOf(name))
      case 'list': return list(path)
      case 'hash': return say(`${await newHash()}\n`)
      default: throw new UsageFault(verb === undefined ? 'Say what to do' : `${verb} is none of add, password, remove, list, hash`)
    }
  } catch (error) {
    // parseArgs names its own faults by code.
    const misused = error instanceof UsageFault || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    err.write(`${error instanceof Error ? error.message : String(error)}\n${misused ? `\n${usage}` : ''}`)
    return misused ? 2 : 1
  }

  function say (text: string): number {
    out.write(text)
    return 0
  }

  async function add (path: string, name: string, roles: string[], hasPassword: boolean): Promise<number> {
    const unknown = roles.filter((role) => !personRoles.includes(role as never))
    if (roles.length === 0 || unknown.length > 0) throw new UsageFault(roles.length === 0 ? 'Say with --role what the person may do' : `--role ${unknown.join(', ')} may be ${personRoles.join(', ')}`)
    const document = await open(path)
    if (keyOf(document, name) !== undefined) throw new Error(`${name} is in ${path} already; take that one out first, or edit the file`)
    const password = hasPassword ? await newHash() : undefined
    const users = document.get('users')
    if (isMap(users)) users.flow = false
    document.setIn(['users', name], document.createNode({ id: newSecret().slice(0, 16), roles: [...new Set(roles)], ...(password !== undefined && { password }) }))
    await save(path, document)
    return say(`${name} may sign in as ${roles.join(', ')}. Start Cortex with CORTEX_USERS=${path}\n`)
  }

  async function change (path: string, name: string): Promise<number> {
    const document = await open(path)
    const key = keyOf(document, name)
    if (key === undefined) throw new Error(`There is no ${name} in ${path}`)
    document.setIn(['users', key, 'password'], await newHash())
    await save(path, document)
    return say(`${name} has a new password; sessions under the old one have ended.\n`)
  }

  async function remove (path: string, name: string): Promise<number> {
    const document = await open(path)
    const key = keyOf(document, name)
    if (key === undefined || !document.deleteIn(['users', key])) throw new Error(`There is no ${name} in ${path}`)
    await save(path, document)
    return say(`${name} is out; sessions and tokens of that name count for nothing.\n`)
  }

  function list (path: string): number {
    const { users, groups, everyone } = readUsers(path, { mayBeEmpty: true })
    const rows = [
      ...Object.entries(users).map(([name, { roles, password }]) => `${name}  ${roles.join(', ')}  (${password === undefined ? 'by the provider or the proxy' : 'password'})`),
      ...Object.entries(groups).map(([group, roles]) => `group ${group}  ${roles.join(', ')}`),
      ...everyone.length > 0 ? [`everyone else the provider or the proxy knows  ${everyone.join(', ')}`] : []
    ]
    return say(rows.length === 0 ? `Nobody may sign in by ${path}\n` : `${rows.join('\n')}\n`)
  }

  async function newHash (): Promise<string> {
    const password = await readPassword(input, err)
    if (password.length < shortestPassword) throw new Error(`The password has fewer than ${shortestPassword} characters; a few words are easy to remember and hard to guess`)
    if (password.length > 1_024) throw new Error('The password has more than 1024 characters')
    return await hashPassword(password)
  }
}

function nameOf (name: string | undefined): string {
  if (name === undefined) throw new UsageFault('Say whose name')
  if (name.length > 100 || !personName.test(name)) throw new UsageFault(`${JSON.stringify(name)} may have letters, digits and . _ @ + -, and begins with a letter or a digit`)
  return spellUser(name)
}

/** The person's entry as the file writes it. */
function keyOf (document: Document, name: string): string | undefined {
  const users = document.get('users')
  return isMap(users) ? users.items.map(({ key }) => String(key)).find((key) => spellUser(key) === name) : undefined
}

async function open (path: string): Promise<Document> {
  if (!existsSync(path)) return parseDocument('# Who may sign in to Cortex, and as what.\nusers: {}\n')
  readUsers(path, { mayBeEmpty: true })
  return parseDocument(await readFile(path, 'utf8'))
}

/** Whole or not at all, and never so that it could not be read anew. */
async function save (path: string, document: Document): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`
  try {
    await writeFile(draft, document.toString(), { mode: 0o600 })
    try {
      readUsers(draft)
    } catch (error) {
      throw new Error(error instanceof Error ? error.message.replace(draft, path) : String(error))
    }
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
