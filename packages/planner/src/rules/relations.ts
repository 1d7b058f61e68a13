import { matchPhrase, phraseTable, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'

const waits = phraseTable(['depends on', 'depend on', 'must wait for', 'should wait for', 'has to wait for', 'have to wait for', 'needs to wait for', 'need to wait for', 'waits for', 'wait for', 'comes after', 'come after', 'should come after', 'must come after', 'should run after', 'must run after', 'can only start after', 'can only start once', 'should only start after', 'should only start once', 'should start after', 'must not start before', 'should not start before', 'should happen after', 'must happen after', 'goes after', 'should be done after', 'must be done after', 'is dependent on', 'are dependent on', 'follows'])
const leads = phraseTable(['comes before', 'come before', 'should come before', 'must come before', 'must be done before', 'should be done before', 'should run before', 'must run before', 'should happen before', 'must happen before', 'has to finish before', 'must finish before', 'should finish before', 'goes before'])

export interface Relation {
  later: readonly Token[]
  earlier: readonly Token[]
}

/** A sentence that only says what waits for what: "The dashboards depend on Prometheus." */
export function readRelation (tokens: readonly Token[]): Relation | null {
  if (verbAtFront(tokens, 0)) return null
  for (let i = 1; i < tokens.length - 1; i++) {
    const waiting = matchPhrase(tokens, i, waits)
    if (waiting > 0) return { later: tokens.slice(0, i), earlier: tokens.slice(i + waiting) }
    const leading = matchPhrase(tokens, i, leads)
    if (leading > 0) return { later: tokens.slice(i + leading), earlier: tokens.slice(0, i) }
  }
  return null
}
