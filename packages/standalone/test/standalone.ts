import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ConversationSnapshot } from '@cortex/contracts'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { Test } from 'tap'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export const sentence = 'Set up the following in parallel: 1) Deploy monitoring stack 2) Configure security scanning 3) Set up CI/CD pipeline'

export async function temporaryHome (t: Test): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cortex-standalone-'))
  t.teardown(() => rm(home, { recursive: true, force: true }))
  return home
}

/** What `npm start` runs, in a process of its own, once it says that it is ready. */
export async function startProcess (t: Test, home: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...cleanEnvironment(), CORTEX_HOME: home, PORT: '0', ORCHESTRATOR_PORT: '0', ...env } })
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return await exited
  }
  t.teardown(async () => { await end('SIGKILL') })
  const log: string[] = []
  const lines = createInterface({ input: child.stdout })
  const ready = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      log.push(line)
      if (line.includes('"msg":"ready:')) resolve()
    })
    lines.on('close', () => reject(new Error(`ended before it was ready:\n${log.join('\n')}`)))
  })
  await ready
  const { chat_url: chatUrl, orchestrator_url: orchestratorUrl } = JSON.parse(await readFile(join(home, 'ready.json'), 'utf8')) as { chat_url: string, orchestrator_url: string }
  return { chatUrl, orchestratorUrl, log, end, pid: child.pid, ...talkTo(chatUrl) }
}

/** The environment without what would change how Cortex starts. */
export function cleanEnvironment (): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CORTEX|ANTHROPIC|TASKS_DIR|DATABASE_URL|HOST|PORT|LOG_LEVEL)/.test(name)))
}

/** A person at the chat's HTTP routes. */
export function talkTo (chatUrl: string) {
  async function send<Body> (method: string, path: string, body?: unknown): Promise<{ status: number, body: Body }> {
    const response = await fetch(`${chatUrl}${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    })
    return { status: response.status, body: await response.json() as Body }
  }
  const snapshot = async (id: string) => (await send<ConversationSnapshot>('GET', `/v1/conversations/${id}`)).body
  let sent = 0
  return {
    send,
    snapshot,
    begin: async () => (await send<{ id: string }>('POST', '/v1/conversations', {})).body.id,
    say: (id: string, text: string) => send('POST', `/v1/conversations/${id}/messages`, { text, client_id: `test-${sent++}` }),
    /** The first snapshot of which `holds` is true; looks again with each event of the conversation's stream. */
    async until (id: string, holds: (snapshot: ConversationSnapshot) => boolean): Promise<ConversationSnapshot> {
      const controller = new AbortController()
      try {
        const first = await snapshot(id)
        if (holds(first)) return first
        const response = await fetch(`${chatUrl}/v1/conversations/${id}/stream`, { headers: { 'last-event-id': String(first.seq) }, signal: controller.signal })
        for await (const { event } of response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()) ?? []) {
          if (event === 'goodbye') break
          const next = await snapshot(id)
          if (holds(next)) return next
        }
        throw new Error('the stream ended first')
      } finally {
        controller.abort()
      }
    },
    async approveAll ({ approvals }: ConversationSnapshot): Promise<void> {
      for (const { id, status, plan_hash: hash } of approvals) if (status === 'pending') await send('POST', `/v1/approvals/${id}`, { decision: 'approve', plan_hash: hash })
    }
  }
}

export const statuses = ({ tasks }: ConversationSnapshot) => Object.fromEntries(tasks.map((task) => [task.payload.category, task.status]))
export const waitsForAnswers = (snapshot: ConversationSnapshot) => snapshot.approvals.filter(({ status }) => status === 'pending').length === 2
export const summaries = ({ messages }: ConversationSnapshot) => messages.filter(({ kind, status }) => kind === 'summary' && status === 'complete')
export const textOf = (message: ConversationSnapshot['messages'][number] | undefined) => message?.content.map((block) => block.type === 'text' ? block.text : '').join('') ?? ''
