import { texts } from '../texts.ts'
import { useLate } from './use-late.ts'

/** Sooner than this nobody notices a wait, and a flash is worse than nothing. */
const patienceMs = 300

export function Skeleton ({ className = '' }: { className?: string }) {
  const late = useLate(patienceMs)
  return (
    <div className={className} aria-busy>
      {late && (
        <div role='status' className='flex animate-pulse flex-col gap-3'>
          <span className='sr-only'>{texts.screens.loading}</span>
          {['w-3/4', 'w-full', 'w-5/6', 'w-2/3'].map((width) => <div key={width} className={`h-4 rounded bg-line ${width}`} />)}
        </div>
      )}
    </div>
  )
}
