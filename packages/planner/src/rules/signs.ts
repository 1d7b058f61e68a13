/** What a sentence behind work says of it, by its words: in small letters, without marks, and with "not" for "n't". */

/** They may stand anywhere in a part that says of the work that it is done, not needed, unsure, somebody else's or no more than talk. */
const signs = [
  // Not needed, not sure, not now.
  /already|no need|not? (?:longer |really |yet |quite |so |too |that )?(?:need\w*|want\w*|necess\w*|requir\w*|ready|sure|certain|convinced|worth|fast|now|today|yet|mine|ours|me|for us|a good|such a|the right|wise|safe|allowed|supposed|possible|after all)|do(?:es)? not (?:think|know|believe|like|touch|do|yet|remember|matter|bother)\w*|not needing|no longer|any ?more|any longer|unsure|unneed|unnecessary|unless/,
  // Somebody did it.
  /(?:did(?! not)|done|does(?! not)|handled|fixed|solved|resolved|sorted|finished|restarted|rebooted|deployed|deleted|removed|rotated|reverted|rolled back|updated|upgraded|cleaned|took care|taken care|covered|dealt)\b.{0,30}\b(?:it|that|this|them|those|by|already|yesterday|just now|earlier|ago|itself|himself|herself|myself|last (?:night|week|month)|this morning|today)/,
  // It is over.
  /(?:was|were|been|got|is|are|all) (?:just |now |all |since |meanwhile )?(?:done|handled|fixed|solved|resolved|sorted|gone|recovered|back|rotated|restarted|reverted|superseded|replaced|cancell?ed|postponed|moved|called off|off the table|obsolete|moot|withdrawn|rejected|refused|declined|denied|revoked|dropped|stopped|paused|vetoed|lifted)/,
  // It went away, or somebody else sees to it.
  /recovered|self-?healed|came back|come back|back (?:up|to normal|online|again)|works? (?:again|now|for me|fine)|my (?:side|end)|permitting|willing|(?:my|his|her|their) blessing|rumou?rs?|i heard|apparently|supposedly|allegedly|working again|went away|gone away|disappeared|calmed down|settled|normal again|fine now|good now|ok(?:ay)? now|up again|healthy again|beat me|beat us|on it\b|working on|is doing|are doing|will do (?:it|that)|'ll do (?:it|that|this)|do it (?:myself|ourselves|himself|herself)|takes? over|took over/,
  // It waits.
  /can wait|could wait|should wait|must wait|to wait|wait (?:for|until|till|a|with)|hold off|holding off|postpone|put (?:it |that |this )?off|next (?:week|month|time|sprint|quarter|year)|some ?other|another (?:time|day|chat|window|team|cluster)|later|on hold|under review|first i|i'll (?:first|check|ask|think|see|let you)|i(?:'d| had| would)? (?:better|rather|prefer)|i (?:must|need to|have to|should|want to|gotta|wanna|will) (?:first|check|ask|think|see|talk|confirm|look|verify|discuss)|before (?:we|i) (?:do|decide)/,
  // It was never meant, or would do harm.
  /chang(?:ed|ing) (?:my|our|his|her|their) minds?|take (?:it|that|this) back|takes? (?:it|that|this) all back|thinking (?:out )?loud|wish(?:ful)|hypothetical\w*|theoretical\w*|in theory|kidding|jok(?:e|es|ed|ing)|test(?:ing)? you|just testing|just a (?:test|thought|example|joke|draft|question)|(?:an|one|for) example|my first idea|was (?:an?|the|my|our) (?:idea|plan|thought|mistake|typo|joke|test)|if only|as if|dream|imagine|should not|should never|must not|would (?:be|mean|log|lock|kill|break|take|delete|lose|cut|cause|also|hurt|affect|drop|only|just)|would not|too (?:risky|early|late|soon|dangerous|expensive|much|far|bad|many|hasty|fast|quick)|risky|dangerous|bad idea|overkill|mistaken|mistake|misread|mistyped|misspoke|mixed up|confus\w+|wrong|instead(?! of)|rather(?! than)|live with|cope|(?:it|they|that|this|we) stays?|keep(?:s|ing)? it|leave it|leave them|keep them|still (?:in use|used?|need\w*|mounted|uses?|rel(?:y|ies)|review\w*|thinking|deciding|discuss\w*|waiting|unclear|looking)/,
  // It came otherwise.
  /any ?way|by now|while (?:i|we) (?:was|were)|not (?:\w+ )?yet|turn(?:s|ed) out|i see|i saw|just saw|noticed|tried|disaster|(?:may|might) (?:still |yet |well |have |be )?(?:want|need|us|miss|be|have|break|rely|exist|change)\w*|ahead of (?:myself|ourselves)|first (?:we|i|you) need|caught up|found (?:enough|another|a|out|it)|clarify|objections?|approval|hold(?:s|ing)? (?:back|that|it|on|off|your)|not do (?:it|that|this)|still (?:wants?|hopes?|likes?)/,
  // It is withdrawn, or somebody else's word.
  /not done|forget|ignore|disregard|never ?mind|nvm|cancel (?:that|it|this)|undo (?:that|it|this)|skip (?:that|it|this)|drop (?:that|it|this) (?:for|again)|(?:said|says|say|saying|told|wants? (?:to|us|it|that|them|me|no|nothing|something|another|you)|wanted|decided|agreed|voted|vetoed|vetoes|objects|objected|forbids?|forbade|disagrees?|disagreed|complained|refused|asked|against|insists?|insisted|suggest(?:s|ed)|recommend(?:s|ed)|claims?|claimed|wrote|quot(?:e|es|ed|ing)|put it|proposed|mentioned|words|according to)/
]
export const sign = new RegExp(`(?:^|[^a-z])(?:${signs.map(({ source }) => source).join('|')})(?![a-z])`)

