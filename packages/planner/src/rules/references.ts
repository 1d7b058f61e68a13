import { isTerminal } from '@cortex/contracts'
import type { KnownTask } from './conversation.ts'
import { subjectStems } from './stems.ts'

export interface Matches {
  tasks: readonly KnownTask[]
  /** Whether the words could mean any one of several. */
  ambiguous: boolean
  /** Whether all the words are the tasks' own, or count them: "the API deployment" is not quite "Deploy Monitoring Stack". */
  named: boolean
}

const nothing: Matches = { tasks: [], ambiguous: false, named: false }
const ordinals: Readonly<Record<string, number>> = { last: -1, first: 0, second: 1, third: 2, fourth: 3, fifth: 4, sixth: 5, one: 0, two: 1, three: 2, four: 3, five: 4 }
const idPattern = /\btask-chat-\d{13}-[0-9a-z]{9}\b/g

/** Ids the person wrote out. They are theirs, so they need not be known. */
export function idsIn (words: string): string[] {
  return [...new Set(words.toLowerCase().match(idPattern) ?? [])]
}

/** What words can be about. */
export interface Recognized {
  /** They mean a task that is known. */
  isKnown: (words: string) => boolean
  /** All of them are the name of a task of this conversation. */
  isNamed: (words: string) => boolean
  /** Such a task may still be running. */
  isLive: (words: string) => boolean
}

export function recognize (known: readonly KnownTask[]): Recognized {
  const named = (words: string): readonly KnownTask[] => {
    const found = findTasks(words, known)
    return found.named ? found.tasks.filter(({ own }) => own) : []
  }
  return {
    isKnown: (words) => findTasks(words, known).tasks.length > 0,
    isNamed: (words) => named(words).length > 0,
    isLive: (words) => named(words).some(({ status }) => status === null || (status !== 'not_found' && !isTerminal(status)))
  }
}

/** The tasks that words mean: "the scan", "the scan and the pipeline", "the second one", "it", or nothing for those created last. */
export function findTasks (words: string, known: readonly KnownTask[]): Matches {
  const said = words.toLowerCase().trim()
  const latest = latestTurn(known)
  if (/^(?:it|that|this|this one|that one|the task|the job|that task|this task|the last (?:one|task)|the (?:latest|newest|most recent)(?: one| task)?)?$/.test(said)) {
    if (/last|latest|newest|recent/.test(said)) return { tasks: latest.slice(-1), ambiguous: false, named: true }
    return { tasks: latest, ambiguous: latest.length > 1, named: true }
  }
  if (/^(?:them|those|these|they|both|all|all of (?:it|them|these|those)|both of them|the two|them all|everything|(?:all )?(?:those|these|the|my|our)? ?(?:two|three|four|five|\d{1,2})? ?tasks|(?:all )?(?:the|those|these) (?:two|three|four|five|\d{1,2}))(?: (?:again|now|too|that .*|which .*|you .*|we .*|i .*))?$/.test(said)) return { tasks: latest, ambiguous: false, named: true }
  const counted = byOrdinal(said, latest)
  if (counted) return counted
  const whole = bestMatches(said, known)
  const parts = said.split(/,|\band\b|&| [+/] /).map((part) => part.trim()).filter((part) => part !== '')
  if (parts.length > 1) {
    const each = parts.map((part) => byOrdinal(part, latest) ?? bestMatches(part, known))
    const union = [...new Set(each.flatMap(({ tasks }) => tasks))]
    // "Prometheus and Grafana" is one task; "the scan and the pipeline" are two.
    if (each.every(({ tasks }) => tasks.length > 0) && union.length > 1 && union.length >= whole.tasks.length) return { tasks: union, ambiguous: each.some(({ ambiguous }) => ambiguous), named: each.every(({ named }) => named) }
  }
  return whole
}

