import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isUtf8 } from 'node:buffer'
import { findSecrets, redact } from '@cortex/secrets'
import { fileMissing, fileUnsuited, pathRefused } from '../../errors.ts'
import type { Plan } from '../../toolkit.ts'
import type { Git } from './git.ts'
import { checkPath, foldersOf } from './paths.ts'
import type { Repository, TreeEntry } from './repository.ts'
import { isVeiled, unveil } from './veil.ts'

/** As git keeps it: whether a file can be run. */
export type FileMode = '100644' | '100755'

/** A file as git gets it; null content deletes it. Without a mode it keeps the one it has, and a new one cannot be run. */
export interface WholeEdit { path: string, content: string | null, mode?: FileMode | undefined }

/** A file as it shall be. Where secrets stay, the content has their marks, and `secrets_of` is the blob that holds them. */
export interface Edit extends WholeEdit { secrets_of?: string | undefined }

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
  const [secret] = findSecrets(content, path)
  if (secret) throw fileUnsuited(path, `its new content holds what looks like a secret (${secret.kind}, line ${content.slice(0, secret.index).split('\n').length}), and secrets are not written here: refer to a Secret, seal it (SealedSecret, ExternalSecret, SOPS), leave a placeholder such as \${NAME}, or let a person write it`)
}

/**
 * What stands at the paths of these edits in a commit, once it is sure that each can be edited.
 * @throws CTX_FILE_UNSUITED, CTX_FILE_NOT_FOUND, CTX_PATH_REFUSED
 */
export async function editable (repository: Repository, commit: string, edits: readonly Edit[]): Promise<Map<string, TreeEntry>> {
  const folders = new Set(edits.flatMap(({ path }) => foldersOf(path)))
  const entries = await repository.entries(commit, [...new Set([...edits.map(({ path }) => path), ...folders])])
  const files = edits.flatMap(({ path }) => entries.get(path) ?? []).filter(({ mode, size }) => mode.startsWith('100') && size <= contentLimit)
  const blobs = await repository.blobs(files.map(({ blob }) => blob))
  for (const { path, content } of edits) {
    const entry = entries.get(path)
    if (!entry && content === null) throw fileMissing(path)
    if (entry?.mode.startsWith('04')) throw pathRefused(path, 'it is a folder')
    if (entry && !entry.mode.startsWith('100')) throw fileUnsuited(path, 'it is a link or a submodule')
    const blocked = foldersOf(path).find((folder) => entries.has(folder) && !entries.get(folder)!.mode.startsWith('04'))
    if (blocked !== undefined) throw pathRefused(path, `${blocked} is no folder`)
    if (entry && entry.size > contentLimit) throw fileUnsuited(path, `it is larger than ${contentLimit / 1024} KB`)
    if (entry && !isText(blobs.get(entry.blob)!)) throw fileUnsuited(path, 'it is not text, so a person could not read the change')
  }
  return entries
}

/**
 * The edits with the secrets they keep, which stand in git and nowhere else.
 * @throws CTX_FILE_UNSUITED
 */
export async function wholeEdits (repository: Repository, edits: readonly Edit[]): Promise<WholeEdit[]> {
  const keeping = edits.filter(({ content }) => content !== null && isVeiled(content))
  const blobs = await repository.blobs(keeping.flatMap(({ secrets_of: blob }) => blob ?? []))
  return edits.map(({ path, content, mode, secrets_of: blob }) => {
    if (content === null || !isVeiled(content)) return { path, content, mode }
    if (blob === undefined) throw fileUnsuited(path, 'its new content holds the mark of a secret, and the file has no secret yet; a mark cannot be carried from one file to another')
    const whole = unveil(path, content, blobs.get(blob)!.toString('utf8'))
    if (Buffer.byteLength(whole) > contentLimit) throw fileUnsuited(path, `its new content is larger than ${contentLimit / 1024} KB`)
    return { path, content: whole, mode }
  })
}

