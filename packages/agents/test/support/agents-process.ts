import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestOwner } from '../workspace.ts'

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Agents in a process of their own, whose log can be awaited. `prefix` is a command that runs it, as one that gives it another network. */
export async function startAgentsProcess (t: TestOwner, env: NodeJS.ProcessEnv, prefix: readonly string[] = []) {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, program]
  const child = spawn(command, args, { env: { ...process.env, ANTHROPIC_API_KEY: '', ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const log: string[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => log.push(line))
  const said = async (words: string): Promise<void> => {
    if (log.some((line) => line.includes(words))) return
    for await (const [line] of on(lines, 'line', { close: ['close'] }) as AsyncIterable<[string]>) if (line.includes(words)) return
    throw new Error(`the agents ended before they said ${words}:\n${log.join('\n')}`)
  }
  await said('"ready"')
  return { child, log, said }
}
