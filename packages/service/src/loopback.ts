import type { FastifyRequest } from 'fastify'
import type { Gate } from './access/gate.ts'
import { HostRefused, OriginRefused } from './errors.ts'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

export function isLoopback (host: string): boolean {
  return loopbackNames.has(host)
}

/** Asked by those who watch over the process, under whatever address it has. */
const probed = new Set(['/health', '/livez', '/readyz'])

/**
 * A Host that names another machine is a rebound DNS name; an Origin that is not this very service is somebody else's page in the person's browser.
 * Clients that are no browsers send no Origin. With sign-in a link of another page may lead here: reading a page shows it nothing.
 */
export function refuseForeignPages (request: FastifyRequest, gate?: Pick<Gate, 'publicUrl' | 'anyHost'>): void {
  const { headers: { host = '', origin }, hostname } = request
  const publicUrl = gate?.publicUrl ?? null
  const isPublic = publicUrl !== null && host === publicUrl.host
  const isProbe = gate !== undefined && probed.has(request.url)
  if (!isPublic && !gate?.anyHost && !isProbe && !isLoopback(hostname.replace(/:\d+$/, ''))) throw new HostRefused()
  if (origin !== undefined && origin !== (isPublic ? publicUrl.origin : `http://${host}`) && !(gate?.anyHost && origin === `https://${host}`)) throw new OriginRefused()
  if (origin === undefined && request.headers['sec-fetch-site'] === 'cross-site' && !(gate && isFollowedLink(request))) throw new OriginRefused()
}

function isFollowedLink ({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}
