import type { Approval } from '@cortex/contracts'
import { ShieldQuestionMark } from 'lucide-react'
import { texts } from '../texts.ts'
import { showHidden } from '../ui/visible-text.ts'
import { DiffView } from './diff-view.tsx'

/** What is asked, in a line, and how far it reaches. In a drawer the task's title stands above it. */
export function ChangeSetHeading ({ approval: { summary, risk, changes }, as: Heading = 'h3' }: { approval: Approval, as?: 'h2' | 'h3' }) {
  return (
    <header className='flex items-start gap-2.5'>
      <ShieldQuestionMark size={18} className='mt-0.5 shrink-0 text-asking' aria-hidden />
      <div className='min-w-0'>
        <Heading dir='auto' className='text-page font-medium break-words'>{showHidden(summary)}</Heading>
        <p className='text-sm text-muted'>{texts.approval.changes(changes.length)} · <span className={risk === 'high' ? 'font-medium text-failed' : ''}>{texts.approval.risk[risk]}</span></p>
      </div>
    </header>
  )
}

/** Every change whole, and what the dry run said. */
export function ChangeSetBody ({ approval: { changes, dry_run: dryRun } }: { approval: Approval }) {
  const isMixed = new Set(changes.map(({ risk }) => risk)).size > 1
  return (
    <>
      {changes.map((change, index) => <DiffView key={index} change={change} tellsRisk={isMixed} />)}
      {dryRun !== '' && (
        <div className='rounded-lg border border-line bg-inset px-3 py-2'>
          <p className='text-xs text-muted'>{texts.approval.dryRun}</p>
          <p dir='ltr' className='font-mono text-xs leading-5 break-words whitespace-pre-wrap [overflow-wrap:anywhere]'>{showHidden(dryRun)}</p>
        </div>
      )}
    </>
  )
}

/** The name that is typed where a change reaches far: a press alone does not approve it. */
export function ConfirmField ({ name, value, onChange }: { name: string, value: string, onChange: (value: string) => void }) {
  return (
    <label className='flex flex-col gap-1 text-sm font-medium'>
      {texts.approval.confirm(showHidden(name))}
      <input type='text' dir='ltr' value={value} autoComplete='off' spellCheck={false} onChange={(event) => onChange(event.target.value)} className='rounded-lg border border-edge bg-surface px-2.5 py-1.5 font-mono font-normal max-lg:text-[1rem]' />
    </label>
  )
}
