import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectionOf } from '../settings.ts'
import { fail, ok, warn, type Check } from './check.ts'
import { reasonOf, within } from './network.ts'

interface ReadyFile { chat_url: string, orchestrator_url: string, pid: number }

export async function readReadyFile (home: string): Promise<ReadyFile | null> {
  return await readFile(join(home, 'ready.json'), 'utf8').then((text) => JSON.parse(text) as ReadyFile, () => null)
}

export const running: Check = {
  name: 'running',
  async examine ({ place: { home }, env, signal }) {
    const ready = await readReadyFile(home)
    if (!ready && (env['CORTEX_URL'] ?? '') === '') return ok('Cortex does not run here; start it with npm start')
    const { url } = connectionOf(env)
    for (const address of [new URL('readyz', url), ...ready && (env['CORTEX_URL'] ?? '') === '' ? [new URL('/readyz', ready.orchestrator_url)] : []]) {
      const answer = await fetch(address, { redirect: 'error', signal: within(signal) }).catch((error: unknown) => reasonOf(error))
      signal.throwIfAborted()
      if (typeof answer === 'string') return ready ? fail(`${address.origin} does not answer (${answer}): it ended without a stop, or hangs; start it again`) : fail(`${address.origin} does not answer (${answer}); see to CORTEX_URL`)
      await answer.body?.cancel()
      if (!answer.ok) return warn(`${address.origin} answers, and is not ready (HTTP ${answer.status}); its log says why`)
    }
    return ok(`at ${url.origin}`)
  }
}
