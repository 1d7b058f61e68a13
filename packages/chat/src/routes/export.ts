import { ConversationId, OneOf } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { mayRead } from '../domain/access.ts'
import { toMarkdown } from '../domain/export-markdown.ts'
import { ConversationNotFound } from '../errors.ts'

/** All of a conversation as a file: for people as Markdown, for programs as JSON. */
export default async function exportConversation (app: Service) {
  app.get('/v1/conversations/:id/export', {
    config: { access: 'viewer' },
    schema: {
      summary: 'All of a conversation as a file',
      tags: ['conversations'],
      params: Type.Object({ id: ConversationId }),
      querystring: Type.Object({ format: OneOf(['markdown', 'json'], { default: 'markdown' }) }, { additionalProperties: false })
    }
  }, async ({ params: { id }, query: { format }, principal: { name: user } }, reply) => {
    const conversation = await app.conversationStore.snapshot(id)
    if (!conversation || !mayRead(conversation, user)) throw new ConversationNotFound(id)
    const exportedAt = new Date().toISOString()
    reply.header('content-disposition', `attachment; filename="${id}.${format === 'json' ? 'json' : 'md'}"`)
    return format === 'json'
      ? reply.send({ ...conversation, exported_at: exportedAt })
      : reply.type('text/markdown; charset=utf-8').send(toMarkdown(conversation, exportedAt))
  })
}
