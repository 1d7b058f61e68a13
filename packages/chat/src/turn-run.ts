import { setTimeout as delay } from 'node:timers/promises'
import type { ContentBlockParam, StopReason, ToolUseBlockParam } from '@anthropic-ai/sdk/resources/messages'
import { addUsage, type ChatError, type ChatEvent, type Message, type Usage } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { CallIds } from './domain/call-ids.ts'
import { afterDigest, turnsToDigest } from './domain/digest.ts'
import { brokeOff, leftOut, ModelStalled, refusesLast, toChatError } from './domain/model-fault.ts'
import { callsIn, saysNothing, toMessages, toPageContent, type Digest, type TranscriptEntry, type Turn } from './domain/transcript.ts'
import { callInputMalformed, callUnanswered, callUnasked, modelContextFull, modelRefused, modelSilent, modelTruncated, turnInterrupted, turnTooLong } from './domain/turn-faults.ts'
import { streamRound, type RoundEnd } from './model-round.ts'
import type { Model } from './model.ts'
import { ReplyWriter, type CallResult, type Commit } from './reply-writer.ts'
import type { Write } from './store/conversation-store.ts'
import { failedCall, toToolResult, type Toolbox, type TurnCalls } from './toolbox.ts'
import { writeDigest } from './write-digest.ts'

export interface TurnContext {
  readonly commit: Commit
  readonly model: Model
  readonly toolbox: Toolbox
  readonly logger: FastifyBaseLogger | undefined
  readonly limits: TurnLimits
}

/** What is there when a turn is run, from its beginning or from where it was left. */
export interface TurnStart {
  /** Of the whole conversation. */
  readonly transcript: readonly TranscriptEntry[]
  readonly digest: Digest | null
  /** What the page shows of the reply already; null when it begins. */
  readonly message: Message | null
  readonly model: string
}

export interface TurnLimits {
  /** Messages the model may write in one turn. */
  readonly rounds: number
  /** The same in a summary: calls it makes all the same are refused, and then it has words left. */
  readonly summaryRounds: number
  /** Failures in a row after which the turn is given up. */
  readonly failures: number
  /** Milliseconds without a byte from the model. */
  readonly idle: number
  /** Milliseconds before the first repeat; doubles. */
  readonly backoff: number
  /** Milliseconds a call that was made may still take after the person stopped the reply. */
  readonly stopGrace: number
}

export const turnLimits: TurnLimits = { rounds: 12, summaryRounds: 3, failures: 3, idle: 90_000, backoff: 500, stopGrace: 1_000 }

/** Times a turn is taken up again before it is given up: it may be what ends the process. */
const mostResumes = 3

/** Reasons of the signal: a person ends the reply, or the process ends and takes the turn up again when it is back. */
export type EndRequest = 'stop' | 'close'

/**
 * One turn. What to do next follows from what its transcript ends with: calls are answered, anything else goes to the model. So a turn
 * that was cut off anywhere is taken up by the same loop.
 */
export class TurnRun {
  readonly #context: TurnContext
  readonly #conversationId: string
  readonly #signal: AbortSignal
  readonly #calls: TurnCalls
  readonly #ids: CallIds
  readonly #history: readonly TranscriptEntry[]
  readonly #entries: TranscriptEntry[]
  /** Ends calls that nobody waits for any more, as a status read that waits half a minute. */
  readonly #abandoned = new AbortController()
  readonly #results = new Map<string, Promise<CallResult>>()
  readonly #message: Message
  readonly #writer: ReplyWriter
  #turn: Turn
  #failures = 0
  /** Replies in a row without a word. */
  #silences = 0
  /** Messages of the last request. */
  #sent = 0
  #digest: Digest | null
  /** The model that is asked; another than the conversation's once that was overloaded. */
  #model: string
  readonly #chosen: string

