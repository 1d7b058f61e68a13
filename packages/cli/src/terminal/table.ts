import stringWidth from 'string-width'
import { oneLine } from './visible-text.ts'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Rows under their headings, in columns. The last column is cut where the terminal ends; in a pipe nothing is cut.
 * @param width of the terminal, in columns; Infinity for none
 */
export function renderTable (headings: readonly string[], rows: ReadonlyArray<readonly string[]>, width: number): string {
  const cells = [headings, ...rows.map((row) => row.map(oneLine))]
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))))
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0)
  return cells.map((row) => row.map((cell, column) => column === row.length - 1 ? cut(cell, Math.max(10, width - before)) : pad(cell, widths[column] ?? 0)).join('  ').trimEnd()).map((line) => `${line}\n`).join('')
}

function pad (text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

function cut (text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment)
    if (used > width - 1) break
    kept += segment
  }
  return `${kept}…`
}