/** "DONE", "(cancelled)": a word beside the work that says how it stands. */
export const over = /^(?:(?:all |is |now |status |already |since )*(?:done|resolved|cancell?ed|closed|obsolete|moot|n\/a|void|superseded|declined|denied|rejected|solved|fixed|finished|completed?|wontfix|won ?t ?fix|draft|proposal|idea|example|fiction|hypothetical|joke|aborted|withdrawn|revoked|parked|deferred|postponed|blocked|paused|duplicate|outdated|expired|skip(?:ped)?|dropped|ignored?|optional|tbd|tbc|unclear|undecided|pending|question)|(?:cancel|stop|abort|halt)(?: (?:cancel|stop|abort|halt|it|that|now))*)(?: (?:already|now|yesterday|today|by \w+|\d[\d:.-]*))*$/

/** "…, said the intern", "… is what the vendor told us", "as Tom put it": the work is somebody else's words. */
export const quoted = /^(?:(?:or )?(?:so|as|like|quote|unquote) )?(?:(?:(?:is|was|are|at least that is|at least that's|that is|that's|this is|that was|or so|such (?:is|was)) )?(?:what )?)?(?:[\w'.-]+ ){0,4}?(?:said|says|quoth|wrote|writes|suggested|suggests|told (?:me|us)|tells (?:me|us)|quoth|put it|puts it|recommended|recommends|claimed|claims|demanded|demands|asked|asks|quoted?|proposed|insists|insisted|reads|quoth|replied|commented|shouted|ordered|orders|phrased it|would say|would have it)(?: (?:[\w'.-]+(?: |$)){0,5})?$|^(?:according to|in the words of|quote from|quoting|per|unquote)\b/

