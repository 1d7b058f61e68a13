import { SearchX } from 'lucide-react'
import { useNewConversation } from '../shell/use-new-conversation.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'

/** Nothing is at this address: no conversation, or no page at all. */
export function MissingScreen ({ page = false }: { page?: boolean }) {
  const begin = useNewConversation()
  return (
    <main tabIndex={-1} className='outline-offset-[-2px] grid min-h-0 flex-1 place-items-center bg-board p-6'>
      <div className='flex max-w-80 flex-col items-center gap-2 text-center'>
        <SearchX size={28} className='text-muted' aria-hidden />
        <h2 className='font-semibold'>{page ? texts.connection.pageMissingTitle : texts.connection.missingTitle}</h2>
        <p className='text-muted'>{page ? texts.connection.pageMissingText : texts.connection.missingText}</p>
        <Button tone='primary' onClick={begin}>{texts.rail.new}</Button>
      </div>
    </main>
  )
}
