import { workUntilStopped, type WorkWitness } from './load.ts'

// A worker in a process of its own, to be killed. Arguments: URL of the orchestrator, id of the agent. What it was told goes out as JSON lines.
const [url = '', agentId = ''] = process.argv.slice(2)
const tell = (verb: keyof WorkWitness) => (...values: unknown[]) => { process.stdout.write(`${JSON.stringify({ verb, values })}\n`) }
const witness: WorkWitness = { given: tell('given'), acknowledgeJournal: tell('acknowledgeJournal'), acknowledgeFinish: tell('acknowledgeFinish') }
await workUntilStopped({ url }, agentId, { witness, signal: new AbortController().signal, pause: 200 })
