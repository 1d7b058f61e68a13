import { Interrupted, runCli } from './run.ts'

const ending = new AbortController()
process.on('SIGINT', () => {
  // Asked twice, nobody waits for anything to be tidied up.
  if (ending.signal.aborted) process.exit(130)
  ending.abort(new Interrupted())
})
process.on('SIGTERM', () => ending.abort(new Interrupted()))
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => ending.abort(new Error('nobody reads any more')))

process.exitCode = await runCli(process.argv.slice(2), { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, signal: ending.signal })
// What was given up may still hold the process.
if (ending.signal.aborted) process.exit()
