import { lazy, Suspense } from 'react'
import { usePageState } from './app-context.ts'
import { BoardPane } from './board/board-pane.tsx'
import { ChatPane } from './chat/chat-pane.tsx'
import { TaskDrawer } from './drawer/task-drawer.tsx'
import { MissingScreen } from './screens/missing-screen.tsx'
import { Announcer } from './shell/announcer.tsx'
import { ConnectionBanner } from './shell/connection-pill.tsx'
import { KeysDialog } from './shell/keys-dialog.tsx'
import { Palette } from './shell/palette.tsx'
import { PlannerBanner } from './shell/planner-banner.tsx'
import { Rail } from './shell/rail.tsx'
import { Tabs } from './shell/tabs.tsx'
import { TopBar } from './shell/top-bar.tsx'
import { useFocusKept } from './shell/use-focus-kept.ts'
import { useKeys } from './shell/use-keys.ts'
import { useTabTitle } from './shell/use-page-title.ts'
import { useAppliedTheme } from './shell/use-theme.ts'
import { SignInScreen } from './sign-in/sign-in-screen.tsx'
import { isCalm } from './state/page-state.ts'
import { Timeline } from './timeline/timeline.tsx'
import { TimelinePane } from './timeline/timeline-pane.tsx'
import { ErrorBoundary } from './ui/error-boundary.tsx'
import { Skeleton } from './ui/skeleton.tsx'
import { useDesktop } from './ui/use-media.ts'

/** Nothing of these is needed to open a conversation. */
const screens = {
  approvals: lazy(async () => ({ default: (await import('./approvals/approvals-screen.tsx')).ApprovalsScreen })),
  tasks: lazy(async () => ({ default: (await import('./screens/tasks-screen.tsx')).TasksScreen })),
  history: lazy(async () => ({ default: (await import('./screens/history-screen.tsx')).HistoryScreen })),
  settings: lazy(async () => ({ default: (await import('./screens/settings-screen.tsx')).SettingsScreen }))
} as const

export function App () {
  useAppliedTheme()
  useTabTitle()
  useKeys()
  useFocusKept()
  const screen = usePageState(({ route }) => route.screen)
  const taskId = usePageState(({ route }) => route.taskId)
  const overlay = usePageState((state) => state.overlay)
  const calm = usePageState(isCalm)
  const signedOut = usePageState(({ connection }) => connection.kind === 'signed-out')
  if (signedOut) return <SignInScreen />
  return (
    <div data-calm={calm || undefined} className='flex h-full'>
      <Rail />
      <div className='flex min-w-0 flex-1 flex-col'>
        <TopBar />
        <ConnectionBanner />
        <PlannerBanner />
        <div className='relative flex min-h-0 flex-1 flex-col'>
          {screen === 'missing' ? <MissingScreen page /> : screen === 'chat' ? <ConversationScreen /> : <OtherScreen screen={screen} />}
          {taskId !== null && <TaskDrawer id={taskId} />}
        </div>
        {screen === 'chat' && <Tabs />}
      </div>
      {overlay === 'palette' && <Palette />}
      {overlay === 'keys' && <KeysDialog />}
      <Announcer />
    </div>
  )
}

function OtherScreen ({ screen }: { screen: keyof typeof screens }) {
  const Screen = screens[screen]
  return <ErrorBoundary key={screen}><Suspense fallback={<main tabIndex={-1} className='flex min-h-0 flex-1 flex-col outline-offset-[-2px]'><Skeleton className='flex-1 bg-board p-6' /></main>}><Screen /></Suspense></ErrorBoundary>
}

function ConversationScreen () {
  const desktop = useDesktop()
  const tab = usePageState((state) => state.tab)
  const covered = usePageState(({ route }) => route.taskId !== null)
  const missing = usePageState(({ connection, conversation }) => connection.kind === 'missing' && !conversation)
  if (missing) return <MissingScreen />
  if (desktop) {
    return (
      <main tabIndex={-1} className='flex min-h-0 flex-1 outline-offset-[-2px]'>
        <div className='w-[29vw] min-w-80 shrink-0 border-e border-line'><ChatPane /></div>
        <div className='flex min-w-0 flex-1 flex-col bg-board'>
          <BoardPane />
          <TimelinePane />
        </div>
      </main>
    )
  }
  // On a phone the drawer covers everything: what is under it is out of reach until it closes.
  return (
    <main tabIndex={-1} inert={covered} className='outline-offset-[-2px] flex min-h-0 flex-1 flex-col bg-board'>
      {tab === 'chat' && <ChatPane />}
      {tab === 'tasks' && <BoardPane />}
      {tab === 'timeline' && <section className='flex min-h-0 flex-1 flex-col bg-surface'><Timeline /></section>}
    </main>
  )
}
