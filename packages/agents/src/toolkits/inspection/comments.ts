/** Where a comment's text begins and ends in a text, without the marks before it. */
export interface Comment { from: number, to: number }

/** Marks of a kind of language: of comments to the end of the line, of those with an end of their own, and of strings of many lines. */
interface Marks { line?: RegExp, block?: readonly [open: string, close: string], regexes?: boolean, long?: RegExp, script?: boolean }

// Each is tried where it may stand, and looks behind at most one sign.
const slashes = /(?<!:)\/{2,}/y
const hash = /(?<![^\s])#+/y
const block = ['/*', '*/'] as const
const js: Marks = { line: slashes, block, regexes: true, long: /`/y }
const css: Marks = { block }
const markup: Marks = { block: ['<!--', '-->'] }
const anything: Marks = { line: /(?<!:)\/{2,}|(?<![^\s])(?:#+|--(?=\s)|;{2,})/y, block }

const languages: ReadonlyArray<[path: RegExp, marks: Marks]> = [
  [/\.(?:[cm]?[jt]sx?)$/, js],
  [/\.(?:go|java|[ch]|cc|cpp|hpp|cs|rs|swift|kts?|scala|dart|groovy|gradle|proto|scss|less)$/, { line: slashes, block, long: /`|"""/y }],
  [/\.(?:php|tf|tfvars|hcl)$/, { line: /(?<!:)\/{2,}|(?<![^\s])#+/y, block }],
  [/\.css$/, css],
  [/\.py$/, { line: hash, long: /"""|'''/y }],
  [/\.(?:ya?ml|toml|sh|bash|zsh|rb|pl|r|conf|cfg|properties|env|mk|dockerfile)$|(?:^|\/)(?:Dockerfile|Containerfile|Makefile)(?:\.[\w-]+)?$/i, { line: hash }],
  [/\.(?:sql|lua|hs|elm)$/, { line: /-{2,}/y, block }],
  [/\.(?:html?|vue|svelte)$/, { ...markup, script: true }],
  [/\.(?:md|mdx|xml)$/, markup]
]
const string = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y
/** Where a value may stand, a slash begins a pattern. */
const regex = /(?<=[(,=:[!&|?{};]\s?)\/(?![/*])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,200}\]){1,200}\//y
const sign = /["'`/#<;-]/g
const inner = /<(script|style)\b[^>]{0,500}>/gi

/** Comments of a file by the language its name tells of, in order; what stands in strings is none. */
export function commentsIn (path: string, text: string): Comment[] {
  const [, marks] = languages.find(([named]) => named.test(path)) ?? [undefined, anything]
  if (!marks.script) return commentsBetween(text, marks, 0, text.length)
  const found: Comment[] = []
  let at = 0
  for (const { index, 0: tag, 1: name } of text.matchAll(inner)) {
    if (index < at) continue
    const from = index + tag.length
    const end = text.indexOf(`</${name!}`, from)
    const to = end < 0 ? text.length : end
    found.push(...commentsBetween(text, marks, at, index), ...commentsBetween(text, name!.toLowerCase() === 'script' ? js : css, from, to))
    at = to
  }
  return [...found, ...commentsBetween(text, marks, at, text.length)]
}

function commentsBetween (text: string, marks: Marks, start: number, end: number): Comment[] {
  const found: Comment[] = []
  const isMarkup = marks.block?.[0] === '<!--'
  /** Up to here no such quote ends on its line. */
  const open = { '"': start, "'": start } as Record<string, number>
  let at = start
  /** Whether what begins a block is known to have no end. */
  let isEndless = false
  const match = (pattern: RegExp | undefined): string | undefined => {
    if (!pattern) return undefined
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const endOf = (mark: string, from: number) => {
    const index = text.indexOf(mark, from)
    return index < 0 || index > end ? end : index
  }
  for (;;) {
    sign.lastIndex = at
    const next = sign.exec(text)
    if (!next || next.index >= end) return found
    at = next.index
    const [mark] = next
    const long = match(marks.long)
    const line = match(marks.line)
    if (marks.block && !isEndless && text.startsWith(marks.block[0], at)) {
      const from = at + marks.block[0].length
      const to = endOf(marks.block[1], from)
      // Where the language is not known, `src/*` may be a path.
      const isPath = marks === anything && (to === end || /\S/.test(text.charAt(at - 1)))
      isEndless = isPath && to === end
      if (!isPath) found.push({ from, to })
      at = isPath ? from : to + marks.block[1].length
    } else if (line) {
      const from = at + line.length
      at = endOf('\n', from)
      found.push({ from, to: at })
    } else if (long) at = endOfLong(text, long, at + long.length, end)
    else if (!isMarkup && (mark === '"' || mark === "'") && at >= open[mark]! && (mark === '"' || !/\w/.test(text.charAt(at - 1)) || /(?:^|\W)[rbfu]{1,2}$/i.test(text.slice(Math.max(start, at - 3), at)))) {
      const value = match(string)
      if (value === undefined) open[mark] = endOf('\n', at)
      at += value?.length ?? 1
    } else at += (marks.regexes && mark === '/' && match(regex)?.length) || 1
  }
}

/** Behind the mark that ends a string of many lines; one that does not end is none. */
function endOfLong (text: string, mark: string, from: number, end: number): number {
  for (let at = text.indexOf(mark, from); at >= 0 && at < end; at = text.indexOf(mark, at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at + mark.length
  }
  return end
}
