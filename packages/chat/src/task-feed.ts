import { setTimeout as delay } from 'node:timers/promises'
import { isTerminal, type TaskEvent, type TaskLog } from '@cortex/contracts'
import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream'
import type { FastifyBaseLogger } from 'fastify'
import type { ConversationLog } from './conversation-log.ts'
import type { OrchestratorClient } from './orchestrator-client.ts'
import type { Claim, ConversationStore, Write } from './store/conversation-store.ts'

export interface TaskFeedContext {
  readonly store: ConversationStore
  readonly log: ConversationLog
  readonly orchestrator: OrchestratorClient
  readonly logger: FastifyBaseLogger | undefined
  /** Called when a batch of the conversation may have ended. */
  readonly ended: (conversationId: string) => void
  /** Called when events come (again): what waited for the orchestrator may go on. */
  readonly connected: () => void
}

/** Progress of one task is passed on at most this often. Milliseconds. */
const progressEvery = 100
/** Silence after which the stream counts as dead; it beats every 15 s. Milliseconds. */
const longestSilence = 35_000
const shortestPause = 200
const longestPause = 5_000
/** Characters of one event at most: a task with its result and an approval with its diffs. */
const longestEvent = 32_000_000

/** How often a process that only listens tries to become the one that writes. Milliseconds. */
const claimEvery = 2_000
/** Tasks whose conversation is kept at hand for their log lines. */
const mostKnown = 10_000

/**
 * Follows the orchestrator's events. One process writes what belongs to a conversation into it; the others pass log lines on, which are
 * in no store, and take over when it is gone.
 */
export class TaskFeed {
  readonly #context: TaskFeedContext
  readonly #end = new AbortController()
  /** Newest progress of each task that was not written yet. */
  readonly #progress = new Map<string, TaskEvent>()
  #urgent: TaskEvent[] = []
  #seen = 0
  #timer: NodeJS.Timeout | undefined
  /** Ends the connection, not the feed: the next one begins at the cursor that is stored. */
  #cut = new AbortController()
  #tail: Promise<unknown> = Promise.resolve()
  #work: Promise<void> = Promise.resolve()
  #claim: Claim | null = null
  readonly #conversations = new Map<string, string>()

  constructor (context: TaskFeedContext) {
    this.#context = context
  }

  start (): void {
    this.#work = this.#follow()
  }

  async close (): Promise<void> {
    this.#end.abort()
    await this.#work
    this.#forget()
    await this.#tail
    await this.#claim?.release()
  }

