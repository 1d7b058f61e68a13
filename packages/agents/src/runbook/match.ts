import type { Task } from '@cortex/contracts'
import type { Runbook } from './runbook.ts'

/**
 * The runbook that fits a task: of its category, with one word of every group in title or description and no excluded word in the title.
 * A word is found at its beginning, so `monitor` also finds monitoring; of several that fit, the one whose words say most wins.
 */
export function matchRunbook (runbooks: readonly Runbook[], { title, query, category }: Task['payload']): Runbook | undefined {
  const heading = normalise(title)
  const whole = `${heading}${normalise(query)}`
  let best: Runbook | undefined
  let bestScore = 0
  for (const runbook of runbooks) {
    const { all, none = [] } = runbook.match
    if (!runbook.categories.includes(category) || none.some((word) => holds(heading, word))) continue
    const scores = all.map((words) => Math.max(...words.map((word) => holds(heading, word) ? 10 + word.length : holds(whole, word) ? word.length : 0)))
    const score = scores.includes(0) ? 0 : scores.reduce((sum, each) => sum + each, 0)
    if (score > bestScore) {
      best = runbook
      bestScore = score
    }
  }
  return best
}

/** Small letters, one space before each word: what a word begins with can then be looked for as a plain text. */
function normalise (text: string): string {
  return ` ${text.toLowerCase().replace(/[^a-z0-9/.'-]+/g, ' ').replace(/[.'-]+(?= |$)/g, '').trim()} `
}

function holds (text: string, word: string): boolean {
  return text.includes(` ${word}`)
}
