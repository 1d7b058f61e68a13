import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileDirty, TaskFault } from '../../errors.ts'
import type { Plan } from '../../toolkit.ts'
import { blobName } from './blob-name.ts'
import { editOf, wholeEdits } from './edits.ts'
import { absent, placeOf } from './paths.ts'
import type { Repository, Standing } from './repository.ts'

const attempts = 8

/** Written before the branch moves, so that a process killed from then on leaves word of what is to be shown. Without it, whatever differs is a person's doing. */
export async function markUnshown ({ directory }: Repository, commit: string): Promise<void> {
  await mkdir(marksIn(directory), { recursive: true })
  await writeFile(join(marksIn(directory), commit), '')
}

export async function unmark ({ directory }: Repository, commit: string): Promise<void> {
  await rm(join(marksIn(directory), commit), { force: true })
}

/** Shows the commits whose process ended before index and work tree had followed. */
export async function catchUp (repository: Repository): Promise<void> {
  const names = await readdir(marksIn(repository.directory)).catch(absent) ?? []
  for (const commit of names.filter((name) => /^[0-9a-f]{40,64}$/.test(name))) {
    const parent = await repository.git.line(['rev-parse', '--verify', '--quiet', `${commit}^`], { answers: [1] })
    if (parent !== '' && await repository.reaches(commit)) await showInWorkTree(repository, commit)
    // While the branch stands where this commit was built, another process may yet put it there.
    else if (await repository.head() !== parent) await unmark(repository, commit)
  }
}

/** Brings index and work tree up to a commit of ours, for its paths only; a path somebody changed meanwhile stays as they left it. */
export async function showInWorkTree (repository: Repository, commit: string): Promise<void> {
  const { git } = repository
  const changed = await repository.changed(`${commit}^`, commit)
  const paths = [...changed.keys()]
  const before = (path: string) => changed.get(path)?.before
  const after = (path: string) => changed.get(path)?.after
  /** A mode somebody staged stays theirs. */
  const stagedByThem = (path: string) => staged.get(path)?.mode === before(path)?.mode ? undefined : staged.get(path)?.mode
  const isLast = await repository.head() === commit
  const [last, staged] = await Promise.all([isLast ? null : repository.entries('HEAD', paths), stagedEntries(repository, paths)])
  // The index follows last: a path it already shows is done, and one a later commit changed is no longer ours to show.
  const behind = paths.filter((path) => staged.get(path)?.blob === before(path)?.blob && (!last || last.get(path)?.blob === after(path)?.blob))
  const blobs = await repository.blobs(behind.flatMap((path) => after(path)?.blob ?? []))
  for (const path of behind) {
    const entry = after(path)
    if (await standsAs(repository, path, before(path))) await show(repository, path, entry && { ...entry, content: blobs.get(entry.blob)! })
  }
  if (behind.length > 0) {
    const lines = behind.map((path) => {
      const entry = after(path)
      return entry ? `${stagedByThem(path) ?? entry.mode} ${entry.blob}\t${path}\0` : `0 ${'0'.repeat(commit.length)}\t${path}\0`
    })
    await withIndexLock(() => git.text(['update-index', '-z', '--index-info'], { input: lines.join('') }))
    // Only refreshes what git remembers of the files' times; its exit code tells of other paths that differ.
    await withIndexLock(() => git.text(['update-index', '-q', '--refresh'], { answers: [1] }))
  }
  await unmark(repository, commit)
}

/**
 * What nobody committed is never overwritten: each path must be as the base has it, or already as planned.
 * @throws CTX_WORKSPACE_DIRTY
 */
export async function checkClean (repository: Repository, plans: readonly Plan[]): Promise<void> {
  const staged = await stagedEntries(repository, plans.map(({ target }) => target))
  const contents = new Map((await wholeEdits(repository, plans.map(editOf))).map(({ path, content }) => [path, content]))
  for (const plan of plans) {
    const content = contents.get(plan.target) ?? null
    const found = await fileAt(repository, plan.target)
    const planned = content === null ? null : Buffer.from(content)
    const isPlanned = found && planned ? found.equals(planned) : found === planned
    if (!isPlanned && !holds(found, plan.base)) throw fileDirty(plan.target)
    const entry = staged.get(plan.target)?.blob ?? null
    if (entry !== plan.base && !holds(planned, entry)) throw fileDirty(plan.target)
  }
}

export function isLockFault (error: unknown): boolean {
  return error instanceof TaskFault && error.code === 'CTX_GIT_FAILED' && /\.lock'?: File exists|cannot lock ref/i.test(error.message)
}

/** A way there that leads over a link is a person's doing too. */
async function standsAs (repository: Repository, path: string, entry: Standing | undefined): Promise<boolean> {
  try {
    return holds(await fileAt(repository, path), entry?.blob ?? null)
  } catch (error) {
    if (error instanceof TaskFault && error.code === 'CTX_PATH_REFUSED') return false
    throw error
  }
}

/** The bytes on disk; null where nothing is, undefined where something other than a file is. @throws CTX_PATH_REFUSED */
async function fileAt ({ directory }: Repository, path: string): Promise<Buffer | null | undefined> {
  const place = await placeOf(directory, path)
  const found = await lstat(place).catch(absent)
  if (!found) return null
  return found.isFile() ? readFile(place) : undefined
}

/** Whether this is what the blob holds; null is nothing in both. */
function holds (found: Buffer | null | undefined, blob: string | null): boolean {
  return found && blob !== null ? blobName(found, blob.length) === blob : found === blob
}

async function stagedEntries ({ git }: Repository, paths: readonly string[]): Promise<Map<string, { mode: string, blob: string }>> {
  const text = await git.text(['ls-files', '--stage', '-z', '--', ...paths])
  return new Map(text.split('\0').filter(Boolean).map((record) => {
    const [mode = '', blob = ''] = record.split(' ')
    return [record.slice(record.indexOf('\t') + 1), { mode, blob }]
  }))
}

async function show ({ directory }: Repository, path: string, entry: Standing & { content: Buffer } | undefined): Promise<void> {
  const place = await placeOf(directory, path)
  if (!entry) return removeFile(directory, place)
  await mkdir(dirname(place), { recursive: true })
  // Built where git keeps its own, so that a kill in the middle leaves nothing in the work tree.
  const aside = join(directory, '.git', `cortex-${randomUUID()}.file`)
  try {
    const file = await open(aside, 'wx', entry.mode === '100755' ? 0o755 : 0o644)
    await file.writeFile(entry.content).finally(() => file.close())
    await rename(aside, place)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

async function removeFile (directory: string, place: string): Promise<void> {
  await rm(place, { force: true })
  for (let folder = dirname(place); folder !== directory; folder = dirname(folder)) {
    try {
      await rmdir(folder)
    } catch {
      return // it holds something else
    }
  }
}

/** One empty file for each commit that index and work tree may not show yet, named by it. */
function marksIn (directory: string): string {
  return join(directory, '.git', 'cortex')
}

/** Another program (an editor, a person's git) may hold the index for a moment. */
async function withIndexLock (work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      if (!isLockFault(error) || attempt === attempts) throw error
      await sleep(50 * attempt)
    }
  }
}
