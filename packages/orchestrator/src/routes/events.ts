import { openEventStream, type Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { TaskNotFound } from '../errors.ts'
import { EventReaders } from '../event-readers.ts'

const Cursor = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const Query = Type.Object({ after: Cursor }, { additionalProperties: false })
const Headers = Type.Object({ 'last-event-id': Cursor })

interface Cursor { query: { after?: number }, headers: { 'last-event-id'?: number } }

/** Every change as it is committed. A reader that comes back with its last id misses nothing and sees nothing twice. */
export default async function events (app: Service) {
  const readers = new EventReaders(app.taskStore)
  app.taskStore.subscribe((committed) => readers.tell(committed))
  app.addHook('preClose', async () => readers.sayGoodbye())

  const schema = { summary: 'Changes of all tasks as server-sent events', tags: ['events'], querystring: Query, headers: Headers }
  const config = { access: 'viewer', traced: false } as const
  app.get('/v1/events', { schema, config }, async (request, reply) => await follow(request, reply, null))

  app.get('/v1/tasks/:id/events', {
    config,
    schema: { ...schema, summary: 'Changes of one task as server-sent events', params: Type.Object({ id: Type.String({ maxLength: 200 }) }) }
  }, async (request, reply) => {
    const { id } = request.params
    if ((await app.taskStore.get([id])).length === 0) throw new TaskNotFound(id)
    return await follow(request, reply, id)
  })

  async function follow (request: FastifyRequest & Cursor, reply: FastifyReply, taskId: string | null): Promise<void> {
    const stream = openEventStream(request, reply)
    try {
      // A browser that comes back by itself repeats the URL of its first visit; the header is newer.
      await readers.follow(stream, taskId, request.headers['last-event-id'] ?? request.query.after)
    } catch (error) {
      request.log.error({ err: error }, 'events could not be read; the reader is sent away and may come back')
      stream.close()
    }
  }
}
