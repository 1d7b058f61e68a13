import { CloudOff, LogOut, SearchX, Wifi } from 'lucide-react'
import { useEffect, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { useLate } from '../ui/use-late.ts'

/** Whether what is seen is so now, and when it will be again. */
export function ConnectionPill () {
  const connection = usePageState((state) => state.connection)
  const online = usePageState((state) => state.online)
  const trouble = 'flex shrink-0 items-center gap-1.5 rounded-full bg-asking-soft px-2.5 py-1 text-sm text-asking'
  if (!online) return <span className={trouble}><CloudOff size={14} aria-hidden />{texts.connection.offline}</span>
  switch (connection.kind) {
    case 'live': return <span className='flex shrink-0 items-center gap-1.5 text-sm text-done'><Wifi size={14} aria-hidden />{texts.connection.live}</span>
    case 'connecting': return <span className='shrink-0 text-sm text-muted'>{texts.connection.connecting}</span>
    case 'reconnecting': return <span className={trouble}><CloudOff size={14} aria-hidden /><Countdown until={connection.retryAt} /></span>
    case 'signed-out': return <span className={trouble}><LogOut size={14} aria-hidden />{texts.connection.signedOut}</span>
    case 'missing': return <span className={trouble}><SearchX size={14} aria-hidden />{texts.connection.missing}</span>
  }
}

function Countdown ({ until }: { until: number | null }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  const seconds = until === null ? 0 : Math.ceil((until - now) / 1_000)
  return <span className='tabular-nums'>{seconds < 1 ? texts.connection.reconnecting : texts.connection.reconnectingIn(seconds)}</span>
}

/** What the pill means for the person, across the whole page. */
export function ConnectionBanner () {
  const connection = usePageState((state) => state.connection)
  const online = usePageState((state) => state.online)
  return online && connection.kind !== 'reconnecting' ? null : <LastKnown />
}

/** A server that restarts is back in a moment; a banner that comes and goes with it would only move the page. */
const patienceMs = 1_000

function LastKnown () {
  const { retryNow } = usePage()
  const online = usePageState((state) => state.online)
  if (!useLate(patienceMs)) return null
  return (
    <Banner text={texts.connection.lastKnown}>
      {online && <Button onClick={retryNow}>{texts.connection.tryNow}</Button>}
    </Banner>
  )
}

function Banner ({ text, children }: { text: string, children: React.ReactNode }) {
  return (
    <section aria-label={texts.connection.label} className='flex min-h-9 shrink-0 items-center gap-3 border-b border-line bg-asking-soft px-4 py-1 text-sm'>
      <CloudOff size={15} className='shrink-0 text-asking' aria-hidden />
      <p className='min-w-0 flex-1'>{text}</p>
      {children}
    </section>
  )
}
