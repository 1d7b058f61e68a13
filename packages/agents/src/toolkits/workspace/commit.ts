import { setTimeout as sleep } from 'node:timers/promises'
import type { Evidence } from '@cortex/contracts'
import { verificationFailed, workspaceBusy } from '../../errors.ts'
import type { Applied, ApplyRequest, Plan, Undone } from '../../toolkit.ts'
import { catchUpLater } from './catch-up.ts'
import { diffBetween, editOf, treeWith, wholeEdits } from './edits.ts'
import { isIndexFault, isIndexLocked, isLockFault, lockFault } from './index-lock.ts'
import type { Repository } from './repository.ts'
import { catchUp, checkClean, markUnshown, showInWorkTree, unmark } from './work-tree.ts'

const attempts = 8

/**
 * Makes one commit of a change set, at most once for its plan hash. The commit is built from git's objects and put in place by comparing
 * and swapping the branch: a process killed at any point leaves either nothing or the whole commit, which its trailers let the next run find.
 * While another git holds the index nothing is committed, for the index could not follow.
 * @throws CTX_WORKSPACE_UNUSABLE, CTX_WORKSPACE_DIRTY, CTX_WORKSPACE_BUSY, CTX_WORKSPACE_LOCKED, CTX_GIT_FAILED
 */
export async function commitPlans (repository: Repository, request: ApplyRequest): Promise<Applied> {
  const { plans, signal } = request
  const edits = await wholeEdits(repository, plans.map(editOf))
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const branch = await repository.branch()
    const behind = await shownOrLater(repository, () => catchUp(repository))
    const earlier = await findCommit(repository, request)
    if (earlier !== undefined) return { kind: 'applied', reference: earlier, found: true, commit: earlier, ...behind }
    const head = await repository.head()
    const moved = await movedAt(repository, head, plans)
    if (moved.length > 0) return { kind: 'moved', targets: moved }
    await checkClean(repository, plans)
    const tree = await treeWith(repository, head, edits)
    const commit = await repository.git.line(['commit-tree', tree, '-p', head, '-F', '-'], { input: messageOf(request) })
    signal.throwIfAborted()
    const locked = behind !== undefined || await isIndexLocked(repository)
    if (locked && attempt === attempts) throw lockFault(repository)
    if (!locked) {
      await markUnshown(repository, commit)
      if (await moveBranch(repository, branch, head, commit)) return { kind: 'applied', reference: commit, found: false, commit, ...await shownOrLater(repository, () => showInWorkTree(repository, commit)) }
      await unmark(repository, commit)
    }
    await sleep(20 * attempt)
  }
  throw workspaceBusy()
}

/** A commit that stands is not taken back for an index that was taken in the moment before: that follows later, and a person is told. */
async function shownOrLater (repository: Repository, show: () => Promise<void>): Promise<{ remark: string } | undefined> {
  try {
    await show()
    return undefined
  } catch (error) {
    if (!isIndexFault(error)) throw error
    catchUpLater(repository)
    return { remark: `The index of the workspace does not show what was committed yet. Commit nothing by hand there before it does: that would take the change back. It follows by itself once the lock is gone. ${error.message}` }
  }
}

/** Whether there is anything to take back. */
export async function isCommitted (repository: Repository, request: ApplyRequest): Promise<boolean> {
  return await findCommit(repository, request) !== undefined
}

/** Files that are no longer what they were when planned, unless this change set is committed already. */
export async function movedSince (repository: Repository, request: ApplyRequest): Promise<string[]> {
  if (await isCommitted(repository, request)) return []
  return movedAt(repository, await repository.head(), request.plans)
}

