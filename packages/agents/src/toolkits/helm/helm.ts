import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { helmFailed } from '../../errors.ts'

const outputLimit = 32 * 1024 * 1024

export interface HelmOptions {
  /** A path, or a name to be found in PATH. */
  program: string
  /** undefined: the service account of the pod this runs in. */
  kubeconfig: string | undefined
  /** Seconds hooks may take; the program itself may take a minute more. */
  seconds: number
}

/**
 * The helm program, by argv only. It gets no repositories, plugins or settings of the user, and of the environment what kubeconfigs need to
 * sign in. It is never ended in the middle: a change it has begun it finishes, whoever waits for it.
 */
export class Helm {
  readonly #options: HelmOptions

  constructor (options: HelmOptions) {
    this.#options = options
  }

  /** The version, or undefined when there is no such program. */
  async version (): Promise<string | undefined> {
    return await this.run(['version', '--template', '{{.Version}}']).then((text) => text.trim(), () => undefined)
  }

  /** @throws CTX_HELM_FAILED with what helm said */
  async run (args: readonly string[]): Promise<string> {
    return this.inFolder((folder) => this.runIn(folder, args))
  }

  /** For a program that waits for hooks. */
  get timeout (): string[] {
    return ['--timeout', `${this.#options.seconds}s`]
  }

  /** A folder of its own for charts, values and helm's own files, gone afterwards. */
  async inFolder<T> (work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'cortex-helm-'))
    try {
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  async runIn (folder: string, args: readonly string[]): Promise<string> {
    const { program, seconds } = this.#options
    return new Promise((resolve, reject) => {
      const options = { cwd: folder, env: this.#env(folder), encoding: 'utf8', maxBuffer: outputLimit, timeout: (seconds + 60) * 1_000 } as const
      execFile(program, args, options, (error, stdout, stderr) => {
        if (error) reject(helmFailed(args[0] ?? '', stderr.trim().slice(0, 2_000) || error.message))
        else resolve(stdout)
      })
    })
  }

  #env (folder: string): NodeJS.ProcessEnv {
    const { PATH, HOME, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env
    return {
      PATH,
      HOME,
      LC_ALL: 'C',
      ...(this.#options.kubeconfig === undefined ? { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } : { KUBECONFIG: this.#options.kubeconfig }),
      HELM_CACHE_HOME: join(folder, '.cache'),
      HELM_CONFIG_HOME: join(folder, '.config'),
      HELM_DATA_HOME: join(folder, '.data')
    }
  }
}
