import { runAudit } from './command.ts'

// A reader that has enough, as head, is no failure.
process.stdout.on('error', () => {})
process.exitCode = await runAudit(process.argv.slice(2), { env: process.env, out: process.stdout, err: process.stderr })
