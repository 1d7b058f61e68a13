import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { startOrchestrator, type OrchestratorOptions } from '@cortex/orchestrator'
import type { Approval, AuditEntry, AuditPage, CreatedTask, LogLine, Task, TaskStatusReport } from '@cortex/contracts'
import { startAgents, type AgentsOptions } from '../src/index.ts'
import { temporaryFolder, type TestOwner } from './workspace.ts'

export interface Cortex {
  home: string
  url: string
  workspace: string
  create (title: string, category: string, more?: object, headers?: Record<string, string>): Promise<string>
  task (id: string): Promise<Task>
  log (id: string): Promise<string[]>
  audit (id: string): Promise<AuditEntry[]>
  /** Waits, told by the orchestrator of each change, until the task is as asked. */
  until (id: string, wanted: (task: Task) => boolean, patience?: number): Promise<Task>
  ended (id: string, patience?: number): Promise<Task>
  approval (id: string): Promise<Approval>
  decide (approval: Approval, decision: 'approve' | 'deny', reason?: string): Promise<Response>
  cancel (id: string): Promise<void>
  agents (options?: Partial<AgentsOptions>): Promise<{ close (): Promise<void> }>
  stopOrchestrator (): Promise<void>
}

/** A real orchestrator, and agents as the test asks for them. */
export async function startCortex (t: TestOwner, { port = 0, home, leaseDuration = 10_000, ...more }: Partial<OrchestratorOptions> = {}): Promise<Cortex> {
  home ??= await temporaryFolder(t)
  const orchestrator = await startOrchestrator({ home, host: '127.0.0.1', port, leaseDuration, ...more })
  let stopped: Promise<void> | undefined
  const stopOrchestrator = (): Promise<void> => {
    stopped ??= orchestrator.close()
    return stopped
  }
  const post = (path: string, body: unknown) => fetch(`${orchestrator.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  // Asked again and again while something is waited for: fetch would take three times as much of a processor.
  const read = async <T>(path: string): Promise<T> => (await request(`${orchestrator.url}${path}`)).body.json() as Promise<T>
  const tool = async <T>(name: string, input: unknown, headers?: Record<string, string>): Promise<T> => (await request(`${orchestrator.url}/execute-tool`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ tool_name: name, tool_input: input })
  })).body.json() as Promise<T>
  const running: Array<{ close (): Promise<void> }> = []
  t.teardown(async () => {
    await Promise.all(running.map((agents) => agents.close()))
    await stopOrchestrator()
  })
  const workspace = join(home, 'workspace')
  const cortex: Cortex = {
    home,
    url: orchestrator.url,
    workspace,
    create: async (title, category, more = {}, headers) => (await tool<CreatedTask>('cortex_create_task', { title, description: title, category, ...more }, headers)).task_id,
    task: (id) => read(`/v1/tasks/${id}`),
    log: async (id) => (await read<{ lines: LogLine[] }>(`/v1/tasks/${id}/log`)).lines.map(({ message }) => message),
    audit: async (id) => (await read<AuditPage>(`/v1/audit?limit=200&task_id=${id}`)).entries,
    async until (id, wanted, patience = 20_000) {
      const giveUp = Date.now() + patience
      for (;;) {
        const task = await cortex.task(id)
        if (wanted(task)) return task
        if (Date.now() > giveUp) throw new Error(`still ${task.status}: ${JSON.stringify(task.error ?? task.progress)}`)
        await tool<TaskStatusReport>('cortex_get_task_status', { task_id: id, wait_seconds: 1 })
      }
    },
    ended: (id, patience) => cortex.until(id, ({ status }) => ['completed', 'failed', 'cancelled'].includes(status), patience),
    async approval (id) {
      await cortex.until(id, ({ status }) => status === 'awaiting_approval')
      const { approvals } = await read<{ approvals: Approval[] }>('/v1/approvals')
      return approvals.find((approval) => approval.task_id === id && approval.status === 'pending')!
    },
    decide: (approval, decision, reason) => post(`/v1/approvals/${approval.id}`, { decision, plan_hash: approval.plan_hash, ...(reason !== undefined && { reason }) }),
    async cancel (id) { await tool('cortex_cancel_task', { task_id: id }) },
    async agents (options = {}) {
      const agents = await startAgents({ orchestratorUrl: orchestrator.url, workspace, agentId: 'test', model: null, ...options })
      running.push(agents)
      return agents
    },
    stopOrchestrator
  }
  return cortex
}

/** Agents as a process of their own, so that it can be killed. */
export async function spawnAgents (t: TestOwner, { url, home }: Cortex, env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    env: { ...process.env, ORCHESTRATOR_URL: url, CORTEX_HOME: home, CORTEX_AGENT_ID: 'killed', ANTHROPIC_API_KEY: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })
  for await (const chunk of child.stdout!) if (String(chunk).includes('"ready"')) break
  child.stdout!.destroy()
  return child
}
