import type { Static, TObject } from '@sinclair/typebox'
import { envSchema } from 'env-schema'
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
  try {
    const config = envSchema<Static<T>>({ schema: structuredClone(schema), data: given, env: false, ajv: { customOptions: (ajv) => ajv.addFormat('http-url', isHttpUrl) } })
    if (faults.length === 0) return config
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error
    faults.push(...describeSchemaErrors(error.errors as never, ''))
  }
  throw new ConfigError(describeFaults(faults))
}

function isHttpUrl (text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
