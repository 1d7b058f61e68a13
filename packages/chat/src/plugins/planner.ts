import type { PlannerIdentity, PlannerSettings, SelfTest } from '@cortex/contracts'
import fp from 'fastify-plugin'
import type { Model } from '../model.ts'
import { selfTest, wordsFor } from '../self-test.ts'

declare module 'fastify' {
  interface FastifyInstance {
    planner: Planner
  }
}

export interface Planner {
  /** Who answers in a conversation that chose this model, or none. */
  identity (chosen: string | null): PlannerIdentity
  settings (): PlannerSettings
}

/** Who plans. Models of other servers are tried at the start: what they can do is not known before. */
export default fp<{ model: Model, tested: boolean }>(async (app, { model, tested }) => {
  const { kind, standard, fallback, small, offered, budget } = model
  let test: SelfTest | null = null
  const identity = (chosen: string | null): PlannerIdentity => ({
    kind,
    model: chosen !== null && offered.includes(chosen) ? chosen : standard,
    notice: (test && wordsFor(test)) ?? model.notice
  })
  app.decorate('planner', {
    identity,
    settings: () => ({ ...identity(null), models: [...offered], fallback_model: fallback, small_model: small, context_tokens: budget, self_test: test })
  })
  if (kind !== 'local' || !tested) return
  const ended = new AbortController()
  let work: Promise<void> | null = null
  app.addHook('onReady', async () => { work = selfTest(model, ended.signal, app.log).then((done) => { test = done }) })
  app.addHook('onClose', async () => {
    ended.abort()
    await work
  })
}, { name: 'planner' })
