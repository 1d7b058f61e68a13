import { channel } from 'node:diagnostics_channel'

/** One transaction of the store, told once its first caller is answered. */
export interface CommitGroup {
  readonly operations: number
  /** From the first call to its answer: what a caller waits, the disk included. */
  readonly seconds: number
  /** What the first call was refused with. */
  readonly error: unknown
}

/** Tells of each `CommitGroup`. A channel, so that a store need not know who counts; nothing is measured while nobody does. */
export const commitGroups = channel('cortex.orchestrator.commit-group')
