import { channel } from 'node:diagnostics_channel'
import type { LeaseOutcome, Usage } from '@cortex/contracts'

/**
 * What the agents of this process do, for whoever counts it. Channels, since a toolkit's call lies deep within a run; nothing is measured and
 * nobody is told while nobody listens.
 */
export const doings = {
  /** A `RunDoing` when a run begins. */
  begun: channel('cortex.agents.run-begun'),
  /** A `RunEnd` when it ends. */
  ended: channel('cortex.agents.run-ended'),
  /** A `ToolkitDoing` for each call. */
  toolkit: channel('cortex.agents.toolkit-call'),
  /** A `ModelDoing` for each reply. */
  model: channel('cortex.agents.model-reply'),
  /** The orchestrator did not answer when it was asked for work. */
  pollFailed: channel('cortex.agents.poll-failed')
}

export type Act = 'read' | 'plan' | 'apply' | 'verify' | 'undo'

export interface RunDoing { readonly master: string }
/** `unreported`: nobody was told, as the lease was lost. */
export interface RunEnd extends RunDoing { readonly outcome: LeaseOutcome['kind'] | 'unreported' }
/** `failed`: the call ended with an error; the run may go on. */
export interface ToolkitDoing { readonly toolkit: string, readonly act: Act, readonly outcome: 'done' | 'failed', readonly seconds: number }
export interface ModelDoing { readonly model: string, readonly usage: Usage }
