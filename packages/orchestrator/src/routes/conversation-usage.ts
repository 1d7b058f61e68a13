import { nothingUsed, TurnUsage, Usage } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'

export default async function conversationUsage (app: Service) {
  app.post('/v1/conversations/:id/usage', {
    config: { access: 'service' },
    schema: {
      summary: "What a turn of the chat used; counts once for its conversation's limit",
      tags: ['usage'],
      params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
      body: TurnUsage,
      response: { 200: Type.Object({ conversation: Usage }) }
    }
  }, async ({ params: { id }, body: { turn_id: turnId, usage } }) => {
    await app.taskStore.addUsage(id, turnId, usage)
    const { conversation } = await app.taskStore.spent({ batch_id: null, conversation_id: id })
    return { conversation: conversation ?? nothingUsed }
  })
}
