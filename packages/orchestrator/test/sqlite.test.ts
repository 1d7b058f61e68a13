import { holdContract } from './contract/contract.ts'
import { orchestrate } from './orchestrator.ts'

holdContract(orchestrate, { histories: 20, chain: 1_100 })
