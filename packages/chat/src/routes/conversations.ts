import { Conversation, ConversationId, ConversationList, ConversationSnapshot, DeletedConversation, isTerminal, Line, SearchHits } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { mayRead, ownersSeenBy } from '../domain/access.ts'
import { searchedWords } from '../domain/findable.ts'
import { ConversationNotFound, ModelNotOffered } from '../errors.ts'
import { findOwn } from '../find-conversation.ts'
import { newConversation } from '../new-conversation.ts'
import type { OrchestratorClient } from '../orchestrator-client.ts'

const Title = Line(200)
const params = Type.Object({ id: ConversationId })
const page = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 200 }))
}

export default async function conversations (app: Service, { orchestrator }: { orchestrator: OrchestratorClient }) {
  const { conversationStore: store } = app

  app.post('/v1/conversations', {
    config: { access: 'operator' },
    schema: { summary: 'Begin a conversation', tags: ['conversations'], body: Type.Object({ title: Type.Optional(Title) }, { additionalProperties: false }), response: { 201: Conversation } }
  }, async (request, reply) => {
    const conversation = newConversation(request.principal.name, request.body.title)
    await store.create(conversation)
    return reply.code(201).header('location', `/v1/conversations/${conversation.id}`).send(conversation)
  })

  app.get('/v1/conversations', {
    config: { access: 'viewer' },
    schema: {
      summary: 'Conversations, newest activity first',
      tags: ['conversations'],
      querystring: Type.Object({
        text: Type.Optional(Type.String({ maxLength: 200, description: 'Words looked for in titles, messages, tasks and their results; each is the beginning of one' })),
        ...page
      }, { additionalProperties: false }),
      response: { 200: ConversationList }
    }
  }, async ({ query: { text, limit, cursor }, principal: { name: user } }) => await store.list({ words: text ? searchedWords(text) : undefined, owners: ownersSeenBy(user), limit, cursor }))

  app.get('/v1/search', {
    config: { access: 'viewer' },
    schema: {
      summary: 'Messages, tasks with their results and titles that hold these words',
      tags: ['conversations'],
      querystring: Type.Object({ text: Line(200, { description: 'Words looked for; each is the beginning of one, and all must be there' }), ...page }, { additionalProperties: false }),
      response: { 200: SearchHits }
    }
  }, async ({ query: { text, limit, cursor }, principal: { name: user } }) => await store.search({ words: searchedWords(text), owners: ownersSeenBy(user), limit, cursor }))

  app.get('/v1/conversations/:id', { config: { access: 'viewer' }, schema: { summary: 'The snapshot of one conversation', tags: ['conversations'], params } }, async ({ params: { id }, principal: { name: user } }): Promise<ConversationSnapshot> => {
    const stored = await store.snapshot(id)
    if (!stored || !mayRead(stored, user)) throw new ConversationNotFound(id)
    const { title, owner, shared, model, seq, messages, tasks, approvals } = stored
    return { id, title, owner, shared, model, seq, messages, tasks, approvals, planner: app.planner.identity(model) }
  })

  app.patch('/v1/conversations/:id', {
    config: { access: 'operator' },
    schema: {
      summary: 'Rename, share, or choose its model',
      tags: ['conversations'],
      params,
      body: Type.Object({
        title: Type.Optional(Title),
        shared: Type.Optional(Type.Boolean({ description: 'Whether everybody who is signed in may read it by its address' })),
        model: Type.Optional(Type.Union([Line(200), Type.Null()], { description: 'One that GET /v1/planner offers, for the replies from here on; null for the one everybody gets' }))
      }, { additionalProperties: false, minProperties: 1 }),
      response: { 200: Conversation }
    }
  }, async ({ params: { id }, body: { title, shared, model }, principal: { name: user } }) => {
    const before = await findOwn(store, id, user)
    const { models } = app.planner.settings()
    if (model && !models.includes(model)) throw new ModelNotOffered(model, models.join(', '))
    await app.conversationLog.commit([{ kind: 'event', conversationId: id, event: { type: 'conversation', title: title ?? before.title, ...(shared !== undefined && { shared }), ...(model !== undefined && { model }) } }])
    return await findOwn(store, id, user)
  })

  app.delete('/v1/conversations/:id', {
    config: { access: 'operator' },
    schema: {
      summary: 'Delete a conversation; its tasks go on unless they are cancelled with it',
      tags: ['conversations'],
      params,
      querystring: Type.Object({ cancel_tasks: Type.Boolean({ default: false, description: 'Cancels its tasks that have not ended; without it they go on' }) }, { additionalProperties: false }),
      response: { 200: DeletedConversation }
    }
  }, async ({ params: { id }, query: { cancel_tasks: cancels }, principal: { name: user } }) => {
    await findOwn(store, id, user)
    const tasks = (await tasksOf(id)).filter(({ status }) => !isTerminal(status))
    // First, so that a conversation whose tasks could not be cancelled is still there to try again.
    if (cancels) for (const task of tasks) await orchestrator.cancelTask(task.id, 'its conversation was deleted', user)
    if (!await store.remove(id)) throw new ConversationNotFound(id)
    await store.tell({ kind: 'gone', conversationId: id })
    app.turns.drop(id)
    app.conversationLog.sayGoodbye(id)
    return { id, tasks: tasks.map((task) => ({ task_id: task.id, title: task.payload.title, status: task.status })) }
  })

  /** As the orchestrator knows them; as they were heard of while it is away. */
  async function tasksOf (id: string) {
    return await orchestrator.tasksOf(id).catch(async () => (await store.snapshot(id))?.tasks ?? [])
  }
}
