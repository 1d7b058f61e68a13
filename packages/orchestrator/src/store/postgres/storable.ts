/**
 * The text as the server can take it: without NUL and lone surrogates, which it has no room for. In the texts of records and lines they are
 * escaped and stay as they were; elsewhere they stand in names that nothing is found by.
 */
export function storable (text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD').toWellFormed() : text.toWellFormed()
}
