import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startChat, type ChatOptions } from '@cortex/chat'

export interface ChatProcess {
  url: string
  kill (signal?: NodeJS.Signals): Promise<void>
}

/** Chat as a process of its own, so that it can be killed as a machine kills it. */
export async function spawnChat (t: { teardown (work: () => Promise<void>): void }, options: ChatOptions): Promise<ChatProcess> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal)
    await exited
  }
  t.teardown(async () => await kill())
  const [url] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited.then(() => { throw new Error('chat ended before it was ready') })]) as [string]
  return { url, kill }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const chat = await startChat(JSON.parse(process.argv[2] ?? '') as ChatOptions)
  process.once('SIGTERM', () => { void chat.close() })
  console.log(chat.url)
}
