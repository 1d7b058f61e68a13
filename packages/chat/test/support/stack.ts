import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { categories, type ConversationSnapshot, type Lease, type LeaseOutcome, type Message } from '@cortex/contracts'
import { startChat, type ChatOptions, type ModelSettings } from '@cortex/chat'
import { startOrchestrator } from '@cortex/orchestrator'
import { startScriptedModel, type Script, type ScriptedModel } from './scripted-model.ts'
import { EventReader } from './event-reader.ts'

interface Teardown { teardown (work: () => Promise<void>): void }

export interface Stack {
  url: string
  orchestratorUrl: string
  home: string
  model: ScriptedModel
  /** Ends chat and starts it again on the same data. */
  restartChat (): Promise<void>
  api<T = Record<string, unknown>> (method: string, path: string, body?: unknown): Promise<{ status: number, body: T }>
  /** A new conversation with its stream open and, where given, its first message sent. */
  converse (text?: string): Promise<Talk>
}

export interface Talk {
  id: string
  stream: EventReader
  say (text: string, clientId?: string): Promise<{ message_id: string, seq: number }>
  snapshot (): Promise<ConversationSnapshot>
  /** The assistant messages, oldest first. */
  replies (): Promise<Message[]>
}

/** The real orchestrator, the real chat, and a scripted Messages API, all over HTTP; closed in order when the test ends. */
export async function startStack (t: Teardown, scripts: Script[], { kind = 'claude', settings, ...options }: Partial<ChatOptions> & { kind?: ModelSettings['kind'], settings?: Partial<ModelSettings> } = {}): Promise<Stack> {
  const home = mkdtempSync(join(tmpdir(), 'cortex-chat-'))
  const model = await startScriptedModel(...scripts)
  const orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port: 0 })
  const start = async () => await startChat({
    home, host: '127.0.0.1', port: 0, orchestratorUrl: orchestrator.url, model: { kind, baseUrl: model.url, apiKey: 'test', model: 'scripted', ...settings }, selfTest: false, ...options, limits: { backoff: 5, stopGrace: 200, ...options.limits }
  })
  let chat = await start()
  const readers = new Set<EventReader>()
  t.teardown(async () => {
    for (const reader of readers) reader.close()
    await chat.close()
    await orchestrator.close()
    await model.close()
    rmSync(home, { recursive: true, force: true })
  })

  const stack: Stack = {
    url: chat.url,
    orchestratorUrl: orchestrator.url,
    home,
    model,
    restartChat: async () => {
      await chat.close()
      chat = await start()
      stack.url = chat.url
    },
    api: async (method, path, body) => await request(method, stack.url + path, body),
    converse: async (text) => {
      const { body: { id } } = await stack.api<{ id: string }>('POST', '/v1/conversations', {})
      const stream = await EventReader.open(`${stack.url}/v1/conversations/${id}/stream`)
      readers.add(stream)
      const talk: Talk = {
        id,
        stream,
        say: async (text, clientId = `c${Math.random().toString(36).slice(2)}`) => (await stack.api<{ message_id: string, seq: number }>('POST', `/v1/conversations/${id}/messages`, { text, client_id: clientId })).body,
        snapshot: async () => (await stack.api<ConversationSnapshot>('GET', `/v1/conversations/${id}`)).body,
        replies: async () => (await talk.snapshot()).messages.filter(({ role }) => role === 'assistant')
      }
      if (text !== undefined) await talk.say(text)
      return talk
    }
  }
  return stack
}

export async function request<T> (method: string, url: string, body?: unknown): Promise<{ status: number, body: T }> {
  const response = await fetch(url, { method, ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) })
  const text = await response.text()
  return { status: response.status, body: (text ? JSON.parse(text) : null) as T }
}

/** Does the work of agents by hand: leases what is queued and ends each with the outcome given. */
export async function workOff (orchestratorUrl: string, count: number, outcome: (lease: Lease) => LeaseOutcome): Promise<Lease[]> {
  const done: Lease[] = []
  while (done.length < count) {
    const { body } = await request<{ leases: Lease[] }>('POST', `${orchestratorUrl}/v1/leases`, {
      agent_id: 'by-hand', masters: categories.map((category) => ({ id: `${category}-master`, title: category, categories: [category], concurrency: 100 })), capacity: 10, wait_seconds: 5
    })
    for (const lease of body.leases) {
      await request('POST', `${orchestratorUrl}/v1/leases/${lease.lease_id}/outcome`, outcome(lease))
      done.push(lease)
    }
  }
  return done
}

export const completed: LeaseOutcome = { kind: 'completed', result: { summary: 'Done as asked', evidence: [{ claim: 'It stands', detail: 'read back' }] } }
export const task = (title: string, more: object = {}) => ({ title, description: `Please: ${title}`, category: 'infrastructure', ...more })
