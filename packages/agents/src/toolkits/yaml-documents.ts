import { constructFromEvents, CORE_SCHEMA, defineMappingTag, defineScalarTag, defineSequenceTag, EVENT_ID, getScalarValue, mapTag, mergeTag, parseEvents, YAMLException, type Event } from 'js-yaml'

/** One document of a text. */
export interface YamlDocument {
  readonly value: unknown
  /** The line of a field, or of the nearest field around it that is there. */
  readonly lineOf: (keys: ReadonlyArray<string | number>) => number
}

/** Why a text is no YAML, and the line it shows at. */
export interface YamlFault { readonly line: number, readonly reason: string }

const only = { matchByTagPrefix: true, identify: () => false }

/** Tags of those who read the file for themselves (`!reference`, `!vault`, `!Sub`) stand for what they are put before; what is binary is text to the reader Kubernetes has. */
const own = ['!', 'tag:'].flatMap((prefix) => [
  defineScalarTag(prefix, { ...only, resolve: (source, _, tag) => tag.endsWith(':binary') ? Buffer.from(source, 'base64').toString('utf8') : source }),
  defineSequenceTag<unknown[]>(prefix, { ...only, create: () => [], addItem: (items, item) => { items.push(item) } }),
  defineMappingTag(prefix, { ...mapTag, ...only })
])
const schema = CORE_SCHEMA.withTags(own, mergeTag)
/** Values of a text once each alias is written out. What nobody has more of is no reading for anybody who walks through them. */
const mostValues = 1_000_000

/**
 * The documents of YAML or JSON, anchors and merge keys followed. The time it takes grows with the length of the text and no faster, whatever it
 * holds: a parser that looks at all keys before for each, or at all lines for each fault, takes a minute for half a megabyte made for it.
 * @returns no documents and the fault where it is none, or such that readers may make different things of it, as with a key that stands twice
 */
export function readYaml (text: string): { documents: YamlDocument[], fault: YamlFault | null } {
  const source = text.replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
  try {
    const events = parseEvents(source, {})
    const values = constructFromEvents(events, { source, schema })
    if (countValues(values) > mostValues) return { documents: [], fault: { line: 1, reason: 'its aliases stand for more than a reader can take' } }
    const starts = events.flatMap(({ type }, index) => type === EVENT_ID.DOCUMENT ? [index] : [])
    const lines = new Lines(source)
    return { documents: values.map((value, index) => ({ value, lineOf: lineFinder(() => placesIn(source, events, (starts[index] ?? 0) + 1, lines)) })), fault: null }
  } catch (error) {
    return { documents: [], fault: { line: error instanceof YAMLException && error.mark ? error.mark.line + 1 : 1, reason: error instanceof YAMLException ? error.reason : 'it cannot be read' } }
  }
}

/** With each alias counted as what it stands for; endless for one that stands within itself. */
function countValues (value: unknown, counts = new Map<object, number>()): number {
  if (value === null || typeof value !== 'object') return 1
  const known = counts.get(value)
  if (known !== undefined) return known
  counts.set(value, Infinity)
  let count = 1
  for (const each of Object.values(value)) count += countValues(each, counts)
  counts.set(value, count)
  return count
}

/** Looks for places only when a line is asked for: most documents have nothing to tell of. */
function lineFinder (find: () => Place): YamlDocument['lineOf'] {
  let root: Place | undefined
  return (keys) => {
    let place = root ??= find()
    for (const key of keys) {
      const within = place.within.get(String(key))
      if (!within) break
      place = within
    }
    return place.line
  }
}

/** Where a value begins, and what is within it by key or index. */
interface Place { readonly line: number, readonly within: Map<string, Place> }

/** @param first index of the event with which a document's value begins */
function placesIn (source: string, events: readonly Event[], first: number, lines: Lines): Place {
  let index = first
  const next = (): Place => {
    const event = events[index++]
    const place: Place = { line: lines.at(positionOf(event)), within: new Map() }
    if (event?.type !== EVENT_ID.MAPPING && event?.type !== EVENT_ID.SEQUENCE) return place
    for (let position = 0; index < events.length && events[index]?.type !== EVENT_ID.POP; position++) {
      const key = event.type === EVENT_ID.MAPPING ? events[index] : undefined
      if (key) next()
      place.within.set(key?.type === EVENT_ID.SCALAR ? getScalarValue(source, key) : String(position), next())
    }
    index++
    return place
  }
  return next()
}

class Lines {
  readonly #source: string
  #starts: number[] | undefined

  constructor (source: string) {
    this.#source = source
  }

  /** The number of the line a position is on, from 1. */
  at (position: number): number {
    const starts = this.#starts ??= [0, ...Array.from(this.#source.matchAll(/\n/g), ({ index }) => index + 1)]
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (starts[middle]! <= position) low = middle
      else high = middle
    }
    return low + 1
  }
}

function positionOf (event: Event | undefined): number {
  if (event?.type === EVENT_ID.SCALAR) return event.valueStart
  if (event?.type === EVENT_ID.ALIAS) return event.anchorStart
  return event?.type === EVENT_ID.MAPPING || event?.type === EVENT_ID.SEQUENCE ? event.start : 0
}
