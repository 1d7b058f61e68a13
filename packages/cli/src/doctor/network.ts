import { fail, ok, patience, warn, type Check, type Examined } from './check.ts'

/** Milliseconds clocks may differ by before times in lists and logs mislead. */
const clockTolerance = 5_000

export const ports: Check = {
  name: 'ports',
  async examine ({ config: { PORT: chat, ORCHESTRATOR_PORT: orchestrator }, running }) {
    if (running) return ok('Cortex runs and has them')
    return ok(`${chat} and ${orchestrator} are free`)
  }
}

/** Only asks what models there are: it costs nothing. */
export const key: Check = {
  name: 'key',
  async examine ({ config, signal, clocks }) {
    const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: base } = config
    if (!apiKey && !base) return ok('no ANTHROPIC_API_KEY: rules plan, and runbooks do the work')
    const { askModels } = await import('@cortex/service')
    const host = base === undefined ? 'the Messages API' : new URL(base).host
    try {
      const { response } = await askModels({ apiKey: apiKey ?? 'offline', baseUrl: base }, within(signal))
      noteClock(response, host, clocks)
      if (response.status === 401 || response.status === 403) return fail(`${host} refuses the key (HTTP ${response.status}); set ANTHROPIC_API_KEY to one that is valid`)
      return response.ok ? ok(`${host} takes it`) : warn(`${host} answers HTTP ${response.status} when it is asked for its models; see whether it speaks the Messages API`)
    } catch (error) {
      signal.throwIfAborted()
      return fail(`${host} does not answer (${reasonOf(error)}); see to the network, a proxy, or ANTHROPIC_BASE_URL`)
    }
  }
}

export const cluster: Check = {
  name: 'cluster',
  async examine ({ config, signal }) {
    const [{ clusterOf }, { lookAtCluster }] = await Promise.all([import('@cortex/agents/cluster'), import('@cortex/agents/look')])
    const options = clusterOf(config)
    if (!options) return ok('none is configured: tasks change the workspace alone')
    const { version, helm } = await lookAtCluster(options, within(signal))
    return ok(`Kubernetes ${version}, ${helm === undefined ? 'no helm program' : `helm ${helm}`}; namespaces: ${options.namespaces ?? 'that of the context'}`)
  }
}

/** After the others: it has only their clocks to go by. */
export const clock: Check = {
  name: 'clock',
  async examine ({ clocks }) {
    const [worst] = clocks.toSorted((a, b) => Math.abs(b.ahead) - Math.abs(a.ahead))
    if (!worst) return ok('nobody to compare it with')
    const seconds = Math.round(Math.abs(worst.ahead) / 1_000)
    if (Math.abs(worst.ahead) <= clockTolerance) return ok(`as that of ${worst.whose}`)
    return warn(`${seconds} s ${worst.ahead > 0 ? 'behind' : 'ahead of'} that of ${worst.whose}; set it by NTP`)
  }
}

export function within (signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(patience)])
}

/** The header has whole seconds. */
function noteClock (response: Response, whose: string, clocks: Examined['clocks']): void {
  const date = Date.parse(response.headers.get('date') ?? '')
  if (!Number.isNaN(date)) clocks.push({ whose, ahead: date + 500 - Date.now() })
}

export function reasonOf (error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error ? (cause as NodeJS.ErrnoException).code ?? cause.message : message
}
