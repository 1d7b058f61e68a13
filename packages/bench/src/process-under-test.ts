import { join } from 'node:path'
import { startAgents } from '@cortex/agents'
import { startChat } from '@cortex/chat'
import { startOrchestrator } from '@cortex/orchestrator'
import { createLogger, runProcess } from '@cortex/service'
import { loopback, startCreateRoute } from './create-route.ts'
import type { Addresses, ServicesOptions } from './run-under-test.ts'

// The orchestrator with the echo route beside it and, where they are asked for, the agents and the chat: as `npm start` runs them, in one process.
const { modelUrl, agents, ...options } = JSON.parse(process.argv[2] ?? '{}') as ServicesOptions
const logger = createLogger({ level: 'warn', name: 'bench' })

await runProcess(logger, async () => {
  const orchestrator = await startOrchestrator({ ...loopback, ...options, logger })
  // The ceiling: reads the same body, holds it against the same schemas, and sends it back.
  const echo = await startCreateRoute(orchestrator.url, logger, (call) => call)
  const parts: Array<{ close: () => Promise<void> }> = [orchestrator, echo]
  const addresses: Addresses = { pid: process.pid, orchestrator: orchestrator.url, echo: echo.url, chat: '', tasks: join(options.home, 'tasks') }
  if (modelUrl) {
    const chat = await startChat({ ...loopback, home: options.home, orchestratorUrl: orchestrator.url, model: { kind: 'rules', baseUrl: modelUrl, apiKey: 'offline', model: 'scripted' }, logger })
    parts.push(chat)
    addresses.chat = chat.url
  }
  if (agents) parts.push(await startAgents({ ...agents, orchestratorUrl: orchestrator.url, agentId: 'bench', model: null, logger }))
  process.send?.(addresses)
  // Whoever measures is gone: nobody else ends this process.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  return { close: async () => { for (const part of parts.reverse()) await part.close() } }
})
