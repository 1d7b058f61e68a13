import { randomUUID } from 'node:crypto'
import { ConversationId, Line } from '@cortex/contracts'
import { openEventStream, type Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { acceptMessage } from '../accept-message.ts'
import { messageOf } from '../domain/projection.ts'
import { findOwn } from '../find-conversation.ts'
import { newConversation } from '../new-conversation.ts'
import type { SequencedEvent } from '../store/conversation-store.ts'

/** One question, one answer as a stream that ends with it: for curl and scripts. */
export default async function chat (app: Service) {
  app.post('/v1/chat', {
    config: { access: 'operator' },
    schema: { summary: 'Say something and get one whole answer as server-sent events', tags: ['conversations'], body: Type.Object({ message: Line(20_000), conversation_id: Type.Optional(ConversationId) }, { additionalProperties: false }) }
  }, async (request, reply) => {
    const { message: text, conversation_id: given } = request.body
    const { name: user } = request.principal
    const id = given ?? await createConversation(user)
    const { turn, seq } = await acceptMessage(app, id, { text, client_id: randomUUID() }, user)
    const conversation = await findOwn(app.conversationStore, id, user)

    const events = openEventStream(request, reply)
    events.send({ event: 'conversation', data: { id, title: conversation.title } })
    const event = ({ event }: SequencedEvent, frame: string) => {
      if (messageOf(event) !== turn?.messageId) return true
      const sent = events.sendText(frame)
      if (event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR') events.close()
      return sent
    }
    if (!await app.conversationLog.follow(id, seq, { user, event, control: () => true, end: events.close }, events.signal)) events.close()
  })

  async function createConversation (owner: string): Promise<string> {
    const conversation = newConversation(owner)
    await app.conversationStore.create(conversation)
    return conversation.id
  }
}
