/** Something in a text that reads like the name of a host, with or without a scheme before it. */
const named = /(?:^|[\s(<"'@/])((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*)\.)+\p{L}{2,})(?![\p{L}\p{N}.@-])/iu

/** The host an address leads to, where the words of the link read like another one; null where nothing misleads. */
export function otherHost (words: string, href: string): string | null {
  const shown = named.exec(words.slice(0, 500))?.[1]
  if (shown === undefined) return null
  const { protocol, hostname, pathname } = new URL(href)
  const host = protocol === 'mailto:' ? pathname.slice(pathname.lastIndexOf('@') + 1) : hostname
  return bare(shown) === bare(host) ? null : host
}

function bare (host: string): string {
  return host.toLowerCase().replace(/^www\./, '')
}
