import type { LogLine } from '@cortex/contracts'
import { useEffect, useRef, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { showLogLine } from '../ui/visible-text.ts'

/** Lines drawn at first; the rest on request. */
const firstShown = 500

/** A task's log from its first line on, also from before the page was open, and on as it grows. */
export function LogView ({ taskId }: { taskId: string }) {
  const { logs } = usePage()
  const log = usePageState((state) => state.logs.get(taskId))
  const [filter, setFilter] = useState('')
  const [following, setFollowing] = useState(true)
  const [limit, setLimit] = useState(firstShown)
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    logs.open(taskId)
    return () => logs.close(taskId)
  }, [logs, taskId])

  const numbered = (log?.lines ?? []).map((line, index) => ({ line, number: index + 1 }))
  const matching = filter === '' ? numbered : numbered.filter(({ line }) => line.message.toLowerCase().includes(filter.toLowerCase()))
  const hidden = Math.max(0, matching.length - limit)
  const count = matching.length
  useEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [following, count])

  return (
    <section aria-label={texts.drawer.log} className='flex flex-col gap-1.5'>
      <div className='flex items-center gap-2'>
        <h3 className='me-auto font-semibold'>{texts.drawer.log}</h3>
        <input type='search' value={filter} placeholder={texts.drawer.filter} aria-label={texts.drawer.filterLog} onChange={(event) => setFilter(event.target.value)} className='h-8 w-32 min-w-0 rounded-lg border border-edge bg-surface px-2 text-sm max-lg:h-11' />
        <Button tone='ghost' aria-pressed={following} onClick={() => setFollowing(!following)}>{following ? texts.drawer.following : texts.drawer.follow}</Button>
      </div>
      <div
        ref={box}
        tabIndex={0}
        role='group'
        aria-label={texts.drawer.log}
        // Scrolling up to read is how following ends.
        onWheel={(event) => { if (event.deltaY < 0) setFollowing(false) }}
        dir='ltr'
        className='max-h-96 overflow-y-auto rounded-lg border border-line bg-inset py-1.5 font-mono text-xs leading-[1.2rem]'
      >
        {hidden > 0 && <Button tone='ghost' className='ms-2' onClick={() => { setFollowing(false); setLimit(limit + 5_000) }}>{texts.drawer.earlierLines(hidden)}</Button>}
        {matching.slice(hidden).map(({ line, number }) => <Line key={number} line={line} number={number} split={numbered[number - 2]?.line.attempt !== line.attempt} />)}
        {count === 0 && <p dir='auto' className='px-3 text-muted'>{numbered.length > 0 ? texts.drawer.noMatch : log?.status === 'loading' ? texts.screens.loading : texts.drawer.noLog}</p>}
      </div>
      {log?.status === 'failed' && <Fault text={texts.drawer.logFailed} />}
    </section>
  )
}

const levels: Record<LogLine['level'], string> = { info: '', warn: 'text-asking', error: 'text-failed', output: 'font-semibold' }

function Line ({ line, number, split }: { line: LogLine, number: number, split: boolean }) {
  return (
    <>
      {split && line.attempt > 1 && <p dir='auto' className='mt-1 border-t border-line px-3 pt-1 text-muted'>{texts.drawer.attempt(line.attempt)}</p>}
      <p className='flex gap-3 px-3'>
        <span className='w-6 shrink-0 text-end text-muted select-none'>{number}</span>
        <span title={line.at} className={`min-w-0 break-words whitespace-pre-wrap [overflow-wrap:anywhere] ${levels[line.level]}`}>{showLogLine(line.message)}</span>
      </p>
    </>
  )
}
