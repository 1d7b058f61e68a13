import { determiners, finiteVerbs, prepositions } from './lexicon.ts'
import { words, type Token } from './tokens.ts'

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

/** "Would you deploy Redis or Memcached?" asks which, and "can you deploy things?" asks whether. */
export function asksRather (opener: readonly Token[], tokens: readonly Token[]): boolean {
  const asked = opener.map(({ lower }) => lower).join(' ')
  const at = tokens.findIndex(({ lower }) => lower === 'or')
  const between = at > 1 && at < tokens.length - 1 && !tokens.slice(0, at).some(({ lower }) => /^(?:if|whether|either|any|all|every|each)$/.test(lower)) && !/^(?:so|more|less|later|higher|lower|better)$/.test(tokens[at + 1]?.lower ?? '')
  if (/\bwould you\b/.test(asked) && !/\bmind\b|\bplease\b|\bso kind\b/.test(asked) && between) return true
  const object = tokens.slice(1)
  if (object.length === 0 || object.length > 2 || object.some(({ kind, text }) => kind !== 'word' || /[\p{Lu}\d-]/u.test(text) || determiners.has(text))) return false
  const last = object.at(-1)?.lower ?? ''
  return /^(?:things|stuff|something|anything|tasks|code|scripts)$/.test(last) ? /\b(?:can|could|do) you\b/.test(asked) && object.length === 1 : /\bare you able to\b/.test(asked) && /[^s]s$/.test(last)
}
