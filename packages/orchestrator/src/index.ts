export { OrchestratorConfig } from './config.ts'
export { startOrchestrator, type OrchestratorOptions } from './start.ts'
