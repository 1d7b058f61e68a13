import type { StandaloneConfig } from '@cortex/standalone/config'
import type { StartCheck } from '@cortex/service'
import type { Place } from '@cortex/standalone/backup'

export type State = 'ok' | 'warn' | 'fail'

export interface Finding {
  readonly state: State
  /** What was found, and for what is not in order what to do, on one line. */
  readonly text: string
}

export interface Examined {
  readonly config: StandaloneConfig
  readonly place: Place
  readonly env: NodeJS.ProcessEnv
  /** Whether Cortex runs on that data folder. */
  readonly running: boolean
  readonly signal: AbortSignal
  /** What a start would look at, but what cannot be asked here. */
  readonly startChecks: readonly StartCheck[]
  /** Clocks of others that were seen, in milliseconds ahead of ours. */
  readonly clocks: Array<{ whose: string, ahead: number }>
}

/** One line of the report. */
export interface Check {
  readonly name: string
  /** Never throws for what it finds; what it throws all the same is told as a failure. */
  examine (examined: Examined): Promise<Finding>
}

export const ok = (text: string): Finding => ({ state: 'ok', text })
export const warn = (text: string): Finding => ({ state: 'warn', text })
export const fail = (text: string): Finding => ({ state: 'fail', text })

/** Milliseconds a check waits for somebody else. */
export const patience = 5_000
