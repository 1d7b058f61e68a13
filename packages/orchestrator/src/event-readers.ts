import { frameText, Turns, type EventStream } from '@cortex/service'
import { EventPages, nothing, toFrame, type EventPage } from './event-pages.ts'
import type { Committed, TaskStore } from './store/task-store.ts'

/** Characters of log frames kept for a reader that is catching up; the oldest go first, and leave a gap in `from` that tells of them. */
const mostHeld = 1_000_000

/** All who follow the events. What one commit has to tell is made into text once, for however many; those who catch up do so by turns. */
export class EventReaders {
  readonly #store: TaskStore
  readonly #pages: EventPages
  readonly #turns = new Turns()
  readonly #ofAll = new Set<EventReader>()
  readonly #ofTask = new Map<string, Set<EventReader>>()

  constructor (store: TaskStore) {
    this.#store = store
    this.#pages = new EventPages(store)
  }

  /** Sends what came after the cursor, as fast as the reader takes it, and from then on what comes; resolves when there is nothing to catch up with. */
  async follow (stream: EventStream, taskId: string | null, cursor: number | undefined): Promise<void> {
    await this.#add(stream, taskId).catchUp({ store: this.#store, pages: this.#pages, turns: this.#turns }, cursor)
  }

  /** From here on the reader is told; it passes nothing on until it has caught up. */
  #add (stream: EventStream, taskId: string | null): EventReader {
    const reader = new EventReader(stream, taskId)
    const others = this.#beside(taskId)
    others.add(reader)
    stream.signal.addEventListener('abort', () => {
      others.delete(reader)
      if (taskId !== null && others.size === 0 && this.#ofTask.get(taskId) === others) this.#ofTask.delete(taskId)
    })
    return reader
  }

  tell ({ events, logs }: Committed): void {
    for (const event of events) this.#each(event.task_id, () => toFrame(event), (reader, text) => reader.event(event.seq, text))
    for (const log of logs) this.#each(log.task_id, () => frameText({ event: 'task.log', data: log }), (reader, text) => reader.log(text))
  }

  sayGoodbye (): void {
    for (const readers of [this.#ofAll, ...this.#ofTask.values()]) for (const reader of readers) reader.sayGoodbye()
  }

  #beside (taskId: string | null): Set<EventReader> {
    if (taskId === null) return this.#ofAll
    const readers = this.#ofTask.get(taskId) ?? new Set()
    this.#ofTask.set(taskId, readers)
    return readers
  }

  #each (taskId: string, makeText: () => string, pass: (reader: EventReader, text: string) => void): void {
    let text: string | null = null
    for (const readers of [this.#ofAll, this.#ofTask.get(taskId) ?? []]) {
      for (const reader of readers) pass(reader, text ??= makeText())
    }
  }
}

/**
 * One who follows all events, or those of one task. While it catches up from the store, what is committed is not kept for it but read
 * afterwards, so a reader that is slow costs one page and not the backlog.
 */
class EventReader {
  readonly #stream: EventStream
  readonly #taskId: string | null
  #last = 0
  #live = false
  /** Newest event it was told of while it caught up. */
  #told = 0
  #held: string[] = []
  #heldSize = 0

  constructor (stream: EventStream, taskId: string | null) {
    this.#stream = stream
    this.#taskId = taskId
  }

  event (seq: number, text: string): void {
    if (!this.#live) this.#told = seq
    else if (seq > this.#last && this.#stream.sendText(text)) this.#last = seq
  }

  log (text: string): void {
    if (this.#live) this.#stream.sendText(text)
    else this.#hold(text)
  }

  sayGoodbye (): void {
    this.#stream.send({ event: 'goodbye', data: {} })
    this.#stream.close()
  }

  async catchUp ({ store, pages, turns }: { store: TaskStore, pages: EventPages, turns: Turns }, cursor: number | undefined): Promise<void> {
    let newest = await store.lastSeq()
    this.#last = cursor ?? newest
    this.#stream.send({ event: 'ready', data: { seq: this.#last } })
    for (let ended = false; ;) {
      // One that does not read waits here, and takes no turn from the others.
      if (!await this.#stream.drained()) return
      // Looked at and gone live in one turn of the event loop: nothing can be told between.
      if (this.#told <= this.#last && (ended || this.#last === newest)) break
      const page = this.#last > newest ? null : await turns.run(async () => await this.#sendPage(pages))
      if (page === null) {
        this.#last = newest = await store.lastSeq()
        this.#stream.send({ event: 'reset', data: { seq: newest } })
      } else ended = page.ended
      newest = Math.max(newest, this.#last)
    }
    this.#live = true
    for (const text of this.#held) this.#stream.sendText(text)
    this.#held = []
  }

  async #sendPage (pages: EventPages): Promise<EventPage | null> {
    // It may have gone while it waited for its turn.
    const page = this.#stream.signal.aborted ? nothing : await pages.after(this.#last, this.#taskId)
    if (page === null || page.last === null) return page
    this.#stream.sendText(page.bytes)
    this.#last = page.last
    return page
  }

  #hold (text: string): void {
    this.#held.push(text)
    this.#heldSize += text.length
    while (this.#heldSize > mostHeld) this.#heldSize -= this.#held.shift()?.length ?? this.#heldSize
  }
}
