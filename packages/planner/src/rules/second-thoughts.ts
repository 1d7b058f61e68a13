import { isPleasantry } from './asides.ts'
import type { Item } from './blocks.ts'
import { readLeadingCondition, readOpener } from './clauses.ts'
import { readFront } from './front.ts'
import { determiners, finiteVerbs, prepositions } from './lexicon.ts'
import { matchPhrase, phraseTable, render, tokenize, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'
import { asksForWork, passOver } from './withdrawals.ts'

/** What stops a person: whatever follows, what stood before is no longer sure. */
const stops = phraseTable(['no wait', 'wait no', 'oh no', 'uh oh', 'nope', 'nah', 'nay', 'hold on', 'hang on', 'hold up', 'hold it', 'actually', 'or actually', 'or rather', 'but rather', 'or better', 'or maybe', 'or perhaps', 'or else', 'or not', 'maybe not', 'perhaps not', 'better not', 'rather not',
  'on second thought', 'on second thoughts', 'second thoughts', 'on reflection', 'thinking about it', 'now that i think about it', 'now that i think of it', 'come to think of it', 'then again', 'on the other hand', 'scratch', 'strike', 'correction', 'edit', 'edited', 'upd', 'update :', 'typo', 'oops', 'whoops', 'ups', 'ugh', 'argh', 'damn', 'dang', 'crap', 'shoot',
  'my bad', 'my mistake', 'my fault', 'i mean', 'i meant', 'make that', 'what i meant', 'what i mean', 'what am i saying', 'never mind', 'nevermind', 'nvm', 'ignore', 'disregard', 'forget it', 'forget that', 'forget about', 'false alarm', 'wrong', 'not that', 'you know what', 'stand down', 'belay', 'abort', 'too late', 'on hold', 'jk', 'kidding', 'lol', 'not !', 'psych', 'sike', 'syke', 'haha', 'hahaha', 'hehe', '/s', 'april fools', 'obviously not', 'of course not', 'certainly not', 'absolutely not', 'definitely not', 'please not',
  "let's not", "let's wait", "let's keep", "let's leave", "let's see", "let's hold", "let's think", "let's talk", "let's skip", "let's first", 'let me check', 'let me ask', 'let me think', 'let me see', 'let me get back', 'let me talk', 'let me first', 'let me confirm', 'let me verify', 'let me sleep', 'let me look', 'come again', 'instead', 'rather'])
/** Words that also mean other things: they stop only before a mark, another such word, or somebody's thought. */
const halts = phraseTable(['wait', 'no', 'stop', 'sorry', 'oh wait', 'ah no', 'please wait', 'please stop', "don't", 'do not'])
const thought = /^(?:no|not|that|that's|it|it's|i|i'm|i'll|we|we're|we'll|they|they're|he|she|this|is|are|do|does|did|was|were|there|there's|someone|somebody|let|let's|don't|dont|doesn't|isn't|what|why|who|please|a|the|leave|keep|wrong)$/
/** They fill a pause: they stop nothing where more work follows. */
const pauses = phraseTable(['hm', 'hmm', 'hmmm', 'mhm', 'um', 'uh', 'uhm', 'er', 'err', 'erm', 'meh', 'eh', 'ah', 'oh', 'oh well', 'well', 'though', 'although', 'but', 'or', 'and', 'so', 'maybe', 'perhaps', 'ok', 'okay', 'please', 'yeah', 'yes', 'now', 'just', 'however', 'anyway'])
/** What follows stands beside what was said, and in place of nothing. */
const adds = /^(?:and|also|plus|then|first|before|after|afterwards|one|once|additionally|besides|in|to)$/

/** They may stand anywhere in a part that says of the work that it is done, not needed, unsure, somebody else's or no more than talk. */
const signs = new RegExp([
  "already|no need|not? (?:longer |really |yet |quite |so |too |that )?(?:need\\w*|want\\w*|necess\\w*|requir\\w*|ready|sure|certain|convinced|worth|fast|now|today|yet|mine|ours|me|for us|a good|such a|the right|wise|safe|allowed|supposed|possible|after all)|do(?:es)? not (?:think|know|believe|like|touch|do|yet|remember|matter|bother)\\w*|not needing|no longer|any ?more|any longer|unsure|unneed|unnecessary|unless",
  "(?:did(?! not)|done|does(?! not)|handled|fixed|solved|resolved|sorted|finished|restarted|rebooted|deployed|deleted|removed|rotated|reverted|rolled back|updated|upgraded|cleaned|took care|taken care|covered|dealt)\\b.{0,30}\\b(?:it|that|this|them|those|by|already|yesterday|just now|earlier|ago|itself|himself|herself|myself|last (?:night|week|month)|this morning|today)",
  "(?:was|were|been|got|is|are|all) (?:just |now |all |since |meanwhile )?(?:done|handled|fixed|solved|resolved|sorted|gone|recovered|back|rotated|restarted|reverted|superseded|replaced|cancell?ed|postponed|moved|called off|off the table|obsolete|moot|withdrawn|rejected|refused|declined|denied|revoked|dropped|stopped|paused|vetoed|lifted)",
  "recovered|self-?healed|came back|come back|back (?:up|to normal|online|again)|works? (?:again|now|for me|fine)|my (?:side|end)|permitting|willing|(?:my|his|her|their) blessing|rumou?rs?|i heard|apparently|supposedly|allegedly|working again|went away|gone away|disappeared|calmed down|settled|normal again|fine now|good now|ok(?:ay)? now|up again|healthy again|beat me|beat us|on it\\b|working on|is doing|are doing|will do (?:it|that)|'ll do (?:it|that|this)|do it (?:myself|ourselves|himself|herself)|takes? over|took over",
  "can wait|could wait|should wait|must wait|to wait|wait (?:for|until|till|a|with)|hold off|holding off|postpone|put (?:it |that |this )?off|next (?:week|month|time|sprint|quarter|year)|some ?other|another (?:time|day|chat|window|team|cluster)|later|on hold|under review|first i|i'll (?:first|check|ask|think|see|let you)|i(?:'d| had| would)? (?:better|rather|prefer)|i (?:must|need to|have to|should|want to|gotta|wanna|will) (?:first|check|ask|think|see|talk|confirm|look|verify|discuss)|before (?:we|i) (?:do|decide)",
  "chang(?:ed|ing) (?:my|our|his|her|their) minds?|take (?:it|that|this) back|takes? (?:it|that|this) all back|thinking (?:out )?loud|wish(?:ful)|hypothetical\\w*|theoretical\\w*|in theory|kidding|jok(?:e|es|ed|ing)|test(?:ing)? you|just testing|just a (?:test|thought|example|joke|draft|question)|(?:an|one|for) example|my first idea|was (?:an?|the|my|our) (?:idea|plan|thought|mistake|typo|joke|test)|if only|as if|dream|imagine|should not|should never|must not|would (?:be|mean|log|lock|kill|break|take|delete|lose|cut|cause|also|hurt|affect|drop|only|just)|would not|too (?:risky|early|late|soon|dangerous|expensive|much|far|bad|many|hasty|fast|quick)|risky|dangerous|bad idea|overkill|mistaken|mistake|misread|mistyped|misspoke|mixed up|confus\\w+|wrong|instead(?! of)|rather(?! than)|live with|cope|(?:it|they|that|this|we) stays?|keep(?:s|ing)? it|leave it|leave them|keep them|still (?:in use|used?|need\\w*|mounted|uses?|rel(?:y|ies)|review\\w*|thinking|deciding|discuss\\w*|waiting|unclear|looking)",
  "any ?way|by now|turn(?:s|ed) out|i see|i saw|just saw|noticed|tried|disaster|(?:may|might) (?:still |yet |well |have |be )?(?:want|need|us|miss|be|have|break|rely|exist|change)\\w*|ahead of (?:myself|ourselves)|first (?:we|i|you) need|caught up|found (?:enough|another|a|out|it)|clarify|objections?|approval|hold(?:s|ing)? (?:back|that|it|on|off|your)|not do (?:it|that|this)|still (?:wants?|hopes?|likes?)",
  "not done|forget|ignore|disregard|never ?mind|nvm|cancel (?:that|it|this)|undo (?:that|it|this)|skip (?:that|it|this)|drop (?:that|it|this) (?:for|again)|(?:said|says|say|saying|told|wants? (?:to|us|it|that|them|me|no|nothing|something|another|you)|wanted|decided|agreed|voted|vetoed|vetoes|objects|objected|forbids?|forbade|disagrees?|disagreed|complained|refused|asked|against|insists?|insisted|suggest(?:s|ed)|recommend(?:s|ed)|claims?|claimed|wrote|quot(?:e|es|ed|ing)|put it|proposed|mentioned|words|according to)"
].map((part) => `(?:${part})`).join('|'))
const sign = new RegExp(`(?:^|[^a-z])(?:${signs.source})(?![a-z])`)

/** "DONE", "(cancelled)": a word beside the work that says how it stands. */
const over = /^(?:(?:all |is |now |status |already |since )*(?:done|resolved|cancell?ed|closed|obsolete|moot|n\/a|void|superseded|declined|denied|rejected|solved|fixed|finished|completed?|wontfix|won ?t ?fix|draft|proposal|idea|example|fiction|hypothetical|joke|aborted|withdrawn|revoked|parked|deferred|postponed|blocked|paused|duplicate|outdated|expired|skip(?:ped)?|dropped|ignored?|optional|tbd|tbc|unclear|undecided|pending|question))(?: (?:already|now|yesterday|today|by \w+|\d[\d:.-]*))*$/

export function saysOver (tokens: readonly Token[]): boolean {
  return tokens.length <= 8 && over.test(spell(tokens))
}

/** "…, said the intern", "… is what the vendor told us", "as Tom put it": the work is somebody else's words. */
const quoted = /^(?:(?:or )?(?:so|as|like|quote|unquote) )?(?:(?:(?:is|was|are|at least that is|at least that's|that is|that's|this is|that was|or so|such (?:is|was)) )?(?:what )?)?(?:[\w'.-]+ ){0,4}?(?:said|says|quoth|wrote|writes|suggested|suggests|told (?:me|us)|tells (?:me|us)|quoth|put it|puts it|recommended|recommends|claimed|claims|demanded|demands|asked|asks|quoted?|proposed|insists|insisted|reads|quoth|replied|commented|shouted|ordered|orders|phrased it|would say|would have it)(?: (?:[\w'.-]+(?: |$)){0,5})?$|^(?:according to|in the words of|quote from|quoting|per|unquote)\b/

