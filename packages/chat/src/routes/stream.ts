import { ConversationId } from '@cortex/contracts'
import { openEventStream, type Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { StreamsFull } from '../errors.ts'
import { findReadable } from '../find-conversation.ts'

const Cursor = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** Everything after the cursor, then everything as it happens, unless only what was missed is asked for. Without a cursor: from the beginning, as far as it is kept. */
export default async function stream (app: Service, { mostStreams = 5_000 }: { mostStreams?: number }) {
  app.get('/v1/conversations/:id/stream', {
    config: { access: 'viewer', traced: false },
    schema: {
      summary: 'What happens in a conversation, as server-sent events',
      tags: ['conversations'],
      params: Type.Object({ id: ConversationId }),
      querystring: Type.Object({
        after: Cursor,
        follow: Type.Boolean({ default: true, description: 'false: what has come since, and then the end' })
      }, { additionalProperties: false }),
      headers: Type.Object({ 'last-event-id': Cursor })
    }
  }, async (request, reply) => {
    const { params: { id }, query, headers } = request
    const { name: user } = request.principal
    await findReadable(app.conversationStore, id, user)
    if (app.conversationLog.followers >= mostStreams) throw new StreamsFull(mostStreams)
    const events = openEventStream(request, reply)
    const follower = { user, event: (_event: unknown, frame: string) => events.sendText(frame), control: events.sendText, drained: events.drained, end: events.close }
    // A browser that comes back by itself repeats the URL of its first visit; the header is newer.
    const going = await app.conversationLog.follow(id, headers['last-event-id'] ?? query.after ?? 0, follower, events.signal)
    if (going && query.follow) return
    if (!going) events.send({ event: 'reset', data: {} })
    events.close()
  })
}
