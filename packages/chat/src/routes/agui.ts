import { createHash } from 'node:crypto'
import { Line, type Conversation } from '@cortex/contracts'
import { InputError, openEventStream, type Service } from '@cortex/service'
import { Type, type Static } from '@sinclair/typebox'
import { acceptMessage } from '../accept-message.ts'
import { AguiTranslator, type AguiEvent } from '../domain/agui.ts'
import { messageOf } from '../domain/projection.ts'
import { turnOf } from '../domain/superseding.ts'
import { newConversation } from '../new-conversation.ts'
import type { SequencedEvent } from '../store/conversation-store.ts'

const longestText = 20_000

/**
 * What AG-UI 1.0 sends to begin a run. The protocol is not ours and grows by fields, so those not named here are passed over. The conversation is in our
 * store, so only the newest message is read.
 */
const RunAgentInput = Type.Object({
  threadId: Line(200, { description: 'A conversation of ours by its id, or any name: the same name is the same conversation' }),
  runId: Line(200),
  messages: Type.Array(Type.Object({
    id: Line(200),
    role: Type.String({ maxLength: 20 }),
    content: Type.Optional(Type.Unknown())
  }), { minItems: 1, maxItems: 10_000 }),
  tools: Type.Array(Type.Unknown(), { maxItems: 0, default: [], description: 'None: Cortex calls its own' })
})

/** One run in AG-UI's words and by its HTTP binding: it ends with the run and cannot be resumed. The reply and its tasks go on when the client goes away. */
export default async function agui (app: Service) {
  const { conversationStore: store, conversationLog: log } = app

  app.post('/agui', { config: { access: 'operator' }, schema: { summary: 'The same by AG-UI', tags: ['conversations'], body: RunAgentInput } }, async (request, reply) => {
    const { threadId, runId, messages } = request.body
    const conversation = await openThread(threadId, request.principal.owner)
    const { message, seq, turn } = await acceptMessage(app, conversation.id, readQuestion(messages), request.principal.name)
    const before = await store.snapshot(conversation.id)
    const answering = turn ?? turnOf(message.id, before?.messages ?? [], await store.turns(conversation.id))
    const earlier = before?.messages.filter(({ id }) => id !== answering?.messageId) ?? []

    const events = openEventStream(request, reply)
    const send = (event: AguiEvent) => events.sendText(`data: ${JSON.stringify(event)}\n\n`)
    const translator = new AguiTranslator(threadId, runId)
    let begun = false
    send(translator.begin())
    const going = await log.follow(conversation.id, seq, { user: request.principal.name, event: follow, control: () => true, end: events.close }, events.signal)
    if (!going) events.close()

    function follow ({ event }: SequencedEvent): boolean {
      const spokenOf = messageOf(event)
      if (spokenOf !== null && spokenOf !== answering?.messageId) return true
      // The reply comes into being empty, which says nothing; from then on a whole message is a reply that begins anew.
      const silent = event.type === 'message' && !begun
      begun ||= spokenOf !== null
      if (!silent) for (const each of translator.translate(event, earlier)) send(each)
      if (event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR') events.close()
      return !events.signal.aborted
    }
  })

  /** A thread that is no conversation yet becomes one, under an id that follows from its name and whose it is. */
  async function openThread (threadId: string, owner: string): Promise<Pick<Conversation, 'id'>> {
    const known = /^conv-[0-9a-z]{20}$/.test(threadId) && await store.find(threadId)
    if (known) return known
    const id = idFrom('conv', 20, owner, threadId)
    if (await store.find(id)) return { id }
    await store.create({ ...newConversation(owner), id }).catch(async (error: unknown) => {
      // The same thread may have come twice at once.
      if (!await store.find(id)) throw error
    })
    return { id }
  }
}

/** The message to answer, under an id that follows from the client's: a run that is sent again is not asked again. */
function readQuestion (messages: Static<typeof RunAgentInput>['messages']) {
  const last = messages.length - 1
  const { id = '', role, content } = messages[last] ?? {}
  const fault = (message: string) => new InputError([{ field: `messages.${last}`, message }])
  if (role !== 'user') throw fault('must be of the role user: what is last is answered')
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  if (!Array.isArray(parts) || !parts.every(isText)) throw fault('must have text as its content: a string, or parts of the type text')
  const text = parts.map((part) => part.text).join('\n')
  if (!/[^\s\0]/.test(text) || text.includes('\0') || text.length > longestText) throw fault(`must have visible text without NUL, of at most ${longestText} characters`)
  return { text, client_id: idFrom('agui', 30, id) }
}

function isText (part: unknown): part is { type: 'text', text: string } {
  const { type, text } = (part ?? {}) as { type?: unknown, text?: unknown }
  return type === 'text' && typeof text === 'string'
}

/** `<prefix>-<letters and digits>` that follow from the parts. */
function idFrom (prefix: string, length: number, ...parts: string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  return `${prefix}-${BigInt(`0x${digest}`).toString(36).padStart(length, '0').slice(0, length)}`
}
