import { useCallback, useRef, useSyncExternalStore } from 'react'

export interface Store<State> {
  get (): State
  /** Changes the state; listeners hear of it at once, and only when something is different. */
  set (change: Partial<State> | ((state: State) => Partial<State>)): void
  subscribe (listener: () => void): () => void
}

export function createStore<State extends object> (initial: State): Store<State> {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set (change) {
      const part = typeof change === 'function' ? change(state) : change
      const keys = Object.keys(part) as Array<keyof State>
      if (keys.every((key) => Object.is(state[key], part[key]))) return
      state = { ...state, ...part }
      for (const listener of listeners) listener()
    },
    subscribe (listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

/**
 * Reads a part of a store and renders again when that part changes. `same` keeps the last value for selectors that build a new
 * object each time.
 */
export function useStore<State extends object, Part> (store: Store<State>, select: (state: State) => Part, same: (a: Part, b: Part) => boolean = Object.is): Part {
  const last = useRef<{ part: Part } | null>(null)
  const read = useCallback(() => {
    const part = select(store.get())
    if (last.current && same(last.current.part, part)) return last.current.part
    last.current = { part }
    return part
  }, [store, select, same])
  return useSyncExternalStore(store.subscribe, read)
}

/** Equality for lists and records whose members keep their identity while they do not change. */
export function shallowEqual (a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => Object.is(one[key], other[key]))
}
