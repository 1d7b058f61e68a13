import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { lockStore, runningPid } from '@cortex/service'
import { RestoreFolderUsed } from '../errors.ts'
import type { Place } from './parts.ts'

/** The data folder and that of the chat, kept from every start by the locks a start takes, while something is put in place there. */
export class HeldFolders {
  readonly #locks: DatabaseSync[] = []
  /** Lock files and folders that were not there before, the innermost last. */
  readonly #madeFiles: string[] = []
  readonly #madeFolders: string[] = []

  /**
   * Makes what is missing of them. With PostgreSQL any number of processes share a data folder and none holds it; there only the one that says it is ready is seen.
   * @throws CTX_RESTORE_FOLDER_USED
   */
  async take ({ home, chatHome, postgres }: Place): Promise<void> {
    const pid = runningPid(home)
    if (pid !== undefined) throw new RestoreFolderUsed(home, `is in use by a running Cortex (pid ${pid})`)
    for (const [folder, name] of [[home, 'lock.db'], [chatHome, 'chat-lock.db']] as const) {
      await this.#make(folder)
      if (!postgres) this.#lock(folder, name)
    }
    // Nobody else restores here: they are what killed ones left.
    if (!postgres) for (const folder of new Set([home, chatHome])) for (const name of await readdir(folder)) if (name.startsWith('.restore-')) await rm(join(folder, name), { recursive: true, force: true })
  }

  /** @param done whether something was put in place; else all that was made is taken away again */
  async giveBack (done: boolean): Promise<void> {
    if (!done) for (const path of this.#madeFiles) await rm(path, { force: true })
    for (const lock of this.#locks.splice(0)) lock.close()
    if (!done) for (const folder of this.#madeFolders.toReversed()) await rmdir(folder).catch(() => {})
  }

  async #make (folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 })
    if (first === undefined) return
    const made = [folder]
    while (made[0] !== first && made[0] !== undefined) made.unshift(dirname(made[0]))
    this.#madeFolders.push(...made)
  }

  #lock (folder: string, name: 'lock.db' | 'chat-lock.db'): void {
    const path = join(folder, name)
    if (!existsSync(path)) this.#madeFiles.push(path)
    try {
      this.#locks.push(lockStore(folder, name, { restoring: true }))
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'CTX_STORE_LOCKED') throw error
      throw new RestoreFolderUsed(folder, 'is in use by a Cortex, an import or another restore')
    }
  }
}
