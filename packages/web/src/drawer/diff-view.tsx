import type { Change } from '@cortex/contracts'
import { countDiff, diffLines, isRepeated, type DiffLine } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { showHidden } from '../ui/visible-text.ts'

const colors: Record<DiffLine['kind'], string> = {
  added: 'bg-done-soft text-done',
  removed: 'bg-failed-soft text-failed',
  header: 'text-muted',
  context: ''
}

/** One change, whole: lines wrap and nothing scrolls, so what is approved is what was in sight. */
export function DiffView ({ change: { target, verb, toolkit, risk, diff }, tellsRisk = false }: { change: Change, tellsRisk?: boolean }) {
  const { added, removed } = countDiff(diff)
  const lines = diffLines(diff)
  const repeated = lines.filter((line) => isRepeated(line, target))
  return (
    <figure className='overflow-hidden rounded-lg border border-line bg-inset'>
      <figcaption className='flex flex-wrap items-center gap-x-4 gap-y-0.5 border-b border-line bg-raised px-3 py-1.5 text-xs'>
        <span className='min-w-0 flex-[1_1_12rem]'>
          <span dir='ltr' className='block text-page font-mono [overflow-wrap:anywhere]'>{showHidden(target)}</span>
          <span className='text-muted'>{showHidden(`${texts.approval.verb(verb)} · ${texts.approval.toolkit(toolkit)}`)}</span>
        </span>
        {tellsRisk && risk !== undefined && <span className={risk === 'high' ? 'font-medium text-failed' : 'text-muted'}>{texts.approval.risk[risk]}</span>}
        <span className='flex gap-3'>
          <span className='text-done'>{texts.approval.added(added)}</span>
          <span className='text-failed'>{texts.approval.removed(removed)}</span>
        </span>
      </figcaption>
      <pre dir='ltr' className='py-1.5 font-mono text-xs leading-[1.15rem]'>
        {runsOf(lines.filter((line) => !isRepeated(line, target))).map(({ kind, text }, index) => <code key={index} className={`block px-3 break-words whitespace-pre-wrap [overflow-wrap:anywhere] ${colors[kind]}`}>{showHidden(text)}</code>)}
      </pre>
      {repeated.length > 0 && (
        <details className='border-t border-line px-3 text-xs text-muted'>
          <summary className='flex min-h-6 w-fit items-center max-lg:min-h-11'>{texts.approval.diffHeader}</summary>
          <pre dir='ltr' className='pb-1.5 font-mono break-words whitespace-pre-wrap [overflow-wrap:anywhere]'>{showHidden(repeated.map(({ text }) => text).join('\n'))}</pre>
        </details>
      )}
    </figure>
  )
}

/** Neighbours of one kind become one element: a diff may have ten thousand lines. */
function runsOf (lines: readonly DiffLine[]): DiffLine[] {
  const runs: Array<{ kind: DiffLine['kind'], texts: string[] }> = []
  for (const { kind, text } of lines) {
    const last = runs.at(-1)
    if (last?.kind === kind) last.texts.push(text)
    else runs.push({ kind, texts: [text] })
  }
  return runs.map(({ kind, texts }) => ({ kind, text: texts.join('\n') }))
}
