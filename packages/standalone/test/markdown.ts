export interface Page {
  /** From the checkout, as docs/api.md. */
  readonly path: string
  readonly text: string
}

export interface Example {
  readonly script: string
  /** What the script must print. */
  readonly says: string
}

/** Shell blocks below a line `<!-- run: TEXT -->`, with what they must print, in their order. */
export function examplesIn ({ text }: Page): Example[] {
  return [...text.matchAll(/^<!-- run: (.+) -->\n```sh\n([\s\S]*?)^```$/gm)].map(([, says = '', script = '']) => ({ says, script }))
}

/** Addresses of links and pictures, outside of code. */
export function linksIn ({ text }: Page): string[] {
  return [...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map(([, address = '']) => address)
}

/** What headings can be linked by, as the usual hosts of such pages make it. */
export function anchorsIn ({ text }: Page): Set<string> {
  const seen = new Map<string, number>()
  return new Set([...withoutBlocks(text).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => {
    const slug = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-')
    const earlier = seen.get(slug) ?? 0
    seen.set(slug, earlier + 1)
    return earlier === 0 ? slug : `${slug}-${earlier}`
  }))
}

const withoutBlocks = (text: string) => text.replace(/^( *)```[\s\S]*?^\1```$/gm, '')
const withoutCode = (text: string) => withoutBlocks(text).replace(/`[^`\n]*`/g, '')
