import { redact, redactionMark } from './index.ts'

/** Keeps credentials of ours out of what a server that was sent them says. */
export interface Concealer {
  /** The text without them, as they are or encoded, and without whatever else looks like a secret. */
  text (said: string): string
  /** An error for a log or a cause: its name, words and stack, and nothing of what else it carries, as headers or bodies. */
  error (error: unknown): unknown
  /** A block of a model's message without them, and otherwise as it is. Thinking that holds one is emptied: its signature binds it. */
  block<Block extends { readonly type: string }> (block: Block): Block
  /** The same for a text that comes in pieces. */
  pieces (): ConcealedPieces
}

export interface ConcealedPieces {
  /** What may be shown by now: the end is held back where a credential may begin in it. */
  push (piece: string): string
  /** What was held back. */
  end (): string
}

const mark = `${redactionMark} our credential]`
/** Shorter ones may stand in any word, so they are looked for as words. */
const shortestAnywhere = 6
const deepestCause = 4
/** What a model writes is its own but for these: a word that stands for a key where none is needed may be in any reply. */
const shortestInReply = 12

/** Gateways repeat what they were sent, and their passwords need not look like one; so these are known literally. */
export function concealCredentials (credentials: ReadonlyArray<string | null | undefined>): Concealer {
  const patterns = credentials.flatMap((credential) => credential ? patternsOf(credential) : [])
  const long = credentials.filter((credential): credential is string => (credential?.length ?? 0) >= shortestInReply)
  const inReply = long.flatMap(patternsOf)
  const starts = long.flatMap((credential) => [...formsOf(credential), ...[0, 1, 2].map((before) => inBase64(credential, before))])
  const written = (piece: string) => inReply.reduce((clean, pattern) => clean.replace(pattern, mark), piece)
  const text = (said: string) => redact(patterns.reduce((clean, pattern) => clean.replace(pattern, mark), said))
  const clean = (error: unknown, depth: number): unknown => {
    if (!(error instanceof Error)) return text(String(error))
    const told = new Error(text(error.message), { ...(error.cause !== undefined && depth < deepestCause && { cause: clean(error.cause, depth + 1) }) })
    told.name = error.name
    if (error.stack !== undefined) told.stack = text(error.stack)
    return told
  }
  return {
    text,
    error: (error) => clean(error, 0),
    block: (block) => {
      const told = inStrings(block, written)
      return 'thinking' in block && (told as typeof block).thinking !== block.thinking ? { ...told, thinking: '' } : told
    },
    pieces: () => inPieces(written, starts)
  }
}

function inStrings<Value> (value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value
  if (Array.isArray(value)) return value.map((each) => inStrings(each, change)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [change(name), inStrings(each, change)])) as Value
}

function inPieces (clean: (text: string) => string, starts: readonly string[]): ConcealedPieces {
  const longest = Math.max(0, ...starts.map(({ length }) => length - 1))
  let held = ''
  return {
    push (piece) {
      const text = clean(held + piece)
      let back = Math.min(longest, text.length)
      while (back > 0 && !starts.some((start) => start.startsWith(text.slice(-back)))) back--
      held = text.slice(text.length - back)
      return text.slice(0, text.length - back)
    },
    end () {
      const text = held
      held = ''
      return text
    }
  }
}

/** As it is, in JSON and percent-encoded, the longest first. */
function formsOf (credential: string): string[] {
  return [...new Set([credential, JSON.stringify(credential).slice(1, -1), encodeURIComponent(credential)])].sort((a, b) => b.length - a.length)
}

function patternsOf (credential: string): RegExp[] {
  const forms = formsOf(credential).map(literally)
  const encoded = [0, 1, 2].map((before) => inBase64(credential, before)).filter(({ length }) => length >= shortestAnywhere).map(literally)
  const padded = ['base64', 'base64url'].map((encoding) => literally(Buffer.from(credential).toString(encoding as 'base64')))
  const whole = credential.length >= shortestAnywhere ? forms.join('|') : `(?<![\\w-])(?:${[...forms, ...padded].join('|')})(?![\\w-])`
  return [
    // The whole run goes: what stands beside a credential in it is a name, as Basic authentication has it.
    ...(encoded.length > 0 ? [new RegExp(`[A-Za-z0-9+/_-]*(?:${encoded.map((form) => form.replaceAll('/', '[/_]').replaceAll('\\+', '[+\\-]')).join('|')})[A-Za-z0-9+/_-]*={0,2}`, 'g')] : []),
    new RegExp(whole, 'g')
  ]
}

/** What of the base64 is the same whatever stands before, by bytes of it in the group of three, and behind. */
function inBase64 (credential: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(credential)])
  return bytes.toString('base64').slice(Math.ceil(before * 8 / 6), Math.floor(bytes.length * 8 / 6))
}

function literally (text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
