import { holdContract } from './contract/contract.ts'
import { orchestrate } from './orchestrator.ts'

holdContract(orchestrate, { histories: 40 })
