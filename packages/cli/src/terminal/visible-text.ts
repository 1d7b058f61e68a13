/** Control and format characters, among them those that move the cursor, and turn text around. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const colors = /\p{Cc}\[[0-9;]*m/gu

/** Text of others on one line: whatever a terminal would obey or hide is shown by its number. */
export function oneLine (text: string): string {
  return text.replace(/\s*[\r\n]+\s*|\t/g, ' ').replace(hidden, byNumber)
}

/** The same with its line ends and tabs, as of a diff: what a person approves must be what they see. */
export function visibleText (text: string): string {
  return text.replace(hidden, (character) => character === '\n' || character === '\t' ? character : byNumber(character))
}

/** A log line without the colours it was written with. */
export function visibleLogLine (text: string): string {
  return visibleText(text.replace(colors, ''))
}

/** JSON in which such characters are escaped: the same value to a program, and harmless on a terminal. */
export function visibleJson (value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent)
  return text.replace(hidden, (character) => character === '\n' ? character : [...character].map(escapeUnits).join(''))
}

function byNumber (character: string): string {
  return `⟨U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

function escapeUnits (character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
}
