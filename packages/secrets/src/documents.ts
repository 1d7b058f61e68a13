import { COLLECTION_STYLE, EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, type Event } from 'js-yaml'
import { programOf, secretsInArguments } from './arguments.ts'
import { holdsSecret, isHolder, isSecretElement, namesAmong } from './fields.ts'
import { placesIn, type SecretFound, type Shift } from './found.ts'
import { hint, secretWord } from './names.ts'
import { isExpression, isOnlyPlaces, isPlaceholder, looksGenerated } from './not-a-secret.ts'

/** Longer texts are read line by line only. */
const lengthLimit = 256 * 1024
/** Documents within blocks of documents, and values within values. */
const deepestDocument = 2
const deepestValue = 200

interface Scalar { type: 'scalar', value: string, from: number, to: number, isPlain: boolean, indent: number | undefined }
interface Mapping { type: 'mapping', entries: Array<[key: Node, value: Node]> }
interface Sequence { type: 'sequence', items: Node[], isBlock: boolean, isMark: boolean }
type Node = Scalar | Mapping | Sequence

/**
 * What only the structure of YAML or JSON tells: keys behind `?`, what is merged or stands under an alias, lists, plain values of several words. Nothing
 * where the text does not parse. A parser that gives positions and takes linear time reads it.
 */
export function findInDocuments (text: string, depth = 0): SecretFound[] {
  if (text.length > lengthLimit || !text.includes(':') || !(hint.test(text) || text.includes('Secret') || /mysql|mariadb|ldap|snmp|redis-cli/.test(text))) return []
  const found: SecretFound[] = []
  let at = 0
  // One that does not parse, as a template, keeps no other from being read.
  for (const document of text.split(/(?<=\n)(?=---(?:\s|$))/)) {
    const search = new Search(document, depth)
    for (const root of rootsOf(document)) search.visit(root, {}, 0)
    for (const each of search.found) found.push({ ...each, index: at + each.index })
    at += document.length
  }
  return found
}

function eventsOf (text: string): Event[] {
  try {
    return parseEvents(text, {})
  } catch {
    return []
  }
}

/** Trees of the documents, each alias in them being the node it stands for. */
function rootsOf (text: string): Node[] {
  const roots: Node[] = []
  const open: Array<{ node: Mapping | Sequence, key: Node | undefined } | undefined> = []
  const anchors = new Map<string, Node>()
  const place = (node: Node) => {
    const top = open.at(-1)
    if (!top) roots.push(node)
    else if (top.node.type === 'sequence') top.node.items.push(node)
    else if (top.key === undefined) top.key = node
    else {
      top.node.entries.push([top.key, node])
      top.key = undefined
    }
  }
  for (const event of eventsOf(text)) {
    if (event.type === EVENT_ID.DOCUMENT) {
      anchors.clear()
      open.push(undefined)
    } else if (event.type === EVENT_ID.POP) open.pop()
    else if (event.type === EVENT_ID.ALIAS) place(anchors.get(text.slice(event.anchorStart, event.anchorEnd)) ?? { type: 'sequence', items: [], isBlock: false, isMark: false })
    else {
      const node = nodeOf(text, event)
      if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node)
      place(node)
      if (node.type !== 'scalar') open.push({ node, key: undefined })
    }
  }
  return roots
}

function nodeOf (text: string, event: Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP | typeof EVENT_ID.ALIAS }>): Node {
  if (event.type === EVENT_ID.MAPPING) return { type: 'mapping', entries: [] }
  if (event.type === EVENT_ID.SEQUENCE) return { type: 'sequence', items: [], isBlock: event.style === COLLECTION_STYLE.BLOCK, isMark: text.startsWith('[redacted: ', event.start) }
  const { valueStart, valueEnd, style } = event
  const raw = text.slice(valueStart, valueEnd)
  const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK
  // A tag says that the value is elsewhere, as `!vault` does.
  const isTagged = event.tagStart >= 0 && !text.startsWith('!!', event.tagStart)
  return {
    type: 'scalar',
    value: isTagged ? '' : getScalarValue(text, event),
    from: valueStart + (isBlock ? raw.length - raw.trimStart().length : 0),
    to: valueStart + (isBlock ? raw.trimEnd().length : raw.length),
    isPlain: style === SCALAR_STYLE.PLAIN,
    indent: style === SCALAR_STYLE.LITERAL_BLOCK ? event.indent : undefined
  }
}

function textOf (node: Node): string | undefined {
  return node.type === 'scalar' ? node.value : undefined
}

interface Around { holder?: string | undefined, ofSecrets?: boolean, program?: string | undefined }

class Search {
  readonly found: SecretFound[] = []
  readonly #text: string
  readonly #depth: number
  /** What was looked at, by what stood around it: aliases lead to the same place again and again. */
  readonly #visited = new Map<Node, Set<string>>()
  readonly #fields = new Map<Mapping, Array<[name: string, value: Node]>>()
  readonly #withheld = new Set<Node>()
  /** What may still be merged, in fields: each mapping could merge all before it. */
  #merges = 100_000

  constructor (text: string, depth: number) {
    this.#text = text
    this.#depth = depth
  }

