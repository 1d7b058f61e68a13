import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkAddress, checkFolder, checkGuarded, checkKey, checkRestored, readPrices, readSignIn, readUsers, storeVersion, type StartCheck } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { chatModelOf, type ChatConfig } from './config.ts'
import { PageMissing, ServiceTokenRefused, StoreTooNew } from './errors.ts'
import { keyless } from './keyless.ts'
import { OrchestratorClient } from './orchestrator-client.ts'
import { schemaVersion } from './store/sqlite/migrations.ts'

type Checked = Parameters<typeof readSignIn>[0] & Pick<ChatConfig, 'HOST' | 'PORT' | 'CORTEX_HOME' | 'DATABASE_URL' | 'CORTEX_PRICES' | 'ANTHROPIC_BASE_URL'> & Partial<Pick<ChatConfig, 'ANTHROPIC_API_KEY' | 'WEB_ROOT' | 'CORTEX_MODEL' | 'CORTEX_MODEL_KIND'>>

/** Milliseconds a start waits for the orchestrator to say whether it knows us. */
const patience = 5_000

/**
 * Whether the chat can start with these settings, as far as that is known before anything is made or changed.
 * They throw CTX_CONFIG_INVALID, CTX_SIGN_IN_MISSING, CTX_USERS_INVALID, CTX_PRICES_INVALID, CTX_PAGE_MISSING, CTX_FOLDER_UNUSABLE, CTX_RESTORE_UNFINISHED, CTX_STORE_TOO_NEW, CTX_STORE_UNREADABLE, CTX_DATABASE_UNUSABLE, CTX_ADDRESS_UNUSABLE, CTX_KEY_REFUSED.
 */
export function chatChecks (config: Checked, logger: FastifyBaseLogger): StartCheck[] {
  const { HOST: host, CORTEX_USERS: usersFile, WEB_ROOT: webRoot, ANTHROPIC_API_KEY: apiKey } = config
  const home = resolve(config.CORTEX_HOME)
  return [
    { about: 'sign-in', examine: () => checkGuarded(host, readSignIn(config, host) !== null) },
    ...usersFile === undefined ? [] : [{ about: 'sign-in' as const, examine: () => readUsers(usersFile) }],
    { about: 'settings', examine: () => { if (config.CORTEX_MODEL_KIND !== undefined) chatModelOf(config.CORTEX_MODEL_KIND, config) } },
    { about: 'settings', examine: () => readPrices(config.CORTEX_PRICES) },
    ...webRoot === undefined ? [] : [{ about: 'settings' as const, examine: () => { if (!existsSync(join(webRoot, 'index.html'))) throw new PageMissing(webRoot) } }],
    { about: 'data folder', examine: () => checkFolder(home, 'CORTEX_HOME') },
    { about: 'data folder', examine: () => checkRestored(home) },
    { about: 'store', examine: () => checkStore(home, config.DATABASE_URL) },
    { about: 'ports', examine: () => checkAddress({ host, port: config.PORT }, 'PORT') },
    ...apiKey === undefined || apiKey === keyless ? [] : [{ about: 'key' as const, examine: () => checkKey({ apiKey, baseUrl: config.ANTHROPIC_BASE_URL }, logger) }]
  ]
}

async function checkStore (home: string, databaseUrl: string | undefined): Promise<void> {
  if (databaseUrl !== undefined) {
    await (await import('./store/postgres/look-at-database.ts')).lookAtDatabase(databaseUrl)
    return
  }
  const version = storeVersion(join(home, 'chat.db'))
  if (version > schemaVersion) throw new StoreTooNew(version, schemaVersion)
}

/**
 * Whether the orchestrator takes the chat for the chat. One that is away, or is only starting, says nothing of it: then readiness tells.
 * @throws CTX_SERVICE_TOKEN_REFUSED
 */
export async function checkServiceToken (orchestratorUrl: string, serviceToken: string | undefined): Promise<void> {
  try {
    await new OrchestratorClient(orchestratorUrl, serviceToken).introduce(AbortSignal.timeout(patience))
  } catch (error) {
    if (error instanceof ServiceTokenRefused) throw error
  }
}
