import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { refuseDeepNesting } from '@cortex/service'
import { listNames } from '../domain/dependencies.ts'
import { ImportFolderTooLarge, ImportFolderUnreadable } from '../errors.ts'
import { cut } from './values.ts'

/** What one run reads at most. All of it is held in memory, because tasks name each other: about five times its bytes. */
export const importLimits = { entries: 100_000, fileBytes: 1_048_576, totalBytes: 134_217_728 } as const

export type SourceFile = { readonly name: string } & (
  | { readonly value: object, readonly mtime: Date, readonly notes: readonly string[], readonly refused?: never }
  | { readonly refused: string }
)

/**
 * Every entry of the folder, by name: what its JSON says, or why it is not taken. Files are opened for reading only; links are not
 * followed, and what is no regular file is not opened.
 * @throws CTX_IMPORT_FOLDER_UNREADABLE, CTX_IMPORT_FOLDER_TOO_LARGE
 */
export function readFolder (folder: string): SourceFile[] {
  const entries = list(folder)
  if (entries.length > importLimits.entries) throw new ImportFolderTooLarge(`${entries.length} entries`, `${importLimits.entries} entries`)
  let total = 0
  return entries.map((entry) => {
    const { name } = entry
    const unsuited = unsuitedKind(entry)
    if (unsuited) return { name, refused: unsuited }
    try {
      const { bytes, mtime } = readBounded(join(folder, name))
      total += bytes.length
      if (total > importLimits.totalBytes) throw new ImportFolderTooLarge(`more than ${importLimits.totalBytes} bytes`, `${importLimits.totalBytes} bytes`)
      return { name, mtime, ...parse(bytes) }
    } catch (error) {
      if (error instanceof Unsuited) return { name, refused: error.message }
      if (error instanceof Error && 'syscall' in error) return { name, refused: `cannot be read (${'code' in error ? String(error.code) : error.message})` }
      throw error
    }
  })
}

/** Why a file is left where it is. */
class Unsuited extends Error {}

function list (folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)
  } catch (error) {
    throw folderUnreadable(folder, error)
  }
}

/** What was named in place of a folder. */
export function folderUnreadable (folder: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return new ImportFolderUnreadable(folder, code === 'ENOTDIR' ? 'is a file and no folder' : `cannot be read (${code})`)
}

function unsuitedKind (entry: Dirent): string | null {
  if (entry.isSymbolicLink()) return 'is a symbolic link; links are not followed'
  if (entry.isDirectory()) return 'is a folder; only the files right in DIR are read'
  if (!entry.isFile()) return 'is no regular file'
  // Such a name, as it is told here, is the name of no file.
  if (entry.name.includes('\uFFFD')) return 'has a name that is not UTF-8; rename it'
  return /\.json$/i.test(entry.name) ? null : 'is not named .json'
}

function readBounded (path: string): { bytes: Buffer, mtime: Date } {
  // What the listing called a file may be a link or a pipe by now.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new Unsuited('is no regular file')
    if (stat.size > importLimits.fileBytes) throw new Unsuited(`has ${stat.size} bytes, and ${importLimits.fileBytes} is the most a task has`)
    const bytes = Buffer.alloc(stat.size)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) read = readSync(file, bytes, length, bytes.length - length, null)
    return { bytes: bytes.subarray(0, length), mtime: stat.mtime }
  } finally {
    closeSync(file)
  }
}

function parse (bytes: Buffer): { value: object, notes: string[] } {
  if (bytes.length === 0) throw new Unsuited('is empty')
  // What was being written when the machine went down is often as long as it should be, and zero.
  if (bytes.includes(0)) throw new Unsuited('holds NUL bytes and is no JSON text')
  const { value, large } = parseJson(decode(bytes))
  if (Array.isArray(value)) throw new Unsuited('holds a list, not one task')
  if (typeof value !== 'object' || value === null) throw new Unsuited('holds no JSON object')
  try {
    refuseDeepNesting(value)
  } catch (error) {
    throw new Unsuited(error instanceof Error ? error.message : 'is nested too deep')
  }
  return { value, notes: large.length === 0 ? [] : [`numbers beyond 2^53 kept as text: ${listNames(large)}`] }
}

function decode (bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Unsuited('is no UTF-8 text')
  }
}

/** A number of JavaScript holds 53 bits, and ids that differ beyond them would be the same. */
function parseJson (text: string): { value: unknown, large: string[] } {
  const large = new Set<string>()
  const keepDigits = (key: string, value: unknown, { source = '' }: { source?: string } = {}): unknown => {
    if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^-?\d+$/.test(source)) return value
    large.add(cut(key, 40))
    return source
  }
  if (text.trim() === '') throw new Unsuited('is empty')
  try {
    const value: unknown = /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
    return { value, large: [...large] }
  } catch {
    throw new Unsuited(/^\s*[{[]/.test(text) ? 'is torn or otherwise no whole JSON' : 'is no JSON')
  }
}
