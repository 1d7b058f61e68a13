import { ToolCall, type ToolList } from '@cortex/contracts'
import { createService, startService, type ServiceOptions } from '@cortex/service'

export const loopback = { host: '127.0.0.1', port: 0 }

export interface CreateRoute {
  url: string
  close (): Promise<void>
}

/**
 * A route of a service of ours that takes the same calls as `/execute-tool`, held against the same schemas, and answers what `answer` makes of them as JSON.
 * @param orchestrator its address: it tells what a create may hold
 */
export async function startCreateRoute (orchestrator: string, logger: ServiceOptions['logger'], answer: (call: ToolCall) => unknown): Promise<CreateRoute> {
  const { tools } = await (await fetch(`${orchestrator}/v1/tools`)).json() as ToolList
  const input = tools.find(({ name }) => name === 'cortex_create_task')?.input_schema
  const app = createService({ logger })
  app.post('/create', { config: { access: 'open' }, schema: { body: { ...ToolCall, properties: { ...ToolCall.properties, tool_input: input } } } }, async (request, reply) =>
    reply.type('application/json').send(JSON.stringify(await answer(request.body as ToolCall))))
  return { url: `${await startService(app, loopback)}/create`, close: async () => await app.close() }
}
