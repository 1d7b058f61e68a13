import { useEffect, useState } from 'react'

/** True from `ms` after the component came in: what is over sooner is not worth showing. */
export function useLate (ms: number): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return late
}
