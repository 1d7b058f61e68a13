import { existsSync, statSync } from 'node:fs'
import { link, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { version } from '@cortex/service/version'
import { BackupEmpty, BackupExists, BackupFailed } from '../errors.ts'
import { digest, manifestFile, pack } from './archive.ts'
import { refuseUnfinished } from './begun.ts'
import type { BackupManifest } from './manifest.ts'
import { inDatabase, partFiles, partNames, storePath, type PartName, type Place, type Running } from './parts.ts'
import { copyStore, describeStore } from './store-copy.ts'
import { sync } from './sync.ts'
import { bundleWorkspace, hasCommits } from './workspace-copy.ts'

export interface BackupOptions extends Running {
  place: Place
  /** Where the backup is written; nothing may be there. */
  file: string
  /** These parts; all there are unless given. */
  only?: readonly PartName[] | undefined
}

/**
 * Copies what Cortex keeps into one file, whether it runs meanwhile or not. Whole or not at all: the file appears when all of it is on disk.
 * @throws CTX_BACKUP_EXISTS, CTX_BACKUP_EMPTY, CTX_BACKUP_FAILED, CTX_RESTORE_UNFINISHED, CTX_WORKSPACE_SHALLOW
 */
export async function backUp ({ place, file, only = partNames, ...running }: BackupOptions): Promise<BackupManifest> {
  if (existsSync(file)) throw new BackupExists(file)
  refuseUnfinished(place)
  const names = await partsOf(place, only)
  let folder: string | undefined
  try {
    folder = await mkdtemp(join(dirname(file), `.${basename(file)}-`))
    const manifest = await gather(place, names, folder, running)
    await writeFile(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`)
    const packed = join(folder, 'packed')
    await pack(folder, packed, manifest, running)
    await sync(packed)
    running.signal?.throwIfAborted()
    await appear(packed, file)
    return manifest
  } catch (error) {
    running.signal?.throwIfAborted()
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CTX_')) throw error
    throw new BackupFailed(error instanceof Error ? error.message : String(error), { cause: error })
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}

/** The parts that are there, of those that are asked for. */
async function partsOf (place: Place, only: readonly PartName[]): Promise<PartName[]> {
  const { home, workspace, postgres } = place
  const there = {
    access: existsSync(storePath(place, 'access')),
    chat: existsSync(storePath(place, 'chat')),
    tasks: existsSync(storePath(place, 'tasks')),
    workspace: await hasCommits(workspace)
  }
  // A store from before the database was named is no part of what runs.
  const names = partNames.filter((name) => only.includes(name) && there[name] && !(postgres && inDatabase.includes(name)))
  if (names.length === 0) throw new BackupEmpty(`${home} holds no ${only.map((name) => name === 'workspace' ? 'workspace' : partFiles[name]).join(' and no ')}`)
  return names
}

async function gather (place: Place, names: readonly PartName[], folder: string, running: Running): Promise<BackupManifest> {
  const { workspace, postgres } = place
  const before = filesOf(place, names)
  const manifest: BackupManifest = { format: 1, cortex: version, created_at: new Date().toISOString(), tasks_in: postgres ? 'postgresql' : 'sqlite', audit: null, parts: [] }
  for (const name of names) {
    running.signal?.throwIfAborted()
    const target = join(folder, partFiles[name])
    if (name === 'workspace') {
      const described = await bundleWorkspace(workspace, target, running)
      manifest.parts.push({ name, ...await digest(target), ...described })
    } else {
      await copyStore(storePath(place, name), target, running)
      const { audit, ...described } = describeStore(target, { deep: true })
      manifest.audit ??= audit
      manifest.parts.push({ name, ...await digest(target), ...described })
    }
  }
  refuseUnfinished(place)
  // Parts of before and after it would be copied side by side.
  if (!isDeepStrictEqual(filesOf(place, names), before)) throw new BackupFailed('a restore put other stores in place meanwhile')
  return manifest
}

/** Which files the parts are: a restore puts others in their place. */
function filesOf (place: Place, names: readonly PartName[]): Array<number | undefined> {
  return names.map((name) => statSync(name === 'workspace' ? place.workspace : storePath(place, name), { throwIfNoEntry: false })?.ino)
}

/** Unlike a rename, a link never takes the place of what is there; some file systems have none. */
async function appear (packed: string, file: string): Promise<void> {
  try {
    await link(packed, file)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' || existsSync(file)) throw new BackupExists(file)
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw error
    await rename(packed, file)
  }
  await sync(dirname(file))
}
