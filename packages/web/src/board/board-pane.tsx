import { Bot, LayoutGrid, Workflow } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { tasksOf } from '../state/page-state.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useDesktop } from '../ui/use-media.ts'
import { Board, TaskList } from './board.tsx'
import { NeedsYou } from './needs-you.tsx'
import { StatusBar, StatusChips } from './status-chips.tsx'

const Graph = lazy(() => import('./graph.tsx'))

export function BoardPane () {
  const desktop = useDesktop()
  const empty = usePageState((state) => tasksOf(state).size === 0)
  const view = usePageState((state) => state.boardView)
  if (empty) return <NoTasks />
  return (
    <section aria-label={texts.board.label} tabIndex={-1} className='outline-offset-[-2px] flex min-h-0 flex-1 flex-col gap-2.5 overflow-auto px-4 py-3'>
      {desktop && <div className='sticky start-0 flex items-center gap-3'><StatusBar /><StatusChips /><ViewSwitch /></div>}
      <div className='sticky start-0'><NeedsYou /></div>
      {!desktop && <StatusChips />}
      <NoneLike />
      {!desktop ? <TaskList /> : view === 'board' ? <Board /> : <ErrorBoundary><Suspense fallback={<Skeleton className='p-4' />}><Graph /></Suspense></ErrorBoundary>}
    </section>
  )
}

function NoTasks () {
  const loading = usePageState(({ conversation, route }) => route.conversationId !== null && !conversation)
  if (loading) return <Skeleton className='flex-1 p-6' />
  return (
    <section aria-label={texts.board.label} className='grid min-h-0 flex-1 place-items-center p-6'>
      <div className='flex max-w-80 flex-col items-center text-center'>
        <Bot size={28} className='mb-1.5 text-muted' aria-hidden />
        <h2 className='font-semibold'>{texts.board.emptyTitle}</h2>
        <p className='text-muted'>{texts.board.emptyText}</p>
      </div>
    </section>
  )
}

function NoneLike () {
  const { store } = usePage()
  const none = usePageState((state) => state.filter !== null && ![...tasksOf(state).values()].some(({ status }) => status === state.filter))
  if (!none) return null
  return (
    <p className='flex flex-wrap items-center gap-2 text-sm text-muted'>
      {texts.board.noneLike}
      <Button tone='ghost' onClick={() => store.set({ filter: null })}>{texts.board.showAll}</Button>
    </p>
  )
}

function ViewSwitch () {
  const { store } = usePage()
  const view = usePageState((state) => state.boardView)
  const choices = [['board', texts.board.board, LayoutGrid], ['graph', texts.board.graph, Workflow]] as const
  return (
    <div role='group' aria-label={texts.board.views} className='ms-auto flex shrink-0 rounded-lg border border-line bg-board p-px'>
      {choices.map(([choice, label, Icon]) => (
        <button
          key={choice}
          type='button'
          aria-pressed={view === choice}
          onClick={() => store.set({ boardView: choice })}
          className={`flex min-h-7 items-center gap-2 rounded-md px-2.5 text-sm ${view === choice ? 'bg-raised font-medium ring-1 ring-line' : 'text-muted hover:text-text'}`}
        >
          <Icon size={14} aria-hidden />
          {label}
        </button>
      ))}
    </div>
  )
}
