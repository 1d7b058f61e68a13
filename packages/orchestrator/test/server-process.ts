import { createLogger } from '@cortex/service'
import { startOrchestrator } from '../src/index.ts'

// An orchestrator in a process of its own, to be killed. Arguments: data folder, folder of the task files. Prints its URL.
const [home = '', tasksDir] = process.argv.slice(2)
const { url } = await startOrchestrator({ home, tasksDir, host: '127.0.0.1', port: 0, logger: createLogger({ level: 'warn', name: 'orchestrator' }) })
process.stdout.write(`{"url":"${url}"}\n`)
