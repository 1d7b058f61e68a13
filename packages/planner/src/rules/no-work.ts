import { determiners, finiteVerbs, prepositions } from './lexicon.ts'
import { render, words, type Token } from './tokens.ts'

/** Verbs of talk between people: nothing a worker could do. */
export const noWork = /^(?:talk|discuss|think|decide|know|understand|see|meet|speak|chat|go|be|have|say|wait|hope|learn|hear|remember|wonder|look forward|relax|sleep|eat|proceed|continue|hold|stand by|hurry|confirm|reply|respond|respect|excuse|forgive|bear|advise|enjoy|note)$/

/** What one person wants of another: no worker sets up a pair of eyes. */
const favours = words('eyes help hand hands advice opinion opinions feedback answer answers idea ideas break coffee day minute second moment favour favor more time sleep holiday hug word clarification context question')

/** "I need eyes on prod", "we need help". */
export function asksFavour (tokens: readonly Token[]): boolean {
  const at = tokens.findIndex(({ lower }) => !determiners.has(lower) && !/^(?:quick|short|little|good|bit|of|some)$/.test(lower))
  return favours.has(tokens[at]?.lower ?? '')
}

/** "the new logo looks good": an item of a list that tells something. */
export function tells (tokens: readonly Token[]): boolean {
  const at = tokens.findIndex(({ lower, kind }, i) => i > 0 && ((finiteVerbs.has(lower) && !/^ha(?:ve|s|d)$/.test(lower)) || /^(?:said|agreed|decided|joined|left|became|happened|liked|wants|knows|thinks)$/.test(lower) || kind === 'mark' || /^(?:that|which|who|where|if|when|once|after|until|because)$/.test(lower)))
  return at > 0 && tokens[at]?.kind === 'word' && !/^(?:that|which|who|where|if|when|once|after|until|because|needs?|keeps?)$/.test(tokens[at]?.lower ?? '')
}

/** "Keep the old cluster": all is to stay as it is. With more behind it ("keep three backups", "keep the docs up to date") it is work. */
export function keepsAsIs (tokens: readonly Token[]): boolean {
  if (tokens[0]?.lower !== 'keep' || !/^(?:the|our|my|all|it|them|this|that|these|those|everything)$/.test(tokens[1]?.lower ?? '') || tokens.length > 6) return false
  return !tokens.slice(2).some(({ lower, kind }) => kind === 'mark' || (prepositions.has(lower) && lower !== 'running') || /\d|(?<!runn|go)ing$|(?<!unchang|untouch)ed$|^(?:up|alive|warm|safe|clean|open|updated|small|low|short|fresh)$/.test(lower)) || /^as (?:it|they) (?:is|are)$/.test(tokens.slice(-3).map(({ lower }) => lower).join(' '))
}

/** "Delete no namespaces", "deploy nothing", "restart neither A nor B", "deploy it nowhere", but not "make sure no container runs as root": where the work names what is not to be done; -1 where it does not. */
export function negatedAt (verb: string, object: readonly Token[]): number {
  if (/^(?:make sure|be sure|ensure|guarantee|verify|validate|check|confirm|prove|see|allow|permit|enforce|return|show|report|log|expect)$/.test(verb)) return -1
  const first = object[0]?.lower ?? ''
  const bound = first === 'no' && /^(?:more|less|fewer|later|earlier|longer|sooner)$/.test(object[1]?.lower ?? '')
  if (/^(?:no|nothing|none|neither|nobody|nowhere)$/.test(first) && !bound) return 0
  return object.findIndex(({ lower, depth }) => lower === 'nowhere' && depth === 0)
}

/** "…, just Cilium": what is wanted instead of what is not. */
export function wantedInstead (object: readonly Token[]): readonly Token[] {
  const at = object.findIndex(({ lower, depth }, i) => depth === 0 && i > 0 && (lower === 'but' || (object[i - 1]?.kind === 'mark' && /^(?:just|only|rather)$/.test(lower))))
  return at === -1 ? [] : object.slice(at + 1)
}

const usual = /^(?:on|at) (?:the )?(?:mon|tues|wednes|thurs|fri|satur|sun)days\b|^(?:on|at) (?:the )?(?:weekends?|weekdays?|holidays?|nights?|any time)\b|^(?:during|without|outside|while|whenever|before) /

/** "Can we deploy on Fridays?", "can anyone delete namespaces?": what is allowed or usual, and nothing to be done now. */
function asksWhetherAllowed (asked: string, [, ...object]: readonly Token[]): boolean {
  const who = /\b(?:can|could|may|might) (we|i|anyone|anybody|someone|somebody)$/.exec(asked)?.[1]
  if (who === undefined || /\bplease\b/.test(asked)) return false
  const end = object.findIndex(({ lower }) => prepositions.has(lower))
  const things = end === -1 ? object : object.slice(0, end)
  if (end !== -1 && usual.test(render(object.slice(end)).toLowerCase())) return things.length === 0 || isGeneric(things) || /days\b/.test(render(object.slice(end)))
  return isGeneric(things) && (/^any/.test(who) || (end === -1 && /\bcan (?:we|i)$/.test(asked)))
}

/** Things of a kind: "namespaces", "production images", and none that can be pointed at. */
function isGeneric (tokens: readonly Token[]): boolean {
  return tokens.length > 0 && tokens.length <= 2 && /[^s]s$/.test(tokens.at(-1)?.lower ?? '') && tokens.every(({ kind, text }) => kind === 'word' && !/[\p{Lu}\d-]/u.test(text) && !determiners.has(text))
}

/** "Would you deploy Redis or Memcached?" asks which, and "can you deploy things?" asks whether. */
export function asksRather (opener: readonly Token[], tokens: readonly Token[]): boolean {
  const asked = opener.map(({ lower }) => lower).join(' ')
  const at = tokens.findIndex(({ lower }) => lower === 'or')
  const between = at > 1 && at < tokens.length - 1 && !tokens.slice(0, at).some(({ lower }) => /^(?:if|whether|either|any|all|every|each)$/.test(lower)) && !/^(?:so|more|less|later|higher|lower|better)$/.test(tokens[at + 1]?.lower ?? '')
  if (/\bwould you\b/.test(asked) && !/\bmind\b|\bplease\b|\bso kind\b/.test(asked) && between) return true
  // "Would you recommend to deploy Redis?" wants an opinion.
  if (/\b(?:would|do) you\b/.test(asked) && /^(?:recommend|suggest|advise|prefer|consider|propose|expect|say|agree|choose|call)$/.test(tokens[0]?.lower ?? '')) return true
  if (asksWhetherAllowed(asked, tokens)) return true
  const object = tokens.slice(1)
  if (object.length === 0 || object.length > 2 || object.some(({ kind, text }) => kind !== 'word' || /[\p{Lu}\d-]/u.test(text) || determiners.has(text))) return false
  const last = object.at(-1)?.lower ?? ''
  return /^(?:things|stuff|something|anything|tasks|code|scripts)$/.test(last) ? /\b(?:can|could|do) you\b/.test(asked) && object.length === 1 : /\bare you able to\b/.test(asked) && /[^s]s$/.test(last)
}
