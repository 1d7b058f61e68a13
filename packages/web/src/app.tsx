import { usePageState } from './app-context.ts'
import { BoardPane } from './board/board-pane.tsx'
import { ChatPane } from './chat/chat-pane.tsx'
import { TaskDrawer } from './drawer/task-drawer.tsx'
import { HistoryScreen } from './screens/history-screen.tsx'
import { MissingScreen } from './screens/missing-screen.tsx'
import { SettingsScreen } from './screens/settings-screen.tsx'
import { TasksScreen } from './screens/tasks-screen.tsx'
import { Announcer } from './shell/announcer.tsx'
import { ConnectionBanner } from './shell/connection-pill.tsx'
import { KeysDialog } from './shell/keys-dialog.tsx'
import { Palette } from './shell/palette.tsx'
import { PlannerBanner } from './shell/planner-banner.tsx'
import { Rail } from './shell/rail.tsx'
import { Tabs } from './shell/tabs.tsx'
import { TopBar } from './shell/top-bar.tsx'
import { useKeys } from './shell/use-keys.ts'
import { useTabTitle } from './shell/use-page-title.ts'
import { useAppliedTheme } from './shell/use-theme.ts'
import { SignInScreen } from './sign-in/sign-in-screen.tsx'
import { Timeline } from './timeline/timeline.tsx'
import { TimelinePane } from './timeline/timeline-pane.tsx'
import { useDesktop } from './ui/use-media.ts'

export function App () {
  useAppliedTheme()
  useTabTitle()
  useKeys()
  const screen = usePageState(({ route }) => route.screen)
  const taskId = usePageState(({ route }) => route.taskId)
  const overlay = usePageState((state) => state.overlay)
  const signedOut = usePageState(({ connection }) => connection.kind === 'signed-out')
  if (signedOut) return <SignInScreen />
  return (
    <div className='flex h-full'>
      <Rail />
      <div className='flex min-w-0 flex-1 flex-col'>
        <TopBar />
        <ConnectionBanner />
        <PlannerBanner />
        <div className='relative flex min-h-0 flex-1 flex-col'>
          {screen === 'chat' && <ConversationScreen />}
          {screen === 'tasks' && <TasksScreen />}
          {screen === 'history' && <HistoryScreen />}
          {screen === 'settings' && <SettingsScreen />}
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

function ConversationScreen () {
  const desktop = useDesktop()
  const tab = usePageState((state) => state.tab)
  const covered = usePageState(({ route }) => route.taskId !== null)
  const missing = usePageState(({ connection, conversation }) => connection.kind === 'missing' && !conversation)
  if (missing) return <MissingScreen />
  if (desktop) {
    return (
      <main className='flex min-h-0 flex-1'>
        <div className='w-[29vw] min-w-80 shrink-0 border-r border-line'><ChatPane /></div>
        <div className='flex min-w-0 flex-1 flex-col bg-board'>
          <BoardPane />
          <TimelinePane />
        </div>
      </main>
    )
  }
  // On a phone the drawer covers everything: what is under it is out of reach until it closes.
  return (
    <main inert={covered} className='flex min-h-0 flex-1 flex-col bg-board'>
      {tab === 'chat' && <ChatPane />}
      {tab === 'tasks' && <BoardPane />}
      {tab === 'timeline' && <section className='flex min-h-0 flex-1 flex-col bg-surface'><Timeline /></section>}
    </main>
  )
}
