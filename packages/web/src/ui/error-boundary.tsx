import { Component, type ReactNode } from 'react'
import { texts } from '../texts.ts'
import { Button } from './button.tsx'

/** Says so where a part of the page broke, as when a newer version took the place of its files, instead of leaving nothing. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError () {
    return { broken: true }
  }

  override render () {
    if (!this.state.broken) return this.props.children
    return (
      <div role='alert' className='flex flex-col items-center gap-3 p-8 text-center'>
        <p>{texts.errors.page}</p>
        <Button tone='primary' onClick={() => location.reload()}>{texts.errors.reload}</Button>
      </div>
    )
  }
}
