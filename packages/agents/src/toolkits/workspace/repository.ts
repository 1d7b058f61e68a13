import { constants, existsSync } from 'node:fs'
import { access, cp, mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileMissing, gitFailed, TaskFault, workspaceUnusable } from '../../errors.ts'
import { Git } from './git.ts'
import { readCheckedOut } from './checked-out.ts'
import { absent, checkPath } from './paths.ts'

export interface TreeEntry {
  path: string
  mode: string
  blob: string
  size: number
}

export type Standing = Pick<TreeEntry, 'mode' | 'blob'>

export interface CommitLine { commit: string, author: string, at: string, subject: string }

const fileCountLimit = 20_000
const readTotalLimit = 32 * 1024 * 1024
const sample = fileURLToPath(new URL('./sample', import.meta.url))

/**
 * The gitops workspace as its last commit shows it. Everything is read from git's objects and not from the disk: links lead nowhere, ignored
 * files stay unseen, and what was read has a commit that names it.
 */
export class Repository {
  readonly git: Git
  #last: Promise<unknown> = Promise.resolve()
  /** Of the last commit that was listed: a commit never changes, and each task that begins asks for it. */
  #listed: { commit: string, files: Promise<TreeEntry[]> } | undefined

  private constructor (git: Git) {
    this.git = git
  }

  /**
   * Opens the repository at a path. A missing or empty folder becomes a new one with a small sample; any other repository is used as it is.
   * @throws CTX_WORKSPACE_UNUSABLE
   */
  static async open (path: string): Promise<{ repository: Repository, created: boolean }> {
    const directory = resolve(path)
    const created = (await namesIn(directory)).length === 0 && await create(directory)
    const repository = Repository.unopened(path)
    await repository.check()
    return { repository, created }
  }

  /**
   * Whether it can be opened: as a repository that is there, or by making one in a missing or empty folder. Changes nothing.
   * @param mayMake false: somebody named it, and where there is nothing it is misspelt, or a disk that is not there
   * @throws CTX_WORKSPACE_UNUSABLE
   */
  async check ({ mayMake = true } = {}): Promise<void> {
    const { directory } = this
    const names = await namesIn(directory)
    if (names.length === 0) {
      if (!mayMake) throw workspaceUnusable(directory, `${existsSync(directory) ? 'the folder is empty' : 'nothing is there'}; see to how CORTEX_WORKSPACE is written and to what is mounted there, or make the repository with git init and a first commit; leave CORTEX_WORKSPACE out for one of its own in the data folder, or set CORTEX_MAKE_WORKSPACE=true for one with a sample application there`)
      let nearest = directory
      while (!existsSync(nearest) && nearest !== dirname(nearest)) nearest = dirname(nearest)
      await access(nearest, constants.W_OK | constants.X_OK).catch(({ code }: NodeJS.ErrnoException) => { throw workspaceUnusable(directory, `it cannot be made there (${code}); name another folder in CORTEX_WORKSPACE, or mend its permissions`) })
      return
    }
    if (!names.includes('.git')) throw workspaceUnusable(directory, 'it holds files and is no git repository; run git init and commit there, or choose an empty folder')
    if (!(await this.git.line(['rev-parse', '--verify', '--quiet', 'HEAD'], { answers: [1] }))) {
      throw workspaceUnusable(directory, 'it has no commit yet; make the first one')
    }
    await this.branch()
  }

  /** The repository at a path nobody has looked at yet. */
  static unopened (path: string): Repository {
    return new Repository(new Git(resolve(path)))
  }

  get directory (): string {
    return this.git.directory
  }

  async head (): Promise<string> {
    return (await readCheckedOut(this.directory))?.commit ?? this.git.line(['rev-parse', '--verify', 'HEAD^{commit}'])
  }

