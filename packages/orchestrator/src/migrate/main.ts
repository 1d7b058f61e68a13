import { createLogger, readConfig, tellFailure } from '@cortex/service'
import { OrchestratorConfig } from '../config.ts'
import { DatabaseUnnamed } from '../errors.ts'
import { migrateDatabase } from './migrate-database.ts'

// Before a new version rolls out, so that it is known to fit the database while the old one still serves. A start does the same by itself.
const logger = createLogger({ level: 'info', name: 'migrate' })
try {
  const config = readConfig(OrchestratorConfig, process.env)
  logger.level = config.LOG_LEVEL
  if (config.DATABASE_URL === undefined) throw new DatabaseUnnamed()
  logger.info({ version: await migrateDatabase(config.DATABASE_URL, logger) }, 'the schema is up to date')
} catch (error) {
  tellFailure(logger, error)
}