/** "Pause that thought", "hold this one" */
export const dropsThought = /^(?:pause|hold|park|shelve|scrap|stop|drop|kill|skip|cancel|ignore|undo|table|freeze|keep|leave) (?:that|this|the|my|it)(?: (?:last |whole |above |previous )?(?:thought|idea|plan|request|message|sentence|one|for (?:now|later)|back|off))?$/
/** "Let's do that after the audit" */
export const putsOff = /^(?:(?:but|and|so|please|ok|well|maybe|perhaps) )*(?:let us|let's|we (?:should|could|can|will|must)|you (?:should|can|could)|i will|i'll|we'll)? ?(?:do|run|start|have|plan|schedule) (?:it|that|this|so|them|those) (?:after|before|when|once|if|later|tomorrow|next|on|another|some|in (?:the|an?|two|three)|at|tonight|together|only|not)\b/
/** "Hold off on that", "don't do it yet" */
export const holdsOff = /^(?:(?:hm+|oh|well|so|ok|please|but|or|and|though) )*(?:hold off|never ?mind|forget|leave|do not (?:do|run|start|bother|go|proceed|even|yet)|no need|not yet)\b(?: (?:it|that|this|them|me|yet|now|please|for now|any ?more|on that|ahead|with (?:it|that)|they|we|i|he|she|until|till|because|since|there|anything|alone|as)\b.*)?$/

/** Work on what is not wanted any more: that it is not used is no reason against it. */
export const removes = /^(?:stop|disable|turn off|switch off|scale down|take down|move|replace|migrate|delete|drop|remove|wipe|purge|truncate|destroy|erase|uninstall|undeploy|tear down|shut down|revoke|kill|terminate|decommission|retire|prune|archive|clean up|get rid)$/
export const unused = /\b(?:(?:is|are|was|were)(?: not| no longer| never)? (?:used|in use|needed|useful|supported|maintained)|unused|(?:been|was|is|got) (?:replaced|superseded|migrated|moved)|(?:nobody|no one|none|we|they|team|users?) (?:ever |really |actually |no longer |do not |does not )?(?:uses?|needs?))\b(?!.*\b(?:still|wait|but|however|except)\b)/
/** Work that cannot be undone. */
export const undoable = /^(?:delete|drop|remove|wipe|purge|truncate|destroy|erase|uninstall|undeploy|tear down|shut down|revoke|kill|terminate|decommission|retire|expire|prune|flush|evict|clear|clean up|clean out|format|rip out|get rid)$/
/** Work that goes live, and what should keep it from that. */
export const ships = /^(?:deploy|release|roll out|ship|publish|promote|upgrade|merge|migrate)$/
export const ailing = /\b(?:red|fail\w*|broken?|flaky|down|unstable|unfinished|incomplete|blocked|frozen|freeze)\b/

/** What denies, or tells what would be: behind work that is rarely a reason for it. "But no tracing" only leaves something out. */
export const denies = /^(?!(?:but |and |or )?(?:not|no) ).*\b(?:not|never|cannot|would|could|might|doubt\w*|fear\w*|afraid|worr\w+|illegal|forbidden|prohibited|bad|terrible|awful|stupid|crazy|mad|nonsense|no \w+ (?:required|needed|necessary|wanted))\b/
/** What is told of the work itself, and not of the world around it. */
export const ofTheWork = /^(?:(?:but|or|though|although|and|so|oh|hm+|well|er+|ah|meh|ok|just|yeah) )*(?:it|that|this|they|these|those|he|she|i|it's|that's|they're|he's|she's|i'm|i've|i'd|i'll)(?![.\w])(?! (?:would be|is) (?:nice|great|good|urgent|important|enough|all)\b)/
/** "The auditors asked for it", "the team wants it by Friday": why it is wanted. */
export const wanted = /^(?!.*\b(?:but|may|might|still|not|no)\b)(?:[\w'-]+ ){0,5}(?:asked|asks|ask|wants?|wanted|needs?|waits?|waiting) (?:me |us )?(?:for )?(?:it|that|this|them)(?: (?:by|until|before|today|tomorrow|asap|now|on|for|so)\b[^.]*)?$/

const subject = /(?:it|they|these|those|this|that|he|she|we|i|nobody|no one|there|(?:the|our|all) [\w-]+(?: [\w-]+)?)/
const state = /(?:urgent|leak\w*|old|older|unused|empty|obsolete|deprecated|orphaned|expir\w*|compromised|stale|broken|down|red|dead|slow|stuck|hanging|full|corrupt(?:ed)?|not (?:used|respond\w*|work\w*|reachable|available|healthy|start\w*|encrypted|backed)|from|of|in|on|at|under|called|named|left|committed|published|exposed|open|public|visible|hacked|attacked|abused|required|needed|used|meant|missing|out of|unreachable|unavailable|unhealthy|unstable|flaky|critical|important|blocking|part of|based on|written|stored|hosted|about|for|the|an?|too (?:slow|small|big|large|old|full))/
const does = /(?:eats?|costs?|wastes?|tak\w+|fills?|throw\w*|return\w*|crash\w*|fail\w*|block\w*|kill\w*|gr[oe]w\w*|gets?|got|becom\w+|became|reach\w*|exceed\w*|us(?:es?|ed|ing)|want|needs?|must|should(?! not)|has to|have to|will(?! (?:do|be (?:ok|fine|back)|come|go away|finish))|runs?|keep|keeps|hangs?|leaks?|lacks?|miss(?:es)?|contains?|belongs?|lives?|listens?|serves?|handles?|depends?|expires?|left|breaks|broke|stopped|went down|slow(?:s|ed)|lost|has (?:no|a|an|\d+)|have (?:no|a|an|\d+)|does not (?:work|respond|compile|start|build|load|run|scale|connect|have|sync|come up)|do not (?:work|respond|start|run|have))/
const doing = /(?:eating|filling|throwing|leaking|crashing|failing|blocking|growing|hanging|costing|wasting|taking|using)/
/** Why it is wanted, and how or where: "it is not responding", "they must be encrypted", "it's from the demo". */
export const explains = new RegExp(`^(?:because|since|as) |^(?:(?:and|so|well|oh|just) )*${subject.source}(?:(?:'s|'re|'m| is| are| was| were| has| have| had)?(?: been)? (?:all |just |only |both |also |now |nearly |almost |quite |very |really |always |often )*(?:${state.source}|${does.source})|(?:'s|'re| is| are) ${doing.source})\\b`)
