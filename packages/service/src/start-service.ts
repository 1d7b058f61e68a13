import type { FastifyInstance } from 'fastify'
import { SignInMissing } from './errors.ts'
import { isLoopback } from './loopback.ts'

export interface ListenOptions {
  host: string
  /** 0 means any free port. */
  port: number
}

/** Connections that may wait to be taken, as when all streams come back at once after a restart; Node's 511 resets those beyond. The system's own limit holds too. */
const backlog = 4_096

/**
 * Listens and answers with the base URL, without a slash at its end.
 * @throws CTX_SIGN_IN_MISSING when others could reach it
 */
export async function startService (app: Pick<FastifyInstance, 'listen' | 'guarded'>, { host, port }: ListenOptions): Promise<string> {
  if (!app.guarded && !isLoopback(host)) throw new SignInMissing(host, 'CORTEX_USERS or, for the orchestrator alone, CORTEX_SERVICE_TOKEN')
  return await app.listen({ host, port, backlog })
}
