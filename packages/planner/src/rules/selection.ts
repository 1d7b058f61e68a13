import { subjectStems } from './stems.ts'
import { render, tokenize, type Token } from './tokens.ts'

/** Which parts of a list words choose. */
export interface Selection {
  /** `but`: all but these; `only`: these alone; `lead`: these, and the others are to be asked about; `unclear`: it cannot be told which. */
  kind: 'but' | 'only' | 'lead' | 'unclear'
  /** The places it names ("2 and 3"), or words of the part it leaves out. */
  what: string
  /** Whether `what` is places. */
  placed: boolean
  /** What stands before an exception, and heads the list by itself. */
  before: readonly Token[]
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']
const counts = ['two', 'three', 'four', 'five']
const noun = '(?:one|item|step|task|point|job|part|thing)s?'
const ordinal = `(?:very )?(?:${ordinals.join('|')}|last|final)`
const place = `(?:the )?(?:(?:${noun}|numbers?|nos?\\.?|nr\\.?) )?(?:# ?)?(?:\\d{1,2}(?: ?(?:-|–|to|through) ?(?:# ?)?\\d{1,2})?|(?:very )?(?:first|last|final|top) (?:${counts.join('|')}|\\d)(?: ${noun})?|(?<=${noun} |numbers? )(?:one|${counts.join('|')})|${ordinal}(?: ${noun})?)`
const places = `${place}(?:(?: ?,|,? (?:and|or|&|plus)) ${place})*`
const verbs = '(?:do|start|run|take|handle|execute|perform|begin|work on|tackle|complete|finish|implement|launch|create|go ahead with|go with|proceed with|continue with|(?:start|begin)(?: off)? with)'
const asking = "(?:(?:can|could|would|will) you |let's |i want you to |i'd like you to |and |but |so |ok |then )*"
const later = '(?: (?:(?:for|until|till) [\\w-]+|out|alone|yet|though|off|later|as (?:it|they) (?:is|are)|undone|now|either))*'
const rest = '(,? (?:and |but )?(?:do |start |run )?(?:all )?(?:the )?(?:rest|others|other ones))?'

const onlyPattern = new RegExp(`^${asking}(?:just |only )*(?:(${verbs}) )?(?:just |only )*(${places})((?: (?:only|alone|first|below|and nothing else|(?:of|from|on|in) (?:these|those|them|this|the following|(?:the|this) list)))*)$`)
const leavesOut = '(?:except(?: for)?|excluding|minus|bar|apart from|aside from|other than|without|but(?: not)?(?: for)?|not|(?:do not|don\'t|dont) (?:do|start|run|touch)|leave(?: out)?|leaving out|skip|skipping|omit|ignore|drop)'
const butPlaces = new RegExp(`^(.*?)(?:^|[ ,;–—(-]+)(?:(?:but|and|just) )?${leavesOut} (?:for )?(${places})${later}${rest} ?\\)?$`)
const waitPlaces = new RegExp(`^(.*?)(?:^|[ ,;–—(-]+)(?:(?:but|and|just) )?(${places}) (?:can|could|may|should|must|has to|is to|will) (?:still )?(?:wait|stay|come later|be (?:skipped|left out|omitted))${later} ?\\)?$`)
const butNamed = /^(.*?(?:\b(?:all|everything|these|those|following|whole|list|tasks|items|steps|below|jobs|points)\b).*?)[ ,;–—(-]+(?:(?:except(?: for)?|excluding|minus|apart from|aside from|other than|leaving out|leave out|skip|omit) |but (?:not )?(?:for )?(?=the |our |my |any))(.+?) ?\)?$/

const choosing = new RegExp(`\\b(?:one|some|any|a few|a couple|half|most|either|several|${counts.join('|')}) of (?:these|those|them|the (?:following|items|tasks|steps|list|below))\\b|\\b(?:do|start|run|take|only|just)\\b.*\\bthe [\\w-]+ (?:ones?)$|^${asking}(?:only |just )?(?:do|start|run|take|handle|finish) (?:only |just )?(?:all )?the (?:others?|rest|remaining (?:ones|items|tasks|steps))$|\\b(?:do|start|run|take) (?:only )?(?:whatever|anything|what|those that|the ones)\\b(?!.*\\b(?:below|following|listed)\\b)|\\b(?:whichever|can wait|all but|everything but|leave out|leaving out|except|excluding|apart from|aside from|other than)\\b|\\b(?:skip|omit|leave|only|just) ${place}(?= |$)|\\b(?:do|start|run|only|just|not|with)\\b.*\\b(?:${noun}|number|#) ?#?\\d|\\b(?:do|start|run|only|just|not|but|except)\\b.*\\bthe ${ordinal}(?: ${noun})?$`)

const unclear: Selection = { kind: 'unclear', what: '', placed: false, before: [] }
/** Characters. What is longer is only looked through for words that choose. */
const longest = 300
const plainChoice = /\b(?:except|excluding|apart from|all but|everything but|leave out|one of|only the|can wait)\b/
const heading = new RegExp(`^(?:(?:${noun}|number|no\\.?|phase) ?)?#?\\d{1,2}$|^${ordinal}(?: ${noun})?$`)

function spell (tokens: readonly Token[]): string {
  return render(tokens).toLowerCase().replaceAll('’', "'").replace(/\b(?:please|pls|kindly|thanks|for now|right now|for me|today)\b/g, ' ').replace(/\s+/g, ' ').replace(/ ([,;.:?!)])/g, '$1').replace(/^[\s,;.:?!–—]+|[\s,;.:?!–—]+$/g, '')
}

