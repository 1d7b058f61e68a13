/** Control and format characters, among them those that turn the direction of text; line ends and tabs do no harm. */
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const terminalColors = /\p{Cc}\[[0-9;]*m/gu

/** Characters that hide, or turn text around, are shown by number: what a person approves must be what they see. */
export function showHidden (text: string): string {
  return text.replace(hidden, (character) => `⟨U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`)
}

/** A log line without the colours meant for a terminal. */
export function showLogLine (text: string): string {
  return showHidden(text.replace(terminalColors, ''))
}
