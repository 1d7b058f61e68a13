export { agentChecks } from './check-start.ts'
export { clusterOf, clusterSettings } from './cluster-config.ts'
export { createAgentMetrics } from './agent-metrics.ts'
export { startAgents, type AgentsOptions } from './start.ts'
