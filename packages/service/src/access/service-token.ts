import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newSecret, workerTokenOf } from './secret.ts'

const serviceFile = 'service-token'
const workerFile = 'worker-token'

/** What the parts of Cortex know each other by where the setting does not say: made once in the data folder they share, for its owner's eyes. */
export function keepServiceToken (home: string): string {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const token = makeOrRead(join(home, serviceFile), newSecret())
  writeFileSync(join(home, workerFile), `${workerTokenOf(token)}\n`, { mode: 0o600 })
  return token
}

/** The token for workers that `keepServiceToken` left in the data folder; undefined when there is none. */
export function readWorkerToken (home: string): string | undefined {
  try {
    return readFileSync(join(home, workerFile), 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Two processes that start at once agree: the file is made by one of them. */
function makeOrRead (path: string, token: string): string {
  try {
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' })
    return token
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readFileSync(path, 'utf8').trim()
  }
}
