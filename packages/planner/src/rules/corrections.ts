import type { Block } from './blocks.ts'
import { readFront } from './front.ts'
import { determiners, finiteVerbs, prepositions } from './lexicon.ts'
import { matchPhrase, phraseTable, render, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'
import { asksForWork, interruptedAt, interrupts, passOver, retractedAt, withdrawnIn } from './withdrawals.ts'

const repairs = phraseTable(['make that', 'make it', 'i mean', 'i meant', 'or rather', 'that should be', 'should be', 'sorry', 'no sorry', 'sorry no', 'correction', 'oops', 'no wait', 'wait no'])

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
  for (const block of given.flatMap(splitInterrupted)) {
    if (block.kind === 'list') { blocks.push(block); continue }
    const withdrawn = withdrawnIn(block.tokens)
    if (withdrawn) {
      takenBack.push(render(withdrawn.before))
      pushRest(block, withVerb(withdrawn.after, withdrawn.before))
      continue
    }
    const before = blocks.at(-1)
    const tokens = repairInside(block.tokens)
    const opening = passOver(tokens)
    const repair = matchPhrase(tokens, opening.at, repairs)
    const value = tokens.slice(opening.at + repair).filter(({ kind }) => kind !== 'mark')
    if (repair > 0 && value.length > 0 && value.length <= 4 && isValue(tokens, opening.at, repair)) {
      if (before?.kind === 'sentence') blocks[blocks.length - 1] = { ...before, tokens: replaceLast(before.tokens, value) ?? before.tokens }
      else tooLate = true
      continue
    }
    const renumbered = before?.kind === 'sentence' && opening.changes ? renumber(before.tokens, tokens.slice(opening.at)) : null
    if (before?.kind === 'sentence' && renumbered) {
      blocks[blocks.length - 1] = { ...before, tokens: renumbered }
      continue
    }
    const goesOn = retractedAt(tokens)
    const taken = goesOn === -1 ? null : takeLast(blocks)
    if (taken) {
      takenBack.push(render(taken))
      pushRest(block, withVerb(tokens.slice(goesOn), taken))
    } else if (opening.changes && before?.kind === 'sentence' && sameVerb(before.tokens, tokens.slice(opening.at))) {
      blocks.pop()
      takenBack.push(render(before.tokens))
      pushRest(block, tokens.slice(opening.at))
    } else blocks.push({ ...block, tokens })
  }
  return { blocks, takenBack, tooLate }

  function pushRest (block: Extract<Block, { kind: 'sentence' }>, tokens: readonly Token[]): void {
    if (tokens.some(({ kind }) => kind !== 'mark')) blocks.push({ ...block, tokens })
  }
}

/** "Deploy Redis - hold on, that's still under review" as two sentences. */
function splitInterrupted (block: Block): Block[] {
  const at = block.kind === 'sentence' && !withdrawnIn(block.tokens) ? interruptedAt(block.tokens) : -1
  return block.kind === 'sentence' && at !== -1 ? [{ ...block, tokens: block.tokens.slice(0, at) }, { ...block, tokens: block.tokens.slice(at + 1) }] : [block]
}

/** Takes out the last part that asks for something, past what only told why it is stopped: a sentence, or a list with the words above it. */
function takeLast (blocks: Block[]): readonly Token[] | null {
  let at = blocks.length - 1
  for (let block = blocks[at]; at > 0 && block?.kind === 'sentence' && !asksForWork(block.tokens) && interrupts(block.tokens); block = blocks[at]) at--
  const last = blocks[at]
  if (!last || (last.kind === 'sentence' && last.question && !(readFront(last.tokens).asked && asksForWork(last.tokens)))) return null
  const above = blocks[at - 1]
  const headed = last.kind === 'list' && above?.kind === 'sentence' && (above.heading === true || above.tokens.at(-1)?.text === ':')
  blocks.splice(headed ? at - 1 : at, headed ? 2 : 1)
  return last.kind === 'sentence' ? last.tokens : last.items.flatMap(({ tokens }, i) => i === 0 ? tokens : [{ text: ',', lower: ',', kind: 'mark', spaced: false, depth: 0 }, ...tokens.map((token, j) => j === 0 ? { ...token, spaced: true } : token)])
}

/** "Scratch that, only the images": the verb is still that of what was taken back. */
function withVerb (tokens: readonly Token[], before: readonly Token[]): readonly Token[] {
  const said = tokens.filter(({ kind, lower }, i) => !(i < 3 && (kind === 'mark' || /^(?:only|just|rather|instead)$/.test(lower))))
  const front = readFront(before)
  const verb = verbAtFront(before, front.at)
  const own = readFront(said)
  if (!verb || said.length === 0 || said.length > 8 || own.asked || own.negated || verbAtFront(said, own.at) || said.some(({ lower }) => finiteVerbs.has(lower) || /'(?:s|re|m|ve|ll|d)$|^(?:because|since|until|till|for|i|we|you)$/.test(lower))) return tokens
  return [...before.slice(0, front.at + verb.length), ...said.map((token, i) => i === 0 ? { ...token, spaced: true } : token)]
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
  return phrase !== 'sorry' && next?.text !== ','
}

/** "to prod - I mean staging", "to 3, sorry, 4 replicas": the words behind stand in for those before. */
function repairInside (tokens: readonly Token[]): readonly Token[] {
  for (let i = 2; i < tokens.length - 1; i++) {
    const no = /^(?:no|nope)$/.test(tokens[i]?.lower ?? '') && tokens[i + 1]?.text === ',' ? 1 : 0
    const length = matchPhrase(tokens, i, repairs) || no
    if (length === 0 || tokens[i - 1]?.kind !== 'mark' || (tokens[i]?.depth ?? 0) > 0) continue
    const word = tokens[i]?.lower ?? ''
    let from = i + length
    if (/^(?:make|should|that)$/.test(word) && !isValue(tokens, i, length)) continue
    while (tokens[from]?.kind === 'mark') from++
    const end = tokens.findIndex(({ lower, kind }, at) => at > from && (kind === 'mark' || lower === 'and'))
    const value = tokens.slice(from, end === -1 ? undefined : end)
    if (value.length === 0 || value.length > 5) continue
    let to = i
    while (tokens[to - 1]?.kind === 'mark') to--
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

/** Puts a value in the place of the last one of its kind: a number for a number, "to staging" for "to prod", a name for a name. */
function replaceLast (tokens: readonly Token[], value: readonly Token[]): readonly Token[] | null {
  const first = value[0]
  if (!first) return null
  const named = prepositions.has(first.lower) ? tokens.findLastIndex(({ lower }) => lower === first.lower) : -1
  if (named !== -1) return [...tokens.slice(0, named), ...value]
  if (number.test(first.lower)) {
    const at = tokens.findLastIndex(({ lower }) => number.test(lower))
    if (at === -1) return null
    const repeated = value.length > 1 && value.at(-1)?.lower === tokens[at + value.length - 1]?.lower ? value.length : 1
    return [...tokens.slice(0, at), ...value.map((token, i) => i === 0 ? { ...token, spaced: true } : token), ...tokens.slice(at + repeated)]
  }
  const rest = tokens.length - value.length
  return rest > 0 ? [...tokens.slice(0, rest), ...value.map((token, i) => i === 0 ? { ...token, spaced: true } : token)] : null
}
