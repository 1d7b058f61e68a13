import type { Static, TObject } from '@sinclair/typebox'
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { readConfig } from './config.ts'
import { createLogger, type LogLevel } from './logger.ts'
import { openFolderFault } from './own-files.ts'

/** What a process does at its end takes at most this long, then it is ended. Milliseconds. */
const drainLimit = 9_500

export interface ProcessOptions<Settings extends TObject> {
  /** In its log. */
  name: string
  settings: Settings
  env: NodeJS.ProcessEnv
  redactLine?: (line: string) => string
}

/** Reads a process's settings and runs it with them, as `runProcess` does. */
export async function runWithSettings<Settings extends TObject> ({ name, settings, env, redactLine }: ProcessOptions<Settings>, start: (config: Static<Settings> & { LOG_LEVEL: LogLevel }, logger: Logger) => Promise<{ close: () => Promise<void> }>): Promise<void> {
  const logger = createLogger({ level: 'info', name, ...(redactLine && { redactLine }) })
  await runProcess(logger, async () => {
    const config = readConfig(settings, env) as Static<Settings> & { LOG_LEVEL: LogLevel }
    logger.level = config.LOG_LEVEL
    const fault = typeof config['CORTEX_HOME'] === 'string' ? openFolderFault(config['CORTEX_HOME']) : undefined
    if (fault !== undefined) logger.warn({ folder: config['CORTEX_HOME'] }, fault)
    return await start(config, logger)
  })
}

/**
 * Starts a process's work and ends it once, on SIGTERM, SIGINT, the death of a parent that gave it a channel, or an error nobody caught. Exit code 0
 * after a clean end.
 * A signal that comes during the start is heeded when the start is done. A start that fails is told in one log line with its code.
 */
export async function runProcess (logger: Logger, start: () => Promise<{ close: () => Promise<void> }>): Promise<void> {
  const starting = start()
  const grace = closeWithGrace({ delay: drainLimit, logger: { error: (message: unknown) => logger.error(String(message)) } }, async ({ signal, err }) => {
    if (err) logger.fatal({ err }, 'ended by an error nobody caught')
    else logger.info({ signal }, 'stopping')
    const running = await starting.catch(() => null)
    await running?.close()
    logger.info('stopped')
  })
  if (process.channel) {
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
    // Nothing is ever said on it, so it keeps nothing alive.
    process.channel.unref()
  }
  try {
    await starting
  } catch (error) {
    grace.uninstall()
    tellFailure(logger, error)
    // Whatever had been opened before the failure must not keep a process that serves nothing.
    setTimeout(() => process.exit(1), 1_000).unref()
  }
}

/** The last line of a process that cannot do its work, with exit code 1. An error with a code of ours says what to change, and where it was thrown is nobody's business. */
export function tellFailure (logger: Logger, error: unknown): void {
  process.exitCode = 1
  const { code, message = 'the start failed' } = error as { code?: unknown, message?: string }
  const expected = typeof code === 'string' && code.startsWith('CTX_')
  // Also where nothing else is logged: without a reason nobody could mend it.
  if (logger.level === 'silent') logger.level = 'fatal'
  logger.fatal(expected ? { code } : { err: error }, message)
}
