import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requestLimit } from '../plugins/messages-api.ts'
import { readTranscript } from '../wire/read-transcript.ts'
import { CountTokensRequest } from '../wire/request.ts'
import { estimateInput } from '../wire/tokens.ts'

const countTokens: FastifyPluginAsyncTypebox = async (app) => {
  app.post('/v1/messages/count_tokens', { config: { access: 'open' }, bodyLimit: requestLimit, schema: { body: CountTokensRequest } }, async ({ body }) => {
    readTranscript(body)
    return { input_tokens: estimateInput(body) }
  })
}
export default countTokens
