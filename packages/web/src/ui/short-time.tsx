import { locale } from '../texts.ts'

const hour = { hour: '2-digit', minute: '2-digit' } as const
const formats = new Map<object, Intl.DateTimeFormat>()
const day = { day: 'numeric', month: 'short', ...hour } as const

/** Making a format is slow and a screen shows hundreds of times. */
function formatOf (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const format = formats.get(options) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(options, format)
  return format
}

/** Hours and minutes, with the day when it was another one. */
export function ShortTime ({ at, className = '' }: { at: string, className?: string }) {
  const time = new Date(at)
  const format = formatOf(time.toDateString() === new Date().toDateString() ? hour : day)
  return <time dateTime={at} className={className}>{format.format(time)}</time>
}
