import { phraseTable, words } from './tokens.ts'

/** Words that open an instruction wherever they stand. */
export const plainVerbs = words(`
 add adapt adjust analyse analyze annotate apply archive arrange assess assign attach automate bootstrap bump calculate catalog catalogue clarify clone collect combine
 compare compile compose compress configure connect containerise containerize convert copy correct create customise customize debug decommission define delete deliver
 deploy deprecate describe detect determine develop diagnose disable discover dockerise dockerize downgrade download draft drain drop enable encrypt enforce ensure
 enumerate establish evaluate examine execute expand explore expose extend extract fetch find finish fix gather generate give get grant harden identify implement improve
 include increase initialise initialize inspect install instrument integrate introduce inventory investigate isolate kick launch link locate lower maintain make measure
 merge migrate mitigate modernise modernize modify move notify obtain onboard optimise optimize organise organize outline parse perform prepare prevent produce profile
 promote propose protect prove provide provision prune publish purge raise reboot rebuild reconfigure record recreate redeploy redesign reduce refactor refresh register
 reinstall remove rename render renew reorganise reorganize repair replace replicate reproduce require reset resize resolve rerun restore restrict restructure retire
 revert revise revoke rewrite rotate sanitise sanitize scaffold select send separate serve set simplify simulate solve speed split standardise standardize start streamline
 strengthen submit summarise summarize switch sync synchronise synchronize tell tidy trace train transfer translate triage trigger troubleshoot tune turn uninstall unify
 unblock undo unlock update upgrade upload use validate verify visualise visualize whitelist wire wrap write lint dedupe deduplicate cordon taint mount decrease shrink
 grow halve double double-check cross-check sanity-check guarantee relax tighten loosen fork pause resume suspend hide mute silence acknowledge escalate rebalance shard
 partition vacuum reindex compact truncate seed populate warm flush invalidate sweep evacuate recover rescue eradicate finalise finalize approve revisit rework relocate
 spread distribute aggregate redirect reroute terminate deactivate activate unmount decrypt enrich wipe stub eliminate centralise centralize parameterise parameterize
 externalise externalize paginate sketch draw take put bring keep let stand spin roll tear shut clean lock look hook figure sort repeat cancel abort retry show display
 stop quarantine pentest fuzz sign allow deny remediate reconcile decouple bulk consolidate research recommend estimate brainstorm book invite announce email ask inform
 remind proofread evict adopt cherry-pick rebase bisect squash reissue reinstate resync rescan retag reseed resubmit retest reconnect reattach requeue reprocess rebrand rehost
 unpin unban untaint uncordon unsubscribe detach prefetch preload backfill backport hotfix demote dismiss exempt impersonate intercept obfuscate offload pre-warm reap recycle rekey undeploy
`)

/** Words that are verbs or nouns ("test the failover", "the failover test"): they open an instruction only where the words around say so. */
export const doubtfulVerbs = words(`
 access alert audit back backup balance benchmark block build cache change check cleanup count design document estimate export extract fail filter forward group host
 import index label limit list load log map mirror monitor name patch pin plan point port process push pull query rate release report restart review route run sample scale
 scan schedule search secure shape ship snapshot stage store stream support swap tag test throttle track transform tweak view watch work bootstrap structure model mark
 flag cut file open close hash trim lift clear tail dump mock plot question order
`)

/** Verbs that are two words. */
export const particleVerbs: ReadonlySet<string> = new Set(`
 set up, roll out, roll back, spin up, spin down, tear down, clean up, clean out, shut down, turn on, turn off, look into, look at, look for, back up,
 scale up, scale down, scale out, scale in, bring up, bring down, bring back, check out, find out, lock down, hook up, wire up, write up, write down,
 put together, take down, stand up, fire up, start up, speed up, sort out, figure out, tidy up, kick off, ship out, follow up, hand over, split up,
 pull down, add up, draw up, switch on, switch off, switch over, open up, close down, cut down, work out, work on, break up, break down, carry out,
 point out, fill in, build out, rip out, hunt down, dig into, throw in, lay out, phase out, swap out, go over, go through, get rid, take care, keep track, make sure, be sure, lock in, hold back, switch back, sign off, bring in, pull in, pull out, hand off, scale back, look after, look over, tie up, tear out, stress test, load test, smoke test, unit test, double check, report back
`.trim().split(/,\s+/))

/** Nouns that make what stands before them a name: "build scripts", "release notes", "test coverage". */
export const compoundHeads = words(`
 script scripts pipeline pipelines job jobs coverage notes rule rules result results rotation log logs logging policy policies server servers agent agents cache artifact
 artifacts suite suites plan plans report reports schedule schedules management key keys window windows environment environments env data case cases channel channels time
 times stage stages step steps system systems process team teams plane strategy tool tools tooling tests branch branches status history config configuration configs runner
 runners page pages endpoint endpoints frontend backend framework infrastructure infra balancer balancing manager trail trails target targets template templates limit
 limits rate rates budget control controls list lists hook hooks webhook webhooks event events workflow workflows machine machines account accounts settings automation
 exporter exporters group groups retention storage volume volumes token tokens
`)

