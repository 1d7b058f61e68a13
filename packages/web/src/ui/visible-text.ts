/** Control and format characters, among them those that turn the direction of text, and letters without a shape. Line ends and tabs do no harm. */
const hidden = /(?![\n\t])([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])\1*/gu
/** What most texts are made of, told twenty times as fast as what hides. */
const plain = /^[\t\n -~\u00A0-\u00AC\u00AE-\u034E\u0370-\u0600\u0621-\u06DC\u2010-\u2027\u202F-\u205F\u2070-\u3163\u3165-\uD7FF]*$/
const terminalColors = /\p{Cc}\[[0-9;]*m/gu

/** Pictures that are made of several, and scripts whose spelling needs to say where letters join. */
const joined = [
  [/[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]/u, /\p{Extended_Pictographic}/u],
  [/[\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}\p{sc=Khmr}\p{sc=Mymr}]/u, /[\p{L}\s]/u]
] as const

/** What picks the look of the picture or the Mongolian letter before it; behind anything else it draws nothing, and may be there to hide something. */
const picked = /(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}][\uFE0E\uFE0F]|[\d#*]\uFE0F\u20E3|\p{sc=Mong}[\u180B-\u180D\u180F])$/u

function joins (run: string, at: number, text: string): boolean {
  if (picked.test(text.slice(Math.max(0, at - 2), at + (text[at + 1] === '\u20E3' ? 2 : 1)))) return run.length === 1
  if (run !== '\u200C' && run !== '\u200D') return false
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? ''
  const [after = ''] = text.slice(at + 1, at + 3)
  return joined.some(([left, right]) => left.test(before) && right.test(after))
}

/** Characters that hide, or turn text around, are shown by number: what a person reads and approves must be what they see. */
export function showHidden (text: string): string {
  if (plain.test(text)) return text
  return text.replace(hidden, (run: string, character: string, at: number) => {
    if (joins(run, at, text)) return run
    const [number, times] = [character.codePointAt(0) ?? 0, run.length / character.length]
    return `⟨U+${number.toString(16).toUpperCase().padStart(4, '0')}${times > 1 ? ` ×${times}` : ''}⟩`
  })
}

/** A log line without the colours meant for a terminal. */
export function showLogLine (text: string): string {
  return showHidden(text.replace(terminalColors, ''))
}
