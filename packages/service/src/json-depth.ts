import { InputError } from './errors.ts'

/** Levels of nesting a body may have. What is deeper can be parsed but not written again: JSON.stringify recurses. */
const deepest = 64

/** @throws CTX_INPUT_INVALID when the value is nested deeper than any of our inputs needs to be */
export function refuseDeepNesting (body: unknown): void {
  let level: unknown[] = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw new InputError([{ field: '', message: `is nested deeper than ${deepest} levels` }])
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) next.push(child)
    }
    level = next
  }
}
