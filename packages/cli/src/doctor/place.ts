import { constants, existsSync } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bytes } from '../terminal/progress.ts'
import { fail, ok, warn, type Check } from './check.ts'

/** Bytes free on a disk below which it will soon be full, and below which it is as good as full. */
const little = 1_000_000_000
const tooLittle = 100_000_000
/** Files a disk can still hold below which it will soon be full. */
const fewFiles = 10_000
/** Bytes of a store up to which its pages are read through. */
const largestRead = 1_000_000_000

export const dataFolder: Check = {
  name: 'data folder',
  async examine ({ place: { home, tasksDir } }) {
    const found = await stat(home).catch(() => null)
    if (!found) return await isWritable(nearest(home)) ? ok(`${home} will be made at the first start`) : fail(`${home} cannot be made: ${nearest(home)} is not writable; set CORTEX_HOME to another folder`)
    if (!found.isDirectory()) return fail(`CORTEX_HOME names ${home}, which is no folder; set it to another`)
    for (const folder of [home, ...existsSync(tasksDir) ? [tasksDir] : []]) if (!await isWritable(folder)) return fail(`${folder} is not writable for this user; see to its owner and rights`)
    const { openFolderFault } = await import('@cortex/service')
    const fault = openFolderFault(home)
    return fault === undefined ? ok(home) : warn(fault)
  }
}

export const disk: Check = {
  name: 'disk',
  async examine ({ place: { home, tasksDir } }) {
    // One of no blocks at all, as /proc, is no disk; the data folder's line says what it is.
    const disks = (await Promise.all([home, tasksDir].map(async (path) => await statfs(nearest(path))))).filter(({ blocks }) => blocks > 0)
    const free = Math.min(...disks.map(({ bavail, bsize }) => bavail * bsize))
    const said = free === Infinity ? 'of no known size' : `${bytes(free)} free`
    if (free < tooLittle) return fail(`${said}; make room, or creates are answered CTX_STORE_UNAVAILABLE`)
    // File systems without a bound on files say 0 of 0.
    if (disks.some(({ files, ffree }) => files > 0 && ffree < fewFiles)) return warn(`${said}, and room for fewer than ${fewFiles} files; each task is one`)
    return free < little ? warn(`${said}; make room before it is full`) : ok(said)
  }
}

export const stores: Check = {
  name: 'store',
  async examine ({ place, config, clocks }) {
    const { describeStore, inDatabase, knownSchemas, partFiles, storePath } = await import('@cortex/standalone/backup')
    const said: string[] = []
    for (const name of ['chat', 'tasks'] as const) {
      if (place.postgres && inDatabase.includes(name)) continue
      const path = storePath(place, name)
      const size = (await stat(path).catch(() => null))?.size
      if (size === undefined) {
        said.push(`no ${partFiles[name]} yet`)
        continue
      }
      const { schema, rows } = await read(() => describeStore(path, { deep: size <= largestRead }))
      if (schema > knownSchemas[name]) return fail(`${path} has schema version ${schema}, this program knows up to ${knownSchemas[name]}; run the newer program`)
      said.push(name === 'chat' ? `conversations: ${rows['conversations'] ?? 0}` : `tasks: ${rows['tasks'] ?? 0}`)
    }
    if (config.DATABASE_URL !== undefined) {
      const { lookAtDatabase } = await import('@cortex/orchestrator/database')
      const { version, schema, clockAhead } = await lookAtDatabase(config.DATABASE_URL)
      clocks.push({ whose: 'the database', ahead: clockAhead })
      said.push(`PostgreSQL ${version}, ${schema === 0 ? 'no tables yet' : `schema version ${schema}`}`)
    }
    return ok(said.join(', '))
  }
}

export const workspace: Check = {
  name: 'workspace',
  async examine ({ place: { workspace: folder } }) {
    if (!existsSync(folder)) return ok(`${folder} will be made at the first start, with a sample application`)
    const { Git } = await import('@cortex/agents/git')
    if (!existsSync(join(folder, '.git'))) return ok(`${folder} will be made a repository at the first start`)
    const git = new Git(folder)
    if (await git.line(['rev-parse', '--verify', '--quiet', 'HEAD'], { answers: [1] }) === '') return fail(`${folder} has no commit yet; make the first one`)
    const branch = await git.line(['symbolic-ref', '--quiet', '--short', 'HEAD'], { answers: [1] })
    if (branch === '') return fail(`${folder} has no branch checked out; run git switch BRANCH there`)
    const changed = await git.uncommitted()
    return ok(`${folder}, branch ${branch}${changed > 0 ? `, ${changed} uncommitted paths, which workers do not see` : ''}`)
  }
}

/** What SQLite says of a file is not enough to know what to do. */
async function read<T> (look: () => T): Promise<T> {
  try {
    return look()
  } catch (error) {
    throw new Error(`the store cannot be read (${error instanceof Error ? error.message : String(error)}); restore a backup, see docs/backup.md`, { cause: error })
  }
}

async function isWritable (path: string): Promise<boolean> {
  return await access(path, constants.W_OK | constants.X_OK).then(() => true, () => false)
}

/** The folder itself, or the nearest above it that is there. */
function nearest (path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearest(dirname(path))
}
