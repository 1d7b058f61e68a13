import { useCallback, useEffect, useState } from 'react'
import { usePage } from '../app-context.ts'
import { wordsFor } from '../state/commands.ts'

export interface Loaded<Value> {
  /** The newest answer; an older one stays in sight while the next is under way. */
  readonly value: Value | null
  /** Why it could not be loaded, in words. */
  readonly error: string | null
  reload (): void
}

/** So that typing asks once, not once a letter. */
const settleMs = 150

/** Reads something from the server whenever its path changes; null reads nothing. */
export function useLoad<Value> (path: string | null): Loaded<Value> {
  const { api } = usePage()
  const [loaded, setLoaded] = useState<{ value: Value | null, error: string | null }>({ value: null, error: null })
  const [turn, setTurn] = useState(0)

  useEffect(() => {
    if (path === null) {
      setLoaded({ value: null, error: null })
      return
    }
    const gone = new AbortController()
    const timer = setTimeout(() => {
      api.get<Value>(path, gone.signal).then(
        (value) => setLoaded({ value, error: null }),
        (error: unknown) => { if (!gone.signal.aborted) setLoaded(({ value }) => ({ value, error: wordsFor(error) })) }
      )
    }, settleMs)
    return () => {
      clearTimeout(timer)
      gone.abort()
    }
  }, [api, path, turn])

  return { ...loaded, reload: useCallback(() => setTurn((last) => last + 1), []) }
}
