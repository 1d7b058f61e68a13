import { TriangleAlert } from 'lucide-react'
import { showHidden } from './visible-text.ts'

/** What went wrong, where it went wrong. */
export function Fault ({ text }: { text: string | null }) {
  if (text === null) return null
  return (
    <p role='alert' className='mt-2 flex items-start gap-2 text-sm text-failed'>
      <TriangleAlert size={15} className='mt-0.5 shrink-0' aria-hidden />
      <span dir='auto' className='min-w-0 text-page break-words'>{showHidden(text)}</span>
    </p>
  )
}
