export { StandaloneConfig } from './config.ts'
export { startStandalone, type Standalone } from './start.ts'
