import { Lexer, type Token, type Tokens } from 'marked'
import { Fragment, memo, useMemo, type ReactNode } from 'react'
import { texts } from '../texts.ts'
import { showHidden } from '../ui/visible-text.ts'
import { CodeBlock } from './code-block.tsx'
import { hostBehind } from './link-host.ts'
import { safeHref } from './safe-href.ts'

/** Longer than any answer; beyond it text is shown as it is. */
const maxChars = 200_000
/** A paragraph longer than this is no prose. Some of the parser's rules take time by the square of it. */
const maxInlineChars = 4_000
/** How long the inside of paragraphs may take to read, in ms; what is left then is shown as it is. */
const inlineBudgetMs = 250
/** Nobody nests this deep but to break something. */
const maxDepth = 16

/**
 * Markdown as React elements, token by token. There is no HTML anywhere: what looks like it is shown as text, addresses are checked, and
 * images are never loaded, because an address can carry secrets out.
 */
export const Markdown = memo(function Markdown ({ text: written }: { text: string }) {
  const text = useMemo(() => showHidden(written.replace(/\r\n?/g, '\n')), [written])
  const blocks = useMemo(() => readBlocks(text), [text])
  if (!blocks) return <p dir='auto' className='break-words whitespace-pre-wrap'>{text}</p>
  return <div className='flex min-w-0 flex-col gap-2.5 break-words'>{blocks.map((token, index) => <Block key={index} raw={token.raw} token={token} />)}</div>
})

function readBlocks (text: string): Token[] | null {
  if (text.length > maxChars) return null
  try {
    const lexer = new Lexer({ gfm: true })
    const blocks = lexer.blockTokens(text)
    const until = performance.now() + inlineBudgetMs
    for (const { src, tokens } of lexer.inlineQueue) {
      if (src.length > maxInlineChars || performance.now() > until) tokens.push({ type: 'text', raw: src, text: src })
      else lexer.inlineTokens(src, tokens)
    }
    return blocks
  } catch (error) {
    // Thousands of nested quotes run the parser out of stack; the text itself is still worth showing.
    if (error instanceof RangeError) return null
    throw error
  }
}

/** While a text streams in only its last block changes; `raw` tells. */
const Block = memo(function Block ({ token }: { raw: string, token: Token }) {
  return renderBlock(token, 0)
}, (before, after) => before.raw === after.raw)

function renderBlocks (tokens: readonly Token[] | undefined, depth: number): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{renderBlock(token, depth + 1)}</Fragment>)
}

function renderBlock (token: Token, depth: number): ReactNode {
  if (depth > maxDepth) return token.raw
  switch (token.type) {
    case 'space': case 'def': return null
    case 'hr': return <hr className='border-line' />
    // Headings of an answer stand below the page's own.
    case 'heading': return <h3 dir='auto' className='mt-1 font-semibold'>{renderInline(token.tokens, depth)}</h3>
    case 'paragraph': return <p dir='auto'>{renderInline(token.tokens, depth)}</p>
    case 'code': return <CodeBlock code={(token as Tokens.Code).text} language={(token as Tokens.Code).lang ?? ''} />
    case 'blockquote': return <blockquote dir={directionOf(token.raw)} className='flex flex-col gap-2 border-s-2 border-edge ps-3 text-muted'>{renderBlocks(token.tokens, depth)}</blockquote>
    case 'list': return renderList(token as Tokens.List, depth)
    case 'table': return renderTable(token as Tokens.Table, depth)
    case 'text': return token.tokens ? renderInline(token.tokens, depth) : decode(token.text)
    default: return renderInline([token], depth)
  }
}

