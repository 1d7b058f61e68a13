import { stat } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'
import type { AuditHead } from '@cortex/contracts'
import type { StorePart } from './manifest.ts'
import type { Running } from './parts.ts'

/** All pages in one step, which is one read transaction: a copy in smaller ones begins anew with each write of another process. */
const allPages = 2 ** 31 - 1
/** Milliseconds between two looks at how far the copy has come. */
const lookEvery = 200

/** Copies a store as it stands at one moment, whoever writes meanwhile; those who write do not wait. */
export async function copyStore (source: string, target: string, { onProgress, signal }: Running): Promise<void> {
  const db = new DatabaseSync(source, { readOnly: true, timeout: 5_000 })
  const total = numberOf(db, 'page_count') * numberOf(db, 'page_size')
  const looking = setInterval(() => {
    stat(target).then(({ size }) => onProgress?.('copying', Math.min(size, total), total), () => {})
  }, lookEvery)
  try {
    await Promise.race([backup(db, target, { rate: allPages }), aborted(signal)])
  } finally {
    clearInterval(looking)
    db.close()
  }
  // One file, without a write-ahead log beside it.
  const copy = new DatabaseSync(target)
  copy.exec('PRAGMA journal_mode = DELETE')
  copy.close()
}

/**
 * What can be counted of a store.
 * @param deep reads every page for what is broken in it
 * @throws when SQLite finds it broken
 */
export function describeStore (path: string, { deep }: { deep: boolean }): Pick<StorePart, 'schema' | 'rows'> & { audit: AuditHead | null } {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const fault = deep ? String(Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]) : 'ok'
    if (fault !== 'ok') throw new Error(fault)
    const tables = db.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all().map(({ name }) => String(name))
    const rows = Object.fromEntries(tables.map((name) => [name, Number(db.prepare(`SELECT count(*) AS n FROM "${name.replaceAll('"', '""')}"`).get()?.['n'])]))
    const head = tables.includes('audit_head') ? db.prepare('SELECT seq, hash FROM audit_head').get() : undefined
    return { schema: numberOf(db, 'user_version'), rows, audit: head ? { seq: Number(head['seq']), hash: String(head['hash']) } : null }
  } finally {
    db.close()
  }
}

function numberOf (db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma])
}

function aborted (signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.throwIfAborted()
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
