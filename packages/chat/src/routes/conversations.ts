import { Conversation, ConversationId, ConversationList, ConversationSnapshot, Line, type PlannerIdentity } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { ConversationNotFound } from '../errors.ts'
import { newId } from '../ids.ts'

const Title = Line(200)
const params = Type.Object({ id: ConversationId })

export default async function conversations (app: Service, { identity }: { identity: PlannerIdentity }) {
  app.post('/v1/conversations', {
    config: { access: 'operator' },
    schema: { body: Type.Object({ title: Type.Optional(Title) }, { additionalProperties: false }), response: { 201: Conversation } }
  }, async (request, reply) => {
    const now = new Date().toISOString()
    const conversation = { id: newId('conv'), title: request.body.title ?? '', created_at: now, updated_at: now }
    await app.conversationStore.create(conversation)
    return reply.code(201).header('location', `/v1/conversations/${conversation.id}`).send(conversation)
  })

  app.get('/v1/conversations', {
    config: { access: 'viewer' },
    schema: {
      querystring: Type.Object({
        text: Type.Optional(Type.String({ maxLength: 200, description: 'Looked for in titles and messages' })),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 200 }))
      }, { additionalProperties: false }),
      response: { 200: ConversationList }
    }
  }, async ({ query }) => await app.conversationStore.list(query))

  app.get('/v1/conversations/:id', { config: { access: 'viewer' }, schema: { params } }, async ({ params: { id } }): Promise<ConversationSnapshot> => {
    const stored = await app.conversationStore.snapshot(id)
    if (!stored) throw new ConversationNotFound(id)
    const { title, seq, messages, tasks, approvals } = stored
    return { id, title, seq, messages, tasks, approvals, planner: identity }
  })

  app.patch('/v1/conversations/:id', {
    config: { access: 'operator' },
    schema: { params, body: Type.Object({ title: Title }, { additionalProperties: false }), response: { 200: Conversation } }
  }, async ({ params: { id }, body: { title } }) => {
    await app.conversationLog.commit([{ kind: 'event', conversationId: id, event: { type: 'conversation', title } }])
    const conversation = await app.conversationStore.find(id)
    if (!conversation) throw new ConversationNotFound(id)
    return conversation
  })

  app.delete('/v1/conversations/:id', { config: { access: 'operator' }, schema: { params, response: { 204: Type.Null() } } }, async ({ params: { id } }, reply) => {
    if (!await app.conversationStore.remove(id)) throw new ConversationNotFound(id)
    app.turns.drop(id)
    app.conversationLog.sayGoodbye(id)
    return reply.code(204).send(null)
  })
}
