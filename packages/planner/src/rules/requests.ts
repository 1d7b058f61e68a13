import { categories, type Category, type TaskStatus } from '@cortex/contracts'
import type { Recognized } from './references.ts'

/** A request about tasks there are, as opposed to new work. `about` is the person's words for which; empty means those just spoken of. */
export type TaskRequest =
  | { kind: 'status', about: string }
  | { kind: 'list', statuses: readonly TaskStatus[], category: Category | null, everywhere: boolean }
  /** What people do, or what no tool does: it is told where it is done. */
  | { kind: 'elsewhere', what: 'approval' | 'rollback' | 'priority' | 'pause' | 'conversation', about: string }
  | { kind: 'cancel' | 'retry', about: string, all: boolean, category: Category | null, except: string, /** Those beside one that was cancelled just before. */ others?: true, /** It may be meant: asked before it is done. */ unsure?: true }

export interface RequestContext extends Recognized {
  /** Whether the sentence is a question. */
  question: boolean
  /** The message has asked for work already: its "it" is that work's and no task's. */
  working: boolean
}

const taskWord = /\btasks?\b|\bjobs?\b/
const stateWords: readonly (readonly [RegExp, readonly TaskStatus[]])[] = [
  [/\b(?:approvals?|need(?:s|ed)? me|waiting for me|waits? for me|my decision|to approve|need my)\b/, ['awaiting_approval']],
  [/\b(?:failed|failures?|failing|fail|broken|errors?|unsuccessful|went wrong)\b/, ['failed']],
  [/\b(?:running|in progress|active|ongoing|being worked on|under way|working on)\b/, ['in_progress']],
  [/\b(?:waiting|blocked|stuck)\b/, ['waiting', 'awaiting_approval']],
  [/\b(?:queued|queue|not started)\b/, ['queued']],
  [/\b(?:open|pending|left|outstanding|remaining|unfinished|to do|alive|live)\b/, ['queued', 'waiting', 'in_progress', 'awaiting_approval']],
  [/\b(?:completed?|done|finished|succeeded|successful)\b/, ['completed']],
  [/\b(?:cancell?ed|stopped|aborted)\b/, ['cancelled']]
]

/** Reads one clause, in small letters and without words of asking. Null when it is about something else. */
export function readTaskRequest (clause: string, context: RequestContext): TaskRequest | null {
  const said = clause.replace(/^(?:(cancel|kill|abort|halt|retry|rerun|restart|repeat)l?ing|(stop)ping)\b/, '$1$2').replace(/[?!.,\s]+$/, '').replace(/ (?:please|pls|now|right now|for me|immediately|again please)$/, '')
  return readPassiveRequest(said, context) ?? readCancel(said, context) ?? readRetry(said, context) ?? readElsewhere(said, context) ?? readStatus(said, context) ?? readList(said)
}

const passive = /^(.{1,80}?) (?:can|could|should|may|must|needs to|has to) (?:now )?be (cancell?ed|stopped|aborted|killed|retried|rerun|repeated)$/

function readPassiveRequest (said: string, { isNamed }: RequestContext): TaskRequest | null {
  const [, about = '', done = ''] = passive.exec(said) ?? []
  return about !== '' && isNamed(about) ? { kind: /^re/.test(done) ? 'retry' : 'cancel', about, all: false, category: null, except: '' } : null
}

/** "All pods" are no tasks: behind these words nothing may name a thing. */
const everything = /^(?:(?:whatever|what|everything that|anything that|anything|all that)(?:'s| is| are) (?:still )?(?:running|waiting|queued|pending|left|open|active)|everything(?: else)?|all(?: of)?(?: (?:it|them|these|those))?|them all|it all|all (?:(?:the|my|our|running|open|pending|remaining|queued|other|active|\w+) ){0,2}(?:tasks|jobs|work)|every (?:task|job)|the whole (?:thing|lot|batch)|the lot|(?:all )?the (?:rest|others|other (?:ones|tasks|jobs)))(?: (?:now|here|again|still)| (?:in|of|from) (?:this|the) (?:conversation|batch|chat)| (?:that|which)(?:'s| is| are) (?:still )?(?:running|waiting|queued|open|pending|not (?:yet )?(?:done|finished|completed|started)(?: yet)?))*$/

