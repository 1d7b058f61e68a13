import { useState } from 'react'
import { wordsFor } from '../state/commands.ts'

export interface Try {
  readonly busy: boolean
  /** Why the last one failed, in words. */
  readonly error: string | null
  run (command: () => Promise<unknown>): void
  /** Forgets the failure, once it was read. */
  clear (): void
}

/** Runs a command of a button: one at a time, its failure shown beside the button. */
export function useTry (): Try {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  return {
    busy,
    error,
    clear: () => setError(null),
    run (command) {
      setBusy(true)
      setError(null)
      command().catch((fault: unknown) => setError(wordsFor(fault))).finally(() => setBusy(false))
    }
  }
}
