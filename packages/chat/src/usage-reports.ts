import type { TurnUsage } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import type { OrchestratorClient } from './orchestrator-client.ts'

/** Turns that may wait for the orchestrator. */
const mostWaiting = 10_000

/** Tells the orchestrator what turns used, beside the turns. What it cannot be told waits until it is back; a process that ends before forgets it. */
export class UsageReports {
  readonly #orchestrator: OrchestratorClient
  readonly #logger: FastifyBaseLogger | undefined
  readonly #waiting = new Map<string, { conversationId: string, report: TurnUsage }>()
  #sending: Promise<void> = Promise.resolve()

  constructor (orchestrator: OrchestratorClient, logger: FastifyBaseLogger | undefined) {
    this.#orchestrator = orchestrator
    this.#logger = logger
  }

  add (conversationId: string, report: TurnUsage): void {
    const { usage } = report
    if (usage.input_tokens + usage.output_tokens === 0) return
    if (this.#waiting.size < mostWaiting) this.#waiting.set(report.turn_id, { conversationId, report })
    this.send()
  }

  /** Tries all that waits, one after the other, up to the first that fails. */
  send (): void {
    this.#sending = this.#sending.then(async () => {
      for (const [turnId, { conversationId, report }] of this.#waiting) {
        await this.#orchestrator.reportUsage(conversationId, report)
        this.#waiting.delete(turnId)
      }
    }).catch((error: unknown) => this.#logger?.debug({ err: error, waiting: this.#waiting.size }, 'usage of turns waits for the orchestrator'))
  }

  async close (): Promise<void> {
    await this.#sending
    if (this.#waiting.size > 0) this.#logger?.warn({ turns: this.#waiting.size }, 'usage of turns could not be told to the orchestrator and is in no sum')
  }
}