  constructor (context: TurnContext, conversationId: string, turn: Turn, { transcript, digest, message, model }: TurnStart, signal: AbortSignal) {
    this.#context = context
    this.#conversationId = conversationId
    this.#signal = signal
    this.#turn = turn
    this.#digest = digest
    this.#model = this.#chosen = model
    this.#calls = { conversationId, turnId: turn.id, batchId: turn.batchId, user: turn.requestedBy }
    this.#ids = new CallIds(turn.id, transcript)
    this.#history = transcript.filter(({ turnId }) => turnId !== turn.id)
    this.#entries = transcript.filter(({ turnId }) => turnId === turn.id)
    this.#message = message ?? newReply(turn)
    this.#writer = new ReplyWriter(context.commit, conversationId, this.#message)
    for (const block of this.#message.content) {
      if (block.type === 'tool_call' && block.status !== 'running') this.#results.set(block.id, Promise.resolve({ status: block.status, output: block.output }))
    }
  }

  /** @throws CTX_STORE_UNAVAILABLE and whatever else is no fault of the model's or a tool's; the turn is not ended then */
  async run (): Promise<{ done: boolean, usage: Usage }> {
    try {
      let going = this.#turn.state === 'queued' ? await this.#begin() : await this.#resume()
      while (going) {
        const last = this.#entries.at(-1)
        const calls = last ? callsIn(last.content) : []
        going = last && calls.length > 0 ? await this.#answerCalls(calls, last.stopReason) : await this.#askModel()
      }
      return { done: this.#turn.state === 'done', usage: this.#turn.usage }
    } finally {
      this.#writer.drop()
      this.#abandoned.abort()
    }
  }

  async #begin (): Promise<boolean> {
    const { id, messageId, prompt, note } = this.#turn
    const told = note !== undefined && this.#context.model.kind !== 'rules' ? [note, prompt] : [prompt]
    this.#turn = { ...this.#turn, state: 'running' }
    await this.#writer.write([
      ...this.#append('user', told.map((text) => ({ type: 'text', text })), null),
      this.#event({ type: 'message', message: this.#message }),
      this.#event({ type: 'RUN_STARTED', run_id: id, message_id: messageId }),
      this.#turnWrite()
    ])
    return true
  }

  async #resume (): Promise<boolean> {
    if (this.#turn.resumes >= mostResumes) {
      return await this.#fail(turnInterrupted())
    }
    this.#turn = { ...this.#turn, resumes: this.#turn.resumes + 1 }
    await this.#writer.reset(this.#shown(), [this.#turnWrite()])
    return true
  }

  /** One message of the model. Answers whether the turn goes on. */
  async #askModel (): Promise<boolean> {
    const rounds = this.#mayCall ? this.#context.limits.rounds : this.#context.limits.summaryRounds
    if (this.#entries.filter(({ role }) => role === 'assistant').length >= rounds) return await this.#fail(turnTooLong(rounds))
    let end: RoundEnd
    try {
      end = await this.#streamRound()
    } catch (error) {
      const { code, message } = error as { code?: string, message: string }
      if (!code?.startsWith('CTX_ORCHESTRATOR_')) throw error
      return await this.#fail({ code, message, retryable: true })
    }
    this.#count(end.usage)
    switch (end.kind) {
      case 'stopped': return await this.#stopped(end.content)
      case 'broken': return await this.#broken(end)
      case 'ended': return await this.#ended(end)
    }
  }

  /** What the model reads. When that is too much, the oldest turns are summed up once, and the summary stands for them from then on. */
  async #messages () {
    const { model, logger } = this.#context
    const all = [...this.#history, ...this.#entries]
    const turns = new Set(turnsToDigest(all, this.#digest, model.budget))
    if (turns.size > 0) {
      const { digest, usage } = await writeDigest(model, all.filter(({ turnId }) => turns.has(turnId)), this.#digest, this.#signal, logger)
      if (usage) this.#count(usage)
      this.#digest = digest
      if (!this.#signal.aborted) await this.#writer.write([{ kind: 'digest', conversationId: this.#conversationId, digest }, this.#turnWrite()])
    }
    return toMessages(afterDigest(all, this.#digest), this.#digest, this.#model)
  }

  async #streamRound (): Promise<RoundEnd> {
    const { model, toolbox, limits } = this.#context
    const round = this.#entries.length
    const messages = await this.#messages()
    this.#sent = messages.length
    const request = {
      ...model.request(this.#model, await toolbox.tools()),
      messages,
      ...(!this.#mayCall && { tool_choice: { type: 'none' as const } })
    }
    return await streamRound(model, request, {
      delta: (block, type, delta) => this.#writer.delta(`${round}.${block}`, type, delta),
      call: (call, content, fault) => this.#start(call, fault, content)
    }, { signal: this.#signal, idle: limits.idle, ids: this.#ids })
  }

  /** A summary reports: nobody asked for it, and what it is written from may ask for anything. So not the model decides whether it makes calls. */
  get #mayCall (): boolean {
    return this.#turn.kind === 'turn'
  }

  /** The call and the message so far are on disk before the call is made, so that a crash in between loses neither. */
  #start (call: ToolUseBlockParam, fault: string | null, content: readonly ContentBlockParam[]): void {
    const draft: Write = { kind: 'entry', conversationId: this.#conversationId, entry: { turnId: this.#turn.id, position: this.#entries.length, role: 'assistant', content, stopReason: null, model: this.#model } }
    const result = this.#writer.startCall(call, draft).then(() => this.#run(call, fault))
    // It is awaited when the model's message has ended, and may fail before that.
    result.catch(() => {})
    this.#results.set(call.id, result)
  }

  async #run (call: ToolUseBlockParam, fault: string | null): Promise<CallResult> {
    const result = await this.#resultOf(call, fault)
    if (!this.#signal.aborted) await this.#writer.finishCall(call.id, result)
    return result
  }

  async #resultOf (call: ToolUseBlockParam, fault: string | null): Promise<CallResult> {
    const { toolbox, logger } = this.#context
    if (!this.#mayCall) {
      logger?.warn({ conversation: this.#conversationId, tool: call.name }, 'a summary made a call; it was not run')
      return failedCall(callUnasked())
    }
    return fault === null ? await toolbox.run(call, this.#calls, this.#abandoned.signal) : failedCall(callInputMalformed(fault))
  }

  async #ended ({ content, stopReason, stopDetails }: RoundEnd & { kind: 'ended' }): Promise<boolean> {
    this.#failures = 0
    const calling = callsIn(content).length > 0
    if (stopReason === 'refusal') return await this.#refused(content, stopDetails?.explanation ?? null)
    if (calling || (stopReason === 'pause_turn' && !saysNothing(content))) {
      await this.#writer.write([...this.#append('assistant', content, stopReason), this.#turnWrite()])
      return true
    }
    const entry = this.#append('assistant', content, stopReason)
    if (stopReason === 'max_tokens') return await this.#fail(modelTruncated(), entry)
    if (stopReason === 'model_context_window_exceeded') return await this.#fail(modelContextFull(), entry)
    if (saysNothing(content) && !this.#acted) return await this.#silent()
    return await this.#finish('complete', entry)
  }

  /** Asked once more without a word: nothing was done that could be done twice. */
  async #silent (): Promise<boolean> {
    this.#context.logger?.warn({ conversation: this.#conversationId, model: this.#model }, 'the model ended its reply without a word')
    if (++this.#silences > 1) return await this.#fail(modelSilent())
    if (this.#writer.begun) await this.#writer.reset(this.#shown())
    return true
  }

  /** Whether any call of this turn was run. */
  get #acted (): boolean {
    return this.#mayCall && this.#entries.some(({ content }) => callsIn(content).length > 0)
  }

  /** A refused message is not sent back, and a turn that did nothing else is forgotten, or all that follows is refused with it. */
  async #refused (content: ContentBlockParam[], explanation: string | null): Promise<boolean> {
    const error = modelRefused(explanation === null ? 'The model declined to answer this.' : this.#context.model.conceal.text(explanation))
    const calls = callsIn(content)
    if (calls.length > 0) {
      await this.#writer.write(this.#append('assistant', calls, 'refusal'))
      if (!await this.#answerCalls(calls, 'refusal')) return false
    }
    return await this.#fail(error, this.#acted ? [] : [{ kind: 'forget', conversationId: this.#conversationId, turnId: this.#turn.id }])
  }

  /** Nothing done yet: ask again. Calls made already: never ask for them again, but let the model go on from their results. */
  async #broken ({ content, error }: RoundEnd & { kind: 'broken' }): Promise<boolean> {
    const { limits, logger, model: { conceal } } = this.#context
    const calling = callsIn(content).length > 0
    const writes = calling ? this.#append('assistant', content, null) : []
    logger?.warn({ err: conceal.error(error), conversation: this.#conversationId, failures: this.#failures + 1 }, 'reply of the model broke off')
    const fault = toChatError(error, conceal)
    const retries = brokeOff(error, conceal) && ++this.#failures < limits.failures
    const again = retries || this.#fallsBack(fault)
    // A long silence is told as well as words that are taken back; what breaks off before it began is asked again without a word.
    if (this.#writer.begun || calling || error instanceof ModelStalled) await this.#writer.reset(this.#shown(), writes, again ? fault : null)
    if (!again) {
      if (calling && !await this.#answerCalls(callsIn(content), null)) return false
      return this.#acted || !refusesLast(error, this.#sent) ? await this.#fail(fault) : await this.#leaveOut(fault)
    }
    if (retries) await delay(limits.backoff * 2 ** (this.#failures - 1) * (0.5 + Math.random()), undefined, { signal: this.#signal }).catch(() => {})
    return this.#signal.aborted && !calling ? await this.#stopped([]) : true
  }

  /**
   * What the server would not have, it would not have again. The messages before it that nobody answered were sent as one with it and may be what it means, so
   * they go too; the page keeps all of them.
   */
  async #leaveOut (fault: ChatError): Promise<boolean> {
    const answered = this.#history.findLastIndex(({ role }) => role === 'assistant')
    const open = new Set([...this.#history.slice(answered + 1).map(({ turnId }) => turnId), this.#turn.id])
    if (answered >= 0) open.delete(this.#history[answered]!.turnId)
    return await this.#fail(leftOut(fault), [...open].map((turnId): Write => ({ kind: 'forget', conversationId: this.#conversationId, turnId })))
  }

  /** Goes on with the other model for the rest of the turn. */
  #fallsBack ({ code }: ChatError): boolean {
    const { fallback } = this.#context.model
    if (code !== 'CTX_MODEL_OVERLOADED' || fallback === null || this.#model === fallback) return false
    this.#context.logger?.warn({ conversation: this.#conversationId, model: this.#model, fallback }, 'the model is overloaded; the fallback is asked')
    this.#model = fallback
    this.#failures = 0
    return true
  }

  async #stopped (content: ContentBlockParam[]): Promise<boolean> {
    if (this.#closing) return false
    const calls = callsIn(content)
    const entry = this.#append('assistant', content, null)
    if (calls.length === 0) return await this.#finish('stopped', entry)
    await this.#writer.write(entry)
    return await this.#answerCalls(calls, null)
  }

  /** All results in one message, in the order of the calls. Calls nobody made yet, as after a crash, are made now under the same key. */
  async #answerCalls (calls: readonly ToolUseBlockParam[], stopReason: StopReason | null): Promise<boolean> {
    for (const call of calls) if (!this.#results.has(call.id)) this.#results.set(call.id, this.#run(call, null))
    const results = new Map<string, CallResult>()
    await this.#patiently(Promise.all(calls.map(async ({ id }) => { results.set(id, await this.#results.get(id) ?? lost) })))
    if (this.#closing) return false

    const faults = this.#mayCall ? await this.#context.toolbox.closeBatch(results, this.#calls) : new Map<string, CallResult>()
    const unshown = new Set(this.#writer.content.flatMap((block) => block.type === 'tool_call' && block.status === 'running' ? [block.id] : []))
    const content: ContentBlockParam[] = []
    for (const { id } of calls) {
      const result = faults.get(id) ?? results.get(id) ?? lost
      if (faults.has(id) || unshown.has(id)) await this.#writer.finishCall(id, result)
      content.push(toToolResult(id, result))
    }
    if (stopReason === 'max_tokens') content.push({ type: 'text', text: '[Your last message reached its length limit. What is answered above was run; the call you were writing was not.]' })
    await this.#writer.write(this.#append('user', content, null))
    return this.#signal.aborted ? await this.#finish('stopped', []) : true
  }

  /** Waits for calls that were made; once the reply is stopped, only a moment longer. */
  async #patiently (work: Promise<unknown>): Promise<void> {
    const ended = new AbortController()
    const grace = async () => {
      if (!this.#signal.aborted) await new Promise((resolve) => this.#signal.addEventListener('abort', resolve, { once: true, signal: ended.signal }))
      if (!this.#closing) await delay(this.#context.limits.stopGrace, undefined, { signal: ended.signal })
    }
    try {
      await Promise.race([work, grace()])
    } finally {
      ended.abort()
    }
  }

  get #closing (): boolean {
    return this.#signal.aborted && this.#signal.reason === 'close' satisfies EndRequest
  }

  async #finish (status: 'complete' | 'stopped', writes: readonly Write[]): Promise<boolean> {
    const { id, messageId, usage } = this.#turn
    return await this.#end([...writes, this.#event({ type: 'RUN_FINISHED', run_id: id, message_id: messageId, status, usage, ...(this.#model !== this.#chosen && { model: this.#model }) })])
  }

  async #fail (error: ChatError, writes: readonly Write[] = []): Promise<boolean> {
    this.#context.logger?.warn({ conversation: this.#conversationId, code: error.code }, 'turn failed')
    // What could be sent again is a person's message, and of a summary there is none.
    const told = { ...error, retryable: error.retryable && this.#turn.kind === 'turn' }
    return await this.#end([...writes, this.#event({ type: 'RUN_ERROR', run_id: this.#turn.id, message_id: this.#turn.messageId, error: told })])
  }

  async #end (writes: readonly Write[]): Promise<boolean> {
    this.#turn = { ...this.#turn, state: 'done' }
    await this.#writer.write([...writes, this.#turnWrite()])
    return false
  }

  #append (role: TranscriptEntry['role'], content: readonly ContentBlockParam[], stopReason: StopReason | null): Write[] {
    if (saysNothing(content)) return []
    const entry: TranscriptEntry = { turnId: this.#turn.id, position: this.#entries.length, role, content, stopReason, ...(role === 'assistant' && { model: this.#model }) }
    this.#entries.push(entry)
    return [{ kind: 'entry', conversationId: this.#conversationId, entry }]
  }

  #shown () {
    return toPageContent(this.#entries, this.#writer.content)
  }

  #count (usage: Usage): void {
    this.#turn = { ...this.#turn, usage: addUsage(this.#turn.usage, usage) }
  }

  #turnWrite (): Write {
    return { kind: 'turn', conversationId: this.#conversationId, turn: this.#turn }
  }

  #event (event: ChatEvent): Write {
    return { kind: 'event', conversationId: this.#conversationId, event }
  }
}

const lost = failedCall(callUnanswered())

function newReply ({ messageId, kind }: Turn): Message {
  return { id: messageId, role: 'assistant', status: 'streaming', content: [], created_at: new Date().toISOString(), kind, client_id: null, usage: null, error: null }
}