/** The tree a commit or tree (its full id) would have with these edits; built in an index of its own, so neither the work tree nor what is staged is touched. */
export async function treeWith ({ git }: Repository, commit: string, edits: readonly WholeEdit[]): Promise<string> {
  const aside = join(git.directory, '.git', `cortex-${randomUUID()}`)
  const indexFile = `${aside}.index`
  try {
    await git.text(['read-tree', commit], { indexFile })
    const modes = new Map((await git.text(['ls-files', '--stage', '-z', '--', ...edits.map(({ path }) => path)], { indexFile }))
      .split('\0').filter(Boolean).map((record) => [record.slice(record.indexOf('\t') + 1), record.slice(0, 6)]))
    const blobs = await storeBlobs(git, `${aside}.blobs`, edits)
    const lines = edits.map(({ path, mode }) => {
      const blob = blobs.get(path)
      return blob === undefined ? `0 ${'0'.repeat(commit.length)}\t${path}\0` : `${mode ?? modes.get(path) ?? '100644'} ${blob}\t${path}\0`
    })
    await git.text(['update-index', '-z', '--index-info'], { indexFile, input: lines.join('') })
    return await git.line(['write-tree'], { indexFile })
  } finally {
    await rm(indexFile, { force: true })
    await rm(`${indexFile}.lock`, { force: true })
  }
}

/** The new contents as blobs, by path. They lie in a folder for as long as one git process takes to read them all. */
async function storeBlobs (git: Git, folder: string, edits: readonly WholeEdit[]): Promise<Map<string, string>> {
  const written = edits.filter(({ content }) => content !== null)
  if (written.length === 0) return new Map()
  try {
    await mkdir(folder, { mode: 0o700 })
    const files = written.map((_, index) => join(folder, String(index)))
    await Promise.all(written.map(({ content }, index) => writeFile(files[index]!, content ?? '')))
    const blobs = (await git.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input: files.map((file) => `${file}\n`).join('') })).trim().split('\n')
    return new Map(written.map(({ path }, index) => [path, blobs[index]!]))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** How two commits or trees differ, file by file, in git's order, as it may be shown: what is a secret before or after is redacted on both sides. */
export async function diffBetween (repository: Repository, before: string, after: string): Promise<FileDiff[]> {
  const { git } = repository
  const paths = [...(await repository.changed(before, after)).keys()]
  const [shownBefore, shownAfter] = await Promise.all([withoutSecrets(repository, before, paths), withoutSecrets(repository, after, paths)])
  const patch = await git.text(['diff-tree', '-p', ...diffArgs, shownBefore, shownAfter])
  // A line of content always begins with a space, + or -, so this line can only be git's own.
  const sections = patch.split(/^(?=diff --git )/m).filter(Boolean)
  if (sections.length !== paths.length) throw fileUnsuited(paths[0] ?? '', 'its kind would change, or nothing but a secret in it')
  return paths.map((path, index) => ({ path, diff: sections[index]! }))
}

/** A tree like this one, in which the files at these paths are redacted; the same one when they hold no secret. */
async function withoutSecrets (repository: Repository, tree: string, paths: readonly string[]): Promise<string> {
  const entries = [...(await repository.entries(tree, paths)).values()].filter(({ mode, size }) => mode.startsWith('100') && size <= contentLimit)
  if (entries.length === 0) return tree
  const texts = await repository.readAll(entries)
  const redacted = [...texts].map(([path, text]) => ({ path, text, content: redact(text, path) })).filter(({ text, content }) => text !== content)
  return redacted.length === 0 ? tree : treeWith(repository, await repository.git.line(['rev-parse', '--verify', tree]), redacted)
}

export function editOf ({ target, arguments: { content, mode, secrets_of: blob } }: Pick<Plan, 'target' | 'arguments'>): Edit {
  return { path: target, content: typeof content === 'string' ? content : null, mode: modeIn(mode), ...(typeof blob === 'string' && { secrets_of: blob }) }
}

/** Undefined where it says none. */
export function modeIn (value: unknown): FileMode | undefined {
  return value === '100644' || value === '100755' ? value : undefined
}

function isText (bytes: Buffer): boolean {
  return !bytes.includes(0) && isUtf8(bytes)
}
