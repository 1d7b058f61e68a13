import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { create, list, extract } from 'tar'
import { BackupDamaged, BackupTooNew, BackupUnreadable } from '../errors.ts'
import { manifestFaults, type BackupManifest } from './manifest.ts'
import { partFiles, type Running } from './parts.ts'

export const manifestFile = 'manifest.json'
/** Bytes of a manifest at most. */
const longestManifest = 262_144
/** Milliseconds between two looks at how far it has come. */
const lookEvery = 200

/** Packs a folder's manifest and parts into one compressed file, the manifest first. */
export async function pack (folder: string, file: string, { parts }: BackupManifest, { onProgress, signal }: Running): Promise<void> {
  const look = watchEntries('packing', parts, onProgress)
  try {
    // Stores compress to a fifth at the fastest level already, and the better ones take several times as long.
    await create({
      file,
      cwd: folder,
      gzip: { level: 1 },
      portable: true,
      strict: true,
      mode: 0o600,
      onWriteEntry (entry) {
        signal?.throwIfAborted()
        look.at(() => entry.pos)
      }
    }, [manifestFile, ...parts.map(({ name }) => partFiles[name])])
  } finally {
    look.end()
  }
}

/** @throws CTX_BACKUP_UNREADABLE, CTX_BACKUP_TOO_NEW */
export async function readManifest (file: string): Promise<BackupManifest> {
  let text = ''
  let place = 0
  await list({
    file,
    strict: true,
    onReadEntry: (entry) => {
      if (place++ > 0 || entry.path !== manifestFile || entry.size > longestManifest) return entry.resume()
      entry.on('data', (chunk: Buffer) => { text += chunk.toString('utf8') })
    }
  }).catch((error: unknown) => { throw new BackupUnreadable(file, messageOf(error)) })
  const manifest = parse(text)
  if (!manifest) throw new BackupUnreadable(file, `its first entry is no ${manifestFile}`)
  if (typeof manifest.format === 'number' && manifest.format > 1) throw new BackupTooNew(file, `format ${manifest.format}, this program knows 1`)
  const faults = manifestFaults(manifest)
  if (faults.length > 0) throw new BackupUnreadable(file, faults.map(({ field, message }) => `${field} ${message}`).join('; '))
  return manifest as BackupManifest
}

/** Unpacks these parts and nothing else, and compares each with what the manifest says of it. @throws CTX_BACKUP_DAMAGED */
export async function unpack (file: string, folder: string, parts: BackupManifest['parts'], { onProgress, signal }: Running): Promise<void> {
  const wanted = new Map(parts.map((part) => [partFiles[part.name], part]))
  const look = watchEntries('unpacking', parts, onProgress)
  try {
    await extract({
      file,
      cwd: folder,
      strict: true,
      preserveOwner: false,
      noChmod: true,
      filter (path, entry) {
        signal?.throwIfAborted()
        const part = wanted.get(path)
        // No more is written than was announced, whatever the archive holds.
        return part !== undefined && 'type' in entry && entry.type === 'File' && entry.size === part.bytes
      },
      onReadEntry: (entry) => look.at(() => entry.size - entry.remain)
    })
  } catch (error) {
    throw faultOfDisk(error) ? error : new BackupDamaged(file, messageOf(error))
  } finally {
    look.end()
  }
  for (const [name, { sha256, bytes }] of wanted) {
    const found = await digest(join(folder, name)).catch(() => null)
    if (!found) throw new BackupDamaged(file, `${name} is missing, or not of ${bytes} bytes`)
    if (found.sha256 !== sha256 || found.bytes !== bytes) throw new BackupDamaged(file, `${name} has SHA-256 ${found.sha256}, and the manifest says ${sha256}`)
  }
}

export async function digest (path: string): Promise<{ sha256: string, bytes: number }> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 })) hash.update(chunk as Buffer)
  return { sha256: hash.digest('hex'), bytes: (await stat(path)).size }
}

/** Looks at the entry that is under way, now and then: whoever listened to its data would take it away. */
function watchEntries (step: string, parts: BackupManifest['parts'], onProgress: Running['onProgress']) {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  let before = 0
  let passed = () => 0
  const done = () => before + passed()
  const timer = setInterval(() => onProgress?.(step, Math.min(done(), total), total), lookEvery)
  return {
    /** @param next how many bytes of the entry that begins now have passed */
    at (next: () => number) {
      before = done()
      passed = next
    },
    end: () => clearInterval(timer)
  }
}

function parse (text: string): { format?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function faultOfDisk (error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EIO', 'ABORT_ERR'].includes(String((error as NodeJS.ErrnoException).code))
}

function messageOf (error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
