import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { ModelNotFound } from '../errors.ts'

const rules = {
  id: 'cortex-rules-1',
  type: 'model',
  display_name: 'Cortex offline planner (rules, no language model)',
  created_at: '2026-01-01T00:00:00Z',
  lifecycle: 'active',
  line: null,
  capabilities: null,
  max_input_tokens: null,
  max_tokens: null,
  deprecated_at: null,
  retires_at: null
}

const models: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/v1/models', { config: { access: 'open' } }, async () => ({ data: [rules], has_more: false, first_id: rules.id, last_id: rules.id }))
  app.get('/v1/models/:id', { config: { access: 'open' }, schema: { params: Type.Object({ id: Type.String() }) } }, async ({ params }) => {
    if (params.id !== rules.id) throw new ModelNotFound(params.id.slice(0, 64))
    return rules
  })
}
export default models