function renderList (list: Tokens.List, depth: number): ReactNode {
  // The marks stand where the list begins, so its items go its way; an item in another direction is still read in its own.
  const dir = directionOf(list.raw)
  const items = list.items.map((item, index) => <li key={index} className='ps-1 [unicode-bidi:plaintext]'>{renderBlocks(item.tokens, depth)}</li>)
  return list.ordered
    ? <ol dir={dir} start={Number(list.start) || 1} className='flex list-decimal flex-col gap-1 ps-6'>{items}</ol>
    : <ul dir={dir} className='flex list-disc flex-col gap-1 ps-5'>{items}</ul>
}

/** By its first letter, as browsers do it for text that has no elements with a direction of their own. */
function directionOf (text: string): 'ltr' | 'rtl' | undefined {
  const letter = /\p{L}/u.exec(text)?.[0]
  return letter === undefined ? undefined : /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u.test(letter) ? 'rtl' : 'ltr'
}

function renderTable (table: Tokens.Table, depth: number): ReactNode {
  const align = (cell: Tokens.TableCell) => cell.align === 'right' ? 'text-end' : cell.align === 'center' ? 'text-center' : 'text-start'
  return (
    <div tabIndex={0} role='group' aria-label={texts.chat.table} className='overflow-x-auto rounded-lg border border-line'>
      <table dir='auto' className='w-full text-sm [&_code]:whitespace-nowrap'>
        <thead className='bg-raised text-muted'>
          <tr>{table.header.map((cell, index) => <th key={index} scope='col' className={`px-2.5 py-1.5 font-semibold ${align(cell)}`}>{renderInline(cell.tokens, depth)}</th>)}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, number) => (
            <tr key={number} className='border-t border-line'>{row.map((cell, index) => <td key={index} className={`px-2.5 py-1.5 ${align(cell)}`}>{renderInline(cell.tokens, depth)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function renderInline (tokens: readonly Token[] | undefined, depth: number): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{renderSpan(token, depth + 1)}</Fragment>)
}

function renderSpan (token: Token, depth: number): ReactNode {
  if (depth > maxDepth) return token.raw
  switch (token.type) {
    case 'text': return token.tokens ? renderInline(token.tokens, depth) : decode(token.text)
    case 'escape': return token.text
    case 'strong': return <strong className='font-semibold'>{renderInline(token.tokens, depth)}</strong>
    case 'em': return <em>{renderInline(token.tokens, depth)}</em>
    case 'del': return <del>{renderInline(token.tokens, depth)}</del>
    case 'br': return <br />
    case 'codespan': return <code dir='ltr' className='rounded border border-line bg-inset box-decoration-clone px-1 py-px font-mono text-[0.85em]'>{token.text}</code>
    case 'link': return <SafeLink href={(token as Tokens.Link).href} words={wordsOf(token.tokens)}>{renderInline(token.tokens, depth)}</SafeLink>
    case 'image': return <SafeLink href={(token as Tokens.Image).href} words=''>{texts.chat.imageLink((token as Tokens.Image).text)}</SafeLink>
    case 'checkbox': return (token as Tokens.Checkbox).checked ? '☑ ' : '☐ '
    case 'html': return /^<br\s*\/?>\s*$/i.test(token.raw) ? <br /> : token.raw
    default: return token.raw
  }
}

function SafeLink ({ href, words, children }: { href: string, words: string, children: ReactNode }) {
  const safe = safeHref(href)
  if (safe === null) return children
  const host = hostBehind(words, safe)
  return (
    <a href={safe} target='_blank' rel='noopener noreferrer' className='text-accent underline underline-offset-2'>
      {children}
      {host !== null && <bdi className='text-muted'> {texts.chat.leadsTo(host)}</bdi>}
    </a>
  )
}

/** What is read of spans, whatever they are in. */
function wordsOf (tokens: readonly Token[] | undefined): string {
  return tokens?.map((token) => 'tokens' in token && token.tokens ? wordsOf(token.tokens) : token.type === 'text' ? decode(token.text) : token.type === 'codespan' ? token.text : token.raw).join('') ?? ''
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&nbsp;': '\u00a0' }

function decode (text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => entities[entity] ?? entity)
}
