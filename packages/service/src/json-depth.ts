import { InputError } from './errors.ts'

/** Levels of nesting a body may have. What is deeper can be parsed but not written again: JSON.stringify recurses. */
const deepest = 64

/**
 * Looks at parsed JSON only: a body that is passed on unread is a stream, whose objects go round in circles.
 * @throws CTX_INPUT_INVALID when the value is nested deeper than any of our inputs needs to be
 */
export function refuseDeepNesting (body: unknown): void {
  let level = [body].filter(isJsonContainer)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw new InputError([{ field: '', message: `is nested deeper than ${deepest} levels` }])
    level = level.flatMap((value) => Object.values(value).filter(isJsonContainer))
  }
}

function isJsonContainer (value: unknown): value is object {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
}
