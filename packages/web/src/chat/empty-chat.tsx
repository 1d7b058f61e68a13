import { Check } from 'lucide-react'
import { usePage } from '../app-context.ts'
import { texts } from '../texts.ts'

/** What a new conversation shows: three requests that fill the composer. */
export function EmptyChat () {
  const { composer } = usePage()
  return (
    <div className='flex min-h-0 flex-1 flex-col justify-center overflow-y-auto px-4 py-6'>
      <h2 className='text-lg font-semibold'>{texts.chat.emptyTitle}</h2>
      <p className='mt-1 text-muted'>{texts.chat.emptyText}</p>
      <ul className='mt-4 flex flex-col gap-2'>
        {texts.chat.examples.map((example) => (
          <li key={example}>
            <button type='button' onClick={() => composer.fill(example)} className='flex w-full items-center gap-3.5 rounded-xl border border-line px-3 py-2.5 text-start hover:border-edge hover:bg-raised'>
              <Check size={15} className='shrink-0 text-accent' aria-hidden />
              <span className='min-w-0 break-words'>{example}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
