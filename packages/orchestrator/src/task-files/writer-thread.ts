import { accessSync, closeSync, constants, mkdirSync, opendirSync, openSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeSync, type Dir } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

export type FileRequest =
  | { kind: 'draft', files: ReadonlyArray<{ id: string, text: string }> }
  | { kind: 'place', ids: readonly string[] }
  | { kind: 'discard', ids: readonly string[] }
  | { kind: 'write', files: ReadonlyArray<{ id: string, text: string }> }
  | { kind: 'remove', ids: readonly string[] }
  | { kind: 'compare', tasks: ReadonlyArray<{ id: string, rev: number }>, deep: boolean }
  | { kind: 'list', limit: number }

export interface FileReply {
  request: number
  failures: Array<{ id: string, message: string }>
  comparison?: { behind: string[], corrupt: string[] }
  listing?: Listing
  /** Why the request as a whole could not be done, as when the folder is gone. */
  error?: string
}

export interface Listing {
  /** Tasks that have a file. */
  ids: string[]
  /** Names that are no task files. */
  foreign: string[]
  more: boolean
}

// The pattern comes with the thread's data: importing the contracts here would load a second TypeBox, some 10 MB.
const { folder, pattern } = workerData as { folder: string, pattern: string }
const idPattern = new RegExp(pattern)
/**
 * Drafts have a folder of their own, hidden, so that whoever lists the folder sees whole files only. Made and renamed within the one large folder, a file
 * takes a third to a half longer (ext4: 75 against 55 us with 10,000 files in it), as its two names lie far apart.
 */
const drafts = join(folder, '.drafts')

const draftOf = (id: string) => `${drafts}/${id}`

/** Why each of those failed that did; nothing is left of their drafts. */
function each<Item extends { id: string }> (items: readonly Item[], work: (item: Item) => void): FileReply['failures'] {
  return items.flatMap((item) => {
    try {
      work(item)
      return []
    } catch (error) {
      remove(draftOf(item.id))
      return [{ id: item.id, message: told(error) }]
    }
  })
}

function place (id: string): void {
  renameSync(draftOf(id), `${folder}/${id}.json`)
}

/** Refused here, before the commit, where it could not be put in place after it. */
function draft (id: string, text: string): void {
  accessSync(folder, constants.W_OK)
  writeDraft(draftOf(id), text)
}

function writeDraft (path: string, text: string): void {
  try {
    writeWhole(path, text)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // Somebody tidied up.
    mkdirSync(drafts)
    writeWhole(path, text)
  }
}

function writeWhole (path: string, text: string): void {
  const bytes = Buffer.from(text)
  const file = openSync(path, 'w', 0o600)
  try {
    // A disk that is nearly full takes a part and says so only by the count.
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
  } finally {
    closeSync(file)
  }
}

function remove (path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was not there, or nothing can be changed in this folder now.
  }
}

function compare (tasks: ReadonlyArray<{ id: string, rev: number }>, deep: boolean): NonNullable<FileReply['comparison']> {
  const comparison = { behind: [] as string[], corrupt: [] as string[] }
  for (const { id, rev } of tasks) {
    const path = join(folder, `${id}.json`)
    const file = statSync(path, { throwIfNoEntry: false })
    if (!file) comparison.behind.push(id)
    else if (!file.isFile()) comparison.corrupt.push(`${id}.json`)
    else if (deep) {
      const found = readTaskFile(path, id)
      if (!found) comparison.corrupt.push(`${id}.json`)
      else if (found.rev !== rev) comparison.behind.push(id)
    }
  }
  return comparison
}

let open: Dir | null = null

function list (limit: number): Listing {
  open ??= openFolder()
  const listing: Listing = { ids: [], foreign: [], more: true }
  for (let count = 0; count < limit; count++) {
    const entry = open.readSync()
    if (entry === null) {
      open.closeSync()
      open = null
      listing.more = false
      break
    }
    const { name } = entry
    const id = name.replace(/\.json$/, '')
    if (join(folder, name) === drafts && entry.isDirectory()) continue
    if (!entry.isFile() || !name.endsWith('.json') || !idPattern.test(id)) listing.foreign.push(name)
    else listing.ids.push(id)
  }
  return listing
}

/** Milliseconds after which a draft is one of a killed writer: nobody waits that long between it and its commit. */
const abandonedAfter = 120_000

/** Where a listing begins. */
function openFolder (): Dir {
  for (const name of readdirSync(drafts)) {
    const path = join(drafts, name)
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
    if (idPattern.test(name) && written < Date.now() - abandonedAfter) remove(path)
  }
  return opendirSync(folder)
}

/** What the file says of its task; null when it is no whole file of that task. */
function readTaskFile (path: string, id: string): { rev: number } | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('id' in value) || value.id !== id) return null
    return { rev: 'rev' in value && typeof value.rev === 'number' ? value.rev : 0 }
  } catch {
    return null
  }
}

function answer (request: FileRequest): Omit<FileReply, 'request'> {
  switch (request.kind) {
    case 'draft': return { failures: each(request.files, ({ id, text }) => draft(id, text)) }
    case 'place': return { failures: each(request.ids.map((id) => ({ id })), ({ id }) => place(id)) }
    case 'discard': for (const id of request.ids) remove(draftOf(id)); return { failures: [] }
    case 'write': return { failures: each(request.files, ({ id, text }) => { writeDraft(draftOf(id), text); place(id) }) }
    case 'remove': for (const id of request.ids) remove(join(folder, `${id}.json`)); return { failures: [] }
    case 'compare': return { failures: [], comparison: compare(request.tasks, request.deep) }
    case 'list': return { failures: [], listing: list(request.limit) }
  }
}

function answerOrFail (request: FileRequest): Omit<FileReply, 'request'> {
  try {
    return answer(request)
  } catch (error) {
    open = null
    return { failures: [], error: told(error) }
  }
}

function told (error: unknown): string {
  return error instanceof Error ? error.message.replaceAll(folder, 'TASKS_DIR') : 'unknown'
}

mkdirSync(drafts, { recursive: true })
parentPort?.on('message', ({ request, ...what }: FileRequest & { request: number }) => parentPort?.postMessage({ request, ...answerOrFail(what) }))
