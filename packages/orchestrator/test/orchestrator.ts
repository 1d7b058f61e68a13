import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BudgetState, Lease, LeaseOutcome, LeaseReport, MasterLimits, Problem, Task } from '@cortex/contracts'
import type { Test } from 'tap'
import { request } from 'undici'
import { startOrchestrator, type OrchestratorOptions } from '../src/index.ts'

export interface Answer<Body> { status: number, body: Body, headers: IncomingHttpHeaders }

export const masters: MasterLimits[] = [
  { id: 'infrastructure-master', title: 'Infrastructure', categories: ['infrastructure'], concurrency: 2 },
  { id: 'general-master', title: 'General', categories: ['general', 'security', 'cicd', 'inventory', 'development'], concurrency: 4 }
]

export const planHash = `sha256:${'0'.repeat(64)}`
export const changeSet = { summary: 'Write a file', risk: 'low' as const, changes: [{ toolkit: 'workspace', target: 'a.yaml', verb: 'create', diff: '+a: 1' }], dry_run: 'would write', plan_hash: planHash }
export const result = { summary: 'It is done', evidence: [{ claim: 'The file is there', detail: 'a: 1' }] }

/** A folder of its own that goes with the test. */
export async function temporaryFolder (t: Pick<Test, 'teardown'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cortex-orchestrator-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface Orchestrator extends ReturnType<typeof speakTo> {
  home: string
  stop (): Promise<void>
  /** Stops it, and starts another on the same data. */
  restart (changed?: Partial<OrchestratorOptions>): Promise<Orchestrator>
}

export type Orchestrate = (t: Test, options?: Partial<OrchestratorOptions>) => Promise<Orchestrator>

/** A real orchestrator on loopback, and what its clients say to it. */
export async function orchestrate (t: Test, options: Partial<OrchestratorOptions> = {}): Promise<Orchestrator> {
  const home = options.home ?? await temporaryFolder(t)
  const { url, close } = await startOrchestrator({ host: '127.0.0.1', port: 0, ...options, home })
  let closed: Promise<void> | null = null
  const stop = () => (closed ??= close())
  t.teardown(stop)
  async function restart (changed: Partial<OrchestratorOptions> = {}): Promise<Orchestrator> {
    await stop()
    return await orchestrate(t, { ...options, ...changed, home })
  }
  return { home, stop, restart, ...speakTo(url) }
}

export function speakTo (url: string) {
  async function send<Body> (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    // fetch would take three times as much of a processor.
    const response = await request(`${url}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    return { status: response.statusCode, body: await response.body.json() as Body, headers: response.headers }
  }
  const call = <Body = Record<string, unknown>>(tool: string, input: unknown, headers?: Record<string, string>) =>
    send<Body>('POST', '/execute-tool', { tool_name: tool, tool_input: input }, headers)
  return {
    url,
    send,
    call,
    refuse: (tool: string, input: unknown, headers?: Record<string, string>) => call<Problem>(tool, input, headers),
    /** Creates a task and answers its id. */
    async create (input: Record<string, unknown> = {}, headers?: Record<string, string>): Promise<string> {
      const { status, body } = await call<{ task_id: string }>('cortex_create_task', { title: 'Deploy it', description: 'All of it', category: 'infrastructure', ...input }, headers)
      if (status !== 200) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`)
      return body.task_id
    },
    task: async (id: string) => (await send<Task>('GET', `/v1/tasks/${id}`)).body,
    async lease (body: Record<string, unknown> = {}): Promise<Lease[]> {
      return (await send<{ leases: Lease[] }>('POST', '/v1/leases', { agent_id: 'agent', masters, held: [], capacity: 10, wait_seconds: 5, ...body })).body.leases
    },
    report: (lease: string, body: LeaseReport = {}) => send<{ cancel_requested: boolean, code?: string, budget?: BudgetState }>('POST', `/v1/leases/${lease}/report`, body),
    end: (lease: string, outcome: LeaseOutcome) => send<Task & { code?: string }>('POST', `/v1/leases/${lease}/outcome`, outcome)
  }
}

/** The one lease that must be there. */
export function only<Item> (items: readonly Item[]): Item {
  if (items.length !== 1 || items[0] === undefined) throw new Error(`expected one, got ${items.length}`)
  return items[0]
}