/** Takes a commit back by another one that puts its files as they were before, unless somebody has changed them since. */
export async function undoCommit (repository: Repository, request: ApplyRequest): Promise<Undone> {
  const commit = await commitNaming(repository, request)
  if (commit === undefined) return { undone: [], left: [] }
  const targets = request.plans.map(({ target }) => target)
  // An earlier run took it back and did not live to tell.
  if (await isUndone(repository, commit, request)) return { undone: targets, left: [] }
  const [after, before] = await Promise.all([repository.entries(commit, targets), repository.entries(`${commit}^`, targets)])
  const blobs = await repository.blobs([...before.values()].map(({ blob }) => blob))
  const plans = request.plans.map((plan): Plan => {
    const old = before.get(plan.target)
    const content = old ? blobs.get(old.blob)!.toString('utf8') : null
    return { ...plan, verb: content === null ? 'delete' : plan.verb === 'delete' ? 'create' : 'update', arguments: { path: plan.target, content, mode: old?.mode }, base: after.get(plan.target)?.blob ?? null, inverse: { mode: after.get(plan.target)?.mode } }
  })
  const applied = await commitPlans(repository, { ...request, planHash: undoMark(commit), title: `Undo: ${request.title}`, plans })
  if (applied.kind === 'applied') return { undone: targets, left: [] }
  return { undone: [], left: targets.map((target) => ({ target, reason: `committed as ${commit.slice(0, 12)}; ${applied.targets.join(', ')} changed since` })) }
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
  const blobs = await repository.blobs([...entries.values()].map(({ blob }) => blob))
  for (const { path: target, content } of await wholeEdits(repository, plans.map(editOf))) {
    const entry = entries.get(target)
    const actual = entry ? blobs.get(entry.blob)!.toString('utf8') : null
    if (actual !== content) throw verificationFailed(`${target} has another content in commit ${commit.slice(0, 12)}`)
  }
  if (!await repository.reaches(commit)) throw verificationFailed(`commit ${commit.slice(0, 12)} is no longer on the current branch`)
  return [{
    claim: `The commit holds exactly the approved diff of ${plans.length} file${plans.length === 1 ? '' : 's'}`,
    detail: [`commit ${commit}, read back from git`, ...plans.map(({ target, verb }) => `${verb} ${target} ${entries.get(target)?.blob.slice(0, 12) ?? '(gone)'}`)].join('\n').slice(0, 20_000)
  }]
}

async function movedAt (repository: Repository, commit: string, plans: readonly Plan[]): Promise<string[]> {
  const entries = await repository.entries(commit, plans.map(({ target }) => target))
  return plans.filter(({ target, base, inverse: { mode } }) => {
    const entry = entries.get(target)
    return (entry?.blob ?? null) !== base || (entry !== undefined && mode !== undefined && entry.mode !== mode)
  }).map(({ target }) => target)
}

/** What stands in the place of the plan hash in the commit that undoes another. */
function undoMark (commit: string): string {
  return `undo ${commit}`
}

/** The commit of this change set that still stands. */
async function findCommit (repository: Repository, request: ApplyRequest): Promise<string | undefined> {
  const commit = await commitNaming(repository, request)
  return commit !== undefined && !await isUndone(repository, commit, request) ? commit : undefined
}

async function isUndone (repository: Repository, commit: string, request: ApplyRequest): Promise<boolean> {
  return await commitNaming(repository, { ...request, planHash: undoMark(commit) }) !== undefined
}

async function commitNaming ({ git }: Repository, { taskId, planHash }: ApplyRequest): Promise<string | undefined> {
  const found = await git.text(['log', '--fixed-strings', '--all-match', `--grep=Cortex-Plan: ${planHash}`, `--grep=Cortex-Task: ${taskId}`,
    '--format=%H%x1f%(trailers:key=Cortex-Task,valueonly,separator=%x2C)%x1f%(trailers:key=Cortex-Plan,valueonly,separator=%x2C)', 'HEAD'])
  return found.split('\n').map((line) => line.split('\x1f')).find(([, task, plan]) => task === taskId && plan === planHash)?.[0]
}

/** False when somebody else moved the branch in between. It is named, so that the commit is on a branch whatever is checked out meanwhile. */
async function moveBranch ({ git }: Repository, branch: string, from: string, to: string): Promise<boolean> {
  try {
    await git.text(['update-ref', '-m', 'cortex: apply an approved change set', branch, to, from])
    return true
  } catch (error) {
    if (await git.line(['rev-parse', branch]) !== from || isLockFault(error)) return false
    throw error
  }
}

function messageOf ({ title, plans, taskId, planHash }: ApplyRequest): string {
  const subject = title.replace(/\s+/g, ' ').trim().slice(0, 72) || 'Apply a change set'
  const body = plans.map(({ verb, target }) => `- ${verb} ${target}`).join('\n')
  return `${subject}\n\n${body}\n\nCortex-Task: ${taskId}\nCortex-Plan: ${planHash}\n`
}
