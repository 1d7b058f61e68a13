import type { FastifyBaseLogger } from 'fastify'
import { KeyRefused } from './errors.ts'

const standardApi = 'https://api.anthropic.com'
/** Milliseconds a start waits for the answer. */
const patience = 5_000

export interface ModelAccess {
  apiKey: string
  baseUrl: string | undefined
}

/** Asks a server of the Messages API what models there are, as the SDK would: it costs nothing, and shows whether the key counts. */
export async function askModels ({ apiKey, baseUrl = standardApi }: ModelAccess, signal: AbortSignal): Promise<{ host: string, response: Response }> {
  const address = new URL('v1/models?limit=1', `${baseUrl.replace(/\/+$/, '')}/`)
  const response = await fetch(address, { headers: { authorization: `Bearer ${apiKey}`, 'anthropic-version': '2026-10-21' }, redirect: 'error', signal })
  await response.body?.cancel()
  return { host: address.host, response }
}

/**
 * A key that is refused stops the start. A server that does not answer, or knows no such path, says nothing of the key.
 * @throws CTX_KEY_REFUSED
 */
export async function checkKey (access: ModelAccess, logger: Pick<FastifyBaseLogger, 'warn'>): Promise<void> {
  const asked = await askModels(access, AbortSignal.timeout(patience)).catch((error: unknown) => {
    logger.warn({ err: error }, 'whether ANTHROPIC_API_KEY is valid could not be asked; see to the network, a proxy, or ANTHROPIC_BASE_URL')
    return null
  })
  if (asked === null) return
  const { host, response: { status, ok } } = asked
  if (status === 401 || status === 403) throw new KeyRefused(host, status)
  if (!ok) logger.warn({ status }, `${host} was asked for its models, to see whether the key is valid, and answered HTTP ${status}`)
}
