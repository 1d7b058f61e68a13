type JsonObject = Readonly<Record<string, unknown>>

const levelNames = ['at the top', 'in payload', 'in metadata', 'in metadata.original_input'] as const

/**
 * The fields of an old task file, wherever it keeps them: at the top, in `payload`, in `metadata` or in `metadata.original_input`, in this
 * order, and however it writes their names (`task_id`, `taskId`, `TASK_ID`). Null counts as not there.
 */
export class OldFields {
  readonly #levels: ReadonlyArray<ReadonlyMap<string, unknown>>

  constructor (value: object) {
    const top = normalize(value)
    const metadata = normalize(top.get('metadata'))
    this.#levels = [top, normalize(top.get('payload')), metadata, normalize(metadata.get('originalinput'))]
  }

  /** The first of these names that any level has. */
  find (...names: readonly string[]): unknown {
    for (const level of this.#levels) {
      const found = pick(level, names)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** What each level that has one of these names says, in order. */
  each (...names: readonly string[]): Array<{ level: string, value: unknown }> {
    return this.#levels.map((level, index) => ({ level: levelNames[index] ?? '', value: pick(level, names) })).filter(({ value }) => value !== undefined)
  }

  /** The first of these names that the file itself has: below, an id may be another's. */
  top (...names: readonly string[]): unknown {
    return this.#levels[0] && pick(this.#levels[0], names)
  }
}

export function isObject (value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pick (level: ReadonlyMap<string, unknown>, names: readonly string[]): unknown {
  for (const name of names) {
    const found = level.get(name.replaceAll('_', ''))
    if (found !== undefined) return found
  }
  return undefined
}

function normalize (value: unknown): Map<string, unknown> {
  const fields = new Map<string, unknown>()
  if (!isObject(value)) return fields
  for (const [key, each] of Object.entries(value)) {
    const name = key.toLowerCase().replace(/[^a-z0-9]/g, '')
    if (each !== null && !fields.has(name)) fields.set(name, each)
  }
  return fields
}
