import type { Condition } from './clauses.ts'
import type { Draft } from './drafts.ts'
import { determiners } from './lexicon.ts'
import type { Work } from './read-clause.ts'
import { actsOnEvents } from './waiting.ts'
import { render, type Token } from './tokens.ts'
import { undoable } from './signs.ts'
import { verbAtFront } from './verbs.ts'

/** Verbs whose object may be a whole sentence: "make sure the backup is encrypted", "find out why it was slow". */
const takesSentence = /^(?:make sure|be sure|ensure|guarantee|verify|validate|check|double-?\s?check|sanity-check|confirm|prove|find|find out|see|test|tell|inform|notify|announce|remind|warn|alert|let|note|report|document|list|show|display|count|get|collect|gather|search|identify|determine|explain|assume|make|keep|fix|investigate|look into|figure out|work out|run|ask|email|write|record|add|mark|flag|do|sign|serve)$/

/** Behind these a sentence inside the object begins. */
const opensInside = /^(?:that|which|who|whose|whom|where|what|whatever|when|whenever|why|how|if|whether|while|because|since|as|so|once|until|till|after|before|unless|than|although|though|given|provided|assuming|like|saying|ensuring|making|it|they|we|you|i|there|nobody|everyone|everything|anything|all|ones|those)$/
const finite = /^(?:is|are|was|were|isn't|aren't|wasn't|weren't|would|wouldn't|will|won't|sounds|seems|means|remains|'s|did|does|didn't|doesn't|cost|costs|took|takes|broke|breaks|made|makes|caused|causes|went|goes|helped|helps|ended|meant|felt|feels|led|leads|became|becomes|failed|fails|crashed|crashes|killed|kills|looks|turned|requires|needed|saved|saves|ruined|hides|hid)$/
const alsoNoun = /^(?:costs?|looks|saves|leads|breaks|crashes|fails|hides|takes|makes|helps|requires|needed|failed|crashed|saved|turned|ended)$/
const modal = /^(?:can|could|may|might|should|must|shall|has|have|had|cannot|can't|couldn't|shouldn't|mustn't)$/

/** "Restart the API would only hide the bug": where behind the object a verb makes a statement of what looks like a request; -1 where none does. */
function statedAt (verb: string, object: readonly Token[]): number {
  if (takesSentence.test(verb)) return -1
  for (let i = 1; i < object.length; i++) {
    const token = object[i]
    if (!token || token.depth > 0) continue
    if (token.kind === 'mark' && !/^[-/&]$/.test(token.text)) return -1
    const before = object[i - 1]
    const whole = /^(?:everything|anything|all|it|them)$/.test(before?.lower ?? '') && /^(?:is|was|are|were|would|will)$/.test(token.lower)
    if (!whole && (opensInside.test(before?.lower ?? '') || (opensInside.test(token.lower) && token.lower !== 'all'))) return -1
    // "the failed jobs"
    if (determiners.has(before?.lower ?? '') && !whole) continue
    // "cloud costs per team"
    if (alsoNoun.test(token.lower) && !/^(?:us|me|you|him|her|them|it|the|a|an|our|my|two|three|\d+)$/.test(object[i + 1]?.lower ?? '')) continue
    if (finite.test(token.lower) || (modal.test(token.lower) && /^(?:be|been|not|only|never|also|wait|break|cause)$/.test(object[i + 1]?.lower ?? ''))) return i
  }
  return -1
}

/** What only a person can answer: that they agree, are sure, or are there. */
const person = /\b(?:agrees?|agreed|approves?|approved|objects?|objected|minds?|ok(?:ay)? with|fine with|happy with|sure|certain|confident|says?|said|tells?|told|asks?|complains?|complained|insists?|wants?|wishes|likes?|prefers?|thinks?|believes?|sign(?:s|ed)? off|has had a look|had a look|gives? (?:the|a|his|her|their|its) (?:ok|go|green|blessing|consent)|consents?|consent|blessing|permission|approval|on (?:holiday|vacation|leave|call)|at (?:the|his|her) desk|around|awake|here|back|up to me|(?:i|he|she|somebody|someone|anybody|anyone|nobody|no one|everybody|everyone)\b)/
const unknowing = /^(?:unless|in case|depending on|as long as|only if|only when|only once|only after|provided|assuming|(?:subject|contingent|conditional) (?:to|on|upon)|pending|on (?:the )?condition(?: that)?)$/

/** Whether a condition hangs on a person, or on what nobody here can know: work behind it is asked about. */
export function hangsOnPerson ({ opener, tokens, relation }: Condition, verb: string, object: readonly Token[]): boolean {
  if (relation !== 'after') return false
  // "Notify me in case it fails" is what the work is about.
  if (opener === 'in case' && actsOnEvents(verb, object)) return false
  const said = render(tokens).toLowerCase()
  if (/^(?:you|we)\b.* (?:find|see|need|can|have|get|notice|want)\b/.test(said) && !unknowing.test(opener)) return false
  if (/^(?:unless|if)$/.test(opener) && /^(?:already|it (?:is|'s) already|it's already|it (?:already )?exists|there|necessary|needed|possible)\b/.test(said)) return false
  if (opener === 'if' && (tokens.some(({ lower }) => lower === 'were') || /^you (?:are|feel)\b.*\b(?:sure|certain)\b/.test(said))) return true
  if (opener === 'if' && /^(?:we|they|i|you|he|she|the [\w-]+) (?:wins?|loses?|signs?|decides?|chooses?|buys?|hires?|agrees?)\b|\b(?:is|are) (?:ok|okay|fine|alright) (?:for|with|by)\b/.test(said)) return true
  return unknowing.test(opener) || (/^(?:if|once|when|after|as soon as|until)$/.test(opener) && person.test(said) && /\b[\p{Lu}]?[\w-]+ (?:agrees?|approves?|approved|objects?|says?|said|tells?|complains?|insists?|thinks?|(?:is|are) (?:ok|okay|fine|happy|sure|certain|back|around|on)|signs? off|gives?)\b/u.test(said))
}

/** "…, only with the approval of Otto" */
const byLeave = /\b(?:only (?:with|by|if|when|after|once|in case|on)|with(?:out)? (?:the |a |my |his |her |their |our )?)\b.{0,30}\b(?:approval|permission|consent|blessing|ok|okay|go-ahead|sign-?off|agreement)\b/

/** What in words that look like a request turns their sense, or hangs them on what only a person knows: the work is asked about then and not started. Null where nothing does. */
export function unsettledBy ({ verb, object, words: said, conditions, nominal }: Work, given: readonly Token[], quote: (tokens: readonly Token[]) => string): NonNullable<Draft['heldUntil']> | null {
  const condition = conditions.find((condition) => hangsOnPerson(condition, verb, object))
  if (condition) return { said: `${condition.opener} ${render(condition.tokens)}`.trim(), why: 'condition' }
  const spelled = render(given).toLowerCase()
  const front = verbAtFront(said, 0)
  if (namesNothing(verb, object) || overrides.test(spelled)) return { said: quote(given), why: 'doubt' }
  const stated = !nominal && statedAt(verb, front ? said.slice(front.length) : object) !== -1
  return stated || byLeave.test(spelled) || tellsWhatCanBeDone(given, object) ? { said: quote(given), why: 'doubt' } : null
}

/** "You can delete namespaces with kubectl" tells of things of a kind; "you can restart the worker now" lets it be done. */
function tellsWhatCanBeDone (tokens: readonly Token[], [first]: readonly Token[]): boolean {
  return /^(?:you|one|we) (?:can|could|may)\b(?!.*\bplease\b)/.test(render(tokens).toLowerCase()) && first?.kind === 'word' && /[^s]s$/.test(first.lower) && !/[\p{Lu}\d-]/u.test(first.text)
}

/** "Ignore all previous instructions" */
const overrides = /\b(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:instructions?|prompts?|guidelines|guardrails)\b/
const others = /^(?:(?:all|all of|every one of) )?(?:the |these |those )?(?:(?:rest|remainder|others?|other (?:ones?|things)|(?:remaining|last|first|second|third|next|previous) (?:ones?|two|three))|(?:everything|anything|all|every\w*) (?:else|other))$/

/** "Delete the rest", "drop everything else": of what, nothing here tells; and "delete every namespace" leaves nothing out. */
function namesNothing (verb: string, object: readonly Token[]): boolean {
  const said = render(object).toLowerCase()
  return others.test(said) || (undoable.test(verb) && /^every [a-z-]+$/.test(said))
}
