import { readFront } from './front.ts'
import { prepositions } from './lexicon.ts'
import { render, words, type Token } from './tokens.ts'
import { baseOfGerund, verbAtFront } from './verbs.ts'

/** "Deploy early, deploy often, as they say" */
const saying = /\bas (?:they|people|some|the saying|everybody|everyone) (?:say|goes|says|put it)\b/

/** "To delete a namespace you need admin rights" tells how. */
const tellsHow = /^to\b.+\b(?:you|one|we|they|people) (?:need|needs|have|must|can|should|would|will|could|first)\b/

/** Things made of words for fun: nobody works on them. */
const pastimes = words('haiku haikus poem poems joke jokes song songs limerick limericks riddle riddles rap sonnet rhyme rhymes pun puns fairytale tale ballad ode')

/** What goes on by itself, so that to stop it is work; to stop somebody's doing is a refusal. */
const goingOn = /^(?:monitor|scan|send|alert|log|collect|expose|serve|cache|accept|route|use|sync|mirror|replicate|poll|export|record|track|publish|forward|trace|retry|page|notify|index|sample|index|store|keep|run)$/

/** "Ask Lena whether …", "get my approval first" */
const people = /^(?:(?:please|first|then|just|ok|and),? )*(?:ask (?!for\b)|check (?:back )?with |talk (?:to|with) |speak (?:to|with) |consult |clear (?:it|this|that) with |run (?:it|this|that) by |get (?:(?:my|our|his|her|their|the|an|[\w-]+'s) )?(?:approval|permission|ok|okay|go|go-ahead|blessing|sign-?off|consent|confirmation)\b)/

/** "Check with security before you open the port": somebody is to be heard before anything is done. */
export function consultsPeople (tokens: readonly Token[]): boolean {
  return people.test(render(tokens).toLowerCase())
}

/** Whether a sentence only repeats what people say. */
export function isSaying (tokens: readonly Token[]): boolean {
  return saying.test(render(tokens).toLowerCase())
}

/** Refusals without a "not". */
const handsOff = /^(?:keep (?:your |all )?(?:hands|fingers|paws) (?:off|away)|spare (?:me|us)\b|stay (?:away|clear|out)|steer clear|hands off|think twice|beware)/

/** What is no work although a verb of work leads it: "write me a haiku", "stop deleting namespaces", "ask me". */
export function isNoRequest (tokens: readonly Token[]): boolean {
  const { at, negated } = readFront(tokens)
  const said = tokens.slice(at)
  const [first, second] = said
  if (negated || !first) return false
  const behind = said[2]?.lower ?? ''
  if (/^(?:me|us)$/.test(second?.lower ?? '') && ((/^(?:ask|ping|call|consult)$/.test(first.lower) && /^(?:|first|before|beforehand|again|please|why|then|about|[,.;–—-])$/.test(behind)) || (/^(?:tell|notify|warn|inform)$/.test(first.lower) && /^(?:first|before|beforehand)$/.test(behind)))) return true
  if (/^(?:stop|quit|cease)$/.test(first.lower) && second) {
    const base = baseOfGerund(second.lower)
    if (base !== null && !goingOn.test(base)) return true
  }
  return handsOff.test(render(said).toLowerCase()) || isPastime(tokens)
}

/** "Write me a haiku about deleting databases" */
export function isPastime (tokens: readonly Token[]): boolean {
  const said = tokens.slice(readFront(tokens).at)
  return /^(?:write|make|tell|compose|create|give|sing|draft|generate|invent)$/.test(said[0]?.lower ?? '') && said.slice(1, 5).some(({ lower }, i) => pastimes.has(lower) && !said.slice(1, i + 1).some((before) => prepositions.has(before.lower)))
}

/** Whether a sentence tells how something is done, and asks for nothing. */
export function howTo (tokens: readonly Token[]): boolean {
  return tellsHow.test(render(tokens).toLowerCase())
}

/** "Please don't, whatever you do, delete it", "do anything but restart it": what follows a refusal that names nothing is what is refused. */
export function refusesAll (tokens: readonly Token[]): boolean {
  const front = readFront(tokens)
  if (/^(?:do|try|touch) anything (?:but|except)\b/.test(render(tokens.slice(front.at)).toLowerCase())) return true
  const mark = tokens[front.refused]
  const said = tokens.slice(0, front.refused).map(({ lower }) => lower).join(' ')
  return front.negated && /(?:^| )(?:don't|do not|dont|never|not)$/.test(said) && mark !== undefined && /^[,–—(-]$/.test(mark.text) && tokens.slice(front.refused + 1).some((_, i) => verbAtFront(tokens, front.refused + 1 + i) !== null)
}
