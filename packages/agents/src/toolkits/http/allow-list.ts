/** What one entry of the allow-list reaches. */
export interface Allowed {
  protocol: string
  /** Of a `*.` entry without the star: what a host must end with. */
  host: { exact: string } | { suffix: string }
  port: string
  path: string
}

/** An entry's address in parts, or what is wrong with it. */
export function parseAllowed (text: string): Allowed | string {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'this is no http or https address'
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return 'name no user, query or fragment'
  const { protocol, hostname, port, pathname: path } = url
  if (!hostname.includes('*')) return { protocol, host: { exact: hostname }, port, path }
  const suffix = hostname.slice(1)
  if (!/^\.[^*.]+\.[^*]+$/.test(suffix)) return 'a star stands for the first part of a host only, and two parts must follow, as in *.example.com'
  return { protocol, host: { suffix }, port, path }
}

/** Whether an address lies under an entry. Both were read by the same URL parser, so `..`, case and odd spellings of addresses are gone. */
export function reaches ({ protocol, host, port, path }: Allowed, url: URL): boolean {
  if (url.protocol !== protocol || url.port !== port) return false
  if ('exact' in host ? url.hostname !== host.exact : !(url.hostname.endsWith(host.suffix) && url.hostname.length > host.suffix.length)) return false
  if (path === '/') return true
  if (leadsElsewhere(url.pathname)) return false
  return url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
}

/** Some servers undo escapes, once or twice, and take parameters off a part (`..;x`), after a proxy or a list has looked at the path. */
function leadsElsewhere (path: string): boolean {
  return /%(?:25)*(?:2f|5c|2e|00)/i.test(path) || path.split('/').some((part) => /^\.{1,2}(?:%(?:25)*(?:3b|23|3f|20|09)|;|$)/i.test(part))
}
