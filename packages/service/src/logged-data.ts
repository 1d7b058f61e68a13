/** What one value may take of a line: levels, entries of each, errors in a chain, and characters in all, where each entry counts as ten. */
const [deepest, mostEntries, longestChain, mostCharacters] = [8, 100, 6, 50_000]

interface Room { characters: number }

/**
 * A value as plain data for the log: any other object may have getters that throw once it is copied, or refer to itself. Errors keep type, message, stack and what
 * they carry; dates and addresses are texts; other instances are their class alone. Never throws.
 */
export function toLoggedData (value: unknown): unknown {
  return dataOf(value, 0, { characters: mostCharacters })
}

function dataOf (value: unknown, depth: number, room: Room): unknown {
  try {
    room.characters -= 10
    if (typeof value === 'string') return cut(value, room)
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
    if (typeof value === 'function') return undefined
    if (typeof value !== 'object' || value === null) return value
    if (depth >= deepest || room.characters <= 0) return '[more]'
    if (Array.isArray(value)) return value.slice(0, mostEntries).map((each) => dataOf(each, depth + 1, room))
    if (isErrorLike(value)) return errorOf(value, depth, room)
    if (value instanceof Date || value instanceof URL) return value.toJSON()
    return isPlain(value) ? entriesOf(value, [], depth, room) : `[${value.constructor.name}]`
  } catch {
    return '[unreadable]'
  }
}

/** As pino has it: messages and stacks of the causes follow those of the error. */
function errorOf (error: Error, depth: number, room: Room): object {
  const chain = chainOf(error)
  const { errors } = error as { errors?: unknown }
  return {
    type: error.constructor.name,
    message: cut(chain.map(({ message }) => message).join(': '), room),
    stack: cut(chain.map(({ stack, message }) => typeof stack === 'string' ? stack : message).join('\ncaused by: '), room),
    ...(Array.isArray(errors) && { aggregateErrors: dataOf(errors, depth + 1, room) }),
    ...entriesOf(error, ['type', 'message', 'stack', 'errors', ...isErrorLike(error.cause) ? ['cause'] : []], depth, room)
  }
}

function chainOf (error: Error): Error[] {
  const chain = [error]
  for (let { cause } = error; isErrorLike(cause) && !chain.includes(cause) && chain.length < longestChain; { cause } = cause) chain.push(cause)
  return chain
}

/** Fields of its own but those told otherwise; one that cannot be read says so. */
function entriesOf (value: object, told: readonly string[], depth: number, room: Room): Record<string, unknown> {
  return Object.fromEntries(Object.keys(value).filter((key) => !told.includes(key)).slice(0, mostEntries).map((key) => [key, fieldOf(value, key, depth, room)]))
}

function fieldOf (value: object, key: string, depth: number, room: Room): unknown {
  try {
    return dataOf((value as Record<string, unknown>)[key], depth + 1, room)
  } catch {
    return '[unreadable]'
  }
}

function isErrorLike (value: unknown): value is Error {
  return value instanceof Error || (typeof value === 'object' && value !== null && 'stack' in value && typeof (value as Error).message === 'string')
}

/** Of this realm or another. */
function isPlain (value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function cut (text: string, room: Room): string {
  const length = Math.max(room.characters, 0)
  room.characters -= text.length
  return text.length > length ? `${text.slice(0, length)}…` : text
}
