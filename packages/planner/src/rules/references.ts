import type { KnownTask } from './conversation.ts'
import { subjectStems } from './stems.ts'

export interface Matches {
  tasks: readonly KnownTask[]
  /** Whether the words could mean any one of several. */
  ambiguous: boolean
}

const nothing: Matches = { tasks: [], ambiguous: false }
const ordinals: Readonly<Record<string, number>> = { last: -1, first: 0, second: 1, third: 2, fourth: 3, fifth: 4, sixth: 5, one: 0, two: 1, three: 2, four: 3, five: 4 }
const idPattern = /\btask-chat-\d{13}-[0-9a-z]{9}\b/g

/** Ids the person wrote out. They are theirs, so they need not be known. */
export function idsIn (words: string): string[] {
  return [...new Set(words.toLowerCase().match(idPattern) ?? [])]
}

/** The tasks that words mean: "the scan", "the scan and the pipeline", "the second one", "it", or nothing for those created last. */
export function findTasks (words: string, known: readonly KnownTask[]): Matches {
  const said = words.toLowerCase().trim()
  const latest = latestTurn(known)
  if (/^(?:it|that|this|this one|that one|the task|the job|that task|this task|the last (?:one|task)|the (?:latest|newest|most recent)(?: one| task)?)?$/.test(said)) {
    if (/last|latest|newest|recent/.test(said)) return { tasks: latest.slice(-1), ambiguous: false }
    return { tasks: latest, ambiguous: latest.length > 1 }
  }
  if (/^(?:them|those|these|they|both|all|all of (?:it|them|these|those)|both of them|the two|them all|everything|(?:all )?(?:those|these|the|my|our)? ?(?:two|three|four|five|\d{1,2})? ?tasks|(?:all )?(?:the|those|these) (?:two|three|four|five|\d{1,2}))(?: (?:again|now|too|that .*|which .*|you .*|we .*|i .*))?$/.test(said)) return { tasks: latest, ambiguous: false }
  const counted = byOrdinal(said, latest)
  if (counted) return counted
  const whole = bestMatches(said, known)
  const parts = said.split(/,|\band\b|&| [+/] /).map((part) => part.trim()).filter((part) => part !== '')
  if (parts.length > 1) {
    const each = parts.map((part) => byOrdinal(part, latest) ?? bestMatches(part, known))
    const union = [...new Set(each.flatMap(({ tasks }) => tasks))]
    // "Prometheus and Grafana" is one task; "the scan and the pipeline" are two.
    if (each.every(({ tasks }) => tasks.length > 0) && union.length > 1 && union.length >= whole.tasks.length) return { tasks: union, ambiguous: each.some(({ ambiguous }) => ambiguous) }
  }
  return whole
}

/** "The second one", "#2": counted among the tasks created together last; null when no number is said. */
function byOrdinal (said: string, latest: readonly KnownTask[]): Matches | null {
  const ordinal = /^(?:the |task |step |number |#|no )*(first|second|third|fourth|fifth|sixth|last|one|two|three|four|five|\d{1,2})(?:st|nd|rd|th)?(?: one| task| job)?$/.exec(said)?.[1]
  if (ordinal === undefined) return null
  const task = latest.at(ordinals[ordinal] ?? Number(ordinal) - 1)
  return task ? { tasks: [task], ambiguous: false } : nothing
}

/** Tasks whose title shares the most with the words, at least half of them. */
function bestMatches (said: string, known: readonly KnownTask[]): Matches {
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
  return { tasks, ambiguous: tasks.length > 1 && !plural }
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
