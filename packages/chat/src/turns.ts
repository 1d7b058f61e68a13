import { nothingUsed, type Task } from '@cortex/contracts'
import { continueTrace, inSpan, traceparent } from '@cortex/service'
import type { ConversationLog } from './conversation-log.ts'
import { reportBatch } from './domain/batch-report.ts'
import { batchesToReport } from './domain/batches.ts'
import { titleOf } from './domain/title.ts'
import type { Turn } from './domain/transcript.ts'
import { ClaimLost } from './errors.ts'
import { newId } from './ids.ts'
import type { OrchestratorClient } from './orchestrator-client.ts'
import type { Claim, ConversationStore, Write } from './store/conversation-store.ts'
import { TurnRun, type EndRequest, type TurnContext } from './turn-run.ts'
import type { UsageReports } from './usage-reports.ts'
import { writeTitle } from './write-title.ts'

/** How long `close` waits for turns to reach a point where they can be taken up again. Milliseconds. */
const closeGrace = 3_000
/** How soon a conversation is looked at again that another process works on. Milliseconds. */
const lookAgainAfter = 2_000

/** Summaries in a row, until a person says something again: each follows from a batch that somebody asked for, so more come of something that runs wild. */
const mostSummaries = 50

/** A turn that is asked for and waits for those before it. */
export function newTurn (kind: Turn['kind'], prompt: string, requestedBy: string, note?: string): Turn {
  const trace = traceparent()
  return {
    ...(trace !== null && { traceparent: trace }),
    id: newId('run'),
    messageId: newId('msg'),
    batchId: newId('batch'),
    kind,
    state: 'queued',
    prompt,
    requestedBy,
    ...(note !== undefined && { note }),
    resumes: 0,
    usage: nothingUsed
  }
}

export interface TurnsContext extends Omit<TurnContext, 'commit'> {
  readonly store: ConversationStore
  readonly log: ConversationLog
  readonly orchestrator: OrchestratorClient
  readonly usage: UsageReports
}

interface Running {
  work: Promise<void>
  turn: AbortController | null
  again: boolean
  /** A person said stop between two turns: answered with whether there was a summary that is not written now. */
  skip: PromiseWithResolvers<boolean> | null
}

/** Runs turns: one at a time in each conversation, over all processes on one store; conversations beside each other. */
export class Turns {
  readonly #context: TurnsContext
  readonly #running = new Map<string, Running>()
  /** Conversations another process works on, with the time to look again whether it still does. */
  readonly #elsewhere = new Map<string, NodeJS.Timeout>()
  readonly #titles = new Set<Promise<void>>()
  readonly #ended = new AbortController()
  #closed = false

  constructor (context: TurnsContext) {
    this.#context = context
  }

