import { setTimeout as delay } from 'node:timers/promises'
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

/** Milliseconds between two tests while none is answered, the first and the longest. */
const pauses = { first: 1_000, longest: 60_000 }

/** Who plans. Models of other servers are tried at the start, and again until they answer: what they can do is not known before. */
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
  const testUntilAnswered = async () => {
    for (let pause = pauses.first; !ended.signal.aborted; pause = Math.min(pause * 2, pauses.longest)) {
      test = await selfTest(model, ended.signal, app.log, test)
      if (test.outcome !== 'failed') return
      await delay(pause, undefined, { signal: ended.signal, ref: false }).catch(() => {})
    }
  }
  app.addHook('onReady', async () => { work = testUntilAnswered() })
  app.addHook('onClose', async () => {
    ended.abort()
    await work
  })
}, { name: 'planner' })
