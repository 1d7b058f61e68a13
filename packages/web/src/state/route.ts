/** `missing` is an address of nothing. */
export type Screen = 'chat' | 'tasks' | 'approvals' | 'history' | 'settings' | 'missing'

/** Where the person is; all of it stands in the URL, so that a reload or a link comes back to it. */
export interface Route {
  readonly screen: Screen
  /** Null for a conversation that has not begun, and on the other screens. */
  readonly conversationId: string | null
  /** The task whose drawer is open. */
  readonly taskId: string | null
  /** The message the conversation is opened at, as from a search. */
  readonly messageId: string | null
}

export function parseRoute ({ pathname, search, hash }: { pathname: string, search: string, hash: string }): Route {
  const taskId = /^task-chat-\d{13}-[0-9a-z]{9}$/.exec(new URLSearchParams(search).get('task') ?? '')?.[0] ?? null
  const conversationId = /^\/c\/(conv-[0-9a-z]{20})$/.exec(pathname)?.[1] ?? null
  const screen = /^\/(tasks|approvals|history|settings)$/.exec(pathname)?.[1] as Screen | undefined
  const messageId = conversationId && (/^#m=(msg-[0-9a-z]{20})$/.exec(hash)?.[1] ?? null)
  return { screen: screen ?? (conversationId !== null || pathname === '/' || pathname === '/new' ? 'chat' : 'missing'), conversationId, taskId, messageId }
}

export function formatRoute ({ screen, conversationId, taskId, messageId }: Route): string {
  const path = screen !== 'chat' && screen !== 'missing' ? `/${screen}` : conversationId ? `/c/${conversationId}` : '/new'
  const part = screen === 'chat' && conversationId && messageId ? `#m=${messageId}` : ''
  return `${path}${taskId ? `?task=${taskId}` : ''}${part}`
}
