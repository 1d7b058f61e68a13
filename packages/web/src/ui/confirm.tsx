import type { ReactNode } from 'react'
import { texts } from '../texts.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Fault } from './fault.tsx'
import { useTry } from './use-try.ts'

export interface ConfirmProps {
  title: string
  text: string
  yes: string
  no: string
  run: () => Promise<unknown>
  onClose: () => void
  /** Something more to choose. */
  children?: ReactNode
}

/** Asks before something that cannot be taken back, and stays open with the reason when it fails. */
export function Confirm ({ title, text, yes, no, run, onClose, children }: ConfirmProps) {
  const { busy, error, run: attempt } = useTry()
  return (
    <Dialog label={title} onClose={onClose} className='max-w-md'>
      <div className='p-5'>
        <h2 className='text-base font-semibold break-words'>{title}</h2>
        <p className='mt-1 text-sm text-muted'>{text}</p>
        {children}
        <Fault text={error} />
        <div className='mt-4 flex flex-wrap justify-end gap-2'>
          <Button onClick={onClose}>{no}</Button>
          <Button tone='danger' disabled={busy} onClick={() => attempt(async () => { await run(); onClose() })}>{busy ? texts.approval.sending : yes}</Button>
        </div>
      </div>
    </Dialog>
  )
}
