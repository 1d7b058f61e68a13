import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'

/** What a process does at its end takes at most this long, then it is ended. Milliseconds. */
const drainLimit = 9_500

/**
 * Starts a process's work and ends it once, on SIGTERM, SIGINT or an error nobody caught. Exit code 0 after a clean end.
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
  try {
    await starting
  } catch (error) {
    grace.uninstall()
    logger.fatal({ err: error }, error instanceof Error ? error.message : 'start failed')
    process.exitCode = 1
    // Whatever had been opened before the failure must not keep a process that serves nothing.
    setTimeout(() => process.exit(1), 1_000).unref()
  }
}
