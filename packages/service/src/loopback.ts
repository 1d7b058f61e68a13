import type { FastifyRequest } from 'fastify'
import { HostRefused, OriginRefused } from './errors.ts'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

export function isLoopback (host: string): boolean {
  return loopbackNames.has(host)
}

/**
 * Without sign-in the address is the only fence. A Host that names another machine is a rebound DNS name; an Origin that is not this very
 * service is somebody else's page in the person's browser. Clients that are no browsers send no Origin.
 */
export function refuseForeignPages (request: FastifyRequest): void {
  if (!isLoopback(request.hostname.replace(/:\d+$/, ''))) throw new HostRefused()
  const { origin } = request.headers
  if (origin !== undefined && origin !== `http://${request.headers.host}`) throw new OriginRefused()
  if (origin === undefined && request.headers['sec-fetch-site'] === 'cross-site') throw new OriginRefused()
}
