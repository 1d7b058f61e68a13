import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { schemaVersion as accessSchema } from '@cortex/orchestrator/access-schema'
import { schemaVersion as chatSchema } from '@cortex/chat/schema'
import { schemaVersion as tasksSchema } from '@cortex/orchestrator/schema'
import { BackupDamaged, BackupLacksPart, BackupTooNew, RestoreFailed, RestoreFolderUsed, RestoreStoreDiffers } from '../errors.ts'
import { readManifest, unpack } from './archive.ts'
import { markBegun, markEnded, unfinished } from './begun.ts'
import { HeldFolders } from './held-folders.ts'
import type { BackupManifest } from './manifest.ts'
import { inDatabase, partFiles, storePath, type PartName, type Place, type Running } from './parts.ts'
import { contentOf, isMount, setAside } from './replaced.ts'
import { describeStore } from './store-copy.ts'
import { sync } from './sync.ts'
import { unbundleWorkspace } from './workspace-copy.ts'

/** The newest versions of the stores' tables this program knows. */
export const knownSchemas = { access: accessSchema, chat: chatSchema, tasks: tasksSchema }

export interface RestoreOptions extends Running {
  place: Place
  file: string
  /** These parts; all there are unless given. */
  only?: readonly PartName[] | undefined
  /** Moves what is there aside, within its folder, instead of refusing. */
  replace?: boolean
}

/**
 * Puts what a backup holds where Cortex looks for it. All of it is unpacked aside and compared with the manifest before anything is moved into place; meanwhile
 * no start gets at the stores. One that is ended among the moves leaves a mark, by which starts are refused until it is called again.
 * @throws CTX_BACKUP_UNREADABLE, CTX_BACKUP_DAMAGED, CTX_BACKUP_TOO_NEW, CTX_BACKUP_LACKS_PART, CTX_RESTORE_FOLDER_USED, CTX_RESTORE_STORE_DIFFERS, CTX_RESTORE_UNFINISHED, CTX_RESTORE_FAILED
 */
export async function restore ({ place, file, only, replace = false, ...running }: RestoreOptions): Promise<BackupManifest> {
  const manifest = await readManifest(file)
  const parts = chosen(manifest, only, file)
  refuseNewer(parts, file)
  if (place.postgres && parts.some(({ name }) => inDatabase.includes(name))) throw new RestoreStoreDiffers()
  const names = parts.map(({ name }) => name)
  const whole = only === undefined
  const held = new HeldFolders()
  const aside: string[] = []
  let begun = false
  try {
    await held.take(place)
    // What a restore that was killed put there is moved aside as well.
    const replacing = unfinished(place, names, replace) !== null || replace
    if (replacing) await inTheWay(place, names, whole)
    else await refuseUsed(place, names, whole)
    const folder = await mkdtemp(join(place.home, '.restore-'))
    aside.push(folder)
    await unpack(file, folder, parts, running)
    const moves = await prepare(folder, parts, place, file, aside, running)
    const replaced = replacing ? await inTheWay(place, names, whole) : []
    running.signal?.throwIfAborted()
    begun = true
    await markBegun(place, { file, parts: names })
    await setAside(replaced)
    for (const { from, to } of moves) await move(from, to)
    await markEnded(place)
  } catch (error) {
    running.signal?.throwIfAborted()
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CTX_')) throw error
    throw new RestoreFailed(error instanceof Error ? error.message : String(error), begun ? 'some of it is in place, and Cortex does not start there until the restore was called again' : 'nothing was left behind', { cause: error })
  } finally {
    for (const folder of aside) await rm(folder, { recursive: true, force: true })
    await held.giveBack(begun)
  }
  return { ...manifest, parts }
}

function chosen ({ parts }: BackupManifest, only: readonly PartName[] | undefined, file: string): BackupManifest['parts'] {
  const missing = only?.find((name) => !parts.some((part) => part.name === name))
  if (missing !== undefined) throw new BackupLacksPart(file, missing, parts.map(({ name }) => name).join(', '))
  return parts.filter(({ name }) => only?.includes(name) ?? true)
}