  /**
   * The full name of the branch that is checked out: where commits go.
   * @throws CTX_WORKSPACE_UNUSABLE when there is none
   */
  async branch (): Promise<string> {
    const branch = (await readCheckedOut(this.directory))?.branch ?? await this.git.line(['symbolic-ref', '--quiet', 'HEAD'], { answers: [1] })
    if (branch === '') throw workspaceUnusable(this.directory, 'no branch is checked out (HEAD is detached), so a commit would be lost at the next checkout; finish the rebase or bisect that is under way, or run git switch BRANCH there (git switch --create BRANCH keeps what HEAD has), then try again')
    return branch
  }

  /** Whether a commit is in the history of what is checked out. */
  async reaches (commit: string): Promise<boolean> {
    return await this.git.line(['merge-base', 'HEAD', commit], { answers: [1] }) === commit
  }

  /** Work that must not meet another's half-done one: one after the other, in the order of asking; a failure does not stop those behind it. */
  async serially<T> (work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work)
    this.#last = turn
    return turn
  }

  /** The regular files of the last commit, in git's order; links and submodules are left out. */
  async files (): Promise<readonly TreeEntry[]> {
    const commit = await this.head()
    if (this.#listed?.commit !== commit) {
      const files = this.filesOf(commit)
      const listed = { commit, files }
      this.#listed = listed
      files.catch(() => { if (this.#listed === listed) this.#listed = undefined })
    }
    return this.#listed.files
  }

  /** The same of any commit or tree. */
  async filesOf (tree: string): Promise<TreeEntry[]> {
    const entries = parseTree(await this.git.text(['ls-tree', '-r', '-z', '--long', '--full-tree', tree]))
    return entries.filter(({ mode }) => mode.startsWith('100')).slice(0, fileCountLimit)
  }

  /** What stands at these paths in a commit: files, links, folders, or nothing. */
  async entries (commit: string, paths: readonly string[]): Promise<Map<string, TreeEntry>> {
    const entries = parseTree(await this.git.text(['ls-tree', '-z', '--long', '--full-tree', commit, '--', ...paths]))
    return new Map(entries.map((entry) => [entry.path, entry]))
  }

  /** What differs between two commits or trees, path by path in git's order: what stood there before and what stands there after. */
  async changed (before: string, after: string): Promise<Map<string, { before: Standing | undefined, after: Standing | undefined }>> {
    const records = (await this.git.text(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', '--no-commit-id', before, after])).split('\0')
    const standing = (mode = '', blob = ''): Standing | undefined => mode === '000000' ? undefined : { mode, blob }
    const changed = new Map<string, { before: Standing | undefined, after: Standing | undefined }>()
    for (let at = 0; at + 1 < records.length; at += 2) {
      const [oldMode, newMode, oldBlob, newBlob] = records[at]!.slice(1).split(' ')
      changed.set(records[at + 1]!, { before: standing(oldMode, oldBlob), after: standing(newMode, newBlob) })
    }
    return changed
  }

  async blob (blob: string): Promise<Buffer> {
    return this.git.bytes(['cat-file', 'blob', blob])
  }

  /** Many blobs by one git process. @throws CTX_GIT_FAILED when one of them is not there */
  async blobs (names: readonly string[]): Promise<Map<string, Buffer>> {
    const blobs = new Map<string, Buffer>()
    const wanted = [...new Set(names)]
    if (wanted.length === 0) return blobs
    const output = await this.git.bytes(['cat-file', '--batch'], { input: wanted.map((name) => `${name}\n`).join('') })
    let at = 0
    for (const name of wanted) {
      const end = output.indexOf(10, at)
      const [, type, size] = output.toString('utf8', at, end).split(' ')
      if (type !== 'blob') throw gitFailed('cat-file', `${name} is no blob of this repository`, undefined)
      at = end + 1 + Number(size) + 1
      blobs.set(name, output.subarray(end + 1, at - 1))
    }
    return blobs
  }

  /** @throws CTX_FILE_NOT_FOUND */
  async read (path: string): Promise<string> {
    const entry = (await this.entries('HEAD', [checkPath(path)])).get(path)
    if (!entry?.mode.startsWith('100')) throw fileMissing(path)
    return (await this.blob(entry.blob)).toString('utf8')
  }

  /** Many files by one git process. Binary ones, and those beyond the limit on the whole, are left out. */
  async readAll (entries: readonly TreeEntry[]): Promise<Map<string, string>> {
    let total = 0
    const wanted = entries.filter(({ size }) => (total += size) <= readTotalLimit)
    const blobs = await this.blobs(wanted.map(({ blob }) => blob))
    const texts = new Map<string, string>()
    for (const { path, blob } of wanted) {
      const bytes = blobs.get(blob)
      if (bytes && !bytes.includes(0)) texts.set(path, bytes.toString('utf8'))
    }
    return texts
  }

  async history (limit: number, path?: string): Promise<CommitLine[]> {
    const text = await this.git.text(['log', `--max-count=${limit}`, '--format=%H%x1f%an%x1f%aI%x1f%s%x1e', 'HEAD', '--', ...(path === undefined ? [] : [checkPath(path)])])
    return text.split('\x1e').map((record) => record.trim()).filter(Boolean).map((record) => {
      const [commit = '', author = '', at = '', subject = ''] = record.split('\x1f')
      return { commit, author, at, subject }
    })
  }

  /** Paths with how many of the last commits touched each, most first. */
  async hotFiles (commits: number): Promise<Array<{ path: string, changes: number }>> {
    const text = await this.git.text(['log', `--max-count=${commits}`, '--format=', '--name-only', '--no-renames', '-z', 'HEAD'])
    const counts = new Map<string, number>()
    for (const path of text.split(/[\0\n]/).filter(Boolean)) counts.set(path, (counts.get(path) ?? 0) + 1)
    return [...counts].map(([path, changes]) => ({ path, changes })).sort((a, b) => b.changes - a.changes || (a.path < b.path ? -1 : 1))
  }

  /** The text files that hold a text, letters large or small, in git's order. */
  async filesWith (text: string): Promise<TreeEntry[]> {
    const output = await this.git.text(['grep', '-I', '-l', '-i', '-z', '--fixed-strings', '-e', text, 'HEAD'], { answers: [1] })
    const paths = new Set(output.split('\0').filter(Boolean).map((name) => name.replace(/^HEAD:/, '')))
    return paths.size === 0 ? [] : (await this.files()).filter(({ path }) => paths.has(path))
  }
}

/** What is there; nothing where the folder is still to be made. */
async function namesIn (directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw workspaceUnusable(directory, code === 'ENOTDIR' ? 'it, or a part of its path, is a file and no folder; name a folder' : message)
  }
}

function parseTree (text: string): TreeEntry[] {
  return text.split('\0').filter(Boolean).map((record) => {
    const tab = record.indexOf('\t')
    const [mode = '', , blob = '', size = ''] = record.slice(0, tab).split(/ +/)
    return { path: record.slice(tab + 1), mode, blob, size: Number(size) || 0 }
  })
}

/**
 * Built aside and moved into place whole: a process killed in the middle leaves no half-made workspace behind. Answers false when another agent was first.
 * @throws CTX_WORKSPACE_UNUSABLE, CTX_GIT_FAILED
 */
async function create (directory: string): Promise<boolean> {
  let aside: string | undefined
  try {
    await mkdir(dirname(directory), { recursive: true })
    aside = await mkdtemp(join(dirname(directory), `.${basename(directory)}-`))
    await cp(sample, aside, { recursive: true })
    const git = new Git(aside)
    await git.text(['init', '--quiet'])
    await git.text(['symbolic-ref', 'HEAD', 'refs/heads/main'])
    await git.text(['add', '--all'])
    await git.text(['commit', '--quiet', '--no-gpg-sign', '--message', 'Begin the workspace with a sample application'])
    await rmdir(directory).catch(absent)
    await rename(aside, directory)
    return true
  } catch (error) {
    if (aside !== undefined) await rm(aside, { recursive: true, force: true })
    if (error instanceof TaskFault) throw error
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '') && (await namesIn(directory)).includes('.git')) return false
    throw workspaceUnusable(directory, `it cannot be made there: ${(error as Error).message}`)
  }
}
