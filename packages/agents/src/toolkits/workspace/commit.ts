import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Evidence } from '@cortex/contracts'
import { fileDirty, TaskFault, verificationFailed, workspaceBusy } from '../../errors.ts'
import type { Applied, ApplyRequest, Plan } from '../../toolkit.ts'
import { diffBetween, treeWith, type Edit } from './edits.ts'
import { absent, placeOf } from './paths.ts'
import type { Repository } from './repository.ts'

const attempts = 8

/**
 * Makes one commit of a change set, at most once for its plan hash. The commit is built from git's objects and put in place by comparing
 * and swapping HEAD: a process killed at any point leaves either nothing or the whole commit, which its trailers let the next run find.
 * @throws CTX_WORKSPACE_DIRTY, CTX_WORKSPACE_BUSY, CTX_GIT_FAILED
 */
export async function commitPlans (repository: Repository, request: ApplyRequest): Promise<Applied> {
  const { plans, signal } = request
  const edits = plans.map(editOf)
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const earlier = await findCommit(repository, request)
    if (earlier !== undefined) {
      await showInWorkTree(repository, earlier, plans)
      return { kind: 'applied', reference: earlier, found: true }
    }
    const head = await repository.head()
    const entries = await repository.entries(head, plans.map(({ target }) => target))
    const moved = plans.filter(({ target, base }) => (entries.get(target)?.blob ?? null) !== base).map(({ target }) => target)
    if (moved.length > 0) return { kind: 'moved', targets: moved }
    await checkClean(repository, plans)
    const tree = await treeWith(repository, head, edits)
    const commit = await repository.git.line(['commit-tree', tree, '-p', head, '-F', '-'], { input: messageOf(request) })
    signal.throwIfAborted()
    if (await swapHead(repository, commit, head)) {
      await showInWorkTree(repository, commit, plans)
      return { kind: 'applied', reference: commit, found: false }
    }
    await sleep(20 * attempt)
  }
  throw workspaceBusy()
}

/** Reads the commit back: it changes exactly the approved files, to exactly the approved content, by exactly the approved diff. */
export async function verifyCommit (repository: Repository, plans: readonly Plan[], commit: string): Promise<Evidence[]> {
  const diffs = await diffBetween(repository, `${commit}^`, commit)
  const approved = new Map(plans.map((plan) => [plan.target, plan]))
  const extra = diffs.find(({ path }) => !approved.has(path))
  if (extra) throw verificationFailed(`commit ${commit.slice(0, 12)} also changes ${extra.path}`)
  if (diffs.length !== plans.length) throw verificationFailed(`commit ${commit.slice(0, 12)} changes ${diffs.length} of ${plans.length} files`)
  const different = diffs.find(({ path, diff }) => approved.get(path)?.diff !== diff)
  if (different) throw verificationFailed(`commit ${commit.slice(0, 12)} changes ${different.path} in another way`)
  const entries = await repository.entries(commit, plans.map(({ target }) => target))
  for (const { target, content } of plans.map((plan) => ({ target: plan.target, content: editOf(plan).content }))) {
    const entry = entries.get(target)
    const actual = entry ? (await repository.blob(entry.blob)).toString('utf8') : null
    if (actual !== content) throw verificationFailed(`${target} has another content in commit ${commit.slice(0, 12)}`)
  }
  const reachable = await repository.git.line(['merge-base', 'HEAD', commit])
  if (reachable !== commit) throw verificationFailed(`commit ${commit.slice(0, 12)} is no longer on the current branch`)
  return [{
    claim: `The commit holds exactly the approved diff of ${plans.length} file${plans.length === 1 ? '' : 's'}`,
    detail: [`commit ${commit}, read back from git`, ...plans.map(({ target, verb }) => `${verb} ${target} ${entries.get(target)?.blob.slice(0, 12) ?? '(gone)'}`)].join('\n').slice(0, 20_000)
  }]
}

async function findCommit ({ git }: Repository, { taskId, planHash }: ApplyRequest): Promise<string | undefined> {
  const found = await git.text(['log', '--fixed-strings', '--all-match', `--grep=Cortex-Plan: ${planHash}`, `--grep=Cortex-Task: ${taskId}`,
    '--format=%H %(trailers:key=Cortex-Task,valueonly,separator=%x2C) %(trailers:key=Cortex-Plan,valueonly,separator=%x2C)', 'HEAD'])
  return found.split('\n').map((line) => line.split(' ')).find(([, task, plan]) => task === taskId && plan === planHash)?.[0]
}

