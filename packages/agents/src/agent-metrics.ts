import type { Channel } from 'node:diagnostics_channel'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { doings, type ModelDoing, type RunDoing, type RunEnd, type ToolkitDoing } from './doings.ts'

export interface AgentMetrics {
  readonly registry: Registry
  close: () => Promise<void>
}

/** From a file that is read to a chart that comes up. Seconds. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800]

/** What the agents of this process do, from now on. Labels are ids of masters, toolkits and models, which the operator names. */
export function createAgentMetrics (): AgentMetrics {
  const registry = new Registry()
  const registers = [registry]
  const running = new Gauge({ name: 'cortex_agent_runs_active', help: 'Tasks that workers of this process work on now', labelNames: ['master'], registers })
  const runs = new Counter({ name: 'cortex_agent_runs_total', help: 'Runs of a task that ended here, by what was reported; unreported: the lease was lost', labelNames: ['master', 'outcome'], registers })
  const calls = new Histogram({ name: 'cortex_toolkit_call_seconds', help: 'Calls of toolkits by act: read, plan, apply, verify (reading back) and undo', labelNames: ['toolkit', 'act', 'outcome'], buckets, registers })
  const tokens = new Counter({ name: 'cortex_agent_tokens_total', help: 'Tokens of the model that workers used, those of the cache among the input', labelNames: ['model', 'direction'], registers })
  const cost = new Counter({ name: 'cortex_agent_cost_usd_total', help: 'What they cost in US dollars, where prices are known', labelNames: ['model'], registers })
  const failed = new Counter({ name: 'cortex_agent_polls_failed_total', help: 'Times the orchestrator did not answer when it was asked for work', registers })

  const listening: Array<[Channel, (message: unknown) => void]> = []
  const listen = <Message>(channel: Channel, observe: (message: Message) => void) => {
    const listener = (message: unknown) => observe(message as Message)
    channel.subscribe(listener)
    listening.push([channel, listener])
  }
  listen<RunDoing>(doings.begun, ({ master }) => running.inc({ master }))
  listen<RunEnd>(doings.ended, ({ master, outcome }) => {
    running.dec({ master })
    runs.inc({ master, outcome })
  })
  listen<ToolkitDoing>(doings.toolkit, ({ seconds, ...labels }) => calls.observe(labels, seconds))
  listen<ModelDoing>(doings.model, ({ model, usage }) => {
    tokens.inc({ model, direction: 'input' }, usage.input_tokens)
    tokens.inc({ model, direction: 'output' }, usage.output_tokens)
    cost.inc({ model }, usage.cost_usd)
  })
  listen(doings.pollFailed, () => failed.inc())
  return {
    registry,
    async close () {
      for (const [channel, listener] of listening) channel.unsubscribe(listener)
    }
  }
}
