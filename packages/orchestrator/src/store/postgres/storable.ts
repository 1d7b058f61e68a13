/**
 * The text as the server can take it: without NUL and lone surrogates, which it has no room for. In the texts of records and lines they are
 * escaped and stay as they were; elsewhere they stand in names that nothing is found by.
 */
export function storable (text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD').toWellFormed() : text.toWellFormed()
}

/** The value as JSON of such texts. Going through each of them takes several times as long as writing them, so only what holds such an escape is. */
export function storableJson (value: unknown): string {
  const text = JSON.stringify(value)
  return /\\u(?:0000|d[89a-f])/.test(text) ? JSON.stringify(value, (_, each: unknown) => typeof each === 'string' ? storable(each) : each) : text
}
