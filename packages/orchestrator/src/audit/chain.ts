import { hash } from 'node:crypto'
import { AuditEntry, canonicalJson, type AuditHead } from '@cortex/contracts'
import { createInputValidator } from '@cortex/service'
import type { AuditDraft } from './drafts.ts'

/** Before the first line. */
export const genesis: AuditHead = { seq: 0, hash: `sha256:${'0'.repeat(64)}` }

/** A line as it is stored, with what it is looked up by. */
export interface AuditLine extends Pick<AuditEntry, 'seq' | 'at' | 'task_id' | 'batch_id'> {
  /** The entry as JSON, its hash last. */
  readonly line: string
}

/** Gives drafts their places behind the head, in their order. */
export function chain (drafts: readonly AuditDraft[], head: AuditHead): { lines: AuditLine[], head: AuditHead } {
  let { seq, hash: previous } = head
  const lines = drafts.map((draft): AuditLine => {
    const text = canonicalJson({ ...draft, seq: ++seq, prev_hash: previous })
    previous = hashOf(text)
    return { seq, at: draft.at, task_id: draft.task_id, batch_id: draft.batch_id, line: withHash(text, previous) }
  })
  return { lines, head: { seq, hash: previous } }
}

/** The entry in a line, or null when the line is not, byte by byte, what `chain` writes of any entry. */
export function readLine (line: string): AuditEntry | null {
  const entry = parse(line)
  if (!entry) return null
  const { hash: claimed, ...rest } = entry
  const text = canonicalJson(rest)
  return claimed === hashOf(text) && line === withHash(text, claimed) ? entry : null
}

const faultsOf = createInputValidator(AuditEntry, 'line')

function parse (line: string): AuditEntry | null {
  try {
    const value: unknown = JSON.parse(line)
    return faultsOf(value).length === 0 ? value as AuditEntry : null
  } catch {
    return null
  }
}

function hashOf (text: string): string {
  return `sha256:${hash('sha256', text)}`
}

function withHash (text: string, value: string): string {
  return `${text.slice(0, -1)},"hash":"${value}"}`
}
