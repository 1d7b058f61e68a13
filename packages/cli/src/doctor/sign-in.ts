import { once } from 'node:events'
import { fail, ok, type Check } from './check.ts'
import { reasonOf, within } from './network.ts'

export const signIn: Check = {
  name: 'sign-in',
  async examine ({ config, signal }) {
    const { readSignIn, readUsers } = await import('@cortex/service')
    const settings = readSignIn(config, config.HOST)
    if (!settings) return ok(`none: whoever reaches ${config.HOST} may do everything`)
    const { users } = readUsers(settings.usersFile)
    const people = `people in ${settings.usersFile}: ${Object.keys(users).length}`
    if (!settings.oidc) return ok(people)
    const { discoverProvider } = await import('@cortex/standalone/check')
    const { host } = settings.oidc.issuer
    try {
      await Promise.race([discoverProvider(settings.oidc), whenAborted(within(signal))])
      return ok(`${people}; ${host} answers`)
    } catch (error) {
      signal.throwIfAborted()
      return fail(`the OpenID provider ${host} does not answer as one (${reasonOf(error)}), so nobody signs in by it; see to CORTEX_OIDC_ISSUER and the network`)
    }
  }
}

async function whenAborted (signal: AbortSignal): Promise<never> {
  await once(signal, 'abort')
  throw signal.reason
}
