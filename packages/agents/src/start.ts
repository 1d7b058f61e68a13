import type { Prices } from '@cortex/contracts'
import { pino, type Logger } from 'pino'
import { createClaude, type ClaudeLimits, type ModelOptions } from './claude/model.ts'
import { limitsOf, readMasters } from './master.ts'
import { OrchestratorClient } from './orchestrator-client.ts'
import { defaultPolicy, readPolicy } from './policy.ts'
import { startRun } from './run.ts'
import { readRunbooks } from './runbook/runbook.ts'
import { createClusterToolkits, type ClusterOptions } from './toolkits/cluster.ts'
import { createInspectionToolkit } from './toolkits/inspection/index.ts'
import type { OutwardToolkits } from './toolkits/outward/open.ts'
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
  prices?: Prices | undefined
  modelLimits?: Partial<ClaudeLimits> | undefined
  policyFile?: string | undefined
  /** What of the outside workers may reach: http, commands, MCP servers. Without it none of them is there, or loaded. */
  toolkitsFile?: string | undefined
  /** Masters and runbooks of the operator; one with the id of a built-in one takes its place. */
  mastersFolder?: string | undefined
  runbooksFolder?: string | undefined
  /** undefined: no cluster is touched. */
  cluster?: ClusterOptions | undefined
  logger?: Logger | undefined
}

/** A master may name these whether or not they are configured; where they are not, it works without. */
const optionalToolkits = ['kubernetes', 'helm']

/**
 * Starts the masters: from here on they lease tasks and work on them.
 * @throws CTX_WORKSPACE_UNUSABLE, CTX_KUBECONFIG_UNUSABLE, CTX_DEFINITION_INVALID
 */
export async function startAgents ({ logger = pino({ level: 'silent' }), ...options }: AgentsOptions): Promise<{ close: () => Promise<void> }> {
  const outward = options.toolkitsFile === undefined ? null : await (await import('./toolkits/outward/open.ts')).openOutward(options.toolkitsFile, process.env, logger)
  try {
    const run = await startMasters({ logger, ...options }, outward)
    return {
      async close () {
        await run.close()
        await outward?.close()
      }
    }
  } catch (error) {
    // A server that was started would keep this process alive.
    await outward?.close()
    throw error
  }
}

async function startMasters (options: AgentsOptions & { logger: Logger }, outward: OutwardToolkits | null): Promise<{ close: () => Promise<void> }> {
  const { logger, prices = { models: {} } } = options
  const { repository, created } = await openWorkspace(options.workspace)
  if (created) logger.info({ workspace: repository.directory }, 'a new workspace was made, with a sample application')
  // A change set is carried out in this order: what can be undone best comes first.
  const toolkits = [
    createWorkspaceToolkit(repository),
    createInspectionToolkit(repository),
    ...options.cluster ? await createClusterToolkits(options.cluster, repository, logger) : [],
    ...outward?.toolkits ?? []
  ]
  const runbooks = await readRunbooks(options.runbooksFolder, toolkits.flatMap(({ tools }) => tools))
  const read = await readMasters(options.mastersFolder, { toolkits: [...new Set([...toolkits.map(({ id }) => id), ...optionalToolkits])], runbooks: runbooks.map(({ id }) => id) })
  const masters = outward?.equip(read) ?? read
  const policy = options.policyFile === undefined ? defaultPolicy : await readPolicy(options.policyFile)
  const claude = options.model && createClaude(options.model, prices, logger, options.modelLimits)
  return startRun({
    client: new OrchestratorClient(options.orchestratorUrl, options.token),
    agentId: options.agentId,
    masters: masters.map(limitsOf),
    work: (session) => work(session, { paths: async () => (await repository.files()).map(({ path }) => path), masters, runbooks, toolkits, policy, claude }),
    logger
  })
}
