export { startAgents, type AgentsOptions } from './start.ts'
export { redactLine } from './redact.ts'
