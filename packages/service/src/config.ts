import type { Static, TObject } from '@sinclair/typebox'
import { envSchema } from 'env-schema'
import { ConfigError, describeFaults } from './errors.ts'
import { unknownSettings } from './unknown-settings.ts'
import { describeSchemaErrors } from './validation.ts'

/** Variables that other programs read as well, by whose conventions an empty one counts as not set. */
const ofOthers = /^(ANTHROPIC|KUBE|OTEL)/

/**
 * Reads settings from the environment, once, before the app exists. A setting that is there and empty is refused, for nobody can tell whether it was meant to
 * be left out; so is a variable that begins like ours and is no setting of any part.
 * @throws CTX_CONFIG_INVALID naming every variable at fault
 */
export function readConfig<T extends TObject> (schema: T, env: NodeJS.ProcessEnv): Static<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const empty = Object.keys(schema.properties).filter((name) => env[name] === '' && !ofOthers.test(name))
  const faults = [...unknownSettings(given), ...empty.map((field) => ({ field, message: 'is empty; leave it out or give a value' }))]
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
