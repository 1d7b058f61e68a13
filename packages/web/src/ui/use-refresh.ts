import { useEffect } from 'react'

/** Looks again every `ms` while somebody can see it: for screens that have no stream of their own. */
export function useRefresh (reload: () => void, ms: number): void {
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) reload() }, ms)
    return () => clearInterval(timer)
  }, [reload, ms])
}
