import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileDirty, TaskFault } from '../../errors.ts'
import type { Plan } from '../../toolkit.ts'
import { blobName } from './blob-name.ts'
import { checkedIn, checkedOut } from './conversions.ts'
import { editOf, wholeEdits } from './edits.ts'
import { withIndex } from './index-lock.ts'
import { absent, placeOf } from './paths.ts'
import type { Repository, Standing } from './repository.ts'

/** Written before the branch moves, so that a process killed from then on leaves word of what is to be shown. Without it, whatever differs is a person's doing. */
export async function markUnshown ({ directory }: Repository, commit: string): Promise<void> {
  await mkdir(marksIn(directory), { recursive: true })
  await writeFile(join(marksIn(directory), commit), '')
}

export async function unmark ({ directory }: Repository, commit: string): Promise<void> {
  await rm(join(marksIn(directory), commit), { force: true })
}

/**
 * Shows the commits that index and work tree have not followed yet.
 * @throws CTX_WORKSPACE_LOCKED
 */
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
  // Found before anything is written, for attributes that come decide how the others are written, and those that were how they stand there.
  const standing = await untouched(repository, behind.map((path) => ({ path, blob: before(path)?.blob ?? null })))
  for (const paths of [standing.filter(isAttributes), standing.filter((path) => !isAttributes(path))]) {
    const contents = await checkedOut(git, paths.flatMap((path) => {
      const entry = after(path)
      return entry ? [{ path, blob: entry.blob }] : []
    }))
    for (const path of paths) {
      const entry = after(path)
      await show(repository, path, entry && { ...entry, content: contents.get(path)! })
    }
  }
  if (behind.length > 0) {
    const lines = behind.map((path) => {
      const entry = after(path)
      return entry ? `${stagedByThem(path) ?? entry.mode} ${entry.blob}\t${path}\0` : `0 ${'0'.repeat(commit.length)}\t${path}\0`
    })
    await withIndex(repository, () => git.text(['update-index', '-z', '--index-info'], { input: lines.join('') }))
    // Only refreshes what git remembers of the files' times; its exit code tells of other paths that differ.
    await withIndex(repository, () => git.text(['update-index', '-q', '--refresh'], { answers: [1] }))
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
  const digits = (await repository.head()).length
  const found = new Map<string, Found>()
  for (const { target } of plans) found.set(target, await fileAt(repository, target))
  const asBase = await standingAs(repository, plans.map(({ target, base }) => ({ path: target, blob: base })), found)
  const planned = new Map(plans.map(({ target }) => {
    const content = contents.get(target) ?? null
    return [target, content === null ? null : blobName(Buffer.from(content), digits)]
  }))
  const asPlanned = await holding(repository, plans.filter(({ target }) => !asBase.has(target)).map(({ target }) => ({ path: target, blob: planned.get(target)! })), found)
  for (const { target, base } of plans) {
    const entry = staged.get(target)?.blob ?? null
    if ((!asBase.has(target) && !asPlanned.has(target)) || (entry !== base && entry !== planned.get(target))) throw fileDirty(target)
  }
}

/** The bytes on disk; null where nothing is, undefined where something other than a file is. */
type Found = Buffer | null | undefined
/** null is nothing. */
interface Wanted { path: string, blob: string | null }

/** Those that nobody has changed; one whose way there leads over a link is a person's doing too. */
async function untouched (repository: Repository, wanted: readonly Wanted[]): Promise<string[]> {
  const found = new Map<string, Found>()
  for (const { path } of wanted) {
    found.set(path, await fileAt(repository, path).catch((error: unknown) => {
      if (error instanceof TaskFault && error.code === 'CTX_PATH_REFUSED') return undefined
      throw error
    }))
  }
  const standing = await standingAs(repository, wanted, found)
  return wanted.map(({ path }) => path).filter((path) => standing.has(path))
}

/** @throws CTX_PATH_REFUSED */
async function fileAt ({ directory }: Repository, path: string): Promise<Found> {
  const place = await placeOf(directory, path)
  const found = await lstat(place).catch(absent)
  if (!found) return null
  return found.isFile() ? readFile(place) : undefined
}

/** Paths where these blobs stand, as they are or as git would check them out or take them in. */
async function standingAs (repository: Repository, wanted: readonly Wanted[], found: ReadonlyMap<string, Found>): Promise<Set<string>> {
  const held = await holding(repository, wanted, found)
  const rest = wanted.flatMap(({ path, blob }) => blob !== null && found.get(path) && !held.has(path) ? [{ path, blob }] : [])
  for (const [path, content] of await checkedOut(repository.git, rest)) {
    if (found.get(path)?.equals(content)) held.add(path)
  }
  return held
}

/** The same of blobs that git need not have, so that it cannot check them out. */
async function holding ({ git }: Repository, wanted: readonly Wanted[], found: ReadonlyMap<string, Found>): Promise<Set<string>> {
  const held = new Set<string>()
  const rest: Wanted[] = []
  for (const { path, blob } of wanted) {
    const file = found.get(path)
    if (file && blob !== null ? blobName(file, blob.length) === blob : file === blob) held.add(path)
    else if (file && blob !== null) rest.push({ path, blob })
  }
  const names = await checkedIn(git, rest.map(({ path }) => path))
  for (const [index, { path, blob }] of rest.entries()) if (names[index] === blob) held.add(path)
  return held
}

function isAttributes (path: string): boolean {
  return basename(path) === '.gitattributes'
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
