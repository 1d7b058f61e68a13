import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { gitFailed } from '../../errors.ts'
import { mayNamePrograms, settingsEnv } from './git-settings.ts'

export interface GitOptions {
  input?: string | Buffer
  /** Another index file than the repository's own, so that a tree can be built without touching what a person staged. */
  indexFile?: string
  /** Exit codes that are an answer, next to 0. */
  answers?: readonly number[]
  /** Milliseconds it may take; a minute unless given. */
  timeLimit?: number
  /** The one transport that may be used; none unless given. */
  transport?: 'file'
  signal?: AbortSignal | undefined
}

const outputLimit = 64 * 1024 * 1024
const standardTimeLimit = 60_000

/**
 * git in one repository, by argv only. Nothing of the machine's or the user's configuration reaches it, no program the repository names runs (hooks, filters,
 * signatures, helpers), no prompt appears, no transport is allowed, and the repository is named explicitly, so that a folder inside another repository
 * is never mistaken for it.
 */
export class Git {
  readonly directory: string
  readonly #env: NodeJS.ProcessEnv
  readonly #prefix: readonly string[]

  constructor (directory: string) {
    this.directory = directory
    this.#prefix = [`--git-dir=${join(directory, '.git')}`, `--work-tree=${directory}`]
    this.#env = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '',
      GIT_EDITOR: ':',
      GIT_SEQUENCE_EDITOR: ':',
      GIT_PAGER: 'cat',
      GIT_NO_LAZY_FETCH: '1',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_LITERAL_PATHSPECS: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_AUTHOR_NAME: 'Cortex',
      GIT_AUTHOR_EMAIL: 'cortex@localhost',
      GIT_COMMITTER_NAME: 'Cortex',
      GIT_COMMITTER_EMAIL: 'cortex@localhost'
    }
  }

  /** @throws CTX_GIT_FAILED with what git said */
  async bytes (args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
    const names = await mayNamePrograms(this.directory) ? (await this.#run(['config', '--list', '--name-only', '-z'], { signal: options.signal }, [])).toString('utf8').split('\0') : []
    return this.#run(args, options, names)
  }

  async #run (args: readonly string[], { input, indexFile, answers = [], timeLimit = standardTimeLimit, transport, signal }: GitOptions, names: readonly string[]): Promise<Buffer> {
    // A list of transports in the environment stands above any the repository allows.
    const env = { ...this.#env, ...settingsEnv(this.directory, names), GIT_ALLOW_PROTOCOL: transport ?? '', ...(indexFile !== undefined && { GIT_INDEX_FILE: indexFile }) }
    return new Promise((resolve, reject) => {
      const options = { cwd: this.directory, env, encoding: 'buffer', maxBuffer: outputLimit, timeout: timeLimit, signal } as const
      const child = execFile('git', [...this.#prefix, ...args], options, (error, stdout, stderr) => {
        if (!error || (typeof error.code === 'number' && answers.includes(error.code))) resolve(stdout)
        else reject(gitFailed(args[0] ?? '', stderr.toString('utf8').trim().slice(0, 1_000) || error.message, error))
      })
      // git may end before it has read all its input; its exit code says why.
      child.stdin?.on('error', () => {})
      child.stdin?.end(input)
    })
  }

  async text (args: readonly string[], options?: GitOptions): Promise<string> {
    return (await this.bytes(args, options)).toString('utf8')
  }

  async line (args: readonly string[], options?: GitOptions): Promise<string> {
    return (await this.text(args, options)).trim()
  }

  /** How many paths of the work tree differ from the last commit; they are neither read nor touched. What lies in a submodule is its own: git would start there, by its settings. */
  async uncommitted (): Promise<number> {
    return (await this.text(['status', '--porcelain', '-z', '--no-renames', '--untracked-files=normal', '--ignore-submodules=dirty'])).split('\0').filter(Boolean).length
  }
}
