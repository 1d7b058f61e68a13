import { createReadStream } from 'node:fs'
import { AuditFileUnreadable } from '../errors.ts'

/** Characters of one line; Cortex writes none nearly as long. */
const longestLine = 1_048_576

/**
 * The lines of a file, as many as there are, without the file in memory.
 * @throws CTX_AUDIT_FILE_UNREADABLE
 */
export async function * readFileLines (file: string): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(file, 'utf8')) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > longestLine) throw new AuditFileUnreadable(file, 'a line is longer than 1 MB')
      yield * lines
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && !String(error.code).startsWith('CTX_')) throw new AuditFileUnreadable(file, String(error.code))
    throw error
  }
  if (rest !== '') yield rest
}
