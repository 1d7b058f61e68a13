import type { ConversationList, Task, TaskList } from '@cortex/contracts'
import { Activity, History, Keyboard, MessageSquare, Plus, Settings, ShieldCheck, SunMoon } from 'lucide-react'
import type { ReactNode } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { tasksOf } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { StatusIcon } from '../ui/status.tsx'
import { useLoad } from '../ui/use-load.ts'
import { showHidden } from '../ui/visible-text.ts'
import { useNewConversation } from './use-new-conversation.ts'
import { useTheme } from './use-theme.ts'

export interface PaletteEntry {
  readonly key: string
  readonly group: string
  readonly label: string
  readonly icon: ReactNode
  run (): void
}

/** Hits a group shows at most. */
const mostHits = 8

/** @param tooLong to be looked for: then nothing is found */
export function usePaletteEntries (query: string, tooLong: boolean): readonly PaletteEntry[] {
  const { go } = usePage()
  const words = query.trim().toLowerCase()
  const commands = useCommands().filter(({ label }) => label.toLowerCase().includes(words))
  const own = usePageState((state) => [...tasksOf(state).values()], shallowEqual)
  const search = encodeURIComponent(query.trim())
  const conversations = useLoad<ConversationList>(tooLong ? null : `/v1/conversations?limit=${mostHits}${search && `&text=${search}`}`)
  const found = useLoad<TaskList>(search === '' || tooLong ? null : `/v1/tasks?limit=${mostHits}&text=${search}`)

  const here = own.filter(({ payload, id }) => payload.title.toLowerCase().includes(words) || id.endsWith(words))
  const elsewhere = (found.value?.tasks ?? []).filter(({ id }) => !here.some((task) => task.id === id))
  const taskEntry = (task: Task): PaletteEntry => ({
    key: task.id,
    group: texts.palette.tasks,
    label: taskTitle(task),
    icon: <StatusIcon status={task.status} />,
    run: () => go(task.conversation_id ? { screen: 'chat', conversationId: task.conversation_id, taskId: task.id } : { screen: 'tasks', conversationId: null, taskId: task.id })
  })
  return [
    ...commands,
    ...[...here, ...elsewhere].slice(0, mostHits).map(taskEntry),
    ...(conversations.value?.conversations ?? []).map(({ id, title }): PaletteEntry => ({
      key: id,
      group: texts.palette.conversations,
      label: showHidden(title) || texts.chat.new,
      icon: <MessageSquare size={15} className='text-muted' aria-hidden />,
      run: () => go({ screen: 'chat', conversationId: id, taskId: null })
    }))
  ]
}

function useCommands (): PaletteEntry[] {
  const { go, store } = usePage()
  const begin = useNewConversation()
  const { dark, choose } = useTheme()
  const commands: ReadonlyArray<readonly [string, typeof Plus, () => void]> = [
    [texts.rail.new, Plus, begin],
    [texts.rail.approvals, ShieldCheck, () => go({ screen: 'approvals', conversationId: null, taskId: null })],
    [texts.rail.tasks, Activity, () => go({ screen: 'tasks', conversationId: null, taskId: null })],
    [texts.rail.history, History, () => go({ screen: 'history', conversationId: null, taskId: null })],
    [texts.rail.settings, Settings, () => go({ screen: 'settings', conversationId: null, taskId: null })],
    [dark ? texts.rail.toLight : texts.rail.toDark, SunMoon, () => choose(dark ? 'light' : 'dark')],
    [texts.palette.keys, Keyboard, () => store.set({ overlay: 'keys' })]
  ]
  return commands.map(([label, Icon, run]) => ({ key: label, group: texts.palette.actions, label, icon: <Icon size={15} className='text-muted' aria-hidden />, run }))
}
