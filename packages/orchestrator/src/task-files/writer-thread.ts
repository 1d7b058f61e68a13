import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

export type FileRequest =
  | { kind: 'write', files: ReadonlyArray<{ id: string, text: string }> }
  | { kind: 'remove', ids: readonly string[] }
  | { kind: 'inspect' }

export interface FileReply {
  request: number
  failures: Array<{ id: string, message: string }>
  inspection?: Inspection
}

export interface Inspection {
  /** Tasks that have a whole file, and the revision it holds; null where it was not looked at. */
  present: Array<{ id: string, rev: number | null }>
  /** Names that are no task files. */
  foreign: string[]
  /** Names of task files that hold no JSON. */
  corrupt: string[]
}

/** Files whose text is looked at in one inspection; beyond that a name is taken for a whole file. */
const inspectedFiles = 20_000

// The pattern comes with the thread's data: importing the contracts here would load a second TypeBox, some 10 MB.
const { folder, pattern } = workerData as { folder: string, pattern: string }
const idPattern = new RegExp(pattern)

function write (id: string, text: string): string | null {
  const path = join(folder, `${id}.json`)
  // Hidden, so that whoever lists the folder sees whole files only.
  const draft = join(folder, `.${id}.tmp`)
  try {
    writeWhole(draft, text)
    renameSync(draft, path)
    return null
  } catch (error) {
    remove(draft)
    return error instanceof Error ? error.message.replaceAll(folder, 'TASKS_DIR') : 'unknown'
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

function inspect (): Inspection {
  const inspection: Inspection = { present: [], foreign: [], corrupt: [] }
  let read = 0
  // Newest first: those are the ones whose last change may not have been written.
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name < b.name ? 1 : -1)) {
    const { name } = entry
    const id = name.replace(/\.json$/, '')
    if (name.startsWith('.') && name.endsWith('.tmp') && idPattern.test(name.slice(1, -4))) remove(join(folder, name))
    else if (!entry.isFile() || !name.endsWith('.json') || !idPattern.test(id)) inspection.foreign.push(name)
    else if (read++ >= inspectedFiles) inspection.present.push({ id, rev: null })
    else {
      const file = readTaskFile(join(folder, name), id)
      if (file === null) inspection.corrupt.push(name)
      else inspection.present.push({ id, rev: file.rev })
    }
  }
  return inspection
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
    case 'write': return { failures: request.files.flatMap(({ id, text }) => { const message = write(id, text); return message === null ? [] : [{ id, message }] }) }
    case 'remove': for (const id of request.ids) remove(join(folder, `${id}.json`)); return { failures: [] }
    case 'inspect': return { failures: [], inspection: inspect() }
  }
}

mkdirSync(folder, { recursive: true })
parentPort?.on('message', ({ request, ...what }: FileRequest & { request: number }) => parentPort?.postMessage({ request, ...answer(what) }))
