import { ok, type Check } from './check.ts'

export const settings: Check = {
  name: 'settings',
  async examine ({ config }) {
    return ok(config.CORTEX_POLICY === undefined ? 'the standard policy: every change asks a person' : `policy ${config.CORTEX_POLICY}`)
  }
}
