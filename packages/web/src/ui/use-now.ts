import { usePage } from '../app-context.ts'
import { useStore } from '../state/store.ts'

/** The server's time in ms, anew each second while `running`; a component that shows no running clock is left alone. */
export function useNow (running: boolean): number {
  return useStore(usePage().ticker, ({ now }) => running ? now : 0)
}