  async #follow (): Promise<void> {
    const { logger } = this.#context
    let pause = shortestPause
    while (!this.#end.signal.aborted) {
      try {
        await this.#read(() => { pause = shortestPause })
      } catch (error) {
        if (this.#end.signal.aborted) return
        // The client has said that already.
        if (error !== this.#context.orchestrator.refusal) logger?.[pause === shortestPause ? 'warn' : 'debug']({ err: error }, 'events of the orchestrator broke off; tasks keep running')
      }
      await delay(pause * (0.75 + Math.random() / 2), undefined, { signal: this.#end.signal }).catch(() => {})
      pause = Math.min(pause * 2, longestPause)
    }
  }

  async #read (onLife: () => void): Promise<void> {
    const { store, orchestrator, connected } = this.#context
    await this.#tail
    this.#forget()
    if (!this.#claim || this.#claim.signal.aborted) this.#claim = await store.claim('feed')
    const claim = this.#claim
    this.#seen = await store.feedCursor() ?? 0
    const cut = this.#cut = new AbortController()
    const watchdog = setTimeout(() => cut.abort(), longestSilence)
    const election = claim ? undefined : setInterval(() => { void this.#stand(cut) }, claimEvery)
    const ended = AbortSignal.any([this.#end.signal, cut.signal, ...claim ? [claim.signal] : []])
    try {
      const body = await orchestrator.events(this.#seen, ended)
      onLife()
      if (claim) connected()
      const alive = new TransformStream<Uint8Array, Uint8Array>({
        transform (chunk, controller) {
          watchdog.refresh()
          controller.enqueue(chunk)
        }
      })
      const events = body.pipeThrough(alive).pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).pipeThrough(new EventSourceParserStream({ maxBufferSize: longestEvent }))
      for await (const event of events) await this.#take(event, claim !== null)
    } finally {
      clearTimeout(watchdog)
      clearInterval(election)
    }
  }

  /** Becomes the one that writes, if there is none: from the cursor that is stored on. */
  async #stand (cut: AbortController): Promise<void> {
    const claim = await this.#context.store.claim('feed').catch(() => null)
    if (!claim) return
    if (cut.signal.aborted || this.#end.signal.aborted) return await claim.release()
    this.#claim = claim
    cut.abort()
  }

  async #take ({ event: name, data, id }: EventSourceMessage, writes: boolean): Promise<void> {
    if (name === 'task.log') return await this.#passLog(JSON.parse(data) as TaskLog)
    if (!writes) return
    if (name === 'reset') return await this.#readAnew(JSON.parse(data) as { seq: number })
    if (!id) return
    const event = JSON.parse(data) as TaskEvent
    this.#seen = event.seq
    if (event.type === 'task.progress') {
      this.#progress.set(event.task_id, event)
      this.#timer ??= setTimeout(() => this.#flush(true), progressEvery)
    } else {
      // What it says of the task is newer than the progress that waits.
      this.#progress.delete(event.task_id)
      if (this.#urgent.push(event) === 1) setImmediate(() => this.#flush(false))
    }
  }

  async #passLog (log: TaskLog): Promise<void> {
    // Nobody here to tell: then it need not be known whose task it is.
    if (this.#context.log.followers === 0) return
    const conversationId = this.#conversations.get(log.task_id) ?? await this.#context.store.conversationOfTask(log.task_id)
    if (!conversationId) return
    if (this.#conversations.size >= mostKnown) this.#conversations.clear()
    this.#conversations.set(log.task_id, conversationId)
    this.#context.log.tell(conversationId, 'log', log)
  }

  #flush (progress: boolean): void {
    const events = this.#urgent
    this.#urgent = []
    if (progress) {
      events.push(...this.#progress.values())
      this.#progress.clear()
      this.#timer = undefined
    }
    // Progress that still waits must come again if the process ends now.
    const cursor = Math.min(this.#seen, ...[...this.#progress.values()].map(({ seq }) => seq - 1))
    this.#tail = this.#tail.then(() => this.#write(events, cursor)).catch((error: unknown) => {
      this.#context.logger?.error({ err: error }, 'events of the orchestrator could not be stored')
      this.#cut.abort()
    })
  }

  #forget (): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#progress.clear()
    this.#urgent = []
  }

  async #write (events: readonly TaskEvent[], cursor: number): Promise<void> {
    const writes: Write[] = []
    const ended = new Set<string>()
    for (const { task, approval } of events) {
      const conversationId = task.conversation_id
      if (!conversationId || !await this.#context.store.find(conversationId)) continue
      // Sub-tasks are their parent's business; its progress tells of them.
      if (!task.parent_id) writes.push({ kind: 'event', conversationId, event: { type: 'task', task } })
      if (approval) writes.push({ kind: 'event', conversationId, event: { type: 'approval', approval } })
      if (isTerminal(task.status)) ended.add(conversationId)
    }
    await this.#commit([...writes, { kind: 'feed_cursor', cursor }])
    for (const conversationId of ended) this.#context.ended(conversationId)
  }

  /** The orchestrator does not have all events since our cursor any more: the records as they stand take their place. */
  async #readAnew ({ seq }: { seq: number }): Promise<void> {
    const { store, orchestrator } = this.#context
    for (const conversationId of await store.ids()) {
      const tasks = await orchestrator.tasksOf(conversationId)
      if (tasks.length === 0) continue
      const { approvals } = await orchestrator.approvals({ conversation_id: conversationId })
      // Oldest first, as they would have come.
      await this.#commit([
        ...tasks.reverse().map((task): Write => ({ kind: 'event', conversationId, event: { type: 'task', task } })),
        ...approvals.reverse().map((approval): Write => ({ kind: 'event', conversationId, event: { type: 'approval', approval } }))
      ])
      this.#context.ended(conversationId)
    }
    this.#seen = seq
    await this.#commit([{ kind: 'feed_cursor', cursor: seq }])
  }

  async #commit (writes: readonly Write[]): Promise<void> {
    await this.#context.log.commit(writes, this.#claim ?? undefined)
  }
}
