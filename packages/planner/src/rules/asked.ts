import type { TaskStatus } from '@cortex/contracts'
import type { TaskRequest } from './requests.ts'

/** A question of the message that work may hang on. */
export interface Asked {
  /** What tells the answer; null where no task does. */
  request: Extract<TaskRequest, { kind: 'status' }> | null
  /** The states of a task that mean yes. */
  wanted: readonly TaskStatus[]
}

/** Work that is wanted only where a question was answered so: "Has the scan finished? If so, …". */
export interface Gate {
  asked: Asked
  /** The answer it is wanted for. */
  yes: boolean
  said: string
}
