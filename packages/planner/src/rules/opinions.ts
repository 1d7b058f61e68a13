import { render, type Token } from './tokens.ts'

/** Asks what somebody thinks of what was said before: "Should we?", "is that a good idea?", "thoughts?". */
const opinions = /^(?:(?:so|and|but|or|well|hm+),? )*(?:(?:should|shall|could|can|may|must) (?:we|i)(?: (?:really|do (?:it|that|so|this)|go ahead|proceed))?|(?:what|how) (?:do|would) (?:you|u|you all) (?:think|say|feel|suggest|recommend|advise|reckon)(?: (?:about|of) (?:it|that|this))?|what (?:is|'s) your (?:take|opinion|view)(?: on (?:it|that|this))?|what's your (?:take|opinion|view)(?: on (?:it|that|this))?|(?:is|would|wouldn't|isn't|was) (?:it|that|this)(?: be)?(?: really| still)? (?:an? )?(?:good|bad|wise|sensible|smart|reasonable|safe|stupid|dangerous|risky|overkill|ok|okay|right|worth it|correct|clever|advisable)(?: idea| thing| plan| choice| one)?(?: to do)?|(?:any |your )?(?:thoughts|opinions?|objections|concerns)|(?:do |would )?you agree|agreed?|(?:a )?good idea|sensible|wise|worth it|makes? sense|does (?:it|that|this) make (?:any )?sense|would you(?: do (?:it|that))?|yes or no|or (?:better |rather )?not|or should (?:we|i) not|am i right)$/

/** Whether a sentence only asks for an opinion, or ends by asking for one: "restart it, what do you think?". */
export function asksOpinion (tokens: readonly Token[], question: boolean): 'whole' | 'tail' | null {
  if (tokens.length > 60) return null
  const last = tokens.findLastIndex(({ kind, depth, text }) => kind === 'mark' && depth === 0 && /^[,;–—-]$/.test(text))
  // "Thoughts" may come without its mark; "is that ok" is a question also without one.
  if (tokens.length <= 12 && opinions.test(spell(tokens))) return question || !/^(?:agreed?|makes? sense|wise|sensible|yes or no)$/.test(spell(tokens)) ? 'whole' : null
  return question && last > 0 && opinions.test(spell(tokens.slice(last + 1))) ? 'tail' : null
}

function spell (tokens: readonly Token[]): string {
  return render(tokens.filter(({ kind }) => kind !== 'mark')).toLowerCase()
}

/** "The ticket says: …", "Ben wrote: …": what stands behind is told, and asked by nobody here. */
export function quotesOther (label: readonly Token[]): boolean {
  const said = spell(label)
  if (label.length <= 10 && /^(?:in the words of|according to|quote|quoting|as (?:\S+ ){1,4}(?:said|put it|wrote))\b/.test(said)) return true
  // "Bob's plan: …"
  if (label.length <= 6 && /'s (?:[\w-]+ )?(?:plan|idea|suggestion|proposal|advice|comment|opinion|words|note|mail|message|answer)$/.test(said)) return true
  return label.length <= 10 && !/^(?:i|we|let me)\b/.test(said) && /\b(?:says|said|wrote|writes|reads|stated|states|told (?:me|us)|tells (?:me|us)|suggests|suggested|recommends|recommended|claims|claimed|asks|asked|replied|proposed|proposes|commented)(?: (?:to me|to us|me|us|today|yesterday))?$/.test(said)
}

/** "“Scale it all to zero”, quipped the boss": words of somebody, and then who said them. */
export function opensWithQuote ([first, mark]: readonly Token[]): boolean {
  return first?.kind === 'quote' && /^["'].* /.test(first.text) && /^[,–—-]$/.test(mark?.text ?? '')
}
