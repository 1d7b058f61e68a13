import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isUtf8 } from 'node:buffer'
import { fileMissing, fileUnsuited, pathRefused } from '../../errors.ts'
import { findCertainSecrets, redactionMark } from '../../redact.ts'
import type { Plan } from '../../toolkit.ts'
import { checkPath, foldersOf } from './paths.ts'
import type { Repository, TreeEntry } from './repository.ts'

/** A file as it shall be; null content deletes it. */
export interface Edit { path: string, content: string | null }

/** One file's change as git itself prints it. */
export interface FileDiff { path: string, diff: string }

export const contentLimit = 256 * 1024

/** Same text on every machine and whatever the repository's settings say: nothing is hidden as binary, no rename is guessed. */
const diffArgs = ['-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--text', '--full-index', '-U3', '--diff-algorithm=myers', '--src-prefix=a/', '--dst-prefix=b/']

/** @throws CTX_PATH_REFUSED, CTX_FILE_UNSUITED */
export function checkEdit ({ path, content }: Edit): void {
  checkPath(path)
  if (content === null) return
  if (Buffer.byteLength(content) > contentLimit) throw fileUnsuited(path, `its new content is larger than ${contentLimit / 1024} KB`)
  if (content.includes('\0') || !content.isWellFormed()) throw fileUnsuited(path, 'its new content is not text')
  if (content.includes(redactionMark)) throw fileUnsuited(path, 'its new content holds a redaction mark, which would overwrite the real value; leave that file, or the line, as it is')
  const [secret] = findCertainSecrets(content)
  if (secret) throw fileUnsuited(path, `its new content holds what looks like a secret (${secret.kind}); refer to a Secret instead`)
}

/**
 * What stands at the paths of these edits in a commit, once it is sure that each can be edited.
 * @throws CTX_FILE_UNSUITED, CTX_FILE_NOT_FOUND, CTX_PATH_REFUSED
 */
export async function editable (repository: Repository, commit: string, edits: readonly Edit[]): Promise<Map<string, TreeEntry>> {
  const folders = new Set(edits.flatMap(({ path }) => foldersOf(path)))
  const entries = await repository.entries(commit, [...new Set([...edits.map(({ path }) => path), ...folders])])
  for (const { path, content } of edits) {
    const entry = entries.get(path)
    if (!entry && content === null) throw fileMissing(path)
    if (entry?.mode.startsWith('04')) throw pathRefused(path, 'it is a folder')
    if (entry && !entry.mode.startsWith('100')) throw fileUnsuited(path, 'it is a link or a submodule')
    const blocked = foldersOf(path).find((folder) => entries.has(folder) && !entries.get(folder)!.mode.startsWith('04'))
    if (blocked !== undefined) throw pathRefused(path, `${blocked} is no folder`)
    if (entry && entry.size > contentLimit) throw fileUnsuited(path, `it is larger than ${contentLimit / 1024} KB`)
    if (entry && !isText(await repository.blob(entry.blob))) throw fileUnsuited(path, 'it is not text, so a person could not read the change')
  }
  return entries
}

/** The tree a commit (its full id) would have with these edits; built in an index of its own, so neither the work tree nor what is staged is touched. */
export async function treeWith ({ git }: Repository, commit: string, edits: readonly Edit[]): Promise<string> {
  const indexFile = join(git.directory, '.git', `cortex-${randomUUID()}.index`)
  try {
    await git.text(['read-tree', commit], { indexFile })
    const modes = new Map((await git.text(['ls-files', '--stage', '-z', '--', ...edits.map(({ path }) => path)], { indexFile }))
      .split('\0').filter(Boolean).map((record) => [record.slice(record.indexOf('\t') + 1), record.slice(0, 6)]))
    const lines = await Promise.all(edits.map(async ({ path, content }) => {
      if (content === null) return `0 ${'0'.repeat(commit.length)}\t${path}\0`
      const blob = await git.line(['hash-object', '-w', '--stdin', '--no-filters'], { input: content })
      return `${modes.get(path) ?? '100644'} ${blob}\t${path}\0`
    }))
    await git.text(['update-index', '-z', '--index-info'], { indexFile, input: lines.join('') })
    return await git.line(['write-tree'], { indexFile })
  } finally {
    await rm(indexFile, { force: true })
    await rm(`${indexFile}.lock`, { force: true })
  }
}

/** How two commits or trees differ, file by file, in git's order. */
export async function diffBetween ({ git }: Repository, before: string, after: string): Promise<FileDiff[]> {
  const [listed, patch] = await Promise.all([
    git.text(['diff-tree', '-r', '-z', '--no-renames', '--name-only', before, after]),
    git.text(['diff-tree', '-p', ...diffArgs, before, after])
  ])
  const names = listed.split('\0').filter(Boolean)
  // A line of content always begins with a space, + or -, so this line can only be git's own.
  const sections = patch.split(/^(?=diff --git )/m).filter(Boolean)
  if (sections.length !== names.length) throw fileUnsuited(names[0] ?? '', 'its kind would change')
  return names.map((path, index) => ({ path, diff: sections[index]! }))
}

export function editOf ({ target, arguments: { content } }: Plan): Edit {
  return { path: target, content: typeof content === 'string' ? content : null }
}

function isText (bytes: Buffer): boolean {
  return !bytes.includes(0) && isUtf8(bytes)
}
