import { createLogger, runProcess } from '@cortex/service'
import { startOrchestrator, type OrchestratorOptions } from '../src/index.ts'

// An orchestrator in a process of its own, to be killed. Argument: its options as JSON. Prints its URL.
const options = JSON.parse(process.argv[2] ?? '{}') as OrchestratorOptions
const logger = createLogger({ level: 'warn', name: 'orchestrator' })
await runProcess(logger, async () => {
  const running = await startOrchestrator({ ...options, logger })
  // Said once signals are listened to, for whoever waits for this line may send one.
  setImmediate(() => process.stdout.write(`{"url":"${running.url}"}\n`))
  return running
})
