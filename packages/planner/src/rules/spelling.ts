import { determiners, doubtfulVerbs, finiteVerbs, functionWords, plainVerbs, prepositions } from './lexicon.ts'

/** Verbs a slip of the finger spells differently; of shorter ones too many slips are words. */
const shortest = 5

const slips = buildSlips()

/** The verb that a word is but one slip away from: "depoly", "restrat", "deplyo"; null for what is a word already or is nothing near. */
export function misspeltVerb (word: string): string | null {
  return slips.get(word) ?? null
}

function buildSlips (): ReadonlyMap<string, string> {
  const found = new Map<string, string | null>()
  const isWord = (word: string): boolean => [plainVerbs, doubtfulVerbs, functionWords, determiners, finiteVerbs, prepositions].some((set) => set.has(word))
  for (const verb of [...plainVerbs, ...doubtfulVerbs]) {
    if (verb.length < shortest || verb.includes('-')) continue
    for (const slip of slipsOf(verb)) if (!isWord(slip)) found.set(slip, found.has(slip) && found.get(slip) !== verb ? null : verb)
  }
  return new Map([...found].flatMap(([slip, verb]) => verb === null ? [] : [[slip, verb] as const]))
}

/** Two letters changed over, one doubled, and in longer verbs one left out; the first letter is nearly always right. */
function slipsOf (verb: string): string[] {
  return Array.from({ length: verb.length - 1 }, (_, i) => i + 1).flatMap((i) => {
    const [before, letter = '', next = '', after] = [verb.slice(0, i), verb[i], verb[i + 1], verb.slice(i + 2)]
    return [
      ...(next !== '' && next !== letter ? [before + next + letter + after] : []),
      before + letter + verb.slice(i),
      ...(verb.length > shortest ? [before + verb.slice(i + 1)] : [])
    ]
  })
}
