import { runUsers } from './command.ts'

process.exitCode = await runUsers(process.argv.slice(2), { env: process.env, in: process.stdin, out: process.stdout, err: process.stderr })
