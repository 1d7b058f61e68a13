import type { Tool } from '@anthropic-ai/sdk/resources/messages'
import type { SelfTest } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import type { Model } from './model.ts'

/** A model of this machine may have to be loaded first. Milliseconds. */
const patience = 180_000

const tool: Tool = {
  name: 'read_temperature',
  description: 'Reads the temperature of one city.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }
}
const cities = ['Oslo', 'Lima', 'Cairo']
const request = {
  max_tokens: 2_048,
  system: 'For maximum efficiency, whenever you need to perform multiple independent operations, invoke all relevant tools simultaneously rather than sequentially.',
  tools: [tool],
  messages: [{ role: 'user' as const, content: `Read the temperature of ${cities.join(', ')}: one call for each, all three calls now, in one message.` }]
}

/** Whether a model makes several calls in one message, which is how tasks are created together. Asked as a turn would ask, by a stream. Told in the log unless it came out as `before`. Never throws. */
export async function selfTest ({ client, conceal, standard }: Model, signal: AbortSignal, logger: FastifyBaseLogger, before: SelfTest | null = null): Promise<SelfTest> {
  const test = await run().catch((error: unknown) => {
    logger.debug({ err: conceal.error(error) }, 'the self-test got no answer')
    return { outcome: 'failed' as const, calls: 0 }
  })
  const done = { ...test, at: new Date().toISOString() }
  if (!signal.aborted && done.outcome !== before?.outcome) logger[done.outcome === 'parallel' ? 'info' : 'warn']({ model: standard, ...test }, `self-test of tool use: ${wordsFor(done) ?? 'the model makes parallel calls'}`)
  return done

  async function run (): Promise<Omit<SelfTest, 'at'>> {
    const message = await client.messages.stream({ ...request, model: standard }, { signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]), maxRetries: 0 }).finalMessage()
    const called = new Set(message.content.flatMap((block) => block.type === 'tool_use' && block.name === tool.name ? [(block.input as { city?: string } | null)?.city?.toLowerCase()] : []))
    const calls = cities.filter((city) => called.has(city.toLowerCase())).length
    return { calls, outcome: calls === cities.length ? 'parallel' : calls > 0 ? 'sequential' : 'none' }
  }
}

/** What people are told of it; null when all is well. */
export function wordsFor ({ outcome }: SelfTest): string | null {
  switch (outcome) {
    case 'parallel': return null
    case 'sequential': return 'This model does not make all calls it is asked for in one message: tasks may be created one after the other, or not all of them.'
    case 'none': return 'This model did not use the tool it was offered: it may answer without creating tasks. Choose one that can use tools.'
    case 'failed': return 'This model gave no answer to a test call, which is repeated until it does. See whether its server runs and knows the model.'
  }
}
