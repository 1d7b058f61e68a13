import type { MessageStatus, PlannerIdentity, Risk, TaskStatus } from '@cortex/contracts'

/** Who makes something of the reason for a denial. Rules do not: a retry plans the same again. */
function readerOf (planner: PlannerIdentity | null): string {
  switch (planner?.kind) {
    case 'claude': return 'Claude reads it and may plan again.'
    case 'local': return 'The model reads it and may plan again.'
    case 'rules': return 'Rules do not read it: for another change, ask in other words.'
    default: return ''
  }
}

/** Every word the page says. A language is another object of this shape. */
const english = {
  product: 'Cortex',
  titleWith: (title: string, needs: number) => needs > 0 ? `(${needs}) ${title}` : title,
  rail: {
    label: 'Main',
    new: 'New conversation',
    chat: 'Conversation',
    tasks: 'All tasks',
    history: 'History',
    settings: 'Settings',
    search: 'Search',
    toLight: 'Switch to light',
    toDark: 'Switch to dark'
  },
  connection: {
    label: 'Connection',
    connecting: 'Connecting',
    live: 'Live',
    offline: 'Offline',
    reconnecting: 'Reconnecting',
    reconnectingIn: (seconds: number) => `Reconnecting in ${seconds} s`,
    lastKnown: 'You’re looking at the last known state. Tasks keep running on the server; this page catches up by itself when the connection is back.',
    tryNow: 'Try now',
    signedOut: 'Signed out',
    missing: 'Not found',
    missingTitle: 'This conversation does not exist',
    missingText: 'It may have been deleted, or the link is not whole.'
  },
  planner: {
    name: (planner: PlannerIdentity | null) => planner?.kind === 'claude' ? 'Claude' : planner?.kind === 'local' ? planner.model : 'Cortex',
    rules: 'Rule-based planner',
    rulesNotice: 'Rule-based planner, no language model. Set ANTHROPIC_API_KEY for Claude.',
    unknown: 'Not known yet'
  },
  chat: {
    label: 'Conversation',
    new: 'New conversation',
    you: 'You',
    emptyTitle: 'What should Cortex set up?',
    emptyText: 'One message can start several tasks at once. Whatever changes something is shown to you first, as a diff. Tasks survive closing the tab.',
    examples: [
      'Set up the following in parallel: 1) Deploy monitoring stack 2) Configure security scanning 3) Set up CI/CD pipeline',
      'Take an inventory of images, versions and licences, then write me a repository report',
      'Scan the manifests for misconfigurations and propose fixes'
    ],
    placeholder: 'Ask for a change, or add to what’s running',
    send: 'Send',
    stop: 'Stop reply',
    stopped: {
      tasks: 'You stopped this reply. Its tasks go on.',
      nothing: 'You stopped this reply before it started anything.',
      unknown: 'You stopped this reply.'
    },
    draftKept: 'Offline. Your draft is kept.',
    thinking: 'Thinking',
    thought: 'Thought about it',
    writing: 'Writing',
    summary: 'Summary',
    notSent: 'Not sent.',
    tryAgain: 'Try again',
    discard: 'Discard',
    sending: 'Sending',
    failed: 'The reply failed.',
    tasksGoOn: 'Your tasks keep running.',
    toLatest: 'Newest messages',
    table: 'Table',
    copy: 'Copy',
    copied: 'Copied',
    imageLink: (alt: string) => alt === '' ? 'image' : `image: ${alt}`,
    needYou: (count: number) => count === 1 ? '1 task needs you' : `${count} tasks need you`,
    review: 'Review',
    earlier: (count: number) => `Show ${count} earlier messages`
  },
  calls: {
    creating: (done: number, all: number) => `Creating tasks, ${done} of ${all}`,
    created: (count: number) => count === 1 ? 'Created 1 task' : `Created ${count} tasks in parallel`,
    running: (done: number, all: number) => `Working, ${done} of ${all}`,
    ran: (count: number) => count === 1 ? '1 action' : `${count} actions in parallel`,
    done: {
      cortex_get_task_status: (count: number) => count === 1 ? 'Looked at 1 task' : `Looked at ${count} tasks`,
      cortex_get_tasks: () => 'Looked through the tasks',
      cortex_cancel_task: (count: number) => count === 1 ? 'Cancelled 1 task' : `Cancelled ${count} tasks`,
      cortex_retry_task: (count: number) => count === 1 ? 'Retried 1 task' : `Retried ${count} tasks`,
      cortex_list_agents: () => 'Looked at who works',
      cortex_get_metrics: () => 'Looked at the figures'
    } as Readonly<Record<string, (count: number) => string>>,
    failed: 'Failed',
    cancelAll: (count: number) => count === 1 ? 'Cancel this task' : `Cancel these ${count} tasks`,
    more: (count: number) => `${count} more`
  },
  status: { queued: 'Queued', waiting: 'Waiting', in_progress: 'Running', awaiting_approval: 'Needs approval', completed: 'Done', failed: 'Failed', cancelled: 'Cancelled' } satisfies Record<TaskStatus, string>,
  statusCount: (status: TaskStatus, count: number) => ({
    queued: 'queued', waiting: 'waiting', in_progress: 'running', awaiting_approval: count === 1 ? 'needs approval' : 'need approval', completed: 'done', failed: 'failed', cancelled: 'cancelled'
  } satisfies Record<TaskStatus, string>)[status],
  board: {
    label: 'Tasks',
    board: 'Board',
    graph: 'Graph',
    views: 'Show tasks as',
    filters: 'Filter by status',
    done: (done: number, all: number) => `${done} of ${all} done`,
    emptyTitle: 'No tasks yet',
    emptyText: 'Tasks appear here as they start, one lane per agent, and keep running if you close this tab.',
    nextInLine: 'Next in line',
    waits: 'Waits its turn',
    waitsFor: (reason: string) => `Waits for ${reason}`,
    starting: 'Starting',
    about: (time: string) => `about ${time} left`,
    needsAnswer: 'Waits for your approval',
    cancelled: 'Cancelled',
    noneLike: 'No task has this status now.',
    showAll: 'Show all tasks',
    spread: 'How the tasks stand',
    failed: (title: string) => `${title} failed`,
    reviewDiff: 'Review diff',
    viewLog: 'View log',
    retry: 'Retry',
    used: (attempt: number, max: number) => `${attempt} of ${max} used`,
    needsYou: 'Needs you',
    moreNeeds: (count: number) => `Show ${count} more`,
    fewerNeeds: 'Show fewer',
    graphLabel: 'Dependencies between tasks'
  },
  timeline: {
    label: 'Timeline',
    show: 'Show the timeline',
    hide: 'Hide the timeline',
    needsApproval: 'needs your approval',
    queued: 'queued',
    failed: 'failed',
    waits: 'waits',
    waitsFor: (id: string) => `waits for ${id}`,
    waitsForTasks: (count: number) => `waits for ${count} tasks`,
    latest: 'Latest request',
    all: 'All requests',
    scope: 'Which tasks',
    empty: 'Nothing has run yet.'
  },
  drawer: {
    label: 'Task',
    close: 'Close',
    cancel: 'Cancel task',
    keep: 'Keep it running',
    retry: 'Retry',
    rollBack: 'Roll back',
    rollBackTitle: (title: string) => `Roll back “${title}”?`,
    rollBackText: 'A new task plans the way back. You see and approve what it will change.',
    leaveChanged: 'Leave it as it is',
    result: 'Result',
    evidence: 'Checked by reading back',
    files: 'Files',
    commit: 'Commit',
    steps: 'Steps',
    subTasks: 'Sub-tasks',
    log: 'Log',
    filter: 'Filter',
    filterLog: 'Filter the log',
    follow: 'Follow',
    following: 'Following',
    noLog: 'No lines yet.',
    noMatch: 'No line matches.',
    logFailed: 'The log could not be read.',
    attempt: (number: number) => `Attempt ${number}`,
    attemptOf: (attempt: number, max: number) => `Attempt ${attempt} of ${max}. A retry runs the task again with the same inputs.`,
    earlierLines: (count: number) => `Show ${count} earlier lines`,
    asked: 'Asked for',
    agent: 'Agent',
    elapsed: 'Elapsed',
    dependsOn: 'Depends on',
    unblocks: 'Unblocks',
    nothing: 'nothing',
    priority: 'Priority',
    id: 'Task id',
    target: 'Target',
    tokens: 'Tokens',
    conversation: 'Conversation',
    openConversation: 'Open',
    missing: 'This task is not here (any more).',
    cancelTitle: (title: string) => `Cancel “${title}”?`,
    cancelText: 'What was already done stays done.',
    cancelMany: (count: number) => count === 1 ? 'Cancel this task?' : `Cancel ${count} tasks?`,
    cancelDependents: (count: number) => count === 1 ? '1 task that needs it is cancelled too.' : `${count} tasks that need it are cancelled too.`,
    usage: (tokens: number, cost: number) => `${tokens.toLocaleString('en')}${cost > 0 ? `, $${cost.toFixed(2)}` : ''}`,
    priorities: { 1: 'critical', 3: 'high', 5: 'medium', 7: 'low' } as Readonly<Record<number, string>>,
    why: 'Why it was cancelled',
    step: { pending: 'to do', running: 'running', done: 'done', failed: 'failed', skipped: 'skipped' }
  },
  approval: {
    label: 'Approval',
    changes: (count: number) => count === 1 ? '1 change' : `${count} changes`,
    risk: { low: 'Low risk', medium: 'Medium risk', high: 'High risk' } satisfies Record<Risk, string>,
    dryRun: 'Dry run',
    added: (count: number) => `+${count} added`,
    removed: (count: number) => `−${count} removed`,
    exactly: 'Applies exactly this diff.',
    confirm: (name: string) => `This reaches far or cannot be taken back. Type ${name} to approve it.`,
    approve: 'Approve and apply',
    deny: 'Deny…',
    denyNow: 'Deny',
    back: 'Back',
    reason: (planner: PlannerIdentity | null) => `Why? It is kept with the task. ${readerOf(planner)}`.trimEnd(),
    reasonPlaceholder: 'What speaks against it',
    sending: 'Sending',
    offline: 'You can answer when the connection is back.',
    approved: (by: string | null) => by ? `Approved by ${by}` : 'Approved',
    denied: (by: string | null) => by ? `Denied by ${by}` : 'Denied',
    changedMeanwhile: 'This did not go through: somebody else answered, or the change is no longer the one shown here. What you see now is the newest.',
    showChange: 'What was approved',
    showDenied: 'What was denied'
  },
  screens: {
    tasksTitle: 'All tasks',
    tasksText: 'Over all conversations, newest first.',
    searchTasks: 'Search titles and descriptions',
    status: 'Status',
    any: 'Any status',
    title: 'Title',
    agent: 'Agent',
    created: 'Created',
    noTasks: 'No tasks.',
    noneFound: 'Nothing found.',
    more: 'Show more',
    historyTitle: 'History',
    historyText: 'Every conversation, the last one first.',
    searchHistory: 'Search conversations',
    noHistory: 'No conversations yet.',
    settingsTitle: 'Settings',
    who: 'Who answers',
    theme: 'Appearance',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    loading: 'Loading',
    kinds: { rules: 'Rule-based planner, no language model', claude: 'Claude', local: 'A local model' }
  },
  palette: { label: 'Search and commands', placeholder: 'Search conversations, tasks and commands', actions: 'Commands', tasks: 'Tasks', conversations: 'Conversations', none: 'Nothing found.', keys: 'Show the keys' },
  keys: {
    title: 'Keys',
    list: [
      ['Ctrl K', 'Search and commands'], ['/', 'Write a message'], ['j  k', 'Next and previous task'], ['Enter', 'Open the task; send the message'], ['Shift Enter', 'New line in a message'], ['Esc', 'Close; from the message to the tasks'], ['?', 'This list']
    ] as ReadonlyArray<readonly [string, string]>
  },
  tabs: { label: 'Views', chat: 'Chat', tasks: 'Tasks', timeline: 'Timeline' },
  announce: {
    reply: { complete: 'Reply finished.', stopped: 'Reply stopped.', failed: 'The reply failed.', streaming: '' } satisfies Record<MessageStatus, string>,
    task: {
      queued: null, waiting: null, in_progress: null, awaiting_approval: (title) => `${title} needs your approval.`, completed: (title) => `${title} is done.`, failed: (title) => `${title} failed.`, cancelled: (title) => `${title} was cancelled.`
    } as Readonly<Record<TaskStatus, ((title: string) => string) | null>>,
    lost: 'Connection lost. Tasks keep running.',
    back: 'Connected again.'
  },
  errors: { unreachable: 'The server does not answer, so it is not known whether this went through.', page: 'The page ran into a fault of its own.', reload: 'Reload' }
}

export type Texts = typeof english

export const texts: Texts = english
