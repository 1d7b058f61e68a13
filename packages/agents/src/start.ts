import type { Prices } from '@cortex/contracts'
import { keepCurrent, type Current } from '@cortex/service'
import { pino, type Logger } from 'pino'
import type { ClaudeLimits, ModelOptions } from './claude/model.ts'
import { openEquipment } from './equipment.ts'
import { limitsOf, onlyMasters } from './master.ts'
import { OrchestratorClient } from './orchestrator-client.ts'
import { readPolicy } from './policy.ts'
import { startRun, type Run } from './run.ts'
import { TargetQueue } from './target-queue.ts'
import { createClusterToolkits, type ClusterOptions } from './toolkits/cluster.ts'
import { createInspectionToolkit } from './toolkits/inspection/index.ts'
import { createWorkspaceToolkit } from './toolkits/workspace/index.ts'
import { openWorkspace } from './toolkits/workspace/open-workspace.ts'
import { work } from './work.ts'

export interface AgentsOptions {
  orchestratorUrl: string
  /** What the orchestrator knows its workers by, where it asks. */
  token?: string | undefined
  /** The gitops workspace: a git repository. A missing or empty folder becomes one, with a small sample. */
  workspace: string
  /** The same at each start of this agent, so that it gets its own tasks back at once after a crash. */
  agentId: string
  /** null: only tasks that fit a runbook can be done. */
  model: ModelOptions | null
  /** What models cost; without them their cost is not counted. */
  prices?: Current<Prices> | undefined
  modelLimits?: Partial<ClaudeLimits> | undefined
  policyFile?: string | undefined
  /** What of the outside workers may reach: http, commands, MCP servers. Without it none of them is there, or loaded. */
  toolkitsFile?: string | undefined
  /** Masters and runbooks of the operator; one with the id of a built-in one takes its place. */
  mastersFolder?: string | undefined
  runbooksFolder?: string | undefined
  /** Ids of the masters to work for, where other agents work for the others; all unless given. */
  only?: readonly string[] | undefined
  /** undefined: no cluster is touched. */
  cluster?: ClusterOptions | undefined
  logger?: Logger | undefined
}

/**
 * Starts the masters: from here on they lease tasks and work on them. Policy and toolkits count as their files stand when work on a task begins.
 * @throws CTX_WORKSPACE_UNUSABLE, CTX_KUBECONFIG_UNUSABLE, CTX_DEFINITION_INVALID, CTX_MASTER_MISSING
 */
export async function startAgents ({ logger = pino({ level: 'silent' }), prices = { value: { models: {} } }, ...options }: AgentsOptions): Promise<Run> {
  const { repository, created } = await openWorkspace(options.workspace)
  if (created) logger.info({ workspace: repository.directory }, 'a new workspace was made, with a sample application')
  const fixed = [
    createWorkspaceToolkit(repository),
    createInspectionToolkit(repository),
    ...options.cluster ? await createClusterToolkits(options.cluster, repository, logger) : []
  ]
  // Loaded only where there is one: the client is a quarter of what starting agents takes.
  const claude = options.model && (await import('./claude/model.ts')).createClaude(options.model, prices, logger, options.modelLimits)
  const policy = await keepCurrent({ file: options.policyFile, read: readPolicy, what: 'policy', logger })
  const queue = new TargetQueue()
  const retiring = new Set<Promise<void>>()
  const equipment = await keepCurrent({
    file: options.toolkitsFile,
    read: (file) => openEquipment(file, { fixed, mastersFolder: options.mastersFolder, runbooksFolder: options.runbooksFolder, logger }),
    what: 'toolkits',
    logger,
    replaced (old) {
      const retired = old.retire().finally(() => retiring.delete(retired))
      retiring.add(retired)
    }
  })
  try {
    onlyMasters(equipment.value.masters, options.only)
  } catch (error) {
    await Promise.all([policy.close(), equipment.close(), equipment.value.retire()])
    throw error
  }
  const run = startRun({
    client: new OrchestratorClient(options.orchestratorUrl, options.token),
    agentId: options.agentId,
    // Work on a task knows all masters, also those whose tasks others lease.
    policy: () => ({ file: options.policyFile ?? null, rules: policy.value.rules }),
    masters: () => equipment.value.masters.filter(({ id }) => options.only?.includes(id) ?? true).map(limitsOf),
    work (session) {
      const current = equipment.value
      return current.during(() => work(session, { ...current, policy: policy.value, queue, paths: async () => (await repository.files()).map(({ path }) => path), claude }))
    },
    logger
  })
  return {
    fault: run.fault,
    async close () {
      await Promise.all([policy.close(), equipment.close()])
      await run.close()
      await Promise.all([equipment.value.retire(), ...retiring])
    }
  }
}
