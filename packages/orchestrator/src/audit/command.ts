import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { createLogger, readConfig } from '@cortex/service'
import { OrchestratorConfig } from '../config.ts'
import { openAudit, type AuditPlace, type AuditSource } from './open-audit.ts'
import { readFileLines } from './read-file.ts'
import { verifyAudit, type AuditVerdict } from './verify.ts'

const usage = `Usage: npm run audit -- export [--out FILE]
       npm run audit -- verify [FILE] [--contains HASH]

export  writes the audit of CORTEX_HOME, or of DATABASE_URL where it is set, as JSON Lines, oldest first. Cortex may run meanwhile.
verify  reads the whole chain of that store, or of an exported FILE, and names the first line that is changed, missing or reordered, and how.

  --out FILE       write to FILE, whole or not at all, instead of the standard output
  --contains HASH  the chain must hold a line with this hash, which you noted earlier: a chain that was written anew as a whole has others
  --help

Exit code: 0 when it is whole; 1 when it could not run; 2 for wrong usage; 3 when the chain is broken.
`

const options = { out: { type: 'string' }, contains: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } as const

/** Where a run gets its settings and what it says. */
export interface AuditSurroundings {
  env: NodeJS.ProcessEnv
  out: Writable
  err: Writable
}

type Arguments =
  | { kind: 'help' }
  | { kind: 'usage', fault: string }
  | { kind: 'export', out: string | null }
  | { kind: 'verify', file: string | null, contains: string | undefined }

/** What `npm run audit` does. Answers the exit code; never throws. */
export async function runAudit (args: string[], { env, out, err }: AuditSurroundings): Promise<number> {
  const read = readArguments(args, env)
  try {
    switch (read.kind) {
      case 'help':
        out.write(usage)
        return 0
      case 'usage':
        err.write(`${read.fault}\n\n${usage}`)
        return 2
      case 'export':
        await openAudit(placeOf(env), (source) => exportTo(source, read.out, out))
        return 0
      case 'verify': {
        const { file, contains } = read
        const verdict = file === null
          ? await openAudit(placeOf(env), ({ head, lines }) => verifyAudit(lines(), { head, contains }))
          : await verifyAudit(readFileLines(file), { contains })
        return tell(verdict, out)
      }
    }
  } catch (error) {
    // A reader that has enough, as head, is no failure.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0
    // Errors of ours say their code beside the message, those of the system begin with it.
    err.write(`${error instanceof Error && 'code' in error && !error.message.startsWith(String(error.code)) ? `${String(error.code)}: ${error.message}` : String(error)}\n`)
    return 1
  }
}

function readArguments (args: string[], env: NodeJS.ProcessEnv): Arguments {
  try {
    const { values: { help, out, contains }, positionals: [verb, file, ...more] } = parseArgs({ args, options, allowPositionals: true })
    if (help) return { kind: 'help' }
    // Without the -- npm keeps options to itself, and a check would look for less than was asked.
    const swallowed = ['out', 'contains'].filter((name) => env[`npm_config_${name}`] !== undefined)
    if (swallowed.length > 0) return { kind: 'usage', fault: `npm took --${swallowed.join(' and --')} for itself; put -- before ${verb ?? 'export or verify'}` }
    // npm runs scripts in the folder of package.json; a person means the one they are in.
    const place = (path: string) => resolve(env['INIT_CWD'] ?? '.', path)
    if (more.length > 0) return { kind: 'usage', fault: `There is no use for ${more.join(' ')}` }
    if (verb === 'export') {
      if (file !== undefined || contains !== undefined) return { kind: 'usage', fault: 'export takes --out FILE and nothing else' }
      return { kind: 'export', out: out === undefined ? null : place(out) }
    }
    if (verb !== 'verify') return { kind: 'usage', fault: verb === undefined ? 'Say export or verify' : `There is no ${verb}, only export and verify` }
    if (out !== undefined) return { kind: 'usage', fault: 'verify writes nothing, so it takes no --out' }
    if (contains !== undefined && !/^sha256:[0-9a-f]{64}$/.test(contains)) return { kind: 'usage', fault: '--contains takes a hash as verify prints it: sha256: and 64 digits' }
    return { kind: 'verify', file: file === undefined ? null : place(file), contains }
  } catch (error) {
    return { kind: 'usage', fault: error instanceof Error ? error.message : String(error) }
  }
}

function placeOf (env: NodeJS.ProcessEnv): AuditPlace {
  const config = readConfig(OrchestratorConfig, env)
  return { folder: resolve(config.CORTEX_HOME), database: config.DATABASE_URL, logger: createLogger({ level: 'warn', name: 'audit' }) }
}

async function exportTo ({ lines }: AuditSource, file: string | null, out: Writable): Promise<void> {
  const text = Readable.from(withNewlines(lines()))
  if (file === null) return await pipeline(text, out, { end: false })
  const part = `${file}.part`
  try {
    await pipeline(text, createWriteStream(part, { mode: 0o600 }))
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

async function * withNewlines (lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}

function tell ({ lines, head, fault }: AuditVerdict, out: Writable): number {
  if (fault) out.write(`line ${fault.line} is ${fault.kind}: ${fault.message}\n`)
  else out.write(`${lines} ${lines === 1 ? 'line' : 'lines'}, whole; the last is entry ${head.seq}, ${head.hash}\n`)
  return fault ? 3 : 0
}
