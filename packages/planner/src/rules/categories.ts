import type { Category } from '@cortex/contracts'
import { fields } from './fields.ts'
import { determiners } from './lexicon.ts'
import { isWord, phraseTable, matchPhrase, type PhraseTable, type Token } from './tokens.ts'

/** A weight that counts in full wherever the words stand. */
const decisive = 9

interface Weight { category: Category, weight: number }

const { phrases, weights } = buildTable()

function buildTable (): { phrases: PhraseTable, weights: ReadonlyMap<string, readonly Weight[]> } {
  const weights = new Map<string, Weight[]>()
  for (const [category, byWeight] of Object.entries(fields)) {
    for (const [weight, list] of Object.entries(byWeight)) {
      for (const phrase of list.trim().split(/,\s+/)) {
        const entry = { category: category as Weight['category'], weight: Number(weight) }
        for (const form of /[^sy]$/.test(phrase) ? [phrase, `${phrase}s`] : [phrase]) {
          const others = weights.get(form) ?? []
          if (!others.some((other) => other.category === category)) weights.set(form, [...others, entry])
        }
      }
    }
  }
  return { phrases: phraseTable([...weights.keys()]), weights }
}

/** What the verb alone says: listing is inventory whatever is listed, deploying is infrastructure unless the thing says more. */
const verbs: Readonly<Record<string, Weight>> = Object.fromEntries(([
  ['inventory', 40, 'inventory list enumerate count catalog catalogue discover'],
  ['inventory', 8, 'map identify find-out'],
  ['inventory', 3, 'get find document gather collect'],
  ['security', 10, 'scan harden encrypt pentest quarantine revoke'],
  ['security', 4, 'mask grant rotate sign restrict enforce'],
  ['security', 8, 'audit'],
  ['infrastructure', 6, 'deploy redeploy install restart reboot scale provision drain cordon back-up backup roll-out scale-up scale-down'],
  ['infrastructure', 4, 'alert monitor roll-back clean-up tear-down shut-down spin-up'],
  ['infrastructure', 2, 'migrate upgrade mount resize expand'],
  ['development', 8, 'refactor implement develop debug'],
  ['development', 4, 'load-test stress-test smoke-test unit-test'],
  ['development', 2, 'fix rename review'],
  ['general', 9, 'announce inform email invite remind congratulate'],
  ['cicd', 4, 'build push publish release promote tag bump']
] as const).flatMap(([category, weight, list]) => list.split(' ').map((verb) => [verb.replace('-', ' '), { category, weight }])))

/** With these the words behind a preposition say what it is about: "check the pods for leaks". */
const checks = new Set(['check', 'test', 'review', 'look', 'look at', 'look into', 'look for', 'search', 'verify', 'validate', 'examine', 'inspect', 'assess', 'evaluate', 'double-check'])

/** With these, versions or images are what an inventory tells. */
const readings = /^(?:compare|report|summari[sz]e|show|get|collect|gather|tell)$/
const counted = /^(?:versions?|images?|licen[cs]es?|packages?)$/

/** What is changed is looked at no more. */
const changes = /^(?:upgrade|clean up|remove|delete|push|pull|replace|rebuild|prune|pin|ensure|make sure)$/

export interface Work {
  verb: string
  /** What is done to what, as it is said. */
  object: readonly Token[]
  /** How many tokens of `object` stand before its first preposition; they count most. */
  core: number
  /** What was said around it, as the head of a list. */
  setting: readonly Token[]
}

