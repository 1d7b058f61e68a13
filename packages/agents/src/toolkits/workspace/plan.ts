import { fileMissing, pathRefused } from '../../errors.ts'
import type { Plan, Planning } from '../../toolkit.ts'
import { riskOfFile } from '../risk/file.ts'
import { checkEdit, diffBetween, editable, modeIn, treeWith, wholeEdits, type Edit, type FileMode } from './edits.ts'
import { foldersOf } from './paths.ts'
import type { Repository } from './repository.ts'
import { makersOf } from './makers.ts'
import { isVeiled, veil } from './veil.ts'
import { catchUp, checkClean } from './work-tree.ts'

export const workspaceToolkitId = 'workspace'

/**
 * Works out what edits would do, on top of what is drafted already: diff by git, risk, inverse. Nothing is changed.
 * @throws CTX_PATH_REFUSED, CTX_FILE_UNSUITED, CTX_WORKSPACE_UNUSABLE, CTX_WORKSPACE_DIRTY
 */
export async function planEdits (repository: Repository, tool: string, edits: readonly Edit[], draft: readonly Plan[]): Promise<Planning> {
  for (const edit of edits) checkEdit(edit)
  checkOverlap(edits, draft)
  // Between a commit and its files another worker's change looks like somebody's uncommitted one.
  return repository.serially(() => planOntoHead(repository, tool, edits, draft))
}

async function planOntoHead (repository: Repository, tool: string, edits: readonly Edit[], draft: readonly Plan[]): Promise<Planning> {
  await repository.branch()
  await catchUp(repository)
  const head = await repository.head()
  const entries = await editable(repository, head, edits.filter(({ path, content }) => content !== null || !isDrafted(draft, path)))
  const real = edits.filter(({ path, content }) => content !== null || entries.has(path)).map((edit) => withSource(edit, entries.get(edit.path)?.blob, draft))
  const diffs = new Map((await diffBetween(repository, head, await treeWith(repository, head, await wholeEdits(repository, real)))).map(({ path, diff }) => [path, diff]))
  const standing = edits.filter(({ path }) => !diffs.has(path)).map(({ path }) => path)
  const planning: Planning = { plans: [], standing, made_by: await makersOf(repository, head, standing) }
  for (const { path, content, mode, secrets_of: secretsOf } of real) {
    const diff = diffs.get(path)
    if (diff === undefined) continue
    const entry = entries.get(path)
    const base = entry?.blob ?? null
    const verb = content === null ? 'delete' : base === null ? 'create' : 'update'
    planning.plans.push({
      toolkit: workspaceToolkitId,
      tool,
      target: path,
      verb,
      diff,
      arguments: { path, content, ...(mode !== undefined && { mode }), ...(secretsOf !== undefined && { secrets_of: secretsOf }) },
      base,
      risk: riskOfFile({ verb, path, content, executable: (mode ?? entry?.mode) === '100755' }),
      dry_run: `${verb} ${path}: ${countLines(diff)}, applies to the last commit without conflict`,
      inverse: { path, blob: base, ...(entry && { mode: entry.mode }) }
    })
  }
  await checkClean(repository, planning.plans)
  return planning
}

/** Where the secrets of a file are that keeps some: where its draft has them from, else in what is committed. Its mode stays as drafted. */
function withSource ({ path, content, ...edit }: Edit, committed: string | undefined, draft: readonly Plan[]): Edit {
  if (content === null) return { path, content }
  const mode = edit.mode ?? modeIn(drafted(draft, path)?.arguments.mode)
  return isVeiled(content) ? { path, content, mode, secrets_of: edit.secrets_of ?? sourceIn(draft, path) ?? committed } : { path, content, mode }
}

/** The mode of a file as this worker sees it. */
export async function modeOf (repository: Repository, path: string, draft: readonly Plan[]): Promise<FileMode | undefined> {
  return modeIn(drafted(draft, path)?.arguments.mode ?? (await repository.entries('HEAD', [path])).get(path)?.mode)
}

/** The blob that holds the secrets of a file as this worker sees it; undefined when it drafted the file without any. */
export async function secretsOf (repository: Repository, path: string, draft: readonly Plan[]): Promise<string | undefined> {
  return drafted(draft, path) ? sourceIn(draft, path) : (await repository.entries('HEAD', [path])).get(path)?.blob
}

function sourceIn (draft: readonly Plan[], path: string): string | undefined {
  const blob = drafted(draft, path)?.arguments.secrets_of
  return typeof blob === 'string' ? blob : undefined
}

function drafted (draft: readonly Plan[], path: string): Plan | undefined {
  return draft.find(({ toolkit, target }) => toolkit === workspaceToolkitId && target === path)
}

/** Whether what a worker sees of a file is what it wrote itself. */
export function isPlanned (path: string, draft: readonly Plan[]): boolean {
  return drafted(draft, path) !== undefined
}

/** A file as this worker sees it, its secrets veiled: what it drafted, else what is committed. @throws CTX_FILE_NOT_FOUND */
export async function readDrafted (repository: Repository, path: string, draft: readonly Plan[]): Promise<string> {
  const plan = drafted(draft, path)
  if (!plan) return veil(await repository.read(path), path)
  if (typeof plan.arguments.content !== 'string') throw fileMissing(path)
  return plan.arguments.content
}

/** A file must not be another's folder: git would keep one of the two and say nothing. */
function checkOverlap (edits: readonly Edit[], draft: readonly Plan[]): void {
  const edited = new Set(edits.map(({ path }) => path))
  const written = new Set([
    ...edits.filter(({ content }) => content !== null).map(({ path }) => path),
    ...draft.filter(({ verb, target }) => verb !== 'delete' && !edited.has(target)).map(({ target }) => target)
  ])
  for (const path of written) {
    const file = foldersOf(path).find((folder) => written.has(folder))
    if (file !== undefined) throw pathRefused(file, 'it would be a file and a folder at once')
  }
}

function isDrafted (draft: readonly Plan[], path: string): boolean {
  return draft.some(({ toolkit, target, verb }) => toolkit === workspaceToolkitId && target === path && verb === 'create')
}

function countLines (diff: string): string {
  const body = diff.slice(diff.indexOf('\n@@'))
  const added = body.match(/^\+/gm)?.length ?? 0
  const removed = body.match(/^-/gm)?.length ?? 0
  return `${added} line${added === 1 ? '' : 's'} added, ${removed} removed`
}
