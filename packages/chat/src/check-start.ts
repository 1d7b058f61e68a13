import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkAddress, checkFolder, checkGuarded, checkKey, readPrices, readSignIn, readUsers, storeVersion } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { chatModelOf, keyless, type ChatConfig } from './config.ts'
import { PageMissing, StoreTooNew } from './errors.ts'
import { schemaVersion } from './store/sqlite/migrations.ts'

type Checked = Parameters<typeof readSignIn>[0] & Pick<ChatConfig, 'HOST' | 'PORT' | 'CORTEX_HOME' | 'DATABASE_URL' | 'CORTEX_PRICES' | 'ANTHROPIC_BASE_URL'> & Partial<Pick<ChatConfig, 'ANTHROPIC_API_KEY' | 'WEB_ROOT' | 'CORTEX_MODEL' | 'CORTEX_MODEL_KIND'>>

/**
 * Whether the chat can start with these settings, as far as that is known before anything is made or changed.
 * @throws CTX_CONFIG_INVALID, CTX_SIGN_IN_MISSING, CTX_USERS_INVALID, CTX_PRICES_INVALID, CTX_PAGE_MISSING, CTX_FOLDER_UNUSABLE, CTX_STORE_TOO_NEW, CTX_STORE_UNREADABLE, CTX_DATABASE_UNUSABLE, CTX_ADDRESS_UNUSABLE, CTX_KEY_REFUSED
 */
export async function checkChat (config: Checked, logger: FastifyBaseLogger): Promise<void> {
  const { HOST: host, CORTEX_USERS: usersFile, WEB_ROOT: webRoot, ANTHROPIC_API_KEY: apiKey } = config
  checkGuarded(host, readSignIn(config, host) !== null)
  if (config.CORTEX_MODEL_KIND !== undefined) chatModelOf(config.CORTEX_MODEL_KIND, config)
  if (usersFile !== undefined) readUsers(usersFile)
  readPrices(config.CORTEX_PRICES)
  if (webRoot !== undefined && !existsSync(join(webRoot, 'index.html'))) throw new PageMissing(webRoot)
  const home = resolve(config.CORTEX_HOME)
  checkFolder(home, 'CORTEX_HOME')
  if (config.DATABASE_URL === undefined) {
    const version = storeVersion(join(home, 'chat.db'))
    if (version > schemaVersion) throw new StoreTooNew(version, schemaVersion)
  } else await (await import('./store/postgres/look-at-database.ts')).lookAtDatabase(config.DATABASE_URL)
  await checkAddress({ host, port: config.PORT }, 'PORT')
  if (apiKey !== undefined && apiKey !== keyless) await checkKey({ apiKey, baseUrl: config.ANTHROPIC_BASE_URL }, logger)
}