  /** Turns that run now. */
  get active (): number {
    return [...this.#running.values()].filter(({ turn }) => turn !== null).length
  }

  /** Takes up what an earlier process left. */
  async resume (): Promise<void> {
    for (const id of await this.#context.store.unfinished()) this.wake(id)
  }

  /** Takes up turns of processes that are gone. */
  async takeOver (): Promise<void> {
    for (const id of await this.#context.store.withOpenTurns()) if (!this.#elsewhere.has(id)) this.wake(id)
  }

  /** Says that a conversation may have something to do: a turn that waits, or a batch that ended. */
  wake (conversationId: string): void {
    if (this.#closed) return
    const running = this.#running.get(conversationId)
    if (running) {
      running.again = true
      return
    }
    const entry: Running = { work: Promise.resolve(), turn: null, again: false, skip: null }
    this.#running.set(conversationId, entry)
    entry.work = this.#work(conversationId, entry).catch((error: unknown) => {
      this.#context.logger?.error({ err: error, conversation: conversationId }, 'turn ended by an error of ours')
    }).finally(() => {
      this.#running.delete(conversationId)
      if (entry.again) this.wake(conversationId)
      const next = this.#running.get(conversationId)
      if (next) next.skip = entry.skip
      else entry.skip?.resolve(false)
    })
  }

  /** Ends the reply that is being written or the summary that is about to be, wherever it is; tasks go on. Answers false when there is neither. */
  async stop (conversationId: string): Promise<boolean> {
    if (await this.stopHere(conversationId)) return true
    const { store } = this.#context
    const next = await store.nextTurn(conversationId)
    if (!store.shared || (next?.state !== 'running' && next?.kind !== 'summary')) return false
    await store.tell({ kind: 'stop', conversationId })
    return true
  }

  /** The same for what this process writes or may write. */
  async stopHere (conversationId: string): Promise<boolean> {
    const turn = this.#running.get(conversationId)?.turn
    if (turn) {
      if (turn.signal.aborted) return false
      turn.abort('stop' satisfies EndRequest)
      return true
    }
    // Whoever holds the conversation leaves its summaries out, so that none begins meanwhile.
    this.wake(conversationId)
    const running = this.#running.get(conversationId)
    return running ? await (running.skip ??= Promise.withResolvers()).promise : false
  }

  /** Ends a turn without a word, as its conversation is gone. */
  drop (conversationId: string): void {
    this.#running.get(conversationId)?.turn?.abort('close' satisfies EndRequest)
  }

  /** Ends what runs so that the next process takes it up. */
  async close (): Promise<void> {
    this.#closed = true
    this.#ended.abort()
    for (const timer of this.#elsewhere.values()) clearTimeout(timer)
    for (const { turn } of this.#running.values()) turn?.abort('close' satisfies EndRequest)
    let timer: NodeJS.Timeout | undefined
    await Promise.race([this.settled(), new Promise((resolve) => { timer = setTimeout(resolve, closeGrace) })])
    clearTimeout(timer)
  }

  /** Resolves when nothing that runs now is left. */
  async settled (): Promise<void> {
    await Promise.all([...[...this.#running.values()].map(({ work }) => work), ...this.#titles])
  }

  async #work (conversationId: string, entry: Running): Promise<void> {
    const { store } = this.#context
    for (;;) {
      const claim = await store.claim(conversationId)
      if (!claim) return this.#lookAgain(conversationId)
      try {
        await this.#runAll(conversationId, entry, claim)
      } finally {
        await claim.release()
      }
      // What came between the last look and the release found the conversation claimed, and nobody else looks at it.
      if (this.#closed || claim.signal.aborted || !await store.nextTurn(conversationId)) return
    }
  }

  async #runAll (conversationId: string, entry: Running, claim: Claim): Promise<void> {
    while (!this.#closed && !claim.signal.aborted) {
      entry.again = false
      const turn = await this.#context.store.nextTurn(conversationId)
      if (entry.skip) await this.#skipSummaries(conversationId, entry, claim)
      else if (turn) await this.#run(conversationId, turn, entry, claim)
      else if (!await this.#queueSummary(conversationId, claim)) return
    }
  }

  async #skipSummaries (conversationId: string, entry: Running, claim: Claim): Promise<void> {
    const { store, log } = this.#context
    const turns = (await store.turns(conversationId)).filter(({ kind, state }) => kind === 'summary' && state === 'queued')
    const batches = batchesToReport(await store.batches(conversationId))
    await log.commit([
      ...batches.map((batchId): Write => ({ kind: 'batch_reported', conversationId, batchId })),
      ...turns.map((turn): Write => ({ kind: 'turn', conversationId, turn: { ...turn, state: 'done' } }))
    ], claim)
    entry.skip?.resolve(turns.length + batches.length > 0)
    entry.skip = null
  }

  #lookAgain (conversationId: string): void {
    if (this.#closed || this.#elsewhere.has(conversationId)) return
    this.#elsewhere.set(conversationId, setTimeout(() => {
      this.#elsewhere.delete(conversationId)
      this.wake(conversationId)
    }, lookAgainAfter).unref())
  }

  async #run (conversationId: string, turn: Turn, entry: Running, claim: Claim): Promise<void> {
    const { store, log } = this.#context
    if (this.#closed) return
    const controller = new AbortController()
    const lost = () => controller.abort('close' satisfies EndRequest)
    claim.signal.addEventListener('abort', lost, { once: true })
    entry.turn = controller
    try {
      const [transcript, digest, message, conversation] = await Promise.all([store.transcript(conversationId), store.digest(conversationId), store.findMessage(turn.messageId), store.find(conversationId)])
      const { model } = this.#context
      const chosen = conversation?.model ?? model.standard
      const start = { transcript, digest, message, model: model.offered.includes(chosen) ? chosen : model.standard }
      if (transcript.length === 0) this.#writeTitle(conversationId, turn)
      const run = new TurnRun({ ...this.#context, commit: (writes) => log.commit(writes, claim) }, conversationId, turn, start, controller.signal)
      const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.conversation.id': conversationId, 'gen_ai.request.model': start.model, 'cortex.turn.id': turn.id, 'cortex.turn.kind': turn.kind }
      const { done, usage } = await continueTrace(turn.traceparent, () => inSpan('turn', attributes, () => run.run()))
      if (done) this.#context.usage.add(conversationId, { turn_id: turn.id, usage })
    } catch (error) {
      // Whoever has the claim now goes on with the turn.
      if (error instanceof ClaimLost) return
      // Somebody deleted the conversation under the turn.
      if (!await store.find(conversationId)) return
      await this.#giveUp(conversationId, turn, claim)
      throw error
    } finally {
      claim.signal.removeEventListener('abort', lost)
      entry.turn = null
    }
  }

  /** Beside the first turn. A title the person gave meanwhile stays. */
  #writeTitle (conversationId: string, { id, kind, prompt }: Turn): void {
    const { model, store, log, logger, usage } = this.#context
    if (kind !== 'turn' || model.small === null) return
    const work = writeTitle(model, prompt, this.#ended.signal, logger).then(async (written) => {
      if (!written) return
      const { title } = written
      usage.add(conversationId, { turn_id: `${id}.title`, usage: written.usage })
      if (title === null || (await store.find(conversationId))?.title !== titleOf(prompt)) return
      await log.commit([{ kind: 'event', conversationId, event: { type: 'conversation', title } }])
    }).catch((error: unknown) => logger?.debug({ err: error }, 'a title could not be stored')).finally(() => this.#titles.delete(work))
    this.#titles.add(work)
  }

  /** A turn that failed on our side must not stand in the way of those behind it. */
  async #giveUp (conversationId: string, turn: Turn, claim: Claim): Promise<void> {
    await this.#context.log.commit([
      { kind: 'event', conversationId, event: { type: 'RUN_ERROR', run_id: turn.id, message_id: turn.messageId, error: { code: 'CTX_INTERNAL', message: 'Something failed here in the middle of this reply.', retryable: turn.kind === 'turn' } } },
      { kind: 'turn', conversationId, turn: { ...turn, state: 'done' } }
    ], claim)
  }

  /**
   * Queues the summary of a batch that ended. Marking the batch and queueing are one write, so there is exactly one. The orchestrator is
   * asked whether our copy has all of the batch: its events may still be on their way.
   */
  async #queueSummary (conversationId: string, claim: Claim): Promise<boolean> {
    const { store, log, logger } = this.#context
    const toReport = batchesToReport(await store.batches(conversationId))
    if (toReport.length === 0) return false
    const turns = await store.turns(conversationId)
    const tooMany = turns.length - 1 - turns.findLastIndex(({ kind }) => kind === 'turn') >= mostSummaries
    for (const batchId of toReport) {
      const known = await store.tasksOfBatch(conversationId, batchId)
      const tasks = await this.#tasksNow(batchId)
      if (!tasks) return false
      const revs = new Map(known.map(({ id, rev }) => [id, rev]))
      if (tasks.some(({ id, rev }) => rev > (revs.get(id) ?? 0))) continue
      const requestedBy = known[0]?.requested_by ?? 'chat'
      if (tooMany) logger?.warn({ conversation: conversationId, batch: batchId, summaries: mostSummaries }, 'no summary is written: there were many since a person said something')
      await log.commit([
        { kind: 'batch_reported', conversationId, batchId },
        ...tooMany ? [] : [{ kind: 'turn' as const, conversationId, turn: newTurn('summary', reportBatch(batchId, known), requestedBy) }]
      ], claim)
      return true
    }
    return false
  }

  /** Null while the orchestrator is away: when its events come again, all that is unfinished is looked at again. */
  async #tasksNow (batchId: string): Promise<Task[] | null> {
    try {
      return (await this.#context.orchestrator.tasks({ batch_id: batchId })).tasks
    } catch (error) {
      this.#context.logger?.warn({ err: error, batch: batchId }, 'summary waits for the orchestrator')
      return null
    }
  }
}