/** "The second one", "#2": counted among the tasks created together last; null when no number is said. */
function byOrdinal (said: string, latest: readonly KnownTask[]): Matches | null {
  const [, end, count] = /^(?:the )?(first|last) (two|three|four|five|\d{1,2})(?: ones| tasks| jobs)?$/.exec(said) ?? []
  if (count !== undefined) {
    const size = Math.min(latest.length, (ordinals[count] ?? Number(count) - 1) + 1)
    return { tasks: end === 'first' ? latest.slice(0, size) : latest.slice(latest.length - size), ambiguous: false, named: true }
  }
  const ordinal = /^(?:the |tasks? |steps? |numbers? |#|no )*(first|second|third|fourth|fifth|sixth|last|one|two|three|four|five|\d{1,2})(?:st|nd|rd|th)?(?: one| task| job)?$/.exec(said)?.[1]
  if (ordinal === undefined) return null
  const task = latest.at(ordinals[ordinal] ?? Number(ordinal) - 1)
  return task ? { tasks: [task], ambiguous: false, named: true } : nothing
}

/** Tasks whose title shares the most with the words, at least half of them. */
function bestMatches (words: string, known: readonly KnownTask[]): Matches {
  const why = words.search(reason)
  const said = why > 0 ? words.slice(0, why) : words
  const wanted = subjectStems(said.replace(/\b(?:task|job|one)s?\b/g, ' '))
  if (wanted.size === 0) return nothing
  let best = 0
  let tasks: KnownTask[] = []
  for (const task of known) {
    const score = scoreOf(wanted, task)
    if (score === 0 || score < best) continue
    if (score > best) tasks = []
    best = score
    tasks.push(task)
  }
  if (best < wanted.size) return nothing
  const plural = /\b(?:both|all|tasks|jobs|scans|deployments|pipelines|backups|ones|every)\b/.test(said)
  return { tasks, ambiguous: tasks.length > 1 && !plural, named: tasks.every((task) => isNamedBy(said, task)) }
}

/** Words of any task: they tell no two apart. */
const idle = new Set([...subjectStems('deployment setup installation creation configuration process run request start started asked created instead anymore more longer just really actually right immediately already again need needed earlier today yesterday whole')])
/** Why a task is spoken of tells nothing of which. */
const reason = /\b(?:because|since|as (?:it|we|they|you|i)|before|so that|which|who|that (?:was|is|we|you|i|it|has|just)|(?:we|you|i) (?:just |have |had )?\w+|(?:it|they) \w+(?:s|ed)|it's)\b.*$/

function isNamedBy (said: string, task: KnownTask): boolean {
  const { inTitle, inRest } = stemsOf(task)
  return [...subjectStems(said)].every((root) => inTitle.has(root) || inRest.has(root) || idle.has(root))
}

/** Two points for a word of the title, one for a word of the description or the category. */
function scoreOf (wanted: ReadonlySet<string>, task: KnownTask): number {
  const { inTitle, inRest } = stemsOf(task)
  let score = 0
  for (const root of wanted) score += inTitle.has(root) ? 2 : inRest.has(root) ? 1 : 0
  return score
}

interface TaskStems {
  inTitle: ReadonlySet<string>
  inRest: ReadonlySet<string>
}

/** Each clause of a message is held against every task, so a task's words are taken apart once. */
const stemsByTask = new WeakMap<KnownTask, TaskStems>()

function stemsOf (task: KnownTask): TaskStems {
  const found = stemsByTask.get(task)
  if (found) return found
  const stems = { inTitle: subjectStems(task.title), inRest: subjectStems(`${task.description.slice(0, 1_000)} ${task.category ?? ''}`) }
  stemsByTask.set(task, stems)
  return stems
}

/** The tasks created together last. */
export function latestTurn (known: readonly KnownTask[]): readonly KnownTask[] {
  const last = Math.max(...known.map(({ turn }) => turn), 0)
  return known.filter(({ turn }) => turn === last)
}