/** Words of position or choice in what stands above a list, or behind its parts: "all but the last", "items 1-2", "one of these". Null where there are none. */
export function readSelection (tokens: readonly Token[]): Selection | null {
  const said = spell(tokens)
  if (said.length > longest) return plainChoice.test(said) ? unclear : null
  // "Step 2:", "First:" are headings.
  if (heading.test(said)) return null
  const waits = butPlaces.exec(said) ?? waitPlaces.exec(said)
  if (waits) return { kind: 'but', what: waits[2] ?? '', placed: true, before: tokenize(waits[1] || (waits[3] ? 'do these' : '')) }
  const only = onlyPattern.exec(said)
  if (only) return { kind: / with$/.test(only[1] ?? '') || /\bfirst$/.test(only[3] ?? '') ? 'lead' : 'only', what: only[2] ?? '', placed: true, before: [] }
  const named = butNamed.exec(said)
  if (named) return { kind: 'but', what: named[2] ?? '', placed: false, before: tokenize(named[1] ?? '') }
  return choosing.test(said) ? unclear : null
}

/** "Number 3 needs approval first" */
const aboutOne = new RegExp(`^(?:but |and |only )*(?:the )?(?:(?:(?:${noun}|numbers?) )?#?\\d{1,2}|${ordinal} ${noun}) (?:only|if|needs?|requires?|is|isn't|are|can|could|should|must|may|has|not|maybe|perhaps|after|once|when|unless|tomorrow|tonight|later|next|on)\\b`)

/** A choice that is a sentence or a part of one by itself, behind the parts it is about: "Leave out the third", "all but the last", "3 can wait". */
export function readChoiceBehind (tokens: readonly Token[]): Selection | null {
  if (tokens.length > 14) return null
  const selection = readSelection(tokens)
  if (selection?.placed && (selection.before.length === 0 || /^(?:do )?(?:all|everything|all of (?:them|these|it)|these|them)$/.test(spell(selection.before)))) return selection
  if (aboutOne.test(spell(tokens))) return unclear
  const except = /^(?:but |and )?(?:(?:do )?(?:all|everything)(?: of (?:them|these))? )?(?:except(?: for)?|excluding|apart from|aside from|other than|leave out|all but|everything but) (.+)$/.exec(spell(tokens))?.[1]
  return except === undefined ? null : { kind: 'but', what: except, placed: false, before: [] }
}

