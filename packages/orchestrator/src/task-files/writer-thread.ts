import { accessSync, closeSync, constants, mkdirSync, opendirSync, openSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeSync, type Dir } from 'node:fs'
import { join } from 'node:path'
import { parentPort, type MessagePort } from 'node:worker_threads'

export type FileRequest =
  | { kind: 'draft', files: ReadonlyArray<{ id: string, text: string }> }
  | { kind: 'place', ids: readonly string[] }
  | { kind: 'discard', ids: readonly string[] }
  | { kind: 'write', files: readonly FileOf[], since: number }
  | { kind: 'remove', ids: readonly string[] }
  | { kind: 'compare', tasks: ReadonlyArray<{ id: string, rev: number }>, deep: boolean }
  | { kind: 'list', limit: number }

export interface FileOf { id: string, rev: number, text: string }

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

/** What a task folder's own port brings: asked one after the other, answered in that order. */
export interface FolderOpened { folder: string, pattern: string, port: MessagePort }

/** Milliseconds after which a draft is one of a killed writer: nobody waits that long between it and its commit. */
const abandonedAfter = 120_000

/**
 * Milliseconds after which a writer may have stood still so long that another was elected and has written newer files into a folder they share: less than the 8 s
 * after which an election is lost.
 */
const surelyElected = 5_000

/** Milliseconds, the same in all threads, going on while the process stands still. */
export function monotonicNow (): number {
  return Number(process.hrtime.bigint() / 1_000_000n)
}

/** The files of one folder. */
class TaskFolder {
  readonly #folder: string
  readonly #idPattern: RegExp
  /**
   * Drafts have a folder of their own, hidden, so that whoever lists the folder sees whole files only. Made and renamed within the one large folder, a file
   * takes a third to a half longer (ext4: 75 against 55 us with 10,000 files in it), as its two names lie far apart.
   */
  readonly #drafts: string
  #made = false
  #open: Dir | null = null

  constructor (folder: string, idPattern: RegExp) {
    this.#folder = folder
    this.#idPattern = idPattern
    this.#drafts = join(folder, '.drafts')
  }

  answer (request: FileRequest): Omit<FileReply, 'request'> {
    try {
      if (!this.#made) mkdirSync(this.#drafts, { recursive: true })
      this.#made = true
      return this.#do(request)
    } catch (error) {
      this.#open = null
      return { failures: [], error: this.#told(error) }
    }
  }

  close (): void {
    this.#open?.closeSync()
    this.#open = null
  }

  #do (request: FileRequest): Omit<FileReply, 'request'> {
    switch (request.kind) {
      case 'draft': return { failures: this.#each(request.files, ({ id, text }) => this.#draft(id, text)) }
      case 'place': return { failures: this.#each(request.ids.map((id) => ({ id })), ({ id }) => this.#place(id)) }
      case 'discard': for (const id of request.ids) remove(this.#draftOf(id)); return { failures: [] }
      case 'write': return { failures: this.#each(request.files, (file) => this.#write(file, request.since)) }
      case 'remove': for (const id of request.ids) remove(join(this.#folder, `${id}.json`)); return { failures: [] }
      case 'compare': return { failures: [], comparison: this.#compare(request.tasks, request.deep) }
      case 'list': return { failures: [], listing: this.#list(request.limit) }
    }
  }

  /** Why each of those failed that did; nothing is left of their drafts. */
  #each<Item extends { id: string }> (items: readonly Item[], work: (item: Item) => void): FileReply['failures'] {
    return items.flatMap((item) => {
      try {
        work(item)
        return []
      } catch (error) {
        remove(this.#draftOf(item.id))
        return [{ id: item.id, message: this.#told(error) }]
      }
    })
  }

  #draftOf (id: string): string {
    return `${this.#drafts}/${id}`
  }

  #place (id: string): void {
    renameSync(this.#draftOf(id), `${this.#folder}/${id}.json`)
  }

  #write ({ id, rev, text }: FileOf, since: number): void {
    if (monotonicNow() - since > surelyElected && (readTaskFile(`${this.#folder}/${id}.json`, id)?.rev ?? 0) > rev) return
    this.#writeDraft(this.#draftOf(id), text)
    this.#place(id)
  }

  /** Refused here, before the commit, where it could not be put in place after it. */
  #draft (id: string, text: string): void {
    accessSync(this.#folder, constants.W_OK)
    this.#writeDraft(this.#draftOf(id), text)
  }

  #writeDraft (path: string, text: string): void {
    try {
      writeWhole(path, text)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      // Somebody tidied up.
      mkdirSync(this.#drafts)
      writeWhole(path, text)
    }
  }

  #compare (tasks: ReadonlyArray<{ id: string, rev: number }>, deep: boolean): NonNullable<FileReply['comparison']> {
    const comparison = { behind: [] as string[], corrupt: [] as string[] }
    for (const { id, rev } of tasks) {
      const path = join(this.#folder, `${id}.json`)
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

  #list (limit: number): Listing {
    this.#open ??= this.#openFolder()
    const listing: Listing = { ids: [], foreign: [], more: true }
    for (let count = 0; count < limit; count++) {
      const entry = this.#open.readSync()
      if (entry === null) {
        this.close()
        listing.more = false
        break
      }
      const { name } = entry
      const id = name.replace(/\.json$/, '')
      if (join(this.#folder, name) === this.#drafts && entry.isDirectory()) continue
      if (!entry.isFile() || !name.endsWith('.json') || !this.#idPattern.test(id)) listing.foreign.push(name)
      else listing.ids.push(id)
    }
    return listing
  }

  /** Where a listing begins. */
  #openFolder (): Dir {
    for (const name of readdirSync(this.#drafts)) {
      const path = join(this.#drafts, name)
      const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
      if (this.#idPattern.test(name) && written < Date.now() - abandonedAfter) remove(path)
    }
    return opendirSync(this.#folder)
  }

  #told (error: unknown): string {
    return error instanceof Error ? error.message.replaceAll(this.#folder, 'TASKS_DIR') : 'unknown'
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

// The pattern comes with the folder: importing the contracts here would load a second TypeBox, some 10 MB.
parentPort?.on('message', ({ folder, pattern, port }: FolderOpened) => {
  const files = new TaskFolder(folder, new RegExp(pattern))
  port.on('message', ({ request, ...what }: FileRequest & { request: number }) => port.postMessage({ request, ...files.answer(what) }))
  port.on('close', () => files.close())
})