/** False when somebody else moved HEAD in between. */
async function swapHead ({ git }: Repository, commit: string, head: string): Promise<boolean> {
  try {
    await git.text(['update-ref', '-m', 'cortex: apply an approved change set', 'HEAD', commit, head])
    return true
  } catch (error) {
    if (await git.line(['rev-parse', 'HEAD']) !== head || isLockFault(error)) return false
    throw error
  }
}

/**
 * What nobody committed is never overwritten: each path must be as the base has it, or already as planned.
 * @throws CTX_WORKSPACE_DIRTY
 */
export async function checkClean (repository: Repository, plans: readonly Plan[]): Promise<void> {
  const staged = await stagedBlobs(repository, plans)
  for (const plan of plans) {
    const state = await workTreeState(repository, plan)
    if (state === 'other') throw fileDirty(plan.target)
    const entry = staged.get(plan.target) ?? null
    if (entry !== plan.base && entry !== await blobOf(repository, editOf(plan).content)) throw fileDirty(plan.target)
  }
}

/** Brings index and work tree up to the commit for the planned paths only; a path somebody changed meanwhile stays as they left it. */
async function showInWorkTree (repository: Repository, commit: string, plans: readonly Plan[]): Promise<void> {
  const entries = await repository.entries(commit, plans.map(({ target }) => target))
  for (const plan of plans) {
    if (await workTreeState(repository, plan) !== 'base') continue
    const place = await placeOf(repository.directory, plan.target)
    const { content } = editOf(plan)
    if (content === null) await removeFile(repository.directory, place)
    else await writeFile(place, content, entries.get(plan.target)?.mode === '100755')
  }
  const staged = await stagedBlobs(repository, plans)
  const lines = plans.filter(({ target, base }) => (staged.get(target) ?? null) === base).map(({ target }) => {
    const entry = entries.get(target)
    return entry ? `${entry.mode} ${entry.blob}\t${target}\0` : `0 ${'0'.repeat(commit.length)}\t${target}\0`
  })
  if (lines.length === 0) return
  await withIndexLock(() => repository.git.text(['update-index', '-z', '--index-info'], { input: lines.join('') }))
  // Only refreshes what git remembers of the files' times; its exit code tells of other paths that differ.
  await withIndexLock(() => repository.git.text(['update-index', '-q', '--refresh'], { answers: [1] }))
}

async function workTreeState (repository: Repository, { target, base, arguments: { content } }: Plan): Promise<'base' | 'after' | 'other'> {
  const place = await placeOf(repository.directory, target)
  const found = await lstat(place).catch(absent)
  if (!found) return base === null ? 'base' : content === null ? 'after' : 'other'
  if (!found.isFile()) return 'other'
  const bytes = await readFile(place)
  if (typeof content === 'string' && bytes.equals(Buffer.from(content))) return 'after'
  return base !== null && bytes.equals(await repository.blob(base)) ? 'base' : 'other'
}

async function stagedBlobs ({ git }: Repository, plans: readonly Plan[]): Promise<Map<string, string>> {
  const text = await git.text(['ls-files', '--stage', '-z', '--', ...plans.map(({ target }) => target)])
  return new Map(text.split('\0').filter(Boolean).map((record) => [record.slice(record.indexOf('\t') + 1), record.split(' ')[1] ?? '']))
}

async function blobOf ({ git }: Repository, content: string | null): Promise<string | null> {
  return content === null ? null : git.line(['hash-object', '--stdin', '--no-filters'], { input: content })
}

function editOf ({ target, arguments: { content } }: Plan): Edit {
  return { path: target, content: typeof content === 'string' ? content : null }
}

function messageOf ({ title, plans, taskId, planHash }: ApplyRequest): string {
  const subject = title.replace(/\s+/g, ' ').trim().slice(0, 72) || 'Apply a change set'
  const body = plans.map(({ verb, target }) => `- ${verb} ${target}`).join('\n')
  return `${subject}\n\n${body}\n\nCortex-Task: ${taskId}\nCortex-Plan: ${planHash}\n`
}

async function writeFile (place: string, content: string, executable: boolean): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  const aside = join(dirname(place), `.cortex-${randomUUID()}`)
  try {
    const file = await open(aside, 'wx', executable ? 0o755 : 0o644)
    await file.writeFile(content).finally(() => file.close())
    await rename(aside, place)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

async function removeFile (directory: string, place: string): Promise<void> {
  await unlink(place)
  for (let folder = dirname(place); folder !== directory; folder = dirname(folder)) {
    try {
      await rmdir(folder)
    } catch {
      return // it holds something else
    }
  }
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

function isLockFault (error: unknown): boolean {
  return error instanceof TaskFault && error.code === 'CTX_GIT_FAILED' && /\.lock'?: File exists|cannot lock ref/i.test(error.message)
}