/** Where such words stand behind a mark at the end of a sentence: "…, but skip the last one"; -1 where they do not. */
export function choiceAt (tokens: readonly Token[]): number {
  for (let i = tokens.length - 2; i > 1 && i > tokens.length - 12; i--) {
    if ((tokens[i]?.kind === 'mark' && /^[,;–—(-]$/.test(tokens[i]?.text ?? '')) || tokens[i]?.lower === 'but') {
      const behind = readSelection(tokens.slice(i + 1))
      if (behind?.placed && behind.before.length === 0) return tokens[i - 1]?.text === ',' ? i - 1 : i
    }
  }
  return -1
}

/** The numbers a choice leaves, of those there are; null where it names one there is not. */
export function chosen ({ kind, what }: Selection, numbers: readonly number[]): ReadonlySet<number> | null {
  const named = new Set<number>()
  for (const part of what.split(/ ?, ?(?:and |or |& |plus )?| (?:and|or|&|plus) /)) {
    const found = numbersIn(part, numbers)
    if (found.length === 0 || found.some((number) => !numbers.includes(number))) return null
    for (const number of found) named.add(number)
  }
  const left = numbers.filter((number) => named.has(number) === (kind !== 'but'))
  return new Set(left)
}

function numbersIn (part: string, numbers: readonly number[]): readonly number[] {
  const range = /(\d+) ?(?:-|–|to|through) ?(?:# ?)?(\d+)/.exec(part)
  if (range) return Array.from({ length: Math.max(0, Number(range[2]) - Number(range[1]) + 1) }, (_, i) => Number(range[1]) + i).slice(0, 100)
  const several = /(first|last|final|top) (\w+)/.exec(part)
  const count = several ? counts.indexOf(several[2] ?? '') + 2 : 0
  const size = several && /^\d$/.test(several[2] ?? '') ? Number(several[2]) : count
  if (several && size > 1) return size > numbers.length ? [] : /^(?:first|top)$/.test(several[1] ?? '') ? numbers.slice(0, size) : numbers.slice(-size)
  if (/\b(?:last|final)\b/.test(part)) return numbers.slice(-1)
  const at = ordinals.findIndex((word) => new RegExp(`\\b${word}\\b`).test(part))
  if (at !== -1) return numbers.slice(at, at + 1)
  const word = /^(?:\w+ )?(?:number|item|step|task|point|job|part|thing)s? (one|two|three|four|five)$/.exec(part.trim())?.[1]
  if (word !== undefined) return [['one', ...counts].indexOf(word) + 1]
  const digits = /\d+/.exec(part)?.[0]
  return digits === undefined ? [] : [Number(digits)]
}

const putOff = /(?:[([,;–—-] ?|^)(?:but )?(?:not (?:yet|now|today|this (?:week|sprint|time))|(?:this |that |it )?(?:one )?can wait|later|on hold|hold off|skip(?: (?:this|that|it))?(?: one)?|leave out|leave (?:this|that|it)(?: one)?(?: out)?|not (?:this|that) one|not needed|optional|no longer needed|maybe|postponed|parked|wait(?: with (?:this|that|it))?)[)\].]*$/

/** "(not yet)" at the end of an item: it is not wanted now. Null where nothing says so. */
export function putOffIn (tokens: readonly Token[]): string | null {
  const found = putOff.exec(render(tokens).toLowerCase())
  return found && found.index > 0 ? found[0].replace(/^[([,;–—-]+ ?|[)\].]+$/g, '') : null
}

/** Whether words name something of this text: all of its own words are there. */
export function isNamedBy (what: string, text: string): boolean {
  const [wanted, there] = [subjectStems(what), subjectStems(text)]
  return wanted.size > 0 && [...wanted].every((root) => there.has(root))
}
