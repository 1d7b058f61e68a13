import { openEventStream } from '@cortex/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requestLimit } from '../plugins/messages-api.ts'
import { answer } from '../rules/answer.ts'
import { composeMessage, renderMessage } from '../wire/message.ts'
import { readTranscript } from '../wire/read-transcript.ts'
import { MessagesRequest } from '../wire/request.ts'
import { writeEvents } from '../wire/stream.ts'

export interface MessagesOptions {
  /** Milliseconds between the deltas of a stream. */
  cadenceMs: number
}

const messages: FastifyPluginAsyncTypebox<MessagesOptions> = async (app, { cadenceMs }) => {
  app.post('/v1/messages', { config: { access: 'open' }, bodyLimit: requestLimit, schema: { body: MessagesRequest } }, async (request, reply) => {
    const { body } = request
    const transcript = readTranscript(body)
    const { text, calls } = answer(transcript)
    const message = composeMessage(body, { text, calls: body.tool_choice?.disable_parallel_tool_use ? calls.slice(0, 1) : calls })
    if (!body.stream) return renderMessage(message)
    await writeEvents(openEventStream(request, reply), message, cadenceMs)
    return reply
  })
}
export default messages
