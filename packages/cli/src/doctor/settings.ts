import { ok, warn, type Check } from './check.ts'

export const settings: Check = {
  name: 'settings',
  async examine ({ config }) {
    const { settingsForNothing } = await import('@cortex/standalone/check')
    const idle = settingsForNothing(config)
    if (idle.length > 0) return warn(idle.join('; '))
    return ok(config.CORTEX_POLICY === undefined ? 'the standard policy: every change asks a person' : `policy ${config.CORTEX_POLICY}`)
  }
}
