export { clusterOf, clusterSettings } from './cluster-config.ts'
export { startAgents, type AgentsOptions } from './start.ts'
export { redact, redactLine } from './redact.ts'
