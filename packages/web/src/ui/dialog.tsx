import { useEffect, useRef, type ReactNode } from 'react'

export interface DialogProps {
  label: string
  onClose: () => void
  className?: string
  children: ReactNode
}

/** A modal dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back. */
export function Dialog ({ label, onClose, className = '', children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => { if (event.target === dialog.current) dialog.current.close() }}
      className={`mx-auto mt-[12vh] w-[min(calc(100vw-2rem),36rem)] overflow-hidden rounded-xl border border-edge bg-surface p-0 shadow-2xl ${className}`}
    >
      {children}
    </dialog>
  )
}
