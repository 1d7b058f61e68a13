const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/** The address when it is one a person may be sent to; null for anything that runs, reads or is relative to us. */
export function safeHref (href: string): string | null {
  if (!URL.canParse(href)) return null
  const url = new URL(href)
  return schemes.has(url.protocol) && url.username === '' && url.password === '' ? url.href : null
}
