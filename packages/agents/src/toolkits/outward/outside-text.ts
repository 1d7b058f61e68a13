import { stripVTControlCharacters } from 'node:util'
import { redact } from '@cortex/secrets'

/** Text of a program or a server, fit for a message or the journal: no terminal codes, no secrets, bounded; of what is too long both ends stay. */
export function outsideText (text: string, limit: number): string {
  const clean = redact(stripVTControlCharacters(text).replaceAll('\0', '')).trim()
  if (clean.length <= limit) return clean
  const half = Math.floor(limit / 2)
  return `${clean.slice(0, half)}\n… ${clean.length - 2 * half} characters left out …\n${clean.slice(-half)}`
}

/** A value as JSON in which every character is in sight: nothing turns the line around, hides or looks like a space. */
export function visibleJson (value: unknown): string {
  return JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) => [...Array(character.length).keys()].map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join(''))
}

/** Named values for a person to read, a line each; a text of several lines goes line by line behind a bar, so that it cannot pass for another value. */
export function readableLines (values: Record<string, unknown>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !value.includes('\n')) return [`${visibleJson(name)}: ${visibleJson(value)}`]
    const lines = value.split('\n')
    return [`${visibleJson(name)}: a text of ${lines.length} lines`, ...lines.map((line) => `  | ${visibleJson(line).slice(1, -1)}`)]
  })
}
