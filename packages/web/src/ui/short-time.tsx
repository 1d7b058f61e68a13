const today = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const before = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

/** Hours and minutes, with the day when it was another one. */
export function ShortTime ({ at, className = '' }: { at: string, className?: string }) {
  const time = new Date(at)
  const format = time.toDateString() === new Date().toDateString() ? today : before
  return <time dateTime={at} className={className}>{format.format(time)}</time>
}