function readCancel (said: string, { isLive, working }: RequestContext): TaskRequest | null {
  const off = /^call (.{1,80}) off$/.exec(said)?.[1]
  if (off !== undefined && isLive(off)) return { kind: 'cancel', about: off, all: false, category: null, except: '' }
  const removed = /^(?:delete|remove) (.{1,80})$/.exec(said)?.[1]
  if (removed !== undefined && taskWord.test(removed) && isLive(removed)) return { kind: 'cancel', about: removed, all: false, category: null, except: '' }
  const found = /^(cancel|abort|call off|stop|kill|halt|terminate)\b ?(.*)$/.exec(said) ?? /^(forget|forget about|scrap|drop|ditch) (?=.*\btasks?\b)(.*)$/.exec(said)
  if (!found) return null
  const [, verb = '', rest = ''] = found
  const { about, except } = splitExcept(rest)
  const all = everything.test(about)
  // "Stop the nginx service" is work; only what names a task, or nothing else, is about tasks.
  const certain = /^(?:cancel|abort|call off)$/.test(verb) || all || about === '' || /\btasks?\b/.test(about) || (!working && /^(?:it|that|this|them|those|these|both|working)\b/.test(about)) || isLive(about)
  return certain ? { kind: 'cancel', about: all ? '' : about, all, category: categoryIn(about), except, ...(all && /\bothers?\b/.test(about) && { others: true }) } : null
}

const allFailed = /^(?:(?:the |all |every|any)?.{0,20}?\b(?:failed|failures)\b(?: (?:ones?|tasks?|jobs?))?|(?:everything|what|whatever|all|those|the ones|all those) .{0,12}failed)$/

function readRetry (said: string, { isNamed, working }: RequestContext): TaskRequest | null {
  const again = /^(?:retry|try|rerun|re-run|redo|run|restart|repeat|start|do|give)\b ?(.*?)(?: (?:again|once more|one more time|another (?:try|go|chance|shot)|a second time|over))?$/.exec(said)
  if (!again) return null
  const verb = said.split(' ', 1)[0] ?? ''
  const rest = (again[1] ?? '').replace(/^again(?: with| on)? ?/, '')
  const repeated = /\b(?:again|once more|one more time|another (?:try|go|chance|shot)|second time)\b/.test(said)
  const { about, except } = splitExcept(rest)
  const failed = /\b(?:failed|failing|failures)\b/.test(about)
  const certain = verb === 'retry' || (verb === 'try' && repeated) || ((repeated || /^(?:rerun|re-run|redo|restart|repeat)$/.test(verb)) && ((isNamed(about) && !(working && them.test(about))) || /\btasks?\b/.test(about) || failed || (!working && /^(?:it|that|them|those)?$/.test(about))))
  if (!certain) return null
  const all = everything.test(about) || allFailed.test(about)
  return { kind: 'retry', about: all ? '' : about, all, category: categoryIn(about), except }
}

const them = /^(?:it|that|this|them|those|these|both|everything|all|all of (?:it|them|those|these)|the (?:last|latest) (?:one|task|change|batch))$/
const changes = /^(?:all |the |my |our |any |pending |open |waiting )*(?:changes?|change sets?|approvals?|plans?|requests?)$/
const level = '(?:critical|urgent|high|highest|top|medium|normal|low|lowest|lower|higher)'
const priorities = [
  new RegExp(`^(?:make|mark|set|treat|flag|give|put) (.{1,80}?) (?:(?:as|to|at|on|a|an|the|be|is) )*(?:more |less |very )?${level}(?:[ -]prio(?:rity)?)?$`),
  new RegExp(`^(?:change|set|raise|lower|bump|increase|decrease|update)(?: up)? (?:the )?prio(?:rity)? (?:of|for) (.{1,80}?)(?: (?:to|as) ${level})?$`),
  /^(?:prioriti[sz]e|de-?prioriti[sz]e|expedite) (.{1,80})$/
]

