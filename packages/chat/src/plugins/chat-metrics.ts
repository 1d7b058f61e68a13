import type { ChatEvent } from '@cortex/contracts'
import { boundedLabel } from '@cortex/service'
import fp from 'fastify-plugin'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Turn } from '../domain/transcript.ts'

/** From the offline planner to a model that thinks for long. Seconds. */
const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600]
/** Turns that are followed at once; of those whose conversation was deleted nobody says that they ended. */
const mostFollowed = 5_000

interface Followed {
  readonly kind: Turn['kind']
  /** Milliseconds on the monotonic clock; null before. */
  queued: number | null
  started: number | null
  hasText: boolean
  outcome: 'complete' | 'stopped' | 'failed' | null
  /** Names of calls that are not answered, by their ids. */
  readonly calls: Map<string, string>
}

/** How turns go, from what is written into conversations. Each is counted by the process that ended it. */
export default fp(async (app) => {
  const registers = [app.metrics]
  const ended = new Counter({ name: 'cortex_chat_turns_total', help: 'Replies that ended, by what they answer (a person or a finished batch) and how', labelNames: ['kind', 'outcome'], registers })
  const errors = new Counter({ name: 'cortex_chat_turn_errors_total', help: 'Replies that failed, by the code of their error', labelNames: ['code'], registers })
  const wait = new Histogram({ name: 'cortex_chat_turn_wait_seconds', help: 'From a message to the begin of its reply: behind others of its conversation', labelNames: ['kind'], buckets, registers })
  const firstText = new Histogram({ name: 'cortex_chat_first_text_seconds', help: 'From the begin of a reply to its first words', labelNames: ['kind'], buckets, registers })
  const duration = new Histogram({ name: 'cortex_chat_turn_seconds', help: 'From the begin of a reply to its end, its calls among it', labelNames: ['kind'], buckets, registers })
  const calls = new Counter({ name: 'cortex_chat_tool_calls_total', help: 'Calls the model made, by what they came to', labelNames: ['tool', 'status'], registers })
  const tokens = new Counter({ name: 'cortex_chat_tokens_total', help: 'Tokens of replies that ended, those of the cache among the input', labelNames: ['model', 'direction'], registers })
  const cost = new Counter({ name: 'cortex_chat_cost_usd_total', help: 'What they cost in US dollars, where prices are known', labelNames: ['model'], registers })
  app.metrics.registerMetric(new Gauge({ name: 'cortex_chat_turns_active', help: 'Replies that are being written by this process', registers: [], collect () { this.set(app.turns.active) } }))
  app.metrics.registerMetric(new Gauge({ name: 'cortex_chat_streams', help: 'Pages that follow a conversation here', registers: [], collect () { this.set(app.conversationLog.followers) } }))
  app.metrics.registerMetric(new Gauge({
    name: 'cortex_chat_conversations_unfinished',
    help: 'Conversations with a reply that is not written, or a finished batch that is not told of; -1 when the store does not answer',
    registers: [],
    async collect () { this.set(await app.conversationStore.unfinished().then(({ length }) => length, () => -1)) }
  }))
  const code = boundedLabel(/^CTX_[A-Z_]{1,60}$/)
  const tool = boundedLabel(/^[a-z_]{1,64}$/)
  for (const kind of ['turn', 'summary'] as const) for (const outcome of ['complete', 'stopped', 'failed'] as const) ended.inc({ kind, outcome }, 0)

  const followed = new Map<string, Followed>()
  /** Which model wrote a turn, the last of them where one stood in for another. */
  const models = new Map<string, string>()
  app.conversationLog.observe((writes) => {
    const turns = writes.flatMap((write) => write.kind === 'turn' ? write.turn : [])
    for (const turn of turns) if (!followed.has(turn.messageId)) follow(turn)
    for (const write of writes) {
      if (write.kind === 'event') observeEvent(write.event)
      else if (write.kind === 'entry' && write.entry.model !== undefined) models.set(write.entry.turnId, write.entry.model)
    }
    for (const turn of turns) if (turn.state === 'done') end(turn)
  })

  function end ({ id, messageId, kind, usage }: Turn): void {
    const model = models.get(id) ?? 'none'
    models.delete(id)
    const known = followed.get(messageId)
    followed.delete(messageId)
    // It was left out or replaced before it was begun.
    if (known?.outcome === null && known.queued !== null) return
    ended.inc({ kind, outcome: known?.outcome ?? 'failed' })
    if (known?.started != null) duration.observe({ kind }, since(known.started))
    tokens.inc({ model, direction: 'input' }, usage.input_tokens)
    tokens.inc({ model, direction: 'output' }, usage.output_tokens)
    cost.inc({ model }, usage.cost_usd)
  }

  function follow ({ messageId, kind, state }: Turn): void {
    followed.set(messageId, { kind, queued: state === 'queued' ? performance.now() : null, started: null, hasText: false, outcome: null, calls: new Map() })
    const [oldest, first] = [followed.keys().next().value, models.keys().next().value]
    if (models.size > mostFollowed && first !== undefined) models.delete(first)
    if (followed.size > mostFollowed && oldest !== undefined) followed.delete(oldest)
  }

  function observeEvent (event: ChatEvent): void {
    if (!('message_id' in event)) return
    const turn = followed.get(event.message_id)
    if (!turn) return
    const { kind } = turn
    switch (event.type) {
      case 'RUN_STARTED':
        turn.started = performance.now()
        if (turn.queued !== null) wait.observe({ kind }, since(turn.queued))
        break
      case 'TEXT_MESSAGE_CONTENT':
        if (!turn.hasText && turn.started !== null) firstText.observe({ kind }, since(turn.started))
        turn.hasText = true
        break
      case 'TOOL_CALL_START':
        turn.calls.set(event.tool_call_id, event.tool_call_name)
        break
      case 'TOOL_CALL_RESULT': {
        const name = turn.calls.get(event.tool_call_id)
        if (name !== undefined && turn.calls.delete(event.tool_call_id)) calls.inc({ tool: tool(name), status: event.status })
        break
      }
      case 'RUN_FINISHED':
        turn.outcome = event.status
        break
      case 'RUN_ERROR':
        turn.outcome = 'failed'
        errors.inc({ code: code(event.error.code) })
        break
    }
  }
}, { name: 'chat-metrics', dependencies: ['metrics', 'conversations', 'turns'] })

function since (began: number): number {
  return (performance.now() - began) / 1_000
}
