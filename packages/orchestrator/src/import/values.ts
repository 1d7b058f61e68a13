import { createHash } from 'node:crypto'
import { categories, taskIdPattern, type Category } from '@cortex/contracts'

/** A value as it is here, and what a person should know of how it became so. */
export interface Mapped<Value> {
  readonly value: Value
  readonly note?: string
}

/** What a first version's status comes down to: work that was not finished, one of three ends, or nobody knows. */
export type OldState = 'live' | 'completed' | 'failed' | 'cancelled' | 'unknown'

const states: Readonly<Record<Exclude<OldState, 'unknown'>, readonly string[]>> = {
  live: ['pending', 'queued', 'new', 'created', 'open', 'waiting', 'blocked', 'assigned', 'worker_spawned', 'ready_to_spawn', 'ready', 'spawned', 'in_progress', 'running', 'processing', 'awaiting_approval', 'retrying'],
  completed: ['completed', 'complete', 'done', 'success', 'succeeded', 'finished'],
  failed: ['failed', 'failure', 'error', 'errored', 'timeout', 'timed_out', 'dead'],
  cancelled: ['cancelled', 'canceled', 'aborted']
}

/** The first level that has one counts; a word below it that is not known here may be about something else. */
export function readStates (given: ReadonlyArray<{ level: string, value: unknown }>): { word: string | null, state: OldState, contradiction: string | null } {
  const [first, ...below] = given.map(({ level, value }) => ({ level, ...readState(value) }))
  if (!first) return { word: null, state: 'live', contradiction: null }
  const other = below.find(({ state }) => state !== 'unknown' && state !== first.state)
  return { word: first.word, state: first.state, contradiction: other ? `status ${first.word} ${first.level} and ${other.word} ${other.level}` : null }
}

function readState (given: unknown): { word: string, state: OldState } {
  const word = readWord(given)
  for (const state of ['live', 'completed', 'failed', 'cancelled'] as const) if (states[state].includes(word)) return { word, state }
  return { word: cut(quotable(given), 40), state: 'unknown' }
}

const priorityWords = new Map([
  ['critical', 1], ['urgent', 1], ['highest', 1], ['emergency', 1], ['high', 3], ['medium', 5], ['normal', 5], ['default', 5], ['low', 7], ['lowest', 9]
])

export function readPriority (given: unknown): Mapped<number> {
  if (given === undefined) return { value: 5, note: 'no priority: 5' }
  const word = readWord(given)
  const named = priorityWords.get(word)
  if (named !== undefined) return { value: named }
  const number = word === '' ? NaN : Number(given)
  if (!Number.isFinite(number)) return { value: 5, note: `priority ${cut(quotable(given), 40)} → 5` }
  const value = Math.min(9, Math.max(1, Math.round(number)))
  return value === number ? { value } : { value, note: `priority ${cut(String(number), 40)} → ${value}` }
}

export function readCategory (given: unknown): Mapped<Category> {
  if (given === undefined) return { value: 'general', note: 'no category: general' }
  const word = readWord(given)
  const value = categories.find((category) => category === word.replace(/[^a-z]/g, ''))
  return value ? { value } : { value: 'general', note: `category ${cut(quotable(given), 40)} → general` }
}

/** Ids have 13 digits of milliseconds, so times from 2001-09-09 to 2286 count and everything else is garbage. */
const earliest = 1e12
const latest = 1e13 - 1

/** ISO 8601, or a number of seconds or milliseconds, as text too. Without a zone it is UTC: this machine's zone says nothing of the old one's. */
export function readTime (given: unknown): Date | null {
  const text = typeof given === 'number' ? String(given) : typeof given === 'string' ? given.trim() : ''
  if (/^[0-9]{10}(\.[0-9]+)?$/.test(text)) return within(Math.round(Number(text) * 1_000))
  if (/^[0-9]{13}(\.[0-9]+)?$/.test(text)) return within(Math.round(Number(text)))
  const [, date, time = '00:00', zone = 'Z'] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text) ?? []
  return date === undefined ? null : within(Date.parse(`${date}T${time}${zone.toUpperCase()}`))
}

function within (ms: number): Date | null {
  return ms >= earliest && ms <= latest ? new Date(ms) : null
}

const ourId = new RegExp(taskIdPattern)

export function isOurId (id: string): boolean {
  return ourId.test(id)
}

/** The milliseconds many ids carry. */
export function timeInId (id: string): Date | null {
  const digits = /(?<![0-9])1[0-9]{12}(?![0-9])/.exec(id)?.[0]
  return digits === undefined ? null : within(Number(digits))
}

/**
 * The id a task has here: its own where that is one of ours, else one made from it alone, the same in every run. A file's own time is no
 * part of it, because a copy of the folder has another; an id with thirteen zeros says that the time is not known.
 */
export function toTaskId (oldId: string, createdAt: Date | null): string {
  if (isOurId(oldId)) return oldId
  const ms = (createdAt ?? timeInId(oldId))?.getTime() ?? 0
  const hash = createHash('sha256').update(oldId).digest('hex')
  return `task-chat-${String(ms).padStart(13, '0')}-${BigInt(`0x${hash}`).toString(36).padStart(9, '0').slice(-9)}`
}

/** Text with something to see in it, without NUL; null when there is none. */
export function readText (given: unknown): string | null {
  if (typeof given !== 'string' && typeof given !== 'number') return null
  const text = String(given).replaceAll('\0', '').trim()
  return text === '' ? null : text
}

/** At most so many UTF-16 units, and no half of a character. */
export function cut (text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** Any JSON value as text: a string as it is. */
export function toText (value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value) ?? '').replaceAll('\0', '')
}

function readWord (given: unknown): string {
  return typeof given === 'string' || typeof given === 'number' ? String(given).trim().toLowerCase().replace(/[\s-]+/g, '_') : ''
}

function quotable (given: unknown): string {
  return JSON.stringify(given)
}