export const determiners = words('a an the this that these those my our your their its his her all any each every both some another one no every new existing whatever two three four five six seven eight nine ten multiple several')
export const pronouns = words('it them they this that these those everything something anything nothing one ones him her us me')
export const prepositions = words('for to in on with from using via by at into across under against over through within without between about of as per during inside onto towards toward until behind besides except including like that which who whose where so because such than whenever wherever upon around based according running')
/** Words that never are the verb of an instruction, whatever follows them. */
export const functionWords = words(`
 i you he she we they it who whom what which whose how why where when while if unless although though because since as than then thus so and or but nor yet not no yes ok
 okay the a an this that these those my our your their its all any each every both some is are was were be been being am do does did done has have had will would can could
 should shall may might must of in on at by for with from to into onto over under about through between within without against across during before after until above below
 per via like except including despite hello hi hey thanks thank sorry please pls also only just even still already again here there now today tomorrow never always maybe
 perhaps half quite very too much many more most less least love hate enjoy appreciate know think see hear remember guess hope believe mean say said says got seem seems
 sounds looks feels want need wish prefer plus minus versus vs good great nice cool awesome bad morning evening afternoon well hmm wow ah oh once next finally lastly first
 second third last up down out off whatever whether
`)
export const finiteVerbs = words("is are was were isn't aren't wasn't weren't has have had hasn't haven't keeps keep fails failed failing broke breaks takes took seems looks does doesn't did didn't works worked crashed crashes went goes got gets needs")

/** Words at the front of a clause that say nothing about the work. */
export const fillers = phraseTable([
  'and', 'also', 'just', 'now', 'ok', 'okay', 'alright', 'hey', 'hi', 'hello', 'hi there', 'hey there', 'so', 'well', 'right', 'great', 'perfect', 'cool', 'nice', 'thanks', 'thank you', 'cortex', 'team', 'good morning', 'good afternoon', 'good evening', 'maybe', 'perhaps', 'possibly', 'by any chance', 'if possible',
  'quickly', 'really', 'definitely', 'probably', 'ideally', 'preferably', 'actually', 'instead', 'meanwhile', 'in the meantime', 'additionally', 'furthermore', 'moreover', 'besides', 'besides that', 'in addition', 'oh', 'oh and', 'um', 'hmm', 'yes', 'yeah', 'yep', 'first', 'first of all', 'firstly', 'second', 'secondly', 'third', 'thirdly', 'fourth', 'to start', 'to begin with',
  'start by', 'begin by', 'not only', 'not just', 'quick one', 'a quick one', 'just a quick one', 'one quick thing', 'quick thing', 'quick request', 'quick favour', 'quick favor', 'small thing', 'small request', 'tiny request', 'one small thing', 'todo', 'task', 'tasks', 'plus', 'but', 'yet', 'or', 'to', 'simply', 'afterwards', 'while at it', "while you're at it", 'while you are at it', 'on top of that', 'as well', 'sure', 'still', 'again', 'folks', 'everyone', 'all', 'then', 'next', 'everybody', 'for now', 'as a first step', 'as a next step', 'as the next step', 'as a last step', 'as a final step', 'my request', 'this time', 'today', 'btw', 'by the way', 'fyi', 'one more thing', 'number one', 'number two', 'number three', 'step one', 'step two', 'step three', 'therefore', 'same for', 'only', 'always', 'automatically', 'carefully', 'safely', 'properly', 'together', 'both'
])

/** Ways to say no to what follows. */
export const negations = phraseTable([
  "don't", 'do not', 'dont', 'never', 'no need to', 'no need for', 'there is no need to', "there's no need to", 'you need not', "you don't need to", 'you do not need to', "you don't have to", 'you do not have to', 'you must not', "you mustn't", 'you should not', "you shouldn't", "we don't want to", 'we do not want to', "i don't want to", "i don't want you to", 'i do not want to', 'i do not want you to', "i don't want", 'i do not want', "we don't want", 'we do not want', "we don't need to", 'we do not need to', "we don't need", 'we do not need', "i don't need", 'i do not need', "i don't need you to", 'refrain from', 'avoid', 'not', "let's not", 'let us not', 'rather not', 'hold off on', 'hold off', 'skip', 'leave out', 'never mind', 'forget', 'forget about', "i'd rather not", 'stay away from', 'we should not', "we shouldn't", 'we must not', "we won't", 'under no circumstances', 'by no means', 'nobody should', 'no one should', 'leave'
])

/** What puts the work beside, not behind, other work. It is about the message and never part of a title. */
export const parallelPhrases = phraseTable(['in parallel', 'parallel', 'simultaneously', 'concurrently', 'at the same time', 'all at once', 'at once', 'side by side', 'in one go', 'all together', 'independently', 'while at it', "while you're at it", 'while you are at it', "while we're at it"])

export const thenPhrases = phraseTable(['then', 'and then', 'and after to', 'continue with', 'go on with', 'proceed with', 'proceed to', 'after that', 'after this', 'and after that', 'afterwards', 'afterward', 'and afterwards', 'subsequently', 'thereafter', 'followed by', 'next', 'and next', 'as a next step', 'as the next step', 'later', 'from there', 'once done', 'when done', 'once finished', 'when finished', 'once complete', 'when complete', 'and only then', 'only then', '->', '=>', '→', 'when ready', 'once ready', 'once completed', 'when completed'])
export const finalPhrases = phraseTable(['finally', 'and finally', 'lastly', 'and lastly', 'last but not least', 'at the end', 'at the very end', 'in the end', 'as a last step', 'as a final step', 'as the last step', 'as the final step', 'to finish', 'to finish off', 'last of all', 'to wrap up', 'last', 'finish by', 'finish with', 'end with'])

export const orderPhrases = phraseTable(['in this order', 'in that order', 'in order', 'in sequence', 'sequentially', 'one after another', 'one after the other', 'one by one', 'step by step', 'in the following order', 'in the given order', 'in this sequence', 'following steps', 'these steps', 'one at a time', 'consecutively', 'strictly in order'])

/** Verbs of work on what there is. */
export const goesOn = /^(?:remove|delete|rename|upgrade|move|update|renew|fix|restart|enable|disable|turn off|turn on|shut down|clean up|verify|revert|roll back|switch|change|lower|raise|point)$/
