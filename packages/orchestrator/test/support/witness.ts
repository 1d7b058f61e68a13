import { EventEmitter, once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalEntry, Lease, Task } from '@cortex/contracts'
import { isTerminal } from '@cortex/contracts'

/**
 * What clients and workers were told, held against what the orchestrator says and does later. Everything that was acknowledged must stay
 * true, whatever is killed meanwhile; each breach is one line of `violations`.
 */
export class Witness {
  readonly violations: string[] = []
  /** Task ids by the words that only their description holds. */
  readonly created = new Map<string, string>()
  /** Leases that ended their task, by task id. */
  readonly finished = new Map<string, string>()
  /** Journal entries whose report was answered, by task id. */
  readonly #journals = new Map<string, Map<string, unknown>>()
  readonly #told = new EventEmitter()
  #filesSeen = 0

  acknowledgeCreate (words: string, id: string): void {
    const earlier = this.created.get(words)
    if (earlier !== undefined && earlier !== id) this.violations.push(`${words} was created as ${earlier} and again as ${id}`)
    this.created.set(words, id)
  }

  acknowledgeJournal (id: string, entries: readonly JournalEntry[]): void {
    const journal = this.#journals.get(id) ?? new Map<string, unknown>()
    for (const { key, value } of entries) journal.set(key, value)
    this.#journals.set(id, journal)
  }

  acknowledgeFinish (id: string, lease: string): void {
    const earlier = this.finished.get(id)
    if (earlier !== undefined) this.violations.push(`${id} was finished by ${earlier} and again by ${lease}`)
    this.finished.set(id, lease)
    this.#told.emit('finished')
  }

  /** Resolves when so many more are finished than now, or everything that was acknowledged. */
  async finishedMore (count: number): Promise<void> {
    const wanted = Math.min(this.finished.size + count, this.created.size)
    while (this.finished.size < wanted) await once(this.#told, 'finished')
  }

  given ({ task: { id }, lease_id: lease, journal }: Lease): void {
    if (this.finished.has(id)) this.violations.push(`${id} was given out as ${lease} though ${this.finished.get(id)} had finished it`)
    const keys = new Set(journal.map(({ key }) => key))
    for (const key of this.#journals.get(id)?.keys() ?? []) if (!keys.has(key)) this.violations.push(`${id} was given out without its journalled step ${key}`)
  }

  /** Every file that was written since the last look is whole. For a moment at which the orchestrator does not run. */
  async lookAtFiles (folder: string): Promise<void> {
    const since = this.#filesSeen
    for (const name of await readdir(folder)) {
      if (name.startsWith('.')) continue
      const path = join(folder, name)
      const { mtimeMs } = await stat(path)
      if (mtimeMs < since) continue
      this.#filesSeen = Math.max(this.#filesSeen, mtimeMs)
      try {
        const { id } = JSON.parse(await readFile(path, 'utf8')) as Task
        if (`${id}.json` !== name) this.violations.push(`${name} holds ${id}`)
      } catch (error) {
        this.violations.push(`${name} is torn: ${String(error)}`)
      }
    }
  }

  /** Every task that was acknowledged is there, and none was finished twice or taken up after its end. */
  async lookAtTasks (read: (id: string) => Promise<Task>): Promise<Task[]> {
    const tasks: Task[] = []
    const left = [...this.created]
    await Promise.all(Array.from({ length: 20 }, async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const [words, id] = next
        const task = await read(id)
        this.#lookAt(words, id, task)
        tasks.push(task)
      }
    }))
    return tasks
  }

  #lookAt (words: string, id: string, task: Task): void {
    // What does not exist is answered by a problem, which has no id.
    if (task.id !== id || !task.payload.query.startsWith(words)) {
      this.violations.push(`${id} of ${words} is lost`)
      return
    }
    if (this.finished.has(id) && task.status !== 'completed') this.violations.push(`${id} is ${task.status} though its completion was acknowledged`)
    const ended = task.attempts.findIndex(({ outcome }) => outcome !== null && isTerminal(outcome as Task['status']))
    if (ended >= 0 && ended < task.attempts.length - 1) this.violations.push(`${id} was taken up again after attempt ${ended + 1} had ended it`)
  }
}
