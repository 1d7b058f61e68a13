import { categoryOf, namesField } from './categories.ts'
import { determiners, prepositions } from './lexicon.ts'
import { components, delivers, endsPhrase, type Phrase } from './phrases.ts'
import { isWord, words, type Token } from './tokens.ts'
import { isVerbForm } from './verbs.ts'

/** Verbs whose work is one report, whatever they look at: "inventory images, versions and licences" is one task. */
const readers = words('list inventory show check audit scan report count document compare review analyse analyze summarise summarize track monitor collect test examine inspect investigate evaluate assess measure verify validate find gather enumerate catalog catalogue map describe search explore identify discover estimate watch connect merge link integrate sync replicate diff combine consolidate balance benchmark profile split choose separate unify cover describe label tag search grant give invite')
/** Parts of one thing: people name them together and mean one installation or one setting. */
const families: readonly ReadonlySet<string>[] = [
  words('prometheus grafana alertmanager loki tempo thanos node-exporter exporter exporters'),
  words('elasticsearch logstash kibana filebeat fluentd fluentbit elk'),
  words('requests limits cpu memory disk network ram'),
  words('liveness readiness startup'),
  words('backup backups restore restores recovery'),
  words('users roles permissions groups bindings rolebindings'),
  words('dev development staging stage prod production test testing qa uat preview'),
  words('images versions licenses licences'),
  words('ingress egress tls ssl dns certificates'),
  words('logs metrics traces'),
  words('html css javascript'), words('username password'), words('read write'), words('name description')
]
export interface Objects {
  /** One entry a task: what the verb is done to. */
  items: readonly (readonly Token[])[]
  /** What follows the last and holds for all: "to staging". */
  tail: readonly Token[]
}

/** Splits "A, B and C" where the nouns are things of their own. Without a verb (`null`) every list is one of things to do. */
export function splitObjects (verb: string | null, tokens: readonly Token[]): Objects {
  const whole: Objects = { items: [tokens], tail: [] }
  // "three namespaces: a, b and c" names the parts of one thing.
  if (tokens.some(({ text, depth }) => text === ':' && depth === 0)) return whole
  // "…, each with quotas" is said of all.
  const each = tokens.findIndex(({ text }, i) => text === ',' && /^(?:each|all|both)$/.test(tokens[i + 1]?.lower ?? '') && prepositions.has(tokens[i + 2]?.lower ?? ''))
  if (each > 0) {
    const { items, tail } = splitObjects(verb, tokens.slice(0, each))
    return items.length < 2 ? whole : { items, tail: [...tail, ...tokens.slice(each)] }
  }
  // "both Redis and Postgres" is two things, and says so.
  const both = tokens[0]?.lower === 'both' && !(verb !== null && readers.has(verb.split(' ')[0] ?? ''))
  const { items, tail } = cutList(both ? tokens.slice(1) : tokens)
  if (items.length < 2 || items.some((item) => item.length === 0 || item.filter((token) => isWord(token) && token.depth === 0).length > 14 || /^(?:not|then|without|except|more|so|if|one|ones|vice|others?|anything|everything|such|similar|etc|co|it|it's|they|they're)$/.test(item[0]?.lower ?? ''))) return whole
  if (verb !== null && readers.has(verb.split(' ')[0] ?? '') && !items.every((item) => namesWork(item))) return whole
  if (/^(?:that|if|whether|which|who|what|how|where|why)$/.test(tokens[0]?.lower ?? '')) return whole
  if (!both && /^(?:both|between|either|from)$/.test(tokens[0]?.lower ?? '') && verb !== null) return whole
  if (!both && (isFamily(items) || sharesHead(items) || areNumbered(items))) return whole
  // "I want the API documented, tested and released" names states, not things.
  if (items.slice(1).some((item) => item.length === 1 && /[^e]ed$/.test(item[0]?.lower ?? '') && isVerbForm({ ...item[0], lower: (item[0]?.lower ?? '').slice(0, -2) } as Token))) return whole
  // "Deploy api and web"
  if (verb !== null && /^(?:deploy|redeploy|install|restart)$/.test(verb) && items.every((item) => item.length === 1 && isWord(item[0]) && !/-|s$/.test(item[0].lower) && !namesField(item))) return { items, tail }
  return both || items.length > 2 || independent(items) ? { items, tail } : whole
}

