import type { Scenario } from '../scenario.ts'
import create from './create.ts'
import fanOut from './fan-out.ts'
import start from './start.ts'
import workerStart from './worker-start.ts'

export const scenarios: readonly Scenario[] = [create, fanOut, workerStart, start]