/** What is done to the conversation itself, and not to anything it speaks of. */
const conversations = /^(?:delete|remove|clear|erase|wipe|reset|rename|name|archive|share|unshare|export|download|save|print|end|close|leave|copy) (?:all (?:of )?)?(?:(?:this|the|my|our) (?:whole |entire |current |open )?(?:conversations?|chats?|threads?|discussion|dialog(?:ue)?)(?: (?:history|log))?|(?:this|the|my|our) (?:chat|conversation) (?:history|log)|the link (?:to|of) (?:this|the) (?:conversation|chat))(?: (?:to|as|with|for) .{1,60})?$/

/** "Approve all", "roll back the monitoring stack", "make the scan high priority". */
function readElsewhere (said: string, { isNamed, isLive, working }: RequestContext): TaskRequest | null {
  const means = (about: string): boolean => isNamed(about) && !(working && them.test(about))
  const [, verb = '', rest = ''] = /^(approve|deny|reject|decline|roll back|rollback|undo|revert) ?(.*)$/.exec(said) ?? []
  if (verb !== '') {
    const about = rest.replace(/^(?:the |all |all the )?(?:changes?|change sets?|plans?|approvals?) (?:of|for|by|from) /, '')
    if (/^(?:approve|deny|reject|decline)$/.test(verb)) return (!working && (them.test(about) || about === '')) || changes.test(about) || means(about) ? { kind: 'elsewhere', what: 'approval', about } : null
    return means(about) ? { kind: 'elsewhere', what: 'rollback', about } : null
  }
  if (conversations.test(said)) return { kind: 'elsewhere', what: 'conversation', about: '' }
  const paused = /^(?:pause|suspend|hold|hold off on|resume|unpause|continue) (.{1,80})$/.exec(said)?.[1]
  if (paused !== undefined && means(paused) && (taskWord.test(paused) || isLive(paused))) return { kind: 'elsewhere', what: 'pause', about: paused }
  const about = priorities.map((pattern) => pattern.exec(said)?.[1]).find((found) => found !== undefined && means(found))
  // With no such task, and no work it could be about, it is still no work.
  const bare = working ? undefined : /^(?:make|mark|treat|flag) (.{1,80}?) .*\bprio(?:rity)?$/.exec(said)?.[1]
  return about ?? bare ? { kind: 'elsewhere', what: 'priority', about: about ?? bare ?? '' } : null
}

