import { cutIndented, stripMail } from './mail.ts'

/** Characters of a message considered at most. The page allows 20,000. */
const maxCharacters = 24_000

/** One form for quotes, dashes, spaces and line ends; code blocks are set aside, because their text is no request. */
export function normalize (message: string): { text: string, code: readonly string[] } {
  const code: string[] = []
  const plain = message.slice(0, maxCharacters).normalize('NFC')
    .replace(/\r\n?/g, '\n')
    // Controls, zero-width marks and direction overrides say nothing and break words.
    .replace(/[\p{Cf}\p{Cs}]|[^\P{Cc}\n\t]/gu, '')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\u201c\u201d\u00ab\u00bb]/g, '"')
    .replace(/[\p{Zs}\t]/gu, ' ')
    .replace(/…/g, '...')
  const pieces = plain.split('```')
  // Every second piece stood between fences; an unclosed fence runs to the end.
  const prose = pieces.map((piece, i) => {
    if (i % 2 === 0) return piece
    code.push(piece.replace(/^\w*\n/, '').trim())
    return ' '
  }).join('')
  const indented = cutIndented(stripMail(prose))
  // "_Scan_ all images": the marks of emphasis are no part of a word.
  const text = indented.text.replace(/(^|[\s(])([_*])(?=[^\s_*])([^_*\n]{1,80})\2(?=[\s.,;:!?)]|$)/gm, '$1$3')
  return { text, code: [...code, ...indented.code].filter((piece) => piece !== '') }
}
