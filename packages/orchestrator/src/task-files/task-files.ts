import { EventEmitter, once } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { taskIdPattern, type Task } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { TaskFileUnwritable } from '../errors.ts'
import type { NewFiles } from '../store/task-store.ts'
import { monotonicNow, type FileOf, type FileReply, type FileRequest, type FolderOpened, type Listing } from './writer-thread.ts'

/** Milliseconds between tries to write what could not be written. */
const retryInterval = 5_000
/**
 * Milliseconds a change waits for the next of the same task: one that is admitted, leased and ended in one go is written once. At 100, a task that passed in a
 * tenth of a second was written 1.7 times, each time as a new file in place of the old.
 */
const gatherTime = 500
/** Files handed to the thread in one message. */
const perMessage = 500

/** One for all folders of a process: bringing a thread up takes some 50 ms of a processor. It keeps no process alive. */
let writer: Worker | undefined

function writerThread (): Worker {
  if (!writer) {
    const thread = new Worker(new URL('./writer-thread.ts', import.meta.url), { name: 'task-files' })
    thread.setMaxListeners(0).unref()
    thread.on('exit', () => { if (writer === thread) writer = undefined })
    writer = thread
  }
  return writer
}

/**
 * Each task as a JSON file. A worker thread writes, because four system calls a file on the main thread would cost as much as answering the
 * request does. New tasks are drafted before their commit and in place before their create is answered; later changes follow, the latest only. The store is the truth.
 */
export class TaskFiles implements NewFiles {
  readonly #folder: string
  readonly #log: FastifyBaseLogger
  readonly #thread = writerThread()
  readonly #port: MessagePort
  readonly #replies = new Map<number, PromiseWithResolvers<FileReply>>()
  readonly #changed = new Map<string, Task>()
  readonly #flushed = new EventEmitter()
  #lastRequest = 0
  #writing = false
  #gathering: NodeJS.Timeout | undefined
  /** When the first of the changes came that are not written. */
  #changedSince: number | null = null
  #retry: NodeJS.Timeout | undefined

