export { startAgents, type AgentsOptions } from './start.ts'
