import type { SignInState } from '@cortex/contracts'

/** The page waits for this before it draws anything; without an answer nothing is hidden, for the server judges by itself. */
const patienceMs = 3_000

/** Who asks now and how one signs in; null without an answer. */
export async function askWho (origin: string): Promise<SignInState | null> {
  try {
    const response = await fetch(`${origin}/v1/sign-in`, { cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(patienceMs) })
    return response.ok ? await response.json() as SignInState : null
  } catch {
    return null
  }
}
