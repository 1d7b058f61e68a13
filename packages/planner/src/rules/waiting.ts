import type { Condition } from './clauses.ts'
import { finiteVerbs } from './lexicon.ts'
import { render, words, type Token } from './tokens.ts'
import { baseOfGerund, isVerbForm } from './verbs.ts'

/** What is set up to act on events: their "when" is what the work is about. */
const rules = words('notify alert alerts alerting alarm alarms warn page inform remind notification notifications rule rules policy policies hook webhook webhooks trigger triggers reminder automatically automatic autoscaling rollback fallback failover')
/** Whether work sets up what is to act when something happens. */
export function actsOnEvents (verb: string, object: readonly Token[]): boolean {
  return rules.has(verb) || object.some(({ lower }) => rules.has(lower))
}

const recurring = /^(?:each|every|any|either|whenever|anything|anyone|someone)$/
const faults = /^(?:fails?|failed|failing|breaks?|errors?|crash(?:es)?|exceeds?|above|below|over|under|drops?)$/
const ailing = words('broken down unhealthy stuck full slow expired outdated red dead unreachable unavailable degraded flaky leaking')
const keeping = words('delete remove expire purge prune archive rotate evict lock retain keep drop invalidate revoke')
const past = words('yesterday last previous recent latest outage incident breach')

const ended = words('pass passes passed succeed succeeds succeeded work works worked working complete completes completed finish finishes finished done ok okay fine green successful successfully up ready running deployed healthy live through installed built exists available')

/** "If the scan is clean, deploy": how earlier work turned out, which a task that merely ended does not tell. What it finds, the next worker reads ("if you find any, …"). */
export function judgesOutcome ({ opener, tokens, opens }: Condition): boolean {
  if (!opens || !/^(?:if|provided|assuming|given|as long as|unless)$/.test(opener)) return false
  if (/^(?:you|you're|we|possible|needed|necessary|required|applicable)$/.test(tokens[0]?.lower ?? '')) return false
  return !tokens.some(({ lower }) => ended.has(lower) || recurring.test(lower))
}

/**
 * Whether a condition that names no task puts off the start of the work. A worker reads "restart it if it is down" and "alert us when a backup fails" as
 * part of the work itself; nobody here can watch for "once the tests pass".
 */
export function putsOffStart (condition: Condition, verb: string, object: readonly Token[]): boolean {
  const { opener, tokens, relation, ofOutcome, opens } = condition
  if (relation === 'at' || hangsAll(condition, verb)) return true
  if (relation === 'before' || opener === 'following') return false
  if (opener === 'if' && ofOutcome) return true
  const [first, second] = tokens
  if (tokens.some(({ lower }) => recurring.test(lower))) return false
  // "Once Prometheus is up, add alerts" waits; "when a backup fails, alert us" is what the work is about.
  const once = opens === true && (/^(?:only )?(?:once|after|as soon as)$/.test(opener) || tokens.some(({ lower }) => ended.has(lower))) && !tokens.some(({ lower }) => faults.test(lower) || ailing.has(lower))
  if (!once && actsOnEvents(verb, object)) return false
  if (object.some(({ lower }, i) => /^(?:that|which|who|whose)$/.test(lower) || (lower === 'to' && isVerbForm(object[i + 1])))) return false
  if (opener === 'if' && !tokens.some(({ lower }) => faults.test(lower)) && /^(?:it|they|there|that|this|not|so|you|we|it's|they're|necessary|needed|possible|required|missing|applicable)$/.test(first?.lower ?? '')) return false
  // "If the build is broken, fix it": its worker sees that; a deployment would come too early.
  if (opener === 'if' && tokens.some(({ lower }) => ailing.has(lower)) && !/^(?:deploy|release|roll out|ship|publish|promote|delete|remove|fail over)$/.test(verb)) return false
  if (/^(?:a|an)$/.test(first?.lower ?? '') && tokens.some(({ lower }) => faults.test(lower))) return false
  if (opener === 'when' && (baseOfGerund(first?.lower ?? '') !== null || /^(?:necessary|needed|possible|required|ready)$/.test(first?.lower ?? ''))) return false
  if (/^(?:you|you're)$/.test(first?.lower ?? '') && /^(?:ready|are|can|want|like)$/.test(second?.lower ?? '')) return false
  if (opener === 'after' && (tokens.some(({ lower }) => past.has(lower)) || (/^\d+$/.test(first?.lower ?? '') && keeping.has(verb)))) return false
  return !/^(?:given|assuming)$/.test(opener) || tokens.some(({ lower }) => lower === 'that' || finiteVerbs.has(lower))
}

const hanging = /^(?:if|only if|in case|in the event(?: that| of)?|failing|following|upon|assuming|provided|pending|barring|with|subject to|depending on|as long as|unless)$/
/** "If you don't mind", "if possible": they ask, and hang nothing. */
const courteous = /^(?:it (?:is|'s)|it's|that (?:is|'s)|that's|this (?:is|'s))? ?(?:at all )?(?:possible|feasible|necessary|needed|required|applicable|appropriate|convenient|useful|helpful|missing|absent|there|not (?:there|too much|possible|yet|already)\b.*|ok|okay|fine|alright|all right|easy)(?: (?:yet|already|for you|with you|to do))?$|^(?:you|we)(?: \w+)? (?:do not|don't|please|can|could|would|want|like|prefer|have|get|find|are|need|think|feel|see|agree)\b|^(?:you're|you please|you would|i may|i might|i could)\b/
/** "If there is none yet, create one" */
const absent = /^(?:it|they|this|that|these|those|there)(?:'s| is| are| does| do|isn't|aren't| isn't| aren't| doesn't| don't) (?:no|not|already|exist)\b/
const makes = /^(?:create|add|set up|install|enable|write|make|renew|configure|define)$/

/** Whether a condition at the front hangs the work behind it on what no task of the message stands for: "if anything is red", "following sign-off". */
function hangsAll ({ opener, tokens, opens }: Condition, verb: string): boolean {
  if (!opens || !hanging.test(opener) || tokens.some(({ lower }) => past.has(lower))) return false
  const said = render(tokens).toLowerCase()
  return !courteous.test(said) && !(makes.test(verb) && absent.test(said))
}

const waits = /(?:^|[,;:(–—-] ?|\b(?:and|then|but|please|so|just|always) )(?:waits? (?:for|on|until|till) (?:me|my|our|i|us|we|you to hear|an? (?:ok|okay|go|yes)|the (?:ok|okay|go)|ok|okay|approval|permission|confirmation|sign-?off|go-ahead|consent|review|(?:\w+'s?|his|her|their) (?:ok|okay|approval|permission|confirmation|sign-?off|go|consent|review))\b|(?:ask|check with|confirm with|come back to|get back to|report back to) me (?:first|before|between|in between|after each|each time|again)\b)|\b(?:wait for (?:me|my|us|our)|waiting (?:for|on) (?:me|my|us|our|approval|confirmation)|(?:asking|checking with|confirming with) me)\b/

/** "…, and wait for my ok": what stands behind is not to start by itself. */
export function waitsForPerson (tokens: readonly Token[]): boolean {
  return waits.test(render(tokens.slice(0, 400)).toLowerCase())
}
