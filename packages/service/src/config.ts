import type { Static, TObject } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import { ConfigError, describeFaults } from './errors.ts'
import { unknownSettings } from './unknown-settings.ts'
import { describeSchemaErrors } from './validation.ts'

/**
 * Reads settings from the environment, once, before the app exists. A variable that is set but empty counts as not set; one that begins like ours and is
 * no setting of any part is refused.
 * @throws CTX_CONFIG_INVALID naming every variable at fault
 */
export function readConfig<T extends TObject> (schema: T, env: NodeJS.ProcessEnv): Static<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const faults = unknownSettings(given)
  const config: Record<string, unknown> = { ...given }
  const read = new Ajv({ allErrors: true, removeAdditional: true, useDefaults: true, coerceTypes: true, allowUnionTypes: true, validateSchema: false, formats: { 'http-url': isHttpUrl } })
    .compile<Static<T>>({ ...schema, additionalProperties: false })
  if (!read(config)) faults.push(...describeSchemaErrors(read.errors ?? [], ''))
  else if (faults.length === 0) return config
  throw new ConfigError(describeFaults(faults))
}

function isHttpUrl (text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