  visit (node: Node, { holder, ofSecrets = false, program }: Around, level: number): void {
    if (level > deepestValue || this.#isKnown(node, `${holder === undefined ? '' : `${secretWord(holder) ?? ''} ${isHolder(holder)}`} ${ofSecrets} ${program ?? ''}`)) return
    if (node.type === 'scalar') return this.#lookInto(node)
    if (node.type === 'sequence') {
      if (node.isMark) return
      // Below the name of a password stand rules for it as well, one a line: `- required`.
      const given = secretsInArguments(node.items.map(textOf), program)
      for (const [index, item] of node.items.entries()) {
        const at = given.get(index)
        if (item.type === 'scalar' && at !== undefined) {
          this.#add({ ...item, value: item.value.slice(at), from: item.from + at }, 'password or token', false)
          continue
        }
        const before = node.items[index - 1]
        if (item.type === 'scalar' && isSecretElement(before?.type === 'scalar' ? before.value : undefined, item.value, node.isBlock && !looksGenerated(item.value) ? undefined : holder)) this.#add(item, 'password or token', false)
        else this.visit(item, { ofSecrets }, level + 1)
      }
      return
    }
    const fields = this.#fieldsOf(node)
    const kind = fields.findLast(([name]) => name === 'kind')?.[1]
    const isSecret = kind?.type === 'scalar' ? kind.value === 'Secret' : ofSecrets
    const names = namesAmong(fields.map(([name, value]) => [name, value.type === 'scalar' ? value.value : undefined]))
    const runs = fields.map(([name, value]) => programOf(name, value.type === 'sequence' ? value.items.map(textOf) : textOf(value))).find((each) => each !== undefined)
    for (const [name, value] of fields) {
      if (name === 'secretGenerator') this.#withholdLiterals(value)
      if (isSecret && (name === 'data' || name === 'stringData')) this.#withhold(value, level)
      else if (value.type !== 'scalar') this.visit(value, { holder: name, ofSecrets: ofSecrets || (kind?.type === 'scalar' && kind.value === 'SecretList'), program: runs }, level + 1)
      else if (this.#isTold(value, (text) => holdsSecret(name, text, names, holder))) this.#add(value, 'password or token', false)
      else this.#lookInto(value)
    }
  }

  /** A plain value is one from its first word on, or reads as a sentence would. */
  #isTold ({ value, isPlain }: Scalar, isSecret: (value: string) => boolean): boolean {
    if (!isPlain) return isSecret(value)
    const first = value.trim().split(/\s/, 1)[0]!.replace(/[,;]$/, '')
    return !isPlaceholder(value.trim()) && !isExpression(first) && isSecret(first)
  }

  /** The fields of a mapping, with those that are merged into it, behind which its own count. */
  #fieldsOf (mapping: Mapping): Array<[name: string, value: Node]> {
    const known = this.#fields.get(mapping)
    if (known) return known
    const own: Array<[name: string, value: Node]> = mapping.entries.flatMap(([key, value]) => key.type === 'scalar' ? [[key.value, value]] : [])
    this.#fields.set(mapping, own)
    const merged = own.filter(([name]) => name === '<<').flatMap(([, value]) => value.type === 'sequence' ? value.items : [value])
    if (merged.length === 0) return own
    const names = new Set(own.map(([name]) => name))
    const others = merged.flatMap((other) => other.type === 'mapping' && this.#merges-- > 0 ? this.#fieldsOf(other) : []).filter(([name]) => !names.has(name))
    this.#merges -= others.length
    const all = [...others, ...own]
    this.#fields.set(mapping, all)
    return all
  }

  #withhold (node: Node, level: number): void {
    if (level > deepestValue || this.#withheld.has(node) || (node.type === 'sequence' && node.isMark)) return
    this.#withheld.add(node)
    if (node.type === 'scalar') this.#add(node, 'Secret value', true)
    else for (const each of node.type === 'sequence' ? node.items : node.entries.map(([, value]) => value)) this.#withhold(each, level + 1)
  }

  /** `literals: [name=value]`, of which kustomize makes Secrets. */
  #withholdLiterals (generators: Node): void {
    for (const generator of generators.type === 'sequence' ? generators.items : []) {
      const literals = generator.type === 'mapping' ? this.#fieldsOf(generator).findLast(([name]) => name === 'literals')?.[1] : undefined
      for (const literal of literals?.type === 'sequence' ? literals.items : []) {
        if (literal.type !== 'scalar' || this.#isKnown(literal, 'literal')) continue
        const name = /^[^=]{1,253}=["']?/.exec(this.#text.slice(literal.from, literal.to))?.[0].length
        if (name !== undefined) this.#add({ ...literal, value: literal.value.replace(/^[^=]*=/, ''), from: literal.from + name }, 'Secret value', true)
      }
    }
  }

  /** A block may hold a document of its own. */
  #lookInto ({ value, from, to, indent }: Scalar): void {
    if (indent === undefined || this.#depth >= deepestDocument || !value.includes(':')) return
    const shifts: Shift[] = []
    let [raw, inner] = [this.#text.lastIndexOf('\n', from) + 1, 0]
    const lines = this.#text.slice(raw, to).split('\n').map((line) => {
      const plain = line.slice(Math.min(indent, line.length))
      shifts.push({ inner, raw: raw + line.length - plain.length })
      raw += line.length + 1
      inner += plain.length + 1
      return plain
    })
    for (const each of placesIn(findInDocuments(lines.join('\n'), this.#depth + 1), shifts)) this.found.push(each)
  }

  #add ({ value, from, to }: Scalar, kind: string, certain: boolean): void {
    if (to > from && !isOnlyPlaces(value)) this.found.push({ kind, index: from, length: to - from, certain })
  }

  #isKnown (node: Node, around: string): boolean {
    const before = this.#visited.get(node)
    if (before?.has(around)) return true
    if (before) before.add(around)
    else this.#visited.set(node, new Set([around]))
    return false
  }
}
