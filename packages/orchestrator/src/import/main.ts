import { runImport } from './command.ts'

// A reader that has enough, as head, is no failure.
process.stdout.on('error', () => {})
process.exitCode = await runImport(process.argv.slice(2), {
  env: process.env,
  out: (text) => { process.stdout.write(text) },
  err: (text) => { process.stderr.write(text) }
})
