import type { Priority } from '@cortex/contracts'
import { matchPhrase, phraseTable, type Token } from './tokens.ts'

/** Longer phrases win over the words in them, so that "not urgent" is low. */
const lists: readonly (readonly [Priority, string])[] = [
  ['critical', 'critical priority,highest priority,top priority,priority critical,with critical priority,emergency,sev1,sev 1,sev-1,p0,immediately,right now,right away,drop everything,business critical now,production is down,prod is down,this is critical,it is critical,it\'s critical,is critical,very critical,absolutely critical,mission critical task,extremely urgent,super urgent,very urgent,most urgent,critical task,critical issue,critical bug,critical incident,critical outage,critical fix,critical problem,as critical'],
  ['high', 'urgent,urgently,asap,a.s.a.p,as soon as possible,high priority,high-priority,with high priority,priority high,high prio,prio high,important,very important,p1,time-sensitive,time sensitive,quickly please,as quickly as possible,as fast as possible,with priority,prioritise this,prioritize this,today if possible,sooner rather than later,is high'],
  ['medium', 'medium priority,normal priority,priority medium,with medium priority,medium-priority,p2,is medium'],
  ['low', 'low priority,low-priority,with low priority,priority low,low prio,lowest priority,not urgent,not that urgent,not very urgent,nothing urgent,isn\'t urgent,is not urgent,not important,not critical,no rush,no hurry,not in a hurry,when you have time,when you get time,when there is time,whenever you have time,when you have a moment,when you have a minute,when you get a minute,if you have time,if you have a minute,when you find time,when possible,if time permits,when you get a chance,if you get a chance,whenever you can,whenever,at some point,some day,someday,eventually,nice to have,nice-to-have,can wait,p3,p4,in your own time,at your leisure,in the background,if there is time,when convenient,take your time,no pressure,is low']
]
/** "When you find the time", "if you get a minute". */
const spare = ['when', 'whenever', 'if', 'once'].flatMap((when) => ['you have', 'you find', 'you get', 'you got', 'there is', 'someone has', 'anyone has'].flatMap((has) => ['time', 'the time', 'some time', 'a minute', 'a moment', 'a second', 'a chance', 'the chance', 'nothing else to do'].map((what) => `${when} ${has} ${what}`)))
const phrases: ReadonlyMap<string, Priority> = new Map([...lists, ['low', spare.join(',')] as const].flatMap(([priority, list]) => list.split(',').map((phrase) => [phrase, priority] as const)))
const table = phraseTable([...phrases.keys(), 'critical'])

/** How many tokens at `at` are words about urgency. */
export function priorityLength (tokens: readonly Token[], at: number): number {
  const length = matchPhrase(tokens, at, table)
  return length > 1 ? length : 0
}

export interface FoundPriority {
  priority: Priority
  from: number
  to: number
}

/** The first words about urgency. "Critical" alone counts only where it is no attribute: "critical: …", not "critical vulnerabilities". */
export function findPriority (tokens: readonly Token[]): FoundPriority | null {
  for (let i = 0; i < tokens.length; i++) {
    const length = matchPhrase(tokens, i, table)
    if (length === 0) continue
    const phrase = tokens.slice(i, i + length).map(({ lower }) => lower).join(' ')
    const next = tokens[i + length]
    const attribute = next?.kind === 'word' && next.lower !== 'and' && next.lower !== 'for'
    const priority = phrases.get(phrase) ?? (attribute ? undefined : 'critical')
    // "an important dashboard" and "the urgent tickets" describe the thing, not the work.
    if (priority && !(attribute && /^(?:important|urgent|emergency|is)$/.test(phrase) && /^(?:the|all|most|any|our|their)$/.test(tokens[i - 1]?.lower ?? ''))) return { priority, from: i, to: i + length }
    i += length - 1
  }
  return null
}
