import type { Task } from '@cortex/contracts'
import { continueTrace, inSpan, traceparent } from '@cortex/service'
import { reportBatch } from './domain/batch-report.ts'
import { batchesToReport } from './domain/batches.ts'
import type { Turn } from './domain/transcript.ts'
import { newId } from './ids.ts'
import type { OrchestratorClient } from './orchestrator-client.ts'
import { TurnRun, type EndRequest, type TurnContext } from './turn-run.ts'

/** How long `close` waits for turns to reach a point where they can be taken up again. Milliseconds. */
const closeGrace = 3_000

/** A turn that is asked for and waits for those before it. */
export function newTurn (kind: Turn['kind'], prompt: string, requestedBy: string): Turn {
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
    resumes: 0,
    usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 }
  }
}

/** Runs turns: one at a time in each conversation, conversations beside each other. */
export class Turns {
  readonly #context: TurnContext
  readonly #orchestrator: OrchestratorClient
  readonly #running = new Map<string, { work: Promise<void>, turn: AbortController | null, again: boolean }>()
  #closed = false

  constructor (context: TurnContext, orchestrator: OrchestratorClient) {
    this.#context = context
    this.#orchestrator = orchestrator
  }

  /** Turns that run now. */
  get active (): number {
    return [...this.#running.values()].filter(({ turn }) => turn !== null).length
  }

  /** Takes up what an earlier process left. */
  async resume (): Promise<void> {
    for (const id of await this.#context.store.unfinished()) this.wake(id)
  }

  /** Says that a conversation may have something to do: a turn that waits, or a batch that ended. */
  wake (conversationId: string): void {
    if (this.#closed) return
    const running = this.#running.get(conversationId)
    if (running) {
      running.again = true
      return
    }
    const entry = { work: Promise.resolve(), turn: null, again: false }
    this.#running.set(conversationId, entry)
    entry.work = this.#work(conversationId).catch((error: unknown) => {
      this.#context.logger?.error({ err: error, conversation: conversationId }, 'turn ended by an error of ours')
    }).finally(() => {
      this.#running.delete(conversationId)
      if (entry.again) this.wake(conversationId)
    })
  }

  /** Ends the reply that is being written; tasks go on. Answers false when none is. */
  stop (conversationId: string): boolean {
    const turn = this.#running.get(conversationId)?.turn
    if (!turn || turn.signal.aborted) return false
    turn.abort('stop' satisfies EndRequest)
    return true
  }

  /** Ends a turn without a word, as its conversation is gone. */
  drop (conversationId: string): void {
    this.#running.get(conversationId)?.turn?.abort('close' satisfies EndRequest)
  }

  /** Ends what runs so that the next process takes it up. */
  async close (): Promise<void> {
    this.#closed = true
    for (const { turn } of this.#running.values()) turn?.abort('close' satisfies EndRequest)
    let timer: NodeJS.Timeout | undefined
    await Promise.race([this.settled(), new Promise((resolve) => { timer = setTimeout(resolve, closeGrace) })])
    clearTimeout(timer)
  }

  /** Resolves when nothing that runs now is left. */
  async settled (): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ work }) => work))
  }

  async #work (conversationId: string): Promise<void> {
    const { store } = this.#context
    for (;;) {
      const entry = this.#running.get(conversationId)
      if (!entry || this.#closed) return
      entry.again = false
      const turn = await store.nextTurn(conversationId)
      if (turn) await this.#run(conversationId, turn)
      else if (!await this.#queueSummary(conversationId)) return
    }
  }

  async #run (conversationId: string, turn: Turn): Promise<void> {
    const { store } = this.#context
    const entry = this.#running.get(conversationId)
    if (!entry || this.#closed) return
    const controller = new AbortController()
    entry.turn = controller
    try {
      const [transcript, message] = await Promise.all([store.transcript(conversationId), store.findMessage(turn.messageId)])
      const run = new TurnRun(this.#context, conversationId, turn, transcript, message, controller.signal)
      const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.conversation.id': conversationId, 'cortex.turn.id': turn.id, 'cortex.turn.kind': turn.kind }
      await continueTrace(turn.traceparent, () => inSpan('turn', attributes, () => run.run()))
    } catch (error) {
      // Somebody deleted the conversation under the turn.
      if (!await store.find(conversationId)) return
      await this.#giveUp(conversationId, turn)
      throw error
    } finally {
      entry.turn = null
    }
  }

  /** A turn that failed on our side must not stand in the way of those behind it. */
  async #giveUp (conversationId: string, turn: Turn): Promise<void> {
    await this.#context.log.commit([
      { kind: 'event', conversationId, event: { type: 'RUN_ERROR', run_id: turn.id, message_id: turn.messageId, error: { code: 'CTX_INTERNAL', message: 'Something failed here in the middle of this reply. Your tasks keep running.', retryable: true } } },
      { kind: 'turn', conversationId, turn: { ...turn, state: 'done' } }
    ])
  }

  /**
   * Queues the summary of a batch that ended. Marking the batch and queueing are one write, so there is exactly one. The orchestrator is
   * asked whether our copy has all of the batch: its events may still be on their way.
   */
  async #queueSummary (conversationId: string): Promise<boolean> {
    const { store, log } = this.#context
    for (const batchId of batchesToReport(await store.batches(conversationId))) {
      const known = await store.tasksOfBatch(conversationId, batchId)
      const tasks = await this.#tasksNow(batchId)
      if (!tasks) return false
      const revs = new Map(known.map(({ id, rev }) => [id, rev]))
      if (tasks.some(({ id, rev }) => rev > (revs.get(id) ?? 0))) continue
      const requestedBy = known[0]?.requested_by ?? 'chat'
      await log.commit([
        { kind: 'batch_reported', conversationId, batchId },
        { kind: 'turn', conversationId, turn: newTurn('summary', reportBatch(batchId, known), requestedBy) }
      ])
      return true
    }
    return false
  }

  /** Null while the orchestrator is away: when its events come again, all that is unfinished is looked at again. */
  async #tasksNow (batchId: string): Promise<Task[] | null> {
    try {
      return (await this.#orchestrator.tasks({ batch_id: batchId })).tasks
    } catch (error) {
      this.#context.logger?.warn({ err: error, batch: batchId }, 'summary waits for the orchestrator')
      return null
    }
  }
}
