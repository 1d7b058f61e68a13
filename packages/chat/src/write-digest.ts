import type { Usage } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { ask } from './ask.ts'
import { boundDigest, digestPrompt, listTurns, toDigestText } from './domain/digest.ts'
import { charactersPerToken, type Digest, type TranscriptEntry } from './domain/transcript.ts'
import type { Model } from './model.ts'

/** Milliseconds a summary may take; the person waits for it. */
const patience = 60_000
const longestReply = 2_000

export interface WrittenDigest {
  readonly digest: Digest
  /** What the model used for it; null when none was asked. */
  readonly usage: Usage | null
}

/** Sums up the turns of these entries together with what was summed up before. A model that cannot be asked is replaced by a list of what was said. */
export async function writeDigest (model: Model, entries: readonly TranscriptEntry[], before: Digest | null, signal: AbortSignal, logger: FastifyBaseLogger | undefined): Promise<WrittenDigest> {
  const turnIds = [...before?.turnIds ?? [], ...new Set(entries.map(({ turnId }) => turnId))]
  if (model.kind !== 'rules') {
    try {
      const prompt = toDigestText(entries, before, model.budget * charactersPerToken)
      const { text, usage } = await ask(model, { model: model.small ?? model.standard, system: digestPrompt, prompt, longest: longestReply, patience, signal })
      if (text) return { digest: { turnIds, text: boundDigest(text) }, usage }
    } catch (error) {
      if (!signal.aborted) logger?.warn({ err: model.conceal.error(error) }, 'the oldest turns could not be summed up by a model; they are listed')
    }
  }
  return { digest: { turnIds, text: listTurns(entries, before) }, usage: null }
}
