import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createLogger, readConfig } from '@cortex/service'
import { OrchestratorConfig } from '../config.ts'
import { openAudit, type AuditPlace } from './open-audit.ts'
import { readFileLines } from './read-file.ts'
import { verifyAudit, type AuditVerdict } from './verify.ts'

export type { AuditVerdict }

/**
 * Writes the audit of CORTEX_HOME, or of DATABASE_URL where it is set, as JSON Lines, oldest first.
 * @param to a stream, or a file that is written whole or not at all
 * @throws CTX_AUDIT_MISSING, CTX_DATABASE_UNUSABLE
 */
export async function exportAudit (env: NodeJS.ProcessEnv, to: Writable | string): Promise<void> {
  await openAudit(placeOf(env), async ({ lines }) => {
    const text = Readable.from(withNewlines(lines()))
    if (typeof to !== 'string') return await pipeline(text, to, { end: false })
    const part = `${to}.part`
    try {
      await pipeline(text, createWriteStream(part, { mode: 0o600 }))
      await rename(part, to)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
  })
}

/**
 * Reads the whole chain of that store, or of an exported file.
 * @param contains hash of a line that must be in it
 * @throws CTX_AUDIT_MISSING, CTX_AUDIT_FILE_UNREADABLE, CTX_DATABASE_UNUSABLE
 */
export async function verifyAuditOf (env: NodeJS.ProcessEnv, file: string | undefined, contains: string | undefined): Promise<AuditVerdict> {
  if (file !== undefined) return await verifyAudit(readFileLines(file), { contains })
  return await openAudit(placeOf(env), ({ head, lines }) => verifyAudit(lines(), { head, contains }))
}

function placeOf (env: NodeJS.ProcessEnv): AuditPlace {
  const config = readConfig(OrchestratorConfig, env)
  return { folder: resolve(config.CORTEX_HOME), database: config.DATABASE_URL, logger: createLogger({ level: 'warn', name: 'audit' }) }
}

async function * withNewlines (lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}
