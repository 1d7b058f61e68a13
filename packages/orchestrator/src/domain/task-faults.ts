/** Why a task failed that no worker's word decided: its `error`, never the status of a request. */
export const attemptsExhausted = (losses: number) =>
  ({ code: 'CTX_ATTEMPTS_EXHAUSTED', message: `The worker was lost ${losses} times in a row without getting a step further; the log has what it did last` })
export const dependencyUnknown = (said: string) => ({ code: 'CTX_DEPENDENCY_UNKNOWN', message: said })
export const dependencyCycle = (said: string) => ({ code: 'CTX_DEPENDENCY_CYCLE', message: said })
export const imported = (said: string) => ({ code: 'CTX_IMPORTED', message: said })
