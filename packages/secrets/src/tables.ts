import { isSecretValue, secretWord } from './names.ts'
import { isDrawn, isDrawnValue } from './not-a-secret.ts'

/** Between the head of a table of Markdown and its rows. */
const rule = /^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$/
/** The head of what is kept as values with a sign between them. */
const head = /^["']?[A-Za-z][\w .-]{0,40}["']?(?:([,;\t])["']?[A-Za-z][\w .-]{0,40}["']?){1,40}$/
/** What stands around the value of a cell. */
const around = /^[\s"'`*]*|[\s"'`*]*$/g

interface Cell { index: number, text: string }

/** Values in columns that are headed by a secret's name, where they look drawn by chance: of Markdown, and of lines with commas, semicolons or tabs. */
export function findInTables (text: string, add: (index: number, length: number) => void): void {
  const lines = text.split('\n')
  let columns: Map<number, string> | undefined
  let sign = ''
  let width = 0
  let at = 0
  for (const [number, line] of lines.entries()) {
    const next = lines[number + 1] ?? ''
    if (columns) {
      const cells = line.includes(sign) ? cellsOf(line, sign) : []
      if (cells.length === 0 || (sign !== '|' && cells.length !== width)) columns = undefined
      else {
        for (const [column, word] of columns) {
          const cell = cells[column]
          if (cell && (isDrawn(cell.text) || isDrawnValue(cell.text)) && isSecretValue(word, cell.text)) add(at + cell.index, cell.text.length)
        }
      }
    }
    if (!columns && line.length <= 2_000) {
      sign = line.includes('|') && rule.test(next.slice(0, 2_000)) ? '|' : head.exec(line)?.[1] ?? ''
      const names = sign === '' ? [] : cellsOf(line, sign)
      const secrets = names.flatMap(({ text: name }, column): Array<[number, string]> => {
        const word = secretWord(name.replaceAll(' ', '_'))
        return word === undefined ? [] : [[column, word]]
      })
      if (secrets.length > 0) [columns, width] = [new Map(secrets), names.length]
    }
    at += line.length + 1
  }
}

function cellsOf (line: string, sign: string): Cell[] {
  const lead = sign === '|' ? /^[ \t]*\|?/.exec(line)![0].length : 0
  let at = lead
  return line.slice(lead).split(sign).map((raw) => {
    const before = /^[\s"'`*]*/.exec(raw)![0].length
    const cell = { index: at + before, text: raw.replace(around, '') }
    at += raw.length + 1
    return cell
  })
}
