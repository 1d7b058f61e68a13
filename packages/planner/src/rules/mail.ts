const closing = /^(?:(?:best|kind|warm|many|with (?:best|kind)|kindest|warmest)(?: regards| wishes| thanks)?|regards|cheers|thanks(?: a lot| so much| in advance)?|thank you(?: very much| so much)?(?: in advance)?|many thanks|sincerely|yours(?: sincerely| truly| faithfully)?|br|kr|mfg|vg|lg|greetings|best)[,.!]?$/i
/** Lines under a closing that still are a name, a title or a number. */
const mostLines = 5

/** Takes out of a mail what nobody asks for in it: quoted lines, a signature, a device's own words. */
export function stripMail (text: string): string {
  const lines = text.split('\n').filter((line) => !/^(?:sent from my |get outlook for )/i.test(line.trim()))
  const own = lines.filter((line) => !/^ {0,3}>/.test(line))
  const kept = own.some((line) => /\p{L}/u.test(line)) ? own : lines
  const dashes = kept.findIndex((line, i) => i > 0 && /^-- ?$/.test(line))
  const body = dashes === -1 ? kept : kept.slice(0, dashes)
  const end = body.findLastIndex((line, i) => i > 0 && closing.test(line.trim()))
  const signed = end !== -1 && body.length - end <= mostLines + 1 && body.slice(end + 1).every((line) => line.trim().length < 60 && !/^[-*•\d]/.test(line.trim()) && !/[.:;]$/.test(line.trim()))
  return (signed ? body.slice(0, end) : body).join('\n')
}

/** Lines set in by four spaces behind an empty line are code, as in Markdown, unless a list goes on there. */
export function cutIndented (text: string): { text: string, code: readonly string[] } {
  const kept: string[] = []
  const code: string[] = []
  let block: string[] | null = null
  let listed = false
  for (const line of text.split('\n')) {
    const deep = /^ {4}/.test(line)
    if (deep && (block ? true : kept.at(-1)?.trim() === '' && kept.length > 1 && !listed)) {
      block ??= []
      block.push(line.slice(4))
      continue
    }
    if (block && line.trim() !== '') { code.push(block.join('\n')); block = null }
    if (line.trim() !== '' && !deep) listed = /^\s*(?:[-*•–—▪◦·‣]|\(?\d{1,3}[.)]|\(?[a-zA-Z][).])\s/.test(line)
    kept.push(line)
  }
  if (block) code.push(block.join('\n'))
  return { text: kept.join('\n'), code }
}
