import type { Approval, Message, PlannerIdentity, SignInState, Task, TaskStatus, WaitingApproval } from '@cortex/contracts'
import type { Connection } from '../wire/follow.ts'
import type { ConversationState } from './conversation.ts'
import type { ThemeChoice } from './preferences.ts'
import type { Route } from './route.ts'
import type { LogState } from './task-logs.ts'
import { hasEnded, partsTogether, pendingApproval } from './task-view.ts'

/** A message of ours that the server has not shown us yet. */
export interface PendingMessage {
  readonly clientId: string
  /** Null while the conversation itself is being created. */
  readonly conversationId: string | null
  readonly text: string
  readonly sentAt: string
  /** Why it was not taken, in words, empty where that is not known any more; null while it is on its way. */
  readonly error: string | null
}

export interface PageState {
  readonly route: Route
  readonly conversation: ConversationState | null
  readonly planner: PlannerIdentity | null
  readonly connection: Connection
  /** Who asks and how one signs in; null until the server has said so. */
  readonly signIn: SignInState | null
  /** Code of what went wrong at the provider, when the person comes back from it. */
  readonly signInFault: string | null
  /** What the browser knows of its own network. */
  readonly online: boolean
  readonly pending: readonly PendingMessage[]
  readonly logs: ReadonlyMap<string, LogState>
  /** Tasks and approvals of the screen over all conversations. */
  readonly allTasks: ReadonlyMap<string, Task>
  readonly allApprovals: ReadonlyMap<string, Approval>
  /** What waits for an answer in all conversations and outside of them. */
  readonly waiting: readonly WaitingApproval[]
  readonly filter: TaskStatus | null
  readonly boardView: 'board' | 'graph'
  readonly tab: 'chat' | 'tasks' | 'timeline'
  /** The composer is to take the focus as soon as it is there. */
  readonly writing: boolean
  readonly timelineOpen: boolean
  readonly overlay: 'palette' | 'keys' | null
  readonly theme: ThemeChoice
  /** The person wants to be told of ends and questions while the page is not in front. */
  readonly notify: boolean
  /** What a screen reader is told next. */
  readonly announcement: string
}

const none: ReadonlyMap<string, never> = new Map<string, never>()

export const tasksOf = (state: PageState): ReadonlyMap<string, Task> => state.conversation?.tasks ?? none
export const approvalsOf = (state: PageState): ReadonlyMap<string, Approval> => state.conversation?.approvals ?? none

/** The records behind the screen that is shown: one conversation's, or everybody's. */
export const shownTasks = (state: PageState): ReadonlyMap<string, Task> => state.route.screen === 'chat' ? tasksOf(state) : state.allTasks
export const shownApprovals = (state: PageState): ReadonlyMap<string, Approval> => state.route.screen === 'chat' ? approvalsOf(state) : state.allApprovals

/** Changes are only asked for while we see what is so now. */
export const canChange = (state: PageState): boolean => state.connection.kind === 'live' && state.online

/** Whether a task is seen to have changed something that no other task takes back. The server knows best and may still refuse. */
export function canRollBack (state: PageState, task: Task): boolean {
  if (!hasEnded(task)) return false
  const { id, result } = task
  const changed = result?.commit !== undefined || [...shownApprovals(state).values()].some((approval) => approval.task_id === id && approval.status === 'approved')
  return changed && ![...shownTasks(state).values()].some(({ rollback_of: of, status: now }) => of === id && now !== 'failed' && now !== 'cancelled')
}

/** The task behind a drawer. Parts of a split task are in no list, so the drawer itself reads one that is opened. */
export const openTask = (state: PageState, id: string): Task | undefined => shownTasks(state).get(id) ?? state.allTasks.get(id)

/** What parts of split tasks ask; they are in no list, so it is not known from their status. */
function askedByParts (state: PageState): Approval[] {
  const tasks = tasksOf(state)
  return [...approvalsOf(state).values()].filter(({ status, task_id: taskId }) => status === 'pending' && !tasks.has(taskId))
}

/** How many change sets of the open conversation wait for an answer. */
const approvalCountHere = (state: PageState): number => {
  let count = askedByParts(state).length
  for (const { status } of tasksOf(state).values()) if (status === 'awaiting_approval') count++
  return count
}

/** The same everywhere: the open conversation tells of its own at once, and others are asked for. */
export const approvalCount = (state: PageState): number => {
  const here = state.conversation?.id
  return approvalCountHere(state) + state.waiting.reduce((count, { conversation_id: id }) => here !== undefined && id === here ? count : count + 1, 0)
}

export interface Needs {
  readonly approvals: readonly Approval[]
  readonly failed: readonly Task[]
}

/** What waits for a person, approvals first. */
export function needsOf (state: PageState): Needs {
  const tasks = [...tasksOf(state).values()]
  const approvals = [...approvalsOf(state).values()]
  return {
    approvals: [...tasks.filter(({ status }) => status === 'awaiting_approval').flatMap(({ id }) => pendingApproval(approvals, id) ?? []), ...partsTogether(askedByParts(state))],
    failed: tasks.filter(({ status }) => status === 'failed')
  }
}

/** What waits on the board of the open conversation. */
export const needCountHere = (state: PageState): number => approvalCountHere(state) + failedCount(state)

/** What waits anywhere, and failed in the open conversation. */
export const needCount = (state: PageState): number => approvalCount(state) + failedCount(state)

function failedCount (state: PageState): number {
  let count = 0
  for (const { status } of tasksOf(state).values()) if (status === 'failed') count++
  return count
}

/** The reply that is being written, if one is. */
export const isReplying = ({ conversation }: PageState): boolean => conversation !== null && hasStreaming(conversation.messages)

const hasStreaming = lastOf((messages: readonly Message[]) => messages.some(({ status }) => status === 'streaming'))

/** More that turn at once than this are restless to look at, and slow. */
const mostTurning = 12

export const isCalm = (state: PageState): boolean => runningCount(tasksOf(state)) > mostTurning

const runningCount = lastOf((tasks: ReadonlyMap<string, Task>) => {
  let count = 0
  for (const { status } of tasks.values()) if (status === 'in_progress') count++
  return count
})

/** Keeps the last answer: many ask about the same collection, which may hold thousands. */
function lastOf<Of extends object, Answer> (answer: (of: Of) => Answer): (of: Of) => Answer {
  let last: { of: Of, answer: Answer } | null = null
  return (of) => {
    if (last?.of !== of) last = { of, answer: answer(of) }
    return last.answer
  }
}
