import { once } from 'node:events'
import { createServer } from 'node:net'
import { AddressUnusable, SignInMissing } from './errors.ts'
import { isLoopback } from './loopback.ts'

export interface ListenOptions {
  host: string
  /** 0 means any free port. */
  port: number
}

/**
 * Whether a start could listen there. Listens for a moment, so that a start that is refused has written nothing yet.
 * @param setting the variable that names the port
 * @throws CTX_ADDRESS_UNUSABLE
 */
export async function checkAddress ({ host, port }: ListenOptions, setting: string): Promise<void> {
  const server = createServer()
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (error) {
    throw asAddressError(error, { host, port }, setting)
  }
  server.close()
  await once(server, 'close')
}

/** @throws CTX_SIGN_IN_MISSING when others could reach it and nobody is asked who they are */
export function checkGuarded (host: string, guarded: boolean): void {
  if (!guarded && !isLoopback(host)) throw new SignInMissing(host, 'CORTEX_USERS or, for the orchestrator alone, CORTEX_SERVICE_TOKEN')
}

/** What the system says of an address becomes an error that names the variables. */
export function asAddressError (error: unknown, { host, port }: ListenOptions, setting: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || (syscall !== 'listen' && syscall !== 'getaddrinfo')) return error
  const remedy = code === 'EADDRINUSE' ? `another program has it; end it, or set ${setting} to another port (0 means any free one)` : `see to HOST and ${setting}`
  return new AddressUnusable(`${host.includes(':') ? `[${host}]` : host}:${port}`, code, remedy)
}
