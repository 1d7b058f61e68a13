import { runCommand } from './command.ts'
import { policy } from './policy.ts'
import { runbook } from './runbook.ts'

// The first word is the name of the npm script.
const [name, ...args] = process.argv.slice(2)
const { code, out, err } = await runCommand(name === 'policy' ? policy : runbook, args, process.env)
// A reader that has enough, as head, is no failure.
process.stdout.on('error', () => {})
process.stdout.write(out)
process.stderr.write(err)
process.exitCode = code
