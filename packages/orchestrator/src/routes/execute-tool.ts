import { ToolCall, ToolList } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { readCaller } from '../caller.ts'

export default async function executeTool (app: Service) {
  // Reading is what every caller may; a tool that changes something asks for more.
  app.post('/execute-tool', {
    config: { access: 'viewer' },
    schema: { summary: 'Call one tool by name; the answer is its output', tags: ['tools'], body: ToolCall }
  }, async (request, reply) => {
    const output = await app.tools.execute(request.body.tool_name, request.body.tool_input, readCaller(request, reply))
    return reply.type('application/json').send(JSON.stringify(output))
  })

  app.get('/v1/tools', { config: { access: 'viewer' }, schema: { summary: 'The tools as the Messages API takes them', tags: ['tools'], response: { 200: ToolList } } }, async () => ({ tools: app.tools.definitions() }))
}
