import { realpathSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { nameOf } from '../domain/dependencies.ts'
import type { NamedTask, TaskRecord } from '../domain/record.ts'
import { ImportFolderInUse } from '../errors.ts'
import type { TaskStore } from '../store/task-store.ts'
import { mapTask, type MappedTask } from './map-task.ts'
import { planImport, type ImportRules, type PlannedTask } from './plan-import.ts'
import { folderUnreadable, readFolder } from './read-folder.ts'
import type { FileReport, ImportReport } from './report.ts'
import { isOurId } from './values.ts'

/** Records stored in one transaction, and ids looked up at once. */
const pageSize = 200

export interface ImportOptions extends ImportRules {
  readonly folder: string
  /** Where the task files of this installation are. */
  readonly tasksDir: string
  readonly dryRun: boolean
  /** Opened when the folder has been read. Answers null when there is no store yet and none is to be made. */
  readonly openStore: () => Promise<TaskStore | null>
}

/**
 * Takes the tasks of a folder of the first version into the store. Run again, it takes what is new.
 * @throws CTX_IMPORT_FOLDER_UNREADABLE, CTX_IMPORT_FOLDER_TOO_LARGE, CTX_IMPORT_FOLDER_IN_USE, CTX_STORE_LOCKED, CTX_RESTORE_UNFINISHED, CTX_STORE_UNAVAILABLE
 */
export async function importFolder ({ folder, tasksDir, dryRun, openStore, ...rules }: ImportOptions): Promise<ImportReport> {
  const place = realFolder(folder)
  if (place === realFolder(tasksDir, tasksDir)) throw new ImportFolderInUse(place)
  const refused: FileReport[] = []
  const refuse = (file: string, reason: string) => refused.push({ file, outcome: 'refused', task_id: null, status: null, old_id: null, unfinished: false, notes: [reason] })
  const mapped: MappedTask[] = []
  for (const { name, ...file } of readFolder(place)) {
    const task = file.refused === undefined ? mapTask(name, file.value, file.mtime, file.notes) : null
    if (task) mapped.push(task)
    else refuse(name, file.refused ?? 'is JSON, but no task: it has no id, status, title or query')
  }
  const store = await openStore()
  try {
    const known = store ? await lookUp(store, mapped) : new Map<string, NamedTask>()
    const planned = planImport(mapped, known, rules)
    const records = planned.flatMap(({ record }) => record && !known.has(record.task.id) ? record : [])
    if (store && !dryRun) await adopt(store, records)
    const files = [...planned.map((each) => toReport(each, known)), ...refused]
    return { folder: place, dry_run: dryRun, run: rules.run, files: files.sort((a, b) => a.file < b.file ? -1 : 1) }
  } finally {
    await store?.close()
  }
}

function realFolder (folder: string, missing?: string): string {
  try {
    return realpathSync(folder)
  } catch (error) {
    if (missing !== undefined) return missing
    throw folderUnreadable(folder, error)
  }
}

/** Tasks the store has already, of those in the folder and those they name. */
async function lookUp (store: TaskStore, mapped: readonly MappedTask[]): Promise<Map<string, NamedTask>> {
  const ids = [...new Set(mapped.flatMap(({ task, needs }) => [task.id, ...needs.filter(isOurId)]))]
  const known = new Map<string, NamedTask>()
  for (let at = 0; at < ids.length; at += pageSize) {
    for (const task of await store.get(ids.slice(at, at + pageSize))) known.set(task.id, nameOf({ task }))
  }
  return known
}

/** In pages, each after what it needs: a run that is killed leaves whole tasks, and the next one takes the rest. */
async function adopt (store: TaskStore, records: readonly TaskRecord[]): Promise<void> {
  for (let at = 0; at < records.length; at += pageSize) {
    await store.adopt(records.slice(at, at + pageSize))
    await setImmediate()
  }
}

function toReport ({ file, oldId, unfinished, record, refused, notes }: PlannedTask, known: ReadonlyMap<string, NamedTask>): FileReport {
  const old = { file, old_id: oldId, unfinished }
  if (!record) return { ...old, outcome: 'refused', task_id: null, status: null, notes: refused === null ? [] : [refused] }
  const { id, status } = record.task
  const here = known.get(id)
  return here
    ? { ...old, outcome: 'known', task_id: id, status: here.status, notes: [] }
    : { ...old, outcome: notes.length > 0 ? 'mapped' : 'taken', task_id: id, status, notes }
}