/** "Skip the pipeline", "don't do the scan": of a task that runs, said to nothing else, it may mean to cancel it. */
export function readWaiver (clause: string, { isLive, working }: RequestContext): TaskRequest | null {
  const about = /^(?:actually,? |please,? |ok,? )*(?:(?:skip|never mind|forget(?: about)?|leave out)|(?:don't|do not|dont) (?:do|run|start|continue(?: with)?|bother with)) (.{1,80}?)[.!\s]*$/.exec(clause)?.[1]
  return about !== undefined && !working && isLive(about) ? { kind: 'cancel', about, all: false, category: null, except: '', unsure: true } : null
}

function splitExcept (rest: string): { about: string, except: string } {
  const at = rest.search(/\b(?:except|but not|but|apart from|aside from|other than|besides|bar|save for)\b/)
  return at === -1 ? { about: rest.trim(), except: '' } : { about: rest.slice(0, at).replace(/[,\s]+$/, ''), except: rest.slice(at).replace(/^(?:except(?: for)?|but not|but|apart from|aside from|other than|besides|bar|save for)\s*/, '') }
}

const statusPatterns: readonly RegExp[] = [
  /^(?:what(?:'s| is| are| was)|whats|what|how(?:'s| is| are)?|check|tell|get|report|read|see|show|an?|the|any|me)\b.{0,40}?\b(?:status|statuses|progress|state of (?:the )?(?:tasks?|work|things))\b(?: (?:of|on|for|with|about))? ?(.*)$/,
  /^(?:status|progress|status (?:report|update)|eta)\b(?: (?:of|on|for|about|update|report))? ?(.*)$/,
  /^(?:an?|any|the|get|what(?:'s| is) the)? ?(?:updates?|news)\b(?: (?:on|about|of|for|from))? ?(.*)$/,
  /^how(?:'s| is| are| was| were) (.{1,120}?) (?:going|doing|coming along|coming|progressing|getting on|looking)(?: along| so far| now| today)?$/,
  /^how far (?:along )?(?:is|are|have|has|did) (.{1,120}?)(?: come| got| gotten| along| get)?$/,
  /^how (?:did|does) (.{1,120}?) (?:go|look|turn out)$/,
  /^(?:what|whatever) (?:happened|has happened|became|is happening|'s happening)(?: (?:to|with|of|in))? ?(.*)$/,
  /^why (?:did|is|was|has|does|are|were|hasn't|isn't|didn't) (.{1,120}?) (?:fail|failing|failed|waiting|stuck|blocked|cancelled|take so long|taking so long|queued|not (?:start|run|done).{0,20}|started|start|pending|stopped|stop)\b.*$/,
  /^(?:when (?:will|is|does)|how long (?:will|until|till|before)|how much longer (?:for|will|until)?) ?(.{0,120}?)(?: be| is| are)? ?(?:done|finished|ready|complete|take|finish)\b.*$/,
  /^what (?:did|has|have) (.{1,120}?) (?:find|found|say|said|do|done|produce|produced|report|reported|return|change|changed)$/,
  /^(?:what (?:was|were|is|are|'s)|what's|show|give|see|get|me)? ?(?:me )?(?:the )?(?:results?|outcome|findings|logs?) (?:of|from|for) (.*)$/,
  /^(?:is|are|was|were|has|have|did|does) (.{1,120}?) (?:already |still |been |all |now |yet |fully |successfully |finally )*(?:done|finished|ready|completed?|running|started|deployed|succeeded|succeed|failed|fail|waiting|stuck|pending|blocked|cancelled|finish|passed|pass|through|over|queued|in progress|under way|working|worked|work|up|green|approved|scheduled|installed|created|configured)(?: (?:yet|now|already|again|ok|okay|up|so far|or not))?$/,
  /^(?:where (?:are we|are you|do we stand|do things stand|does it stand)|what(?:'s| is) (?:up|going on|happening|new)|how far are (?:we|you)|how are (?:we|you) doing|how(?:'s| is| does) (?:it|that|everything|this|things) (?:looking|going|look|coming along)) (?:with|on|for) (.*)$/,
  /^(?:did|has|have) (.{1,120}?) (?:find|found|detect|detected|discover|report|reported|turn up|turned up|show|shown)(?: (?:anything|something|any|much|issues?|problems?|out)\b.*)?$/,
  /^what(?:'s| is| are) (.{1,120}?) (?:doing|up to|waiting for|working on|stuck on)$/,
  /^where (?:does|do|is|are) (.{1,120}?) (?:stand|at)$/,
  /^(?:did|have|has) (?:you|we|they|someone|anyone) (?:already )?(?:finish|finished|complete|completed|done|do|run|deploy|deployed|set up|scan|scanned|start|started) (.{1,120}?)(?: yet| already| now)?$/
]
const generalStatus = /^(?:where are we|where do we stand|where do things stand|how(?:'s| is) (?:it|everything|that|all) going|how(?:'s| is) it|what(?:'s| is) (?:going on|happening|up)|what are you (?:doing|working on)|how are (?:we|things|they|you) (?:doing|going|looking|getting on)|how goes it|are we there yet|(?:is|are) (?:it|they|everything|all|we|you) (?:all )?(?:done|finished|ready|complete)(?: yet| now)?|all done|done yet|any progress|any updates?|any news|update me|what's new|did (?:it|they|that|everything) (?:work|finish|succeed|go through)|did everything (?:work|go well)|is it working|is that done|finished yet|what happened|what did you (?:do|find|change)|and now|still running|is it still running)$/
const noTask = /^(?:it|that|this|they|them|those|these|everything|all|things|we|you|all of (?:it|them|those)|everything going|my tasks|the tasks|all (?:the )?tasks|our tasks|tasks|work|the work|all this|both)$/

function readStatus (said: string, { question, isKnown }: RequestContext): TaskRequest | null {
  if (/\btask-chat-\d{13}-[0-9a-z]{9}\b/.test(said) && /^(?:what|how|status|is|show|check|get|has|did|where|why|task-chat|and|tell|about)/.test(said)) return { kind: 'status', about: said }
  if (generalStatus.test(said)) return { kind: 'status', about: '' }
  if (/^(?:(?:what|how) about )?(?:all )?the (?:rest|others?|other (?:ones?|tasks?)|remaining (?:ones?|tasks?))$/.test(said) && question) return { kind: 'status', about: '' }
  // "And the scan?"
  if (question && /^(?:the|my|our|that) \S+(?: \S+){0,3}$/.test(said) && isKnown(said)) return { kind: 'status', about: said }
  const how = /^how(?:'s| is| are) (.{1,120})$/.exec(said)?.[1]
  if (how !== undefined && !/^(?:it|that|everything|things|you|we) /.test(how) && isKnown(how)) return { kind: 'status', about: how.replace(/ (?:going|doing|coming along|progressing|looking|getting on)(?: .*)?$/, '') }
  if (/^(?:what|how) about (.+)$/.test(said) && isKnown(said.slice(10))) return { kind: 'status', about: said.slice(10) }
  for (const [i, pattern] of statusPatterns.entries()) {
    const about = pattern.exec(said)?.[1]
    if (about === undefined) continue
    if (/^(?:anything|something|any of (?:it|them|these|those)|any)$/.test(about.trim())) return readList(said)
    // "Update the docs" and "are the nodes ready" are about the world unless they name a task.
    if (i === 2 && (!question && /^updates?\b/.test(said)) && !isKnown(about)) continue
    if (i >= 3 && !noTask.test(about.trim()) && !taskWord.test(about) && !isKnown(about) && !(i === 11 && question)) continue
    if (taskWord.test(about) && /^(?:the |my |our |all |any |all the |all my |other |these |those )*(?:\w+ )?tasks?\b/.test(about) && !isKnown(about)) return readList(said) ?? { kind: 'status', about: '' }
    return { kind: 'status', about: noTask.test(about.trim()) ? '' : about }
  }
  return null
}

function readList (said: string): TaskRequest | null {
  const asksForTasks = /^(?:show|list|display|see|view|print|get|give|find|what|which|how many|do (?:we|i) have|are there|is there|who|me|any|all|my|the|count|let me see|overview of|an overview of|a list of|tell)\b/.test(said) && /\btasks?\b/.test(said) && !/\btask (?:queue|runner|scheduler|definitions?)\b/.test(said)
  const asksForState = /^(?:what(?:'s| is| has| are)?|which(?: ones?)?|anything|is anything|is there anything|does anything|did anything|has anything|are there any|show me what|show what|who|are any)\b.{0,30}\b(?:failed|fail|running|waiting|wait|pending|approvals?|need me|needs me|need my|left|open|unfinished|queued|stuck|blocked|in progress|outstanding|to approve|went wrong|finished|done)\b/.test(said) && !/ (?:in|on|at|with|for) (?!me\b|approval|the queue|my|progress)/.test(said)
  const asksForFailures = /^(?:(?:are there|were there|did we have|do we have) )?any (?:failures?|failed (?:ones|tasks)|errors)(?: (?:so far|yet|today))?$/.test(said)
  const pendingApprovals = /^(?:show|list|what|which|any|are there|see|the|me)\b.{0,24}\bapprovals?\b/.test(said)
  if (!asksForTasks && !asksForState && !asksForFailures && !pendingApprovals) return null
  const statuses = stateWords.find(([pattern]) => pattern.test(said))?.[1] ?? []
  return { kind: 'list', statuses, category: categoryIn(said), everywhere: /\b(?:all|every|everywhere|everyone|everybody|any)\b/.test(said) }
}

function categoryIn (said: string): Category | null {
  if (!/\b(?:tasks?|jobs?|work|ones)\b/.test(said)) return null
  if (/\b(?:ci\/cd|pipeline)\b/.test(said)) return 'cicd'
  return categories.find((category) => new RegExp(`\\b${category}\\b`).test(said)) ?? null
}
