import type { Static, TObject } from '@sinclair/typebox'
import { envSchema } from 'env-schema'
import { ConfigError, describeFaults } from './errors.ts'
import { describeSchemaErrors } from './validation.ts'

/**
 * Reads settings from the environment, once, before the app exists. A variable that is set but empty counts as not set.
 * @throws CTX_CONFIG_INVALID naming every variable at fault
 */
export function readConfig<T extends TObject> (schema: T, env: NodeJS.ProcessEnv): Static<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  try {
    return envSchema<Static<T>>({ schema: structuredClone(schema), data: given, env: false })
  } catch (error) {
    if (error instanceof Error && 'errors' in error) throw new ConfigError(describeFaults(describeSchemaErrors(error.errors as never, '')))
    throw error
  }
}
