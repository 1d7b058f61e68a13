import type { FastifyInstance } from 'fastify'
import { asAddressError, checkGuarded, type ListenOptions } from './check-address.ts'

/** Connections that may wait to be taken, as when all streams come back at once after a restart; Node's 511 resets those beyond. The system's own limit holds too. */
const backlog = 4_096

/**
 * Listens and answers with the base URL, without a slash at its end.
 * @param setting the variable that names the port
 * @throws CTX_SIGN_IN_MISSING when others could reach it, CTX_ADDRESS_UNUSABLE
 */
export async function startService (app: Pick<FastifyInstance, 'listen' | 'guarded'>, { host, port }: ListenOptions, setting = 'PORT'): Promise<string> {
  checkGuarded(host, app.guarded)
  try {
    return await app.listen({ host, port, backlog })
  } catch (error) {
    throw asAddressError(error, { host, port }, setting)
  }
}
