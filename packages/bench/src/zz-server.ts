import { startOrchestrator } from '@cortex/orchestrator'
import { Session } from 'node:inspector/promises'
import { writeFileSync } from 'node:fs'
const o = await startOrchestrator({ host: '127.0.0.1', port: 0, home: process.argv[2]!, concurrency: 1000, ...(process.argv[3] ? { databaseUrl: process.argv[3] } : {}) })
const s = new Session(); s.connect(); await s.post('Profiler.enable'); await s.post('Profiler.setSamplingInterval', { interval: 500 })
process.on('message', async (m) => {
  if (m === 'start') { await s.post('Profiler.start'); process.send!({ cpu: process.cpuUsage() }) }
  if (m === 'stop') { const { profile } = await s.post('Profiler.stop'); writeFileSync('/tmp/pf/p.cpuprofile', JSON.stringify(profile)); process.send!({ cpu: process.cpuUsage() }) }
  if (m === 'cpu') process.send!({ cpu: process.cpuUsage() })
})
process.send!({ url: o.url })
process.on('disconnect', () => process.exit())
