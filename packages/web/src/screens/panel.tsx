import type { ReactNode } from 'react'

/** One group of settings. */
export function Panel ({ title, children }: { title: string, children: ReactNode }) {
  return (
    <section aria-label={title} className='flex flex-col gap-1.5 rounded-xl border border-line bg-surface p-4'>
      <h2 className='font-semibold'>{title}</h2>
      {children}
    </section>
  )
}
