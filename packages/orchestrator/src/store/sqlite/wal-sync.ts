import { closeSync, fdatasync, openSync } from 'node:fs'

/**
 * Brings what is committed onto the disk, beside the thread that commits. SQLite with `synchronous = FULL` does the same within COMMIT, where
 * it holds up everything else for 0.2 to 3 ms; here the next group runs meanwhile, and those who come during one sync share the next.
 * What a log holds after a crash is decided by its checksums either way, so nothing of a synced commit can be lost
 * (https://www.sqlite.org/wal.html, "synchronous=NORMAL", and "powersafe overwrite", which SQLite assumes in both modes).
 */
export class WalSync {
  readonly #file: number
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  /** @param path of the write-ahead log, which lives as long as a connection is open */
  constructor (path: string) {
    this.#file = openSync(path, 'r+')
  }

  /** Resolves when everything written before the call is on disk; in the order of the calls. */
  sync (): Promise<void> {
    if (!this.#running) return this.#run()
    this.#next ??= this.#running.catch(() => {}).then(() => {
      this.#next = null
      return this.#run()
    })
    return this.#next
  }

  async close (): Promise<void> {
    await (this.#next ?? this.#running)?.catch(() => {})
    closeSync(this.#file)
  }

  #run (): Promise<void> {
    const running = new Promise<void>((resolve, reject) => {
      fdatasync(this.#file, (error) => {
        if (this.#running === running) this.#running = null
        if (error) reject(error)
        else resolve()
      })
    })
    this.#running = running
    return running
  }
}