/** The coordinated parts up to the first preposition of the last one. */
function cutList (tokens: readonly Token[]): Objects {
  const items: Token[][] = [[]]
  let phrase: (Phrase & { members: Token[], from: number }) | null = null
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (!token) break
    const join = token.depth === 0 ? joinLength(tokens, i) : 0
    const next = tokens.slice(i + join, i + join + 12)
    // Behind a preposition a list belongs to that phrase, unless a thing of its own begins.
    if (join > 0 && i > 0 && next.length > 0 && (!phrase || endsPhrase(phrase, tokens.slice(i, i + join), next) || (!phrase.sealed && ownPhrase(tokens, i + join)))) {
      items.push([])
      phrase = null
      i += join - 1
      continue
    }
    if (phrase) {
      phrase.closed ||= join > 0 && token.lower === 'and'
      phrase.members.push(token)
    }
    if (prepositions.has(token.lower) && token.lower !== 'like' && (items.at(-1)?.length ?? 0) > 0 && token.depth === 0) {
      // What a thing comes with, or what it does, may be any list.
      const sealed = /^(?:with|including|like|that|which|who|where|using|so)$/.test(token.lower)
      // "of" begins a list of parts ("a list of A, B and C"), but belongs to its noun.
      phrase ??= { sealed, host: [...items.at(-1) ?? []], members: [], closed: false, from: token.lower === 'of' ? tokens.length : i }
      phrase.sealed ||= sealed
      phrase.from = Math.min(phrase.from, token.lower === 'of' ? tokens.length : i)
    }
    items.at(-1)?.push(token)
  }
  if (items.length === 1) return { items, tail: [] }
  // A phrase behind the last item tells where or what for, and holds for all, unless the items before have their own.
  const others = items.slice(0, -1).some((item) => item.some(({ lower, depth }, i) => i > 0 && depth === 0 && prepositions.has(lower) && lower !== 'of'))
  const own = !phrase || /^(?:with|including|that|which|who|where|so)$/.test(tokens[phrase.from]?.lower ?? '') || refersBack(tokens.slice(phrase.from))
  const tail = others || own || !phrase ? [] : tokens.slice(phrase.from)
  const last = items.at(-1)
  return { items: [...items.slice(0, -1), last?.slice(0, last.length - tail.length) ?? []], tail }
}

function joinLength (tokens: readonly Token[], at: number): number {
  let i = at
  for (;;) {
    const token = tokens[i]
    if (token?.text === ',' || token?.lower === 'and' || token?.text === '&' || token?.text === '+' || (token?.text === '/' && token.spaced && tokens[i + 1]?.spaced) || token?.lower === 'plus' || (i > at && (token?.lower === 'also' || token?.lower === 'then'))) { i++; continue }
    if (token?.lower === 'as' && tokens[i + 1]?.lower === 'well' && tokens[i + 2]?.lower === 'as') { i += 3; continue }
    if (token?.lower === 'along' && tokens[i + 1]?.lower === 'with') { i += 2; continue }
    return i - at
  }
}

/** "…, alerts for the database": a noun with a "for" of its own. */
function ownPhrase (tokens: readonly Token[], at: number): boolean {
  for (let i = at + 1; i < Math.min(at + 5, tokens.length); i++) {
    const lower = tokens[i]?.lower ?? ''
    if (lower === ',' || lower === 'and') return false
    if (lower === 'for' || lower === 'to') return true
  }
  return false
}

function isFamily (items: readonly (readonly Token[])[]): boolean {
  const heads = items.map((item) => item.filter(({ lower }) => !determiners.has(lower)).map(({ lower }) => lower))
  return families.some((family) => heads.every((words) => words.length <= 2 && words.some((word) => family.has(word))))
}

