import type { JournalEntry } from '@cortex/contracts'
import { JournalFull } from '../errors.ts'

/** A value as it is stored. */
export function journalText (value: unknown): string {
  return JSON.stringify(value ?? null)
}

/**
 * @param present bytes of the values there are, by their keys
 * @throws CTX_JOURNAL_FULL when the entries do not fit beside those they do not replace
 */
export function checkJournal (present: ReadonlyMap<string, number>, entries: readonly JournalEntry[], { journalEntries, journalBytes }: { journalEntries: number, journalBytes: number }): void {
  const lengths = new Map([...present, ...entries.map(({ key, value }): [string, number] => [key, Buffer.byteLength(journalText(value))])])
  const bytes = [...lengths.values()].reduce((sum, length) => sum + length, 0)
  if (lengths.size > journalEntries) throw new JournalFull(`${lengths.size} entries`, `${journalEntries}`)
  if (bytes > journalBytes) throw new JournalFull(`${bytes} bytes`, `${journalBytes}`)
}
