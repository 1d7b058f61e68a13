import type { PlannedChangeSet } from '../change-set.ts'

/** A change set that was offered and of which nothing was carried out, told in words that are not the model's. */
export interface Unmade {
  how: 'denied' | 'moved'
  words: string
  /** Of one that moved: its targets that were not found as wanted since, by toolkit. */
  targets: string[]
  /** Nothing was applied since, so the task cannot be called done over it. */
  open: boolean
}

/** A person's denial. */
export function deniedSet (changeSet: PlannedChangeSet, { by, reason }: { by: string, reason: string | null }): Unmade {
  const why = reason ? `: ${squeeze(reason).slice(0, 1_000)}` : ', without a reason'
  return { how: 'denied', words: `${nameOf(changeSet)} was denied by ${by}${why}. Nothing of it was applied`, targets: [], open: true }
}

/** What it was planned onto had changed by then. */
export function movedSet (changeSet: PlannedChangeSet, moved: readonly string[]): Unmade {
  return {
    how: 'moved',
    words: `${nameOf(changeSet)} was not applied, for ${moved.join(', ').slice(0, 500)} changed since it was planned`,
    targets: changeSet.plans.map(({ toolkit, target }) => `${toolkit} ${target}`),
    open: true
  }
}

/** The last ten are kept. */
export function withUnmade (unmade: readonly Unmade[], last: Unmade): Unmade[] {
  return [...unmade, last].slice(-10)
}

export function closed (unmade: Unmade): Unmade {
  return { ...unmade, open: false }
}

/**
 * Planned again, a change that moved may be found made: by a person, or by another task. A denied one stays denied: that somebody made it all the same
 * is not for the worker to say.
 */
export function withoutFound (unmade: readonly Unmade[], toolkit: string, standing: readonly string[]): Unmade[] {
  return unmade.map((each) => {
    if (!each.open || each.how === 'denied') return each
    const targets = each.targets.filter((target) => !standing.some((found) => `${toolkit} ${found}` === target))
    return targets.length > 0 ? { ...each, targets } : { ...each, targets, words: `${each.words}; planned anew, there was nothing to change`, open: false }
  })
}

/** All of them in words, the last first; null when there are none. @param limit characters */
export function wordsOf (unmade: readonly Unmade[], limit: number): string | null {
  return unmade.length === 0 ? null : unmade.map(({ words }) => words).reverse().join('. ').slice(0, limit)
}

export function squeeze (text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function nameOf ({ summary, plans }: PlannedChangeSet): string {
  const targets = plans.map(({ target }) => target)
  return `The change set “${squeeze(summary).slice(0, 100)}” (${targets.slice(0, 5).join(', ').slice(0, 200)}${targets.length > 5 ? ` and ${targets.length - 5} more` : ''})`
}
