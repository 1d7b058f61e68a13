const longest = 60

/** A title from the first message, without a model: its beginning on one line, cut at a word. */
export function titleOf (text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const characters = [...line]
  if (characters.length <= longest) return line
  const cut = characters.slice(0, longest).join('')
  const word = cut.lastIndexOf(' ')
  return `${(word > longest / 2 ? cut.slice(0, word) : cut).replace(/[\s,;:–-]+$/, '')}…`
}
