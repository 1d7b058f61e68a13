import type { Task } from '@cortex/contracts'
import { findIn, matchesWhole } from '../pattern.ts'
import type { Runbook } from './runbook.ts'
import { alterationOf, asksForStanding, environments, lookingWords, normalise, unaccountedIn, wordPattern, type Vocabulary } from './words.ts'

/** A runbook whose words a task names, and how far it does what was asked. */
export interface Candidate {
  runbook: Runbook
  fits: boolean
  /** Words of the title that name something the runbook does not do. */
  unmet: string[]
  /** The word that asks to alter what exists, which no runbook does. */
  alteration: string | undefined
  /** The folder of the workspace the title names, for a runbook that can look at one alone; empty for the whole. */
  folder: string
  /** What a person has to know beside the result: what was named and made no difference. */
  remarks: string[]
}

type Payload = Pick<Task['payload'], 'title' | 'query' | 'category'>

/**
 * The runbooks of the task's category whose every group has a word in title or description, the best first. A runbook fits when it does all that the
 * title asks: each word of it is the runbook's own, says nothing by itself, or names a place in the workspace. One that only reads also fits with
 * words left, which are then told, unless something is to stay behind.
 */
export function matchRunbooks (runbooks: readonly Runbook[], payload: Payload, paths: readonly string[] = []): Candidate[] {
  return runbooks.flatMap((runbook) => {
    const score = scoreOf(runbook, payload)
    return score > 0 ? [{ candidate: judge(runbook, payload, paths), score }] : []
  }).sort((a, b) => Number(b.candidate.fits) - Number(a.candidate.fits) || a.candidate.unmet.length - b.candidate.unmet.length || b.score - a.score).map(({ candidate }) => candidate)
}

/** Why the nearest runbook is none for the task. */
export function misfitOf ({ runbook, unmet, alteration }: Candidate): string {
  if (alteration !== undefined) return `a runbook sets something up or reports, and this asks to "${alteration}" what there is`
  return `"${runbook.title}" comes nearest, but has nothing to do with ${quoted(unmet)}`
}

function scoreOf ({ match: { all, none = [] }, categories }: Runbook, { title, query, category }: Payload): number {
  const heading = normalise(title)
  const whole = `${heading}${normalise(query)}`
  if (!categories.includes(category) || (none.length > 0 && heading.search(wordPattern(none)) >= 0)) return 0
  const longest = (text: string, pattern: RegExp) => Math.max(0, ...[...text.matchAll(pattern)].map(([found]) => found.length))
  const scores = all.map(wordPattern).map((pattern) => {
    const inHeading = longest(heading, pattern)
    return inHeading > 0 ? 10 + inHeading : longest(whole, pattern)
  })
  return scores.includes(0) ? 0 : scores.reduce((sum, each) => sum + each, 0)
}

function judge (runbook: Runbook, { title, query }: Payload, paths: readonly string[]): Candidate {
  const { all, does = [] } = runbook.match
  const subject = wordPattern(all.flat())
  const own = [...all, does].filter((words) => words.length > 0).map(wordPattern)
  const vocabulary: Vocabulary = {
    more: runbook.changes ? new Set() : lookingWords,
    isPath: (word) => word.includes('/') && pathsNamed(word, paths).length > 0
  }
  const left = unaccountedIn(withoutInputs(runbook, title), own, vocabulary)

  const places = left.filter(({ word, place }) => (place && pathsNamed(word, paths).length > 0) || vocabulary.isPath(word)).map(({ word }) => word)
  const environment = left.map(({ word }) => word).filter((word) => environments.has(word))
  const unmet = unique(left.map(({ word }) => word).filter((word) => !places.includes(word) && !environment.includes(word)))
  const alteration = alterationOf(title, /./) ?? alterationOf(query, subject)
  const folders = unique(places.flatMap((word) => pathsNamed(word, paths)))
  const narrows = folders.length === 1 && !paths.includes(folders[0]!) && runbook.steps.some((step) => JSON.stringify(step.with).includes('<{ folder }>'))
  return {
    runbook,
    fits: alteration === undefined && (unmet.length === 0 || (!runbook.changes && !asksForStanding(title))),
    unmet,
    alteration,
    folder: narrows ? folders[0]! : '',
    remarks: [
      ...(unmet.length > 0 ? [`Asked for and not done: ${quoted(unmet)}.`] : []),
      ...(places.length > 0 && !narrows ? [`This is for the whole workspace, not for ${quoted(places)} alone.`] : []),
      ...(environment.length > 0 ? [`A runbook knows one workspace and no environments: ${quoted(environment)} made no difference.`] : []),
      ...beside(query, subject, own, vocabulary)
    ]
  }
}

/** Things the description lists in one sentence with the runbook's own, as Loki in "Prometheus, Grafana and Loki". */
function beside (query: string, subject: RegExp, own: readonly RegExp[], vocabulary: Vocabulary): string[] {
  const named = query.split(/[.;!?\n]/).filter((sentence) => normalise(sentence).search(subject) >= 0).flatMap((sentence) =>
    sentence.split(/,|\b(?:and|with|plus)\b/i).flatMap((item) => {
      const words = normalise(item).trim().split(' ')
      return words.length <= 2 && unaccountedIn(item, own, vocabulary).length === words.length ? [words.join(' ')] : []
    }))
  return named.length > 0 ? [`Named in the description and not part of this: ${quoted(unique(named))}.`] : []
}

/** The title without the values the runbook takes from it. */
function withoutInputs ({ inputs }: Runbook, title: string): string {
  return Object.values(inputs).reduce((text, { find, pattern }) => {
    const found = find === undefined ? undefined : findIn(find, text)
    return found?.value !== undefined && matchesWhole(pattern, found.value) ? `${text.slice(0, found.start)} ${text.slice(found.end)}` : text
  }, title)
}

/** Folders and files of the workspace that go by this name or path. */
function pathsNamed (name: string, paths: readonly string[]): string[] {
  const parts = name.split('/').length
  return unique(paths.flatMap((path) => {
    const segments = path.split('/')
    return segments.flatMap((_, start) => {
      const named = segments.slice(start, start + parts).join('/')
      return named.toLowerCase() === name && (start === 0 || parts === 1) ? [segments.slice(0, start + parts).join('/')] : []
    })
  }))
}

function unique (words: readonly string[]): string[] {
  return [...new Set(words)]
}

function quoted (words: readonly string[]): string {
  return words.slice(0, 8).map((word) => JSON.stringify(word.slice(0, 60))).join(', ')
}
