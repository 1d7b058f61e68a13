import type { ReactNode } from 'react'

/** The frame of the screens beside the conversation. */
export function Screen ({ text, children }: { text?: string, children: ReactNode }) {
  return (
    <main tabIndex={-1} className='outline-offset-[-2px] min-h-0 flex-1 overflow-y-auto bg-board'>
      <div className='mx-auto flex max-w-5xl flex-col gap-4 p-6 max-lg:p-4'>
        {text && <p className='text-muted'>{text}</p>}
        {children}
      </div>
    </main>
  )
}

/** Characters of a search that are taken. */
export const longestSearch = 200

export const fieldClass = 'h-9 min-w-0 rounded-lg border border-edge bg-surface px-2.5 text-sm max-lg:h-11'