/** Words of a part that are looked at: at its front, and at its end. */
const longest = 60

function spell (tokens: readonly Token[]): string {
  const said = tokens.length <= 2 * longest ? tokens : [...tokens.slice(0, longest), ...tokens.slice(-longest)]
  return render(said.filter(({ kind }) => kind !== 'mark').map((token) => ({ ...token, spaced: true }))).toLowerCase().replace(/n't(?= |$)/g, ' not')
}

/** How many words at `at` stop what was being said; 0 for none. */
export function stopLength (tokens: readonly Token[], at: number): number {
  const stop = matchPhrase(tokens, at, stops)
  const last = tokens[at + stop]
  // "scratch space", "edit the page", "rather than", "instead of", "not the scan but …" say other things.
  if (stop > 0 && !isOther(tokens[at]?.lower ?? '', last)) return stop
  const halt = matchPhrase(tokens, at, halts)
  const next = tokens[at + halt]
  if (halt === 0 || (tokens[at]?.lower === 'sorry' && next !== undefined && /^(?:for|about|to|i|that|it's|this)$/.test(next.lower) && tokens[at + halt + 1]?.lower !== 'meant')) return 0
  return next === undefined || (next.kind === 'mark' && next.text !== '(') || thought.test(next.lower) || matchPhrase(tokens, at + halt, stops) > 0 ? halt : 0
}

function isOther (word: string, next: Token | undefined): boolean {
  if (/^(?:scratch|strike|ignore|disregard|correction|edit|edited|wrong|instead|rather|abort|typo|stop)$/.test(word)) return next?.kind === 'word' && !/^(?:that|this|it|them|all|everything|what|the|last|my|me|those|these|i|no|not|one|window|chat|channel|environment|cluster|node|server|tab|deploy|from|above|don't)$/.test(next.lower) && !/^(?:rather|instead)$/.test(word) || /^(?:of|than)$/.test(next?.lower ?? '')
  return false
}

export interface SecondThought {
  /** Where it begins. */
  at: number
  /** Where it ends: at a bracket's end, or with the sentence. */
  to: number
}

/** What stands behind "actually", "wait" and their like, once they are passed over. */
export function behindStops (tokens: readonly Token[]): readonly Token[] {
  let at = 0
  for (let length = 1; length > 0; at += length) length = stopLength(tokens, at) || matchPhrase(tokens, at, pauses) || (tokens[at]?.kind === 'mark' ? 1 : 0)
  return tokens.slice(at)
}

/** Whether a part that stands behind work makes it doubtful, and is not plainly more work beside it. `verb`: of that work, as what is not used is no reason against its removal. */
export function hasSecondThought (tokens: readonly Token[], verb = ''): boolean {
  let at = 0
  let stopped = false
  for (let length = 1; length > 0 && at < tokens.length; at += length) {
    const stop = stopLength(tokens, at)
    stopped ||= stop > 0
    length = stop || matchPhrase(tokens, at, pauses) || (tokens[at]?.kind === 'mark' ? 1 : 0)
  }
  const rest = tokens.slice(at)
  const said = spell(tokens)
  if (tokens.length <= 8 && over.test(said)) return true
  // "Let's do that after the audit"
  if (putsOff.test(said) || /^(?:said|says|quoth|wrote|thus)\b/.test(said)) return true
  // "Maybe ask me again tomorrow"
  if (/^(?:ask|remind|call|ping|wait|stand|bear|let|give|talk|come)$/.test(rest[0]?.lower ?? '') && /^(?:me|us|with|for|back|by|to)$/.test(rest[1]?.lower ?? '') && !/^(?:let|give) (?:me|us) (?:know|have|get|a)\b/.test(spell(rest))) return true
  // "…, but only the API to prod" may leave out the others, or leave out nothing.
  if (/^(?:but )?(?:only|just) (?:the|our|that|this|these|those) /.test(said) && !asksForWork(tokens)) return true
  if (stopped) return !(asksForWork(rest) && (adds.test(rest[0]?.lower ?? '') || addsTo(tokens, at)))
  if (asksForWork(rest)) return /\binstead$/.test(said)
  const front = readFront(rest)
  // "Don't touch Loki" says what else is not to be done; "not sure that is wise" does not.
  if (front.negated ? rest[front.refused - 1]?.lower !== 'not' || front.refused > 1 : front.asked) return holdsOff.test(said)
  if (said === 'not') return true
  return !isCourtesy(tokens) && !(removes.test(verb) && unused.test(said)) && !wanted.test(said) && (sign.test(said) || quoted.test(said) || (ofTheWork.test(said) && !explains.test(said)))
}

/** "Wait, also deploy it", "… too": the word may have been passed over. */
function addsTo (tokens: readonly Token[], at: number): boolean {
  return tokens.slice(0, at + 1).some(({ lower }) => /^(?:also|and|plus)$/.test(lower)) || /^(?:too|also|well)$/.test(tokens.at(-1)?.lower ?? '') || passOver(tokens).at === tokens.length
}

/** They never stand inside of what is asked for, so they stop it also where somebody wrote no mark. */
const unmarked = phraseTable(['hmm', 'hm', 'nvm', 'nah', 'nope', 'oops', 'whoops', 'jk', 'lol', 'haha', 'hahaha', 'ugh', 'argh', 'oh wait', 'oh no', 'no wait', 'wait no', 'ah no', 'ah forget it', 'ah wait', 'sorry wrong', 'actually no', 'actually nah', 'actually not', "actually don't", 'actually dont', 'actually never mind', 'actually leave', 'actually keep', 'actually wait', 'never mind', 'nevermind', 'forget it', 'forget that', 'scratch that', 'strike that', 'on second thought', 'then again', 'or rather', 'wait'])

function stopsUnmarked (tokens: readonly Token[], at: number): boolean {
  const length = matchPhrase(tokens, at, unmarked)
  if (length === 0 || determiners.has(tokens[at - 1]?.lower ?? '')) return false
  return tokens[at]?.lower !== 'wait' || length > 1 || (thought.test(tokens[at + 1]?.lower ?? '') && tokens.slice(at).some(({ lower }) => finiteVerbs.has(lower) || /'(?:s|re|m)$|^(?:no|not|don't|dont)$/.test(lower)))
}

const joints = /^(?:[,;:–—([-]|\.+)$/
const jointWords = /^(?:but|or|though|although)$/

/** Where inside a sentence that asks for work its second thought begins; null where there is none. */
export function secondThoughtIn (tokens: readonly Token[]): SecondThought | null {
  for (let i = 2; i < tokens.length; i++) {
    const token = tokens[i]
    if (!token) break
    const mark = token.kind === 'mark'
    if (!(mark ? joints.test(token.text) : jointWords.test(token.lower) || stopsUnmarked(tokens, i)) || (token.depth > 0 && !/^[([]$/.test(token.text))) continue
    const end = /^[([]$/.test(token.text) ? tokens.findIndex(({ depth, text }, at) => at > i && depth === token.depth && /^[)\]]$/.test(text)) : -1
    const to = end === -1 ? tokens.length : end
    const tail = tokens.slice(mark ? i + 1 : i, to)
    const before = tokens.slice(0, i)
    // "Whether they are signed or not" is one thing.
    const whether = token.lower === 'or' && before.some(({ lower }) => /^(?:whether|if)$/.test(lower))
    if (!whether && tail.length > 0 && opensSecondThought(tail, verbOf(before)) && (asksForWork(before) || (readFront(before).asked && !readFront(before).negated))) return { at: i, to }
  }
  return null
}

function verbOf (tokens: readonly Token[]): string {
  return verbAtFront(tokens, readFront(tokens).at)?.base ?? ''
}

function opensSecondThought (tail: readonly Token[], verb: string): boolean {
  const [first] = tail
  if (!first || /^(?:if|once|when|after|before|unless|until|which|who|and)$/.test(first.lower)) return false
  if (first.lower === 'that' && !finiteVerbs.has(tail[1]?.lower ?? '')) return false
  if (prepositions.has(first.lower) && first.lower !== 'that') return quoted.test(spell(tail))
  return hasSecondThought(tail, verb)
}

/** What an item of a list, or what stands under it, says against it; null where nothing does. */
export function secondThoughtOf ({ tokens, details }: Item): string | null {
  const inside = secondThoughtIn(tokens)
  if (inside) return render(tokens.slice(inside.at, inside.to)).replace(/^[^\p{L}\p{N}"'`]+/u, '')
  return details.split(/(?<=[.!?])\s+/).find((said) => hasSecondThought(tokenize(said)) && !asksForWork(behindStops(tokenize(said)))) ?? null
}

/** "No longer necessary" and "ok it works now" look like one. */
function isCourtesy (tokens: readonly Token[]): boolean {
  return isPleasantry(render(tokens)) && !(/^(?:no|well|right|wait|hold|oh|oops|one|please|ok|okay|great|good|fine|cool|yes|nice)$/.test(tokens[0]?.lower ?? '') && tokens.length > 2 && sign.test(spell(tokens)))
}

/** "After the audit, that is", "not before Monday!": a sentence that only says when. */
export function onlySaysWhen (tokens: readonly Token[]): boolean {
  const from = tokens[0]?.lower === 'not' ? 1 : 0
  return tokens.length > 1 && /^(?:after|before|until|till|once|when|if|unless|only|in|as|provided)$/.test(tokens[from]?.lower ?? '') && readOpener(tokens, from) !== null && readLeadingCondition(tokens) === null || (readLeadingCondition(tokens) !== null && /^(?:that is|i mean|i meant|please|not earlier|not now|though)$/.test(spell(readLeadingCondition(tokens)?.rest ?? [])))
}

const putsOff = /^(?:(?:but|and|so|please|ok|well|maybe|perhaps) )*(?:let us|let's|we (?:should|could|can|will|must)|you (?:should|can|could)|i will|i'll|we'll)? ?(?:do|run|start|have|plan|schedule) (?:it|that|this|so|them|those) (?:after|before|when|once|if|later|tomorrow|next|on|another|some|in (?:the|an?|two|three)|at|tonight|together|only|not)\b/
const holdsOff = /^(?:(?:hm+|oh|well|so|ok|please|but|or|and|though) )*(?:hold off|never ?mind|forget|leave|do not (?:do|run|start|bother|go|proceed|even|yet)|no need|not yet)\b(?: (?:it|that|this|them|me|yet|now|please|for now|any ?more|on that|ahead|with (?:it|that)|they|we|i|he|she|until|till|because|since|there|anything|alone|as)\b.*)?$/
const removes = /^(?:stop|disable|turn off|switch off|scale down|take down|move|replace|migrate|delete|drop|remove|wipe|purge|truncate|destroy|erase|uninstall|undeploy|tear down|shut down|revoke|kill|terminate|decommission|retire|prune|archive|clean up|get rid)$/
const unused = /\b(?:(?:is|are|was|were)(?: not| no longer| never)? (?:used|in use|needed|useful|supported|maintained)|unused|(?:been|was|is|got) (?:replaced|superseded|migrated|moved)|(?:nobody|no one|none|we|they|team|users?) (?:ever |really |actually |no longer |do not |does not )?(?:uses?|needs?))\b(?!.*\b(?:still|wait|but|however|except)\b)/
/** What is told of the work itself, and not of the world around it. */
const ofTheWork = /^(?:(?:but|or|though|although|and|so|oh|hm+|well|er+|ah|meh|ok|just|yeah) )*(?:it|that|this|they|these|those|he|she|i|it's|that's|they're|he's|she's|i'm|i've|i'd|i'll)(?![.\w])(?! (?:would be|is) (?:nice|great|good|urgent|important|enough|all)\b)/
/** "The auditors asked for it", "the team wants it by Friday": why it is wanted. */
const wanted = /^(?!.*\b(?:but|may|might|still|not|no)\b)(?:[\w'-]+ ){0,5}(?:asked|asks|ask|wants?|wanted|needs?|waits?|waiting) (?:me |us )?(?:for )?(?:it|that|this|them)(?: (?:by|until|before|today|tomorrow|asap|now|on|for|so)\b[^.]*)?$/
const undoable = /^(?:delete|drop|remove|wipe|purge|truncate|destroy|erase|uninstall|undeploy|tear down|shut down|revoke|kill|terminate|decommission|retire|expire|prune|flush|evict|clear|clean up|clean out|format|rip out|get rid)$/
const ships = /^(?:deploy|release|roll out|ship|publish|promote|upgrade|merge|migrate)$/
const ailing = /\b(?:red|fail\w*|broken?|flaky|down|unstable|unfinished|incomplete|blocked|frozen|freeze)\b/
/** Why it is wanted, and how or where: "it is not responding", "they must be encrypted", "it's from the demo". */
const subject = "(?:it|they|these|those|this|that|he|she|we|i|nobody|no one|there|(?:the|our|all) [\\w-]+(?: [\\w-]+)?)"
const state = '(?:urgent|leak\\w*|old|older|unused|empty|obsolete|deprecated|orphaned|expir\\w*|compromised|stale|broken|down|red|dead|slow|stuck|hanging|full|corrupt(?:ed)?|not (?:used|respond\\w*|work\\w*|reachable|available|healthy|start\\w*|encrypted|backed)|from|of|in|on|at|under|called|named|left|committed|published|exposed|open|public|visible|hacked|attacked|abused|required|needed|used|meant|missing|out of|unreachable|unavailable|unhealthy|unstable|flaky|critical|important|blocking|part of|based on|written|stored|hosted|about|for|the|an?|too (?:slow|small|big|large|old|full))'
const does = '(?:eats?|costs?|wastes?|tak\\w+|fills?|throw\\w*|return\\w*|crash\\w*|fail\\w*|block\\w*|kill\\w*|gr[oe]w\\w*|gets?|got|becom\\w+|became|reach\\w*|exceed\\w*|us(?:es?|ed|ing)|want|needs?|must|should(?! not)|has to|have to|will(?! (?:do|be (?:ok|fine|back)|come|go away|finish))|runs?|keep|keeps|hangs?|leaks?|lacks?|miss(?:es)?|contains?|belongs?|lives?|listens?|serves?|handles?|depends?|expires?|left|breaks|broke|stopped|went down|slow(?:s|ed)|lost|has (?:no|a|an|\\d+)|have (?:no|a|an|\\d+)|does not (?:work|respond|compile|start|build|load|run|scale|connect|have|sync|come up)|do not (?:work|respond|start|run|have))'
const explains = new RegExp(`^(?:because|since|as) |^(?:(?:and|so|well|oh|just) )*${subject}(?:(?:'s|'re|'m| is| are| was| were| has| have| had)?(?: been)? (?:all |just |only |both |also |now |nearly |almost |quite |very |really |always |often )*(?:${state}|${does})|'s (?:eating|filling|throwing|leaking|crashing|failing|blocking|growing|hanging|costing|wasting|taking)| (?:is|are) (?:eating|filling|throwing|leaking|crashing|failing|blocking|growing|hanging|costing|wasting|taking|using))\\b`)

/** Whether something told behind work speaks against it: of what cannot be undone all that does not explain it, of what goes live all that is red. */
export function speaksAgainst (verb: string, tokens: readonly Token[]): boolean {
  const said = spell(tokens)
  if (isCourtesy(tokens)) return false
  return (undoable.test(verb) && !explains.test(said) && !unused.test(said)) || (ships.test(verb) && ailing.test(said) && !/^(?:because|since|(?:the|our) (?:old|previous|current|existing|last))\b/.test(said))
}

/** "Does anyone still use it?": behind work a question that wants a yes or a no is one about that work. */
export function staysOpen (question: readonly Token[]): boolean {
  if (question.length > 0 && (stopLength(question, 0) > 0 || /^(?:but|or|hm+|though|oh|uh|er+|well)$/.test(question[0]?.lower ?? ''))) return true
  return /^(?:is|are|was|were|does|do|did|has|have|had|will|would|should|shall|may|might|isn't|aren't|doesn't|don't|didn't|hasn't|haven't|won't|wouldn't|shouldn't|or)$/.test(behindStops(question)[0]?.lower ?? '') || hasSecondThought(question)
}
