/**
 * What a task works on, as it is compared and stored: parts with one slash between them, each without spaces around it, all in lower case. Names
 * are free text of whoever asks, and of two ways to write one a lock would only know one. Empty when it names nothing.
 */
export function normaliseTarget (given: string): string {
  return given.normalize('NFC').toLowerCase().split('/').map((part) => part.trim().replace(/\s+/g, ' ')).filter((part) => part !== '').join('/').normalize('NFC')
}
