import { ok, type Check } from './check.ts'

export const settings: Check = {
  name: 'settings',
  async examine ({ config, env }) {
    const [{ readDefinitions }, { readPrices }] = await Promise.all([import('@cortex/agents/look'), import('@cortex/service')])
    await readDefinitions({ policy: config.CORTEX_POLICY, toolkits: config.CORTEX_TOOLKITS }, env)
    readPrices(config.CORTEX_PRICES)
    if (config.ARCHIVE_RETENTION < config.TASK_RETENTION) throw new Error(`ARCHIVE_RETENTION (${config.ARCHIVE_RETENTION} days) is shorter than TASK_RETENTION (${config.TASK_RETENTION}); make it at least as long`)
    return ok(config.CORTEX_POLICY === undefined ? 'the standard policy: every change asks a person' : `policy ${config.CORTEX_POLICY}`)
  }
}
