const sizeLimit = 200_000
/** Fences with these words are shown and no more; commands, programs and diagrams are run by some tool. */
const shownFences = /^(?:text|txt|plain|plaintext|console|log|diff|ya?ml|toml|ini)$/i
const fence = /^[ \t>]*(?:[-*+] +)?(`{3,}|~{3,})[ \t]*(.*)$/

/** What some builder of pages, or another program, takes for an order to it. Each stands for a way that one of them has. */
const orders: readonly RegExp[] = [
  // Templates, attributes, roles, macros, includes.
  /[{}]/,
  // Tags, comments, processing instructions; an address between < and > is a link.
  /<(?!https?:\/\/[^\s<>]{1,500}>)[a-z!/?%<]/i,
  // Commands of TeX.
  /\\[a-z]/i,
  /(?:javascript|vbscript|data):/i,
  // Pictures that are fetched from elsewhere when somebody reads.
  /!\[[^\]\n]{0,300}\]\(\s{0,9}(?:\w{1,20}:|\/\/)/,
  /^[ \t]*(?::::|\.\. |\w{1,40}::|-{1,2}8<|>>>|@\S|[!%#]include\b|[!%#]import\b|#!)|\[!(?:include|code)/im,
  /(?<=^|\n[ \t]*\n)(?:---|\+\+\+|;;;)[ \t]*\n[ \t]*\S/,
  // Settings at the head, as `template: x.html`.
  /^\s*[\w -]{1,40}:[ \t]*\S[^\n]*\n/,
  // What installers, schedulers and programs that read options take.
  /^[ \t]*(?:-{1,2}[a-z]\S*|(?:git|hg|svn|bzr)\+\S+|https?:\/\/\S+[ \t]*$|[\w.-]{1,80}(?:\[[\w,. -]{0,80}\])?[ \t]*(?:[=<>~!]=|@[ \t]*\w+[+:])|@(?:reboot|hourly|daily|weekly|monthly|yearly)\b|(?:[\d*/,-]{1,40}[ \t]+){5})/im
]

/** Letters of scripts without blanks count one by one. */
const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]|\p{L}{2,}/gu

/**
 * Whether a text is sentences for people and nothing that a program may take for more: no line of it is an order, and at least half of those that are
 * no heading and stand in no fence hold three words.
 */
export function isProse (content: string): boolean {
  const text = content.replaceAll('\r\n', '\n')
  if (text.length > sizeLimit || /[^\P{C}\n\t]/u.test(text) || orders.some((order) => order.test(text))) return false
  const lines: string[] = []
  let closing: string | undefined
  for (const line of text.split('\n')) {
    const [, ticks, said = ''] = fence.exec(line) ?? []
    if (closing !== undefined) {
      if (ticks?.startsWith(closing) && said.trim() === '') closing = undefined
    } else if (ticks !== undefined) {
      if (!shownFences.test(said.trim())) return false
      closing = ticks
    } else if (/\S/.test(line) && !/^[ \t]{0,3}#{1,6}[ \t]|^[ \t]*(?:=+|-+)[ \t]*$/.test(line)) lines.push(line)
  }
  const spoken = lines.filter((line) => (line.match(word)?.length ?? 0) >= 3).length
  return spoken > 0 && spoken * 2 >= lines.length
}
