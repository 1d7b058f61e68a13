import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, request, type Dispatcher } from 'undici'
import { httpFailed, httpRefused, TaskFault } from '../../errors.ts'
import { isPublicAddress } from './addresses.ts'
import { reaches, type Allowed } from './allow-list.ts'

export interface Reach {
  connections: Connections
  allow: ReadonlyArray<Allowed & { private: boolean }>
  /** Milliseconds for one read with all its redirects. */
  timeLimit: number
  /** Bytes of a body that are read. */
  sizeLimit: number
}

export interface Answer {
  url: string
  status: number
  contentType: string
  /** null when it is not text. */
  body: string | null
  /** Whether the body goes on behind what was read. */
  cut: boolean
}

/** Where reads go out: by connections to addresses of the public internet alone, or to any. A connection is kept for a few seconds of quiet, and only ever leads where it was let to. */
export interface Connections { public: Dispatcher, any: Dispatcher }

export function openConnections (timeLimit: number): Connections {
  return { public: new Agent({ connect: { timeout: timeLimit, lookup: lookupPublic } }), any: new Agent({ connect: { timeout: timeLimit } }) }
}

const redirectLimit = 5
const closedCodes = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']
const redirects = [301, 302, 303, 307, 308]
const textual = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|x-yaml|x-ndjson|ndjson|javascript|toml|openmetrics-text)\b)/i

/**
 * One GET that goes only where the list lets it. Each redirect is judged like the first address; a name is judged by what it resolves to for
 * this very connection, so that a name which answers differently the second time gains nothing.
 * @throws CTX_HTTP_REFUSED, CTX_HTTP_FAILED
 */
export async function get (address: string, accept: string, reach: Reach, signal: AbortSignal): Promise<Answer> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(reach.timeLimit)])
  let url = URL.parse(address)
  for (let hop = 0; hop <= redirectLimit; hop++) {
    const answer = await getOnce(judge(url, address, hop, reach), accept, reach, limited).catch((error: unknown) => {
      signal.throwIfAborted()
      if (error instanceof TaskFault) throw error
      throw httpFailed(address, limited.aborted ? `no whole answer within ${reach.timeLimit / 1_000} s` : wordsOf(error))
    })
    if (!('location' in answer)) return answer
    url = URL.parse(answer.location, url?.href)
  }
  throw httpRefused(address, `it redirects more than ${redirectLimit} times`)
}

interface Judged { url: URL, private: boolean }

/** @throws CTX_HTTP_REFUSED */
function judge (url: URL | null, asked: string, hop: number, { allow }: Reach): Judged {
  const shown = hop === 0 ? asked : `${asked} (redirected to ${url?.href.slice(0, 500) ?? 'no address'})`
  if (!url) throw httpRefused(shown, 'it is no address')
  if (url.username !== '' || url.password !== '') throw httpRefused(shown, 'it holds a user or a password')
  const entries = allow.filter((entry) => reaches(entry, url))
  if (entries.length === 0) throw httpRefused(shown, 'the allow-list of the http toolkit (CORTEX_TOOLKITS) does not hold it')
  const open = entries.some((entry) => entry.private)
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (!open && isIP(literal) && !isPublicAddress(literal)) throw privateRefused(url.hostname, literal)
  return { url, private: open }
}

const privateRefused = (host: string, address: string) =>
  httpRefused(host, `${address} is not an address of the public internet, and its entry in the allow-list does not say private: true`)

async function getOnce ({ url, private: open }: Judged, accept: string, { connections, timeLimit, sizeLimit }: Reach, signal: AbortSignal): Promise<Answer | { location: string }> {
  const ask = () => request(url, {
    dispatcher: open ? connections.any : connections.public,
    signal,
    method: 'GET',
    headersTimeout: timeLimit,
    bodyTimeout: timeLimit,
    // Nothing is unpacked, so nothing small becomes large.
    headers: { accept, 'accept-encoding': 'identity', 'user-agent': 'cortex' }
  })
  const { statusCode: status, headers, body } = await ask().catch((error: unknown) => {
    // A server may close a kept connection just as it is used again.
    if (closedCodes.includes((error as NodeJS.ErrnoException).code ?? '')) return ask()
    throw error
  })
  // What is not read to its end is ended by us, its connection with it.
  body.on('error', () => {})
  try {
    const location = headerOf(headers.location)
    if (redirects.includes(status) && location !== '') return { location }
    const contentType = headerOf(headers['content-type'])
    const encoding = headerOf(headers['content-encoding'])
    if (encoding !== '' && encoding !== 'identity') throw httpFailed(url.href, `it is packed with ${encoding.slice(0, 40)}, although asked not to be`)
    const readable = contentType === '' || textual.test(contentType)
    const { bytes, cut } = readable ? await readBytes(body, sizeLimit) : { bytes: Buffer.alloc(0), cut: true }
    return { url: url.href, status, contentType, body: readable && !bytes.includes(0) ? bytes.toString('utf8') : null, cut }
  } finally {
    body.destroy()
  }
}

async function readBytes (body: AsyncIterable<Buffer>, limit: number): Promise<{ bytes: Buffer, cut: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > limit) break
  }
  return { bytes: Buffer.concat(chunks).subarray(0, limit), cut: size > limit }
}

/** Resolves a name and leaves out every address that is not of the public internet; what is left is what is connected to. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const open = addresses.filter(({ address }) => isPublicAddress(address))
    const [first] = open
    if (!first) return callback(privateRefused(hostname, addresses.map(({ address }) => address).join(', ')), '', 0)
    if (options.all) callback(null, open)
    else callback(null, first.address, first.family)
  })
}

function headerOf (value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

function wordsOf (error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ').slice(0, 500)
  return error instanceof Error ? error.message.slice(0, 500) : 'unknown error'
}
