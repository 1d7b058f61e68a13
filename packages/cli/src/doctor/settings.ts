import { ok, warn, type Check } from './check.ts'

/** Read by parts that run by themselves, by the command line and by nobody. */
const others = ['CORTEX_URL', 'CORTEX_TOKEN', 'CORTEX_AGENT_ID', 'CORTEX_MODEL_KIND']

export const settings: Check = {
  name: 'settings',
  async examine ({ config, env }) {
    const [{ readDefinitions }, { StandaloneConfig }, { readPrices }] = await Promise.all([import('@cortex/agents/look'), import('@cortex/standalone/config'), import('@cortex/service')])
    await readDefinitions({ policy: config.CORTEX_POLICY, toolkits: config.CORTEX_TOOLKITS }, env)
    readPrices(config.CORTEX_PRICES)
    const known = [...Object.keys(StandaloneConfig.properties), ...others]
    const given = Object.keys(env).filter((name) => name.startsWith('CORTEX_') && env[name] !== '')
    const unknown = given.filter((name) => !known.includes(name))
    if (config.ARCHIVE_RETENTION < config.TASK_RETENTION) throw new Error(`ARCHIVE_RETENTION (${config.ARCHIVE_RETENTION} days) is shorter than TASK_RETENTION (${config.TASK_RETENTION}); make it at least as long`)
    if (unknown.length > 0) return warn(`${unknown.join(', ')} ${unknown.length === 1 ? 'is no setting' : 'are no settings'} and has no effect; see docs/configuration.md for the names`)
    return ok(config.CORTEX_POLICY === undefined ? 'the standard policy: every change asks a person' : `policy ${config.CORTEX_POLICY}`)
  }
}
