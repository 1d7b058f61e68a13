import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'

const load = createRequire(import.meta.url)
/** Steps of a pattern for each character it reads: 4,000 characters take at most a quarter of a second. */
const sizeLimit = 1_000
/** Characters of a text that are searched. */
const textLimit = 20_000

/** Loaded for the first pattern: 30 ms that a process without one never spends. */
function compile (pattern: string, letters: 'as written' | 'large or small'): RE2JS {
  const { RE2JS: engine } = load('re2js') as typeof import('re2js')
  return engine.compile(pattern, letters === 'as written' ? 0 : engine.CASE_INSENSITIVE)
}

/**
 * What keeps an operator's regular expression from being used; undefined when nothing does. Their patterns run on words of models and people, so they are
 * of RE2's language, which takes time in proportion to the text whatever the pattern is.
 */
export function patternFault (pattern: string): string | undefined {
  try {
    const size = compile(pattern, 'as written').programSize()
    return size > sizeLimit ? `comes to ${size} steps, and may come to ${sizeLimit}; repeat fewer times, or by * and +` : undefined
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /, '')
    return `is no regular expression of RE2's language (${reason}); that has no look-around and no back references, and repeats up to 1,000 times`
  }
}

/** How many groups of a pattern take something. */
export function groupsIn (pattern: string): number {
  return compile(pattern, 'as written').groupCount()
}

/** Whether all of the value is as the pattern says. */
export function matchesWhole (pattern: string, value: string): boolean {
  return compile(pattern, 'as written').matches(value)
}

/** What the first group takes from a text where the pattern is first met, letters large or small, in its first 20,000 characters. */
export function findIn (pattern: string, text: string): { start: number, end: number, value: string | undefined } | undefined {
  const matcher = compile(pattern, 'large or small').matcher(text.slice(0, textLimit))
  return matcher.find() ? { start: matcher.start(), end: matcher.end(), value: matcher.group(1) ?? undefined } : undefined
}
