import { AcceptedMessage, ConversationId, EditedMessage, NewMessage } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { acceptMessage } from '../accept-message.ts'
import { editMessage } from '../edit-message.ts'
import { findOwn } from '../find-conversation.ts'

const MessageId = Type.String({ pattern: '^msg-[0-9a-z]{20}$' })
const params = Type.Object({ id: ConversationId })

/** Commands are answered 202: what comes of them is told by the stream. */
export default async function messages (app: Service) {
  app.post('/v1/conversations/:id/messages', {
    config: { access: 'operator' },
    schema: { summary: 'Say something; the answer comes by the stream', tags: ['conversations'], params, body: NewMessage, response: { 202: AcceptedMessage } }
  }, async (request, reply) => {
    const { message, seq } = await acceptMessage(app, request.params.id, request.body, request.principal.name)
    return reply.code(202).send({ message_id: message.id, seq })
  })

  app.post('/v1/conversations/:id/messages/:message_id/edit', {
    config: { access: 'operator' },
    schema: { summary: 'Replace a message and all that was said after it', tags: ['conversations'], params: Type.Object({ ...params.properties, message_id: MessageId }), body: NewMessage, response: { 202: EditedMessage } }
  }, async ({ params: { id, message_id: messageId }, body, principal: { name: user } }, reply) => await reply.code(202).send(await editMessage(app, id, messageId, body, user)))

  app.post('/v1/conversations/:id/stop', {
    config: { access: 'operator' },
    schema: { summary: 'End the reply; tasks go on', tags: ['conversations'], params, body: Type.Object({}, { additionalProperties: false }), response: { 202: Type.Object({ stopped: Type.Boolean() }) } }
  }, async ({ params: { id }, principal: { name: user } }, reply) => {
    await findOwn(app.conversationStore, id, user)
    return reply.code(202).send({ stopped: await app.turns.stop(id) })
  })
}