function refuseNewer (parts: BackupManifest['parts'], file: string): void {
  for (const part of parts) {
    if (part.name === 'workspace' || part.schema <= knownSchemas[part.name]) continue
    throw new BackupTooNew(file, `${partFiles[part.name]} has schema version ${part.schema}, this program knows up to ${knownSchemas[part.name]}`)
  }
}

/** @throws CTX_RESTORE_FOLDER_USED */
async function refuseUsed (place: Place, names: readonly PartName[], whole: boolean): Promise<void> {
  const { home, chatHome, workspace, tasksDir } = place
  for (const folder of whole ? [home, ...names.includes('chat') ? [chatHome] : []] : []) if ((await contentOf(folder)).length > 0) throw new RestoreFolderUsed(folder, 'is not empty')
  const inWay = [
    ...whole ? [] : storeFiles(place, names),
    ...names.includes('workspace') ? [workspace] : [],
    // They are written anew from the store, and old ones would stand among them.
    ...names.includes('tasks') ? [tasksDir] : []
  ]
  for (const path of inWay) if (!await isFree(path)) throw new RestoreFolderUsed(path, 'is not empty')
}

function storeFiles (place: Place, names: readonly PartName[]): string[] {
  return names.flatMap((name) => name === 'workspace' ? [] : ['', '-wal', '-shm', '-journal'].map((end) => storePath(place, name) + end))
}

/** What is to be moved aside. @throws CTX_RESTORE_FOLDER_USED for what cannot be moved */
async function inTheWay (place: Place, names: readonly PartName[], whole: boolean): Promise<string[]> {
  const { home, chatHome, workspace, tasksDir } = place
  const paths = whole ? [...await contentOf(home), ...names.includes('chat') && chatHome !== home ? await contentOf(chatHome) : []] : storeFiles(place, names).filter((path) => existsSync(path))
  for (const folder of [...names.includes('workspace') ? [workspace] : [], ...names.includes('tasks') ? [tasksDir] : []]) {
    if (await isFree(folder) || paths.some((path) => !relative(path, folder).startsWith('..'))) continue
    if (await isMount(folder)) throw new RestoreFolderUsed(folder, 'is a disk of its own and not empty')
    paths.push(folder)
  }
  return paths
}

async function isFree (path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (!found) return true
  return found.isDirectory() && (await readdir(path)).every((name) => name === 'lost+found')
}

/** Makes of each part what it stands for. Answers what is to be moved, the store of tasks last: without it nothing is done yet. */
async function prepare (folder: string, parts: BackupManifest['parts'], place: Place, file: string, aside: string[], running: Running): Promise<Array<{ from: string, to: string }>> {
  const { home, chatHome, workspace } = place
  const outside = relative(home, workspace).startsWith('..')
  const moves: Array<{ from: string, to: string }> = []
  for (const part of parts) {
    const path = join(folder, partFiles[part.name])
    if (part.name === 'workspace') {
      if (outside) await mkdir(dirname(workspace), { recursive: true })
      const made = outside ? await mkdtemp(join(dirname(workspace), `.${basename(workspace)}-`)) : join(folder, 'workspace')
      if (outside) aside.push(made)
      await unbundleWorkspace(path, made, part, running)
      await rm(path)
      moves.unshift({ from: made, to: workspace })
    } else {
      const { schema, rows } = describeStore(path, { deep: false })
      if (!isDeepStrictEqual({ schema, rows }, { schema: part.schema, rows: part.rows })) throw new BackupDamaged(file, `${partFiles[part.name]} does not hold the rows the manifest names`)
      // The folder may be a mount that others can look into.
      await chmod(path, 0o600)
      if (part.name === 'chat' && chatHome !== home) {
        const made = await mkdtemp(join(chatHome, '.restore-'))
        aside.push(made)
        // It may be another disk.
        await copyFile(path, join(made, partFiles.chat))
        await rm(path)
        await sync(join(made, partFiles.chat))
        moves.push({ from: join(made, partFiles.chat), to: storePath(place, 'chat') })
        continue
      }
      await sync(path)
      moves.push({ from: path, to: storePath(place, part.name) })
    }
  }
  return moves
}

async function move (from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  if ((await stat(to).catch(() => null))?.isDirectory()) await rmdir(to)
  await rename(from, to)
  await sync(dirname(to))
}