/** The kind of specialist that work asks for; `general` where the words say nothing. */
export function categoryOfWork ({ verb, object, core, setting }: Work): Category {
  const scores = new Map<Category, number>()
  const leaning = verbs[verb]
  // Finding out why is no inventory.
  if (leaning && !(verb === 'find out' && /^(?:why|how)$/.test(object[0]?.lower ?? ''))) scores.set(leaning.category, leaning.weight)
  if (readings.test(verb) && counted.test(object.find(({ lower }) => !determiners.has(lower))?.lower ?? '')) scores.set('inventory', 20)
  const listed = object.find(({ lower }) => !determiners.has(lower))
  if (/^(?:list|overview|inventory|register|number)$/.test(listed?.lower ?? '') && object[object.findIndex((token) => token === listed) + 1]?.lower === 'of') scores.set('inventory', 20)
  if (/^(?:generate|create|give|produce|get|make)$/.test(verb) && /^reports?$/.test(listed?.lower ?? '') && /^(?:on|of|about)$/.test(object[object.findIndex((token) => token === listed) + 1]?.lower ?? '')) scores.set('inventory', 10)
  tally(object, checks.has(verb) ? object.length : core, scores)
  tally(setting, 0, scores)
  if (changes.test(verb)) {
    scores.delete('inventory')
    scores.set('infrastructure', Math.max(1, scores.get('infrastructure') ?? 0))
  }
  // What is deployed or restarted has been developed before.
  if (leaning?.category === 'infrastructure' && verb !== 'clean up') scores.set('development', (scores.get('development') ?? 0) * 0.4)
  return best(scores)
}

/** Announcing is of no field, whatever is announced. */
export function tellsPeople (verb: string): boolean {
  return verbs[verb]?.category === 'general'
}

export function categoryOf (object: readonly Token[], core: number): Category {
  const scores = new Map<Category, number>()
  tally(object, core, scores)
  return best(scores)
}

/** Whether words name a field of work by themselves, as "monitoring" or "CI/CD" do. */
export function namesField (tokens: readonly Token[]): boolean {
  return tokens.some((token, i) => isWord(token) && (weights.get(phraseAt(tokens, i).phrase) ?? []).some(({ weight }) => weight >= 3))
}

/** On equal scores the narrower field wins. */
const order: readonly Category[] = ['security', 'cicd', 'inventory', 'infrastructure', 'development', 'general']

function best (scores: ReadonlyMap<Category, number>): Category {
  let winner: Category = 'general'
  let most = 0.9
  for (const category of order) {
    const score = scores.get(category) ?? 0
    if (score > most) [winner, most] = [category, score]
  }
  return winner
}

function tally (tokens: readonly Token[], core: number, scores: Map<Category, number>): void {
  for (let i = 0; i < tokens.length;) {
    const here = phraseAt(tokens, i)
    // "the build" is the one that fails; "the build agents" are agents.
    const { phrase, length } = determiners.has(tokens[i]?.lower ?? '') && here.length > 1 && i + 1 < tokens.length && phraseAt(tokens, i + 1).length >= here.length ? { phrase: '', length: 1 } : here
    // The last word of the core is its noun: in "the CI server" the server is meant.
    const factor = i < core ? (i + length === core ? 3.2 : 2) : 0.7
    // "k8s/overlays/prod/kustomization.yaml" tells its field by the parts of the path.
    if (/^[\w-]{1,60}(?:\.[\w-]{1,60}){1,4}\.[a-z]{2,10}$/.test(phrase)) scores.set('infrastructure', (scores.get('infrastructure') ?? 0) + 1)
    const found = weights.get(phrase) ?? (/\/.*(?:\/|\.[a-z]{2,5}$)/.test(phrase) ? phrase.slice(0, 200).split(/[/.]/).flatMap((part) => weights.get(part)?.[0] ?? []).slice(0, 3) : [])
    for (const { category, weight } of found) scores.set(category, (scores.get(category) ?? 0) + weight * (weight === decisive ? 2 : factor))
    i += length
  }
}

function phraseAt (tokens: readonly Token[], at: number): { phrase: string, length: number } {
  const length = Math.max(1, matchPhrase(tokens, at, phrases))
  const phrase = tokens.slice(at, at + length).map(({ lower }) => lower).join(' ')
  return { phrase: phrase.startsWith('cve-') ? 'cve' : phrase, length }
}
