/** An address as browsers write one, in letters that look like no others. */
const address = /^(?:https?:\/\/)?([a-z0-9.-]+(?::\d+)?)(?:[/?#]\S*)?$/i

/** Where a link leads: the host, with a port that is not the usual one, or the mailbox. Null where its words are just that and nothing else. */
export function hostBehind (words: string, href: string): string | null {
  const { protocol, host, pathname } = new URL(href)
  if (protocol === 'mailto:') return words === pathname ? null : pathname
  const shown = `${protocol}//${address.exec(words)?.[1] ?? ''}`
  return URL.canParse(shown) && bare(new URL(shown).host) === bare(host) ? null : host
}

function bare (host: string): string {
  return host.replace(/^www\./, '')
}
