import { join } from 'node:path'
import { startChat } from '@cortex/chat'
import { ToolCall, type ToolList } from '@cortex/contracts'
import { startOrchestrator } from '@cortex/orchestrator'
import { createLogger, createService, runProcess, startService } from '@cortex/service'
import type { Addresses } from './run-under-test.ts'

// The orchestrator with the echo route beside it and, where there is a model for it, the chat: as `npm start` runs them, in one process.
// Arguments: data folder, address of the model.
const [home = '', modelUrl = ''] = process.argv.slice(2)
const listen = { host: '127.0.0.1', port: 0 }
const logger = createLogger({ level: 'warn', name: 'bench' })

await runProcess(logger, async () => {
  const orchestrator = await startOrchestrator({ ...listen, home, logger })
  const echo = await startEcho(orchestrator.url)
  const parts = [orchestrator, echo]
  const addresses: Addresses = { orchestrator: orchestrator.url, echo: echo.url, chat: '', tasks: join(home, 'tasks') }
  if (modelUrl) {
    const chat = await startChat({ ...listen, home, orchestratorUrl: orchestrator.url, model: { kind: 'rules', baseUrl: modelUrl, apiKey: 'offline', model: 'scripted' }, logger })
    parts.push(chat)
    addresses.chat = chat.url
  }
  process.send?.(addresses)
  // Whoever measures is gone: nobody else ends this process.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  return { close: async () => { for (const part of parts.reverse()) await part.close() } }
})

/** The ceiling: reads the same body, holds it against the same schemas, and sends it back. */
async function startEcho (orchestratorUrl: string): Promise<{ url: string, close: () => Promise<void> }> {
  const { tools } = await (await fetch(`${orchestratorUrl}/v1/tools`)).json() as ToolList
  const input = tools.find(({ name }) => name === 'cortex_create_task')?.input_schema
  const app = createService({ logger })
  app.post('/echo', { schema: { body: { ...ToolCall, properties: { ...ToolCall.properties, tool_input: input } } } }, async (request, reply) =>
    reply.type('application/json').send(JSON.stringify(request.body)))
  return { url: `${await startService(app, listen)}/echo`, close: async () => await app.close() }
}
