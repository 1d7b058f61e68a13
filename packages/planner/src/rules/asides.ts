import { categoryOf } from './categories.ts'
import { readRemark } from './remarks.ts'
import { tokenize } from './tokens.ts'

/** A part of a message that nothing was started for, and how it was read. */
export interface Aside {
  kind: 'statement' | 'question' | 'refusal' | 'unclear'
  words: string
}

/** Courtesies of a mail and a talk, which nobody wants to hear again. */
const courtesy = /^(?:(?:dear|hi|hey|hello|hallo|good (?:morning|afternoon|evening|day)|morning)\b.{0,40}|(?:i |we )?hope (?:this|you|that|all|everyone)\b.{0,80}|(?:quick (?:one|question|request)|as discussed|as agreed|as promised|thanks|thank you|thx|many thanks|cheers|regards|sorry)\b.{0,80}|(?:so,? )?let (?:me|us) know\b.{0,80}|(?:have|enjoy) (?:a|your)\b.{0,40}|(?:great|good|nice|perfect|fine|cool|awesome|wonderful|ok|okay|yes|no|well|right)\b.{0,20}|(?:looking|look) forward\b.{0,60}|please|wait|hold on|one (?:moment|second)|oh|oops|.{0,2})$/i

export function isPleasantry (words: string): boolean {
  return words.length <= 120 && (readRemark(words) !== null || courtesy.test(words))
}

const ailing = /\b(?:broken?|slow|slowly|fail\w*|errors?|down|crash\w*|stuck|time[sd]? ?out|timeouts?|leak\w*|outages?|incidents?|unreachable|unavailable|degraded|flaky|[45]\d\ds?|full|missing|lost|hang(?:s|ing)|freezes?|alerts?|users?|customers?|deploy\w*|restart\w*|upgrad\w*|migrat\w*|delet\w*|purg\w*|wip\w+)\b/i

const pleased = /\b(?:looks?|looked|seems?|sounds?|feels?|reads?|works?|worked|ran|runs?|went|is|are|was|were)\b(?: \w+){0,2} (?:good|great|fine|ok|okay|nice(?:ly)?|perfect(?:ly)?|well|clean|healthy|awesome|amazing|excellent|lovely|smoothly|wonderful|beautiful|solid)\b/i

/** Whether a part that asks for no work speaks of something that could be looked into: a thing of a field, or a fault. */
export function isOfWork ({ kind, words }: Aside): boolean {
  return (kind === 'statement' || kind === 'question') && (ailing.test(words) || (!pleased.test(words) && categoryOf(tokenize(words), 0) !== 'general'))
}
