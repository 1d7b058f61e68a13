import type { Block } from './blocks.ts'
import { readFront } from './front.ts'
import { places } from './drafts.ts'
import { determiners, finiteVerbs, prepositions, pronouns } from './lexicon.ts'
import { secondThoughtIn } from './second-thoughts.ts'
import { matchPhrase, phraseTable, render, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'
import { asksForWork, interruptedAt, interrupts, passOver, retractedAt, withdrawnIn } from './withdrawals.ts'

const repairs = phraseTable(['make that', 'make it', 'i mean', 'i meant', 'or rather', 'that should be', 'should be', 'sorry', 'no sorry', 'sorry no', 'correction', 'oops', 'no wait', 'wait no', 'typo', 'err', 'er', 'uh', 'um', 'meant', 'pardon'])

export interface Corrected {
  blocks: readonly Block[]
  /** Sentences the person took back, in their words. */
  takenBack: readonly string[]
  /** A correction of nothing this message said: what was started before keeps its words. */
  tooLate: boolean
}

/** Applies what a person corrects while writing: "scratch that", "actually, make that 5", "to prod - I mean staging". */
export function correct (given: readonly Block[]): Corrected {
  const blocks: Block[] = []
  const takenBack: string[] = []
  let tooLate = false
  for (const block of given.flatMap(splitSecondThought)) {
    if (block.kind === 'list') { blocks.push(block); continue }
    const withdrawn = withdrawnIn(block.tokens)
    if (withdrawn) {
      takenBack.push(render(withdrawn.before))
      pushRest(block, withVerb(withdrawn.after, withdrawn.before))
      continue
    }
    const before = blocks.at(-1)
    const tokens = repairInside(block.tokens)
    const contrasted = before?.kind === 'sentence' ? contrast(before.tokens, tokens) : null
    if (before?.kind === 'sentence' && contrasted) {
      blocks[blocks.length - 1] = changed(before, contrasted, block)
      continue
    }
    const opening = passOver(tokens)
    const repair = matchPhrase(tokens, opening.at, repairs)
    const value = tokens.slice(opening.at + repair).filter(({ kind }) => kind !== 'mark')
    const bare = repair === 0 && opening.at > 0 && before?.kind === 'sentence' && /^(?:sorry|no|oops|wait)$/.test(tokens[0]?.lower ?? '') && prepositions.has(value[0]?.lower ?? '') && names(value)
    if (value.length > 0 && value.length <= 4 && (bare || (repair > 0 && isValue(tokens, opening.at, repair)))) {
      const replaced = before?.kind === 'sentence' ? replaceLast(before.tokens, value) : null
      if (before?.kind === 'sentence' && replaced) blocks[blocks.length - 1] = changed(before, replaced, block)
      else if (before) blocks.push(block)
      else tooLate = true
      continue
    }
    const renumbered = before?.kind === 'sentence' && opening.changes ? renumber(before.tokens, tokens.slice(opening.at)) : null
    if (before?.kind === 'sentence' && renumbered) {
      blocks[blocks.length - 1] = changed(before, renumbered, block)
      continue
    }
    const goesOn = retractedAt(tokens)
    const taken = goesOn === -1 ? null : takeLast(blocks)
    if (taken) {
      takenBack.push(render(taken))
      pushRest(block, withVerb(tokens.slice(goesOn), taken))
    } else if (opening.changes && before?.kind === 'sentence' && sameVerb(before.tokens, tokens.slice(opening.at))) {
      blocks.pop()
      takenBack.push(before.said ?? render(before.tokens))
      pushRest(block, tokens.slice(opening.at))
    } else blocks.push(tokens === block.tokens ? block : { ...block, tokens, said: render(block.tokens) })
  }
  return { blocks, takenBack, tooLate }

  function pushRest (block: Sentence, tokens: readonly Token[]): void {
    if (tokens.some(({ kind }) => kind !== 'mark')) blocks.push({ ...block, tokens, said: render(block.tokens) })
  }
}

type Sentence = Extract<Block, { kind: 'sentence' }>

/** A sentence with what was said behind it in place of some of its words. */
function changed (before: Sentence, tokens: readonly Token[], by: Sentence): Sentence {
  return { ...before, tokens, said: `${before.said ?? render(before.tokens)}. ${by.said ?? render(by.tokens)}` }
}

/** "Deploy Redis - hold on, that's still under review" and "restart it (Ann did already) and scan it" as sentences of their own. */
function splitSecondThought (block: Block): Block[] {
  if (block.kind === 'list' || withdrawnIn(block.tokens) || repairInside(block.tokens) !== block.tokens) return [block]
  const interrupted = interruptedAt(block.tokens)
  const { at, to } = secondThoughtIn(block.tokens) ?? { at: interrupted, to: block.tokens.length }
  if (at === -1) return [block]
  const before = block.tokens.slice(0, at)
  const skipped = block.tokens[at]?.kind === 'mark' ? 1 : 0
  const parts = [block.tokens.slice(at + skipped, to), block.tokens.slice(to + 1)].filter((tokens) => tokens.some(({ kind }) => kind !== 'mark'))
  return [{ ...block, tokens: before, question: block.question && readFront(before).asked }, ...parts.map((tokens) => ({ ...block, tokens: tokens.map((token) => ({ ...token, depth: Math.max(0, token.depth - (/^[([]$/.test(block.tokens[at]?.text ?? '') && tokens === parts[0] ? 1 : 0)) })) }))]
}

/** "Oh wait, not staging, I meant dev": the one name in the place of the other, where it was said; null where it was not. */
function contrast (before: readonly Token[], tokens: readonly Token[]): readonly Token[] | null {
  const from = passOver(tokens).at
  if (tokens[from]?.lower !== 'not') return null
  const end = tokens.findIndex(({ kind, lower }, i) => i > from + 1 && (kind === 'mark' || lower === 'but'))
  if (end === -1) return null
  const wrong = tokens.slice(from + 1, end)
  const { at } = passOver(tokens, tokens[end]?.kind === 'mark' ? end + 1 : end)
  const right = tokens.slice(at + matchPhrase(tokens, at, repairs)).filter(({ kind }) => kind !== 'mark')
  const place = before.findLastIndex((_, i) => wrong.every(({ lower }, j) => before[i + j]?.lower === lower))
  if (place === -1 || right.length === 0 || right.length > 4 || !names(right)) return null
  return [...before.slice(0, place), ...right.map((token, i) => i === 0 ? { ...token, spaced: true } : token), ...before.slice(place + wrong.length)]
}

/** A name or a value, and nothing that is told. */
function names (tokens: readonly Token[]): boolean {
  return !verbAtFront(tokens, 0) && !tokens.some(({ lower }) => finiteVerbs.has(lower) || (pronouns.has(lower) && !determiners.has(lower)) || /'(?:s|re|m|ve|ll|d|t)$|^(?:because|since|until|till|i|we|you|he|she|not|no|wait|never|maybe|already|again|now|yet|can|could|will|would|should|said|says|did|one|wrong)$/.test(lower))
}

/** Takes out the last part that asks for something, past what only told why it is stopped: a sentence, or a list with the words above it. */
function takeLast (blocks: Block[]): readonly Token[] | null {
  let at = blocks.length - 1
  for (let block = blocks[at]; at > 0 && block?.kind === 'sentence' && !asksForWork(block.tokens) && interrupts(block.tokens); block = blocks[at]) at--
  const last = blocks[at]
  if (!last || (last.kind === 'sentence' && last.question && !(readFront(last.tokens).asked && asksForWork(last.tokens)))) return null
  const above = blocks[at - 1]
  const headed = last.kind === 'list' && above?.kind === 'sentence' && (above.heading !== undefined || above.tokens.at(-1)?.text === ':')
  blocks.splice(headed ? at - 1 : at, headed ? 2 : 1)
  return last.kind === 'sentence' ? last.tokens : last.items.flatMap(({ tokens }, i) => i === 0 ? tokens : [{ text: ',', lower: ',', kind: 'mark', spaced: false, depth: 0 }, ...tokens.map((token, j) => j === 0 ? { ...token, spaced: true } : token)])
}

/** "Scratch that, only the images": the verb is still that of what was taken back. */
function withVerb (tokens: readonly Token[], before: readonly Token[]): readonly Token[] {
  const said = tokens.filter(({ kind, lower }, i) => !(i < 3 && (kind === 'mark' || /^(?:only|just|rather|instead)$/.test(lower))))
  const [opening] = tokens.filter(({ kind }) => kind === 'word')
  const front = readFront(before)
  const verb = verbAtFront(before, front.at)
  const own = readFront(said)
  if (!verb || said.length === 0 || said.length > 8 || !opensThing(opening) || own.asked || own.negated || verbAtFront(said, own.at) || said.some(({ lower }) => finiteVerbs.has(lower) || /'(?:s|re|m|ve|ll|d)$|^(?:because|since|until|till|for|i|we|you)$/.test(lower))) return tokens
  return [...before.slice(0, front.at + verb.length), ...said.map((token, i) => i === 0 ? { ...token, spaced: true } : token)]
}

/** "only the images", "the worker", "in staging": what the verb of before can go on with. "False alarm" cannot. */
function opensThing (token: Token | undefined): boolean {
  return token !== undefined && (/^(?:only|just|rather|instead)$/.test(token.lower) || determiners.has(token.lower) || prepositions.has(token.lower) || /^\p{Lu}/u.test(token.text))
}

function sameVerb (before: readonly Token[], tokens: readonly Token[]): boolean {
  if (tokens.some(({ lower }) => /^(?:too|also|well|another|additionally)$/.test(lower))) return false
  const [first, second] = [before, tokens].map((said) => verbAtFront(said, readFront(said).at)?.base)
  return first !== undefined && first === second
}

/** "make that 5" and "make it staging" name a value; "make it faster" is work. */
function isValue (tokens: readonly Token[], at: number, length: number): boolean {
  const phrase = tokens.slice(at, at + length).map(({ lower }) => lower).join(' ')
  const next = tokens[at + length]
  if (phrase === 'make it') return /^v?\d|^(?:two|three|four|five|six|seven|eight|nine|ten)$/.test(next?.lower ?? '')
  const value = tokens.slice(at + length).filter(({ kind }) => kind !== 'mark')
  if (phrase === 'sorry') return next?.text === ',' && (prepositions.has(value[0]?.lower ?? '') || number.test(value[0]?.lower ?? '')) && names(value)
  return (next?.text !== ',' || /^(?:typo|correction|err?|u[hm]|i meant?|meant|pardon)$/.test(phrase)) && (phrase === 'make that' || names(value))
}

/** "to prod - I mean staging", "to 3, sorry, 4 replicas": the words behind stand in for those before. */
function repairInside (tokens: readonly Token[]): readonly Token[] {
  if (!asksForWork(tokens) && !readFront(tokens).asked) return tokens
  for (let i = 2; i < tokens.length - 1; i++) {
    const no = /^(?:no|nope)$/.test(tokens[i]?.lower ?? '') && (tokens[i + 1]?.text === ',' || (number.test(tokens[i + 1]?.lower ?? '') && tokens[i + 2]?.kind === 'mark')) ? 1 : 0
    const length = matchPhrase(tokens, i, repairs) || no
    if (length === 0 || tokens[i - 1]?.kind !== 'mark' || (tokens[i]?.depth ?? 0) > 0) continue
    const word = tokens[i]?.lower ?? ''
    let from = i + length
    if (/^(?:make|should|that)$/.test(word) && !isValue(tokens, i, length)) continue
    while (tokens[from]?.kind === 'mark') from++
    const end = tokens.findIndex(({ lower, kind }, at) => at > from && (kind === 'mark' || lower === 'and'))
    const value = tokens.slice(from, end === -1 ? undefined : end)
    if (value.length === 0 || value.length > 5 || (!names(value) && !verbAtFront(value, 0))) continue
    let to = i
    while (to > 2 && (tokens[to - 1]?.kind === 'mark' || /^(?:actually|oh|oops|wait|no|sorry|hm+|well|uh|um)$/.test(tokens[to - 1]?.lower ?? ''))) to--
    const repaired = verbAtFront(value, 0) ? value : replaceLast(tokens.slice(0, to), value)
    if (repaired) return [...repaired, ...(end === -1 ? [] : tokens.slice(end))]
  }
  return tokens
}

/** "Actually, make the API 8": the number said for it before becomes this one. */
function renumber (before: readonly Token[], tokens: readonly Token[]): readonly Token[] | null {
  const said = tokens.filter(({ kind, lower }) => kind !== 'mark' && !determiners.has(lower) && lower !== 'to')
  const [verb, name, value] = said
  if (said.length !== 3 || !/^(?:make|set|let)$/.test(verb?.lower ?? '') || !value || !number.test(value.lower)) return null
  const named = before.findIndex(({ lower }) => lower === name?.lower)
  const at = before.findIndex(({ lower }, i) => i > named && number.test(lower))
  return named === -1 || at === -1 ? null : before.map((token, i) => i === at ? { ...value, spaced: true } : token)
}

const number = /^(?:v?\d[\w.:-]*|two|three|four|five|six|seven|eight|nine|ten)$/

/** Puts a value in the place of the last one of its kind: a number for a number, "to staging" for "to prod", a name for a name; null where it is not plain for which. */
function replaceLast (tokens: readonly Token[], value: readonly Token[]): readonly Token[] | null {
  const first = value[0]
  if (!first) return null
  const said = value.map((token, i) => i === 0 ? { ...token, spaced: true } : token)
  if (prepositions.has(first.lower)) {
    const named = tokens.findLastIndex(({ lower }) => lower === first.lower)
    const further = tokens.findIndex(({ lower, kind }, i) => i > named + 1 && (kind === 'mark' || prepositions.has(lower) || lower === 'and'))
    return named === -1 ? null : [...tokens.slice(0, named), ...said, ...(further === -1 ? [] : tokens.slice(further))]
  }
  if (number.test(first.lower)) {
    const at = tokens.findLastIndex(({ lower }) => number.test(lower))
    if (at === -1) return null
    const repeated = value.length > 1 && value.at(-1)?.lower === tokens[at + value.length - 1]?.lower ? value.length : 1
    return [...tokens.slice(0, at), ...said, ...tokens.slice(at + repeated)]
  }
  const rest = tokens.length - value.length
  const replaced = tokens.slice(rest)
  const [old, further] = [replaced.at(-1)?.lower ?? '', value.at(-1)?.lower ?? '']
  const alike = determiners.has(first.lower) === determiners.has(replaced[0]?.lower ?? '') && !replaced.some(({ lower, kind }) => kind === 'mark' || prepositions.has(lower))
  // "Deploy Redis to prod. I meant Valkey": only a place stands in for a place.
  const placed = tokens.some(({ lower }, i) => i > 1 && i < rest && /^(?:to|in|on|into|from|at)$/.test(lower)) && !places.has(further) && places.has(old)
  return rest > 0 && alike && !placed ? [...tokens.slice(0, rest), ...said] : placed ? replaceObject(tokens, said) : null
}

/** "Deploy Loki to staging. Wait, I meant Tempo": the verb's one object. */
function replaceObject (tokens: readonly Token[], value: readonly Token[]): readonly Token[] | null {
  const from = readFront(tokens).at
  const verb = verbAtFront(tokens, from)
  const at = from + (verb?.length ?? 0)
  const end = tokens.findIndex(({ lower }, i) => i > at && prepositions.has(lower))
  const alike = end - at === value.length && determiners.has(value[0]?.lower ?? '') === determiners.has(tokens[at]?.lower ?? '')
  return verb && alike ? [...tokens.slice(0, at), ...value, ...tokens.slice(end)] : null
}