/** "liveness, readiness and startup probes": only the last item has the noun, the ones before describe it. */
function sharesHead (items: readonly (readonly Token[])[]): boolean {
  const lastItem = items.at(-1)?.filter(isWord) ?? []
  const phraseAt = lastItem.findIndex(({ lower }, i) => i > 0 && prepositions.has(lower))
  const last = lastItem.slice(0, phraseAt === -1 ? undefined : phraseAt)
  const before = items.slice(0, -1).map((item) => item.filter(isWord))
  const head = last.at(-1)?.lower ?? ''
  if (last.length >= 2 && !determiners.has(last[0]?.lower ?? '') && /[^s]s$/.test(head) && before.every((item, i) => item.length === 1 || (i === 0 && item.length === 2 && determiners.has(item[0]?.lower ?? '')))) {
    return !before.every((item) => components.has(item.at(-1)?.lower ?? '') || namesField(item))
  }
  // "the namespaces dev, qa and prod": a plural noun, then its names.
  const first = items[0]?.filter((token, i) => isWord(token) && (i > 0 || !determiners.has(token.lower))) ?? []
  return first.length === 2 && /[^s]s$/.test(first[0]?.lower ?? '') && items.slice(1).every((item) => item.length === 1)
}

const observing = words('monitoring logging tracing alerting observability dashboard dashboards')

/** Two things are two tasks when they are of different fields, are two products, or each comes with its own article. */
function independent (items: readonly (readonly Token[])[]): boolean {
  const categories = items.map((item) => categoryOf(item, item.length))
  if (!categories.includes('general') && new Set(categories).size === items.length) return true
  if (items.every((item) => item.length <= 2 && components.has(item.at(-1)?.lower ?? ''))) return true
  if (/^(?:for|to|with)$/.test(ownPreposition(items[0] ?? [])) && new Set(items.map(ownPreposition)).size === 1) return true
  // "backups and monitoring", but not "monitoring and logging"
  if (items.every((item) => item.length === 1 && delivers(item)) && !items.every(([noun]) => observing.has(noun?.lower ?? ''))) return true
  // "API 3 -> 6, worker 2 -> 4"
  if (items.every((item) => item.length > 1 && item.some(({ text }) => /^(?:->|→)$/.test(text)))) return true
  // "a backup and dashboards for it": what is for the first is not the first.
  if (items.slice(1).every((item) => item.length > 2 && refersBack(item.slice(-2)))) return true
  return items.every((item) => item.length > 1 && /^(?:a|an|the|our|my|another)$/.test(item[0]?.lower ?? ''))
}

/** "team-a, team-b and team-c", "a.yml and b.yml": one kind of name, and one piece of work on all of them. */
function areNumbered (items: readonly (readonly Token[])[]): boolean {
  const names = items.map((item) => item.length === 1 ? item[0]?.lower ?? '' : '')
  const series = names.map((name) => name.replace(/[-_]?(?:\d+|[a-z])$/, ''))
  const files = names.every((name) => /^[\w/-]+\.(?:ya?ml|json|ini|conf|toml|md|txt|sh|ts|js|py|tf|html|svg)$/.test(name))
  return files || names.every((name, i) => name !== '' && series[i] !== '' && series[i] !== name && series[i] === series[0])
}

/** "dashboards for it" */
function refersBack ([preposition, pronoun]: readonly Token[]): boolean {
  return preposition?.lower === 'for' && /^(?:it|them)$/.test(pronoun?.lower ?? '')
}

function ownPreposition (item: readonly Token[]): string {
  return item.find(({ lower }, i) => i > 0 && prepositions.has(lower) && lower !== 'of')?.lower ?? ''
}

/** "a security scan, an inventory": things to be done rather than looked at. */
function namesWork (item: readonly Token[]): boolean {
  return /^(?:scan|scans|audit|inventory|report|review|test|tests|backup|check|checks)$/.test(item.at(-1)?.lower ?? '') && /^(?:a|an|the)$/.test(item[0]?.lower ?? '')
}