  constructor (folder: string, log: FastifyBaseLogger) {
    this.#folder = folder
    this.#log = log
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#port.on('message', (reply: FileReply) => {
      const asked = this.#replies.get(reply.request)
      this.#replies.delete(reply.request)
      if (reply.error === undefined) asked?.resolve(reply)
      else asked?.reject(new TaskFileUnwritable(reply.error))
    })
    this.#thread.on('error', this.#onThreadEnded)
    this.#thread.postMessage({ folder, pattern: taskIdPattern, port: port2 } satisfies FolderOpened, [port2])
  }

  /** Tasks whose latest change is not in their file yet. */
  get behind (): number {
    return this.#changed.size
  }

  async draft (tasks: readonly Task[]): Promise<Map<string, Error>> {
    const { failures } = await this.#ask({ kind: 'draft', files: tasks.map(toFile) })
    return new Map(failures.map(({ id, message }) => [id, new TaskFileUnwritable(message)]))
  }

  async place (tasks: readonly Task[]): Promise<void> {
    const { failures } = await this.#ask({ kind: 'place', ids: tasks.map(({ id }) => id) }).catch(() => ({ failures: tasks }))
    const failed = new Set(failures.map(({ id }) => id))
    for (const task of tasks) if (failed.has(task.id)) this.update(task)
  }

  discard (ids: readonly string[]): void {
    if (ids.length > 0) this.#ask({ kind: 'discard', ids }).catch((error: unknown) => this.#log.warn({ err: error }, 'drafts of task files could not be removed; the next start does'))
  }

  /** Files of tasks that went into the archive. */
  remove (ids: readonly string[]): void {
    for (const id of ids) this.#changed.delete(id)
    if (ids.length > 0) this.#ask({ kind: 'remove', ids }).catch((error: unknown) => this.#log.warn({ err: error }, 'task files could not be removed'))
  }

  /** Brings the file up to date, soon. */
  update (task: Task): void {
    this.#changed.set(task.id, task)
    this.#changedSince ??= monotonicNow()
    if (!this.#writing) this.#gather()
  }

  /**
   * Which of these tasks have no file, or one of another revision, and the names of those whose file is no whole JSON.
   * @param deep compares what is in the files; otherwise a file that is there is taken for whole
   */
  async compare (tasks: ReadonlyArray<{ id: string, rev: number }>, deep: boolean): Promise<{ behind: string[], corrupt: string[] }> {
    const { comparison } = await this.#ask({ kind: 'compare', tasks, deep })
    return comparison ?? { behind: [], corrupt: [] }
  }

  /** The next so many names of the folder; from its beginning again after the last. */
  async list (limit: number): Promise<Listing> {
    const { listing } = await this.#ask({ kind: 'list', limit })
    return listing ?? { ids: [], foreign: [], more: false }
  }

  /** Another writes the files now: what is not written yet is that one's to write. */
  drop (): void {
    clearTimeout(this.#gathering)
    clearTimeout(this.#retry)
    this.#gathering = undefined
    this.#changed.clear()
  }

  /** Resolves when every change so far is in its file. */
  async idle (): Promise<void> {
    if (this.#writing) await once(this.#flushed, 'idle')
    // What came while those were written.
    if (this.#gathering) void this.#flush()
    if (this.#writing) await once(this.#flushed, 'idle')
  }

  async close (): Promise<void> {
    clearTimeout(this.#retry)
    await this.idle()
    this.#thread.off('error', this.#onThreadEnded)
    this.#port.close()
  }

  readonly #onThreadEnded = (error: Error): void => {
    this.#log.fatal({ err: error }, 'the thread that writes task files ended')
    for (const { reject } of this.#replies.values()) reject(error)
  }

  #gather (): void {
    this.#gathering ??= setTimeout(() => { void this.#flush() }, gatherTime)
  }

  async #flush (): Promise<void> {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    this.#writing = true
    const since = this.#changedSince ?? monotonicNow()
    this.#changedSince = null
    let failed = false
    try {
      const due = [...this.#changed.keys()]
      for (let at = 0; at < due.length && !failed; at += perMessage) failed = await this.#write(due.slice(at, at + perMessage), since)
    } catch (error) {
      failed = true
      this.#log.error({ err: error }, 'task files could not be brought up to date')
    }
    this.#writing = false
    if (!failed && this.#changed.size > 0) this.#gather()
    this.#flushed.emit('idle')
  }

  /**
   * Writes the latest of each; true when some could not be.
   * @param since when the first of them changed
   */
  async #write (ids: readonly string[], since: number): Promise<boolean> {
    const tasks = ids.flatMap((id) => this.#changed.get(id) ?? [])
    for (const id of ids) this.#changed.delete(id)
    const { failures } = await this.#ask({ kind: 'write', files: tasks.map(toFile), since })
    if (failures.length > 0) {
      this.#putBack(tasks, failures)
      this.#changedSince = since
    }
    return failures.length > 0
  }

  /** The disk is full or the folder gone: the latest of each task waits until there is room. */
  #putBack (tasks: readonly Task[], failures: FileReply['failures']): void {
    const failed = new Set(failures.map(({ id }) => id))
    for (const task of tasks) if (failed.has(task.id) && !this.#changed.has(task.id)) this.#changed.set(task.id, task)
    this.#log.error({ folder: this.#folder, failures: failures.slice(0, 5), count: failures.length }, 'task files could not be brought up to date; the store has the truth, and they are tried again')
    this.#retry = setTimeout(() => { if (!this.#writing) void this.#flush() }, retryInterval).unref()
  }

  #ask (request: FileRequest): Promise<FileReply> {
    const id = ++this.#lastRequest
    const asked = Promise.withResolvers<FileReply>()
    this.#replies.set(id, asked)
    this.#port.postMessage({ ...request, request: id })
    return asked.promise
  }
}

function toFile (task: Task): FileOf {
  return { id: task.id, rev: task.rev, text: JSON.stringify(task, null, 2) }
}
