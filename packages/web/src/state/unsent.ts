import type { PendingMessage } from './page-state.ts'
import type { PersonStore } from './person-store.ts'

/** Messages that the server has not taken yet, kept with the person's drafts: a reload loses none, and sends none twice, for each keeps its `client_id`. */
export interface Unsent {
  /** What an earlier page left, the oldest first. */
  all (): PendingMessage[]
  keep (message: PendingMessage): void
  drop (clientId: string): void
  /** Whether it still waits: another tab may have sent it or thrown it away. */
  holds (clientId: string): boolean
}

const prefix = 'unsent.'

export function createUnsent (person: PersonStore): Unsent {
  return {
    all: () => person.draftNames().filter((name) => name.startsWith(prefix)).flatMap((name) => read(name.slice(prefix.length), person.draft(name))).sort((a, b) => a.sentAt < b.sentAt ? -1 : 1),
    keep: ({ clientId, conversationId, text, sentAt }) => person.keepDraft(prefix + clientId, JSON.stringify({ conversationId, text, sentAt })),
    drop: (clientId) => person.keepDraft(prefix + clientId, ''),
    holds: (clientId) => person.draft(prefix + clientId) !== ''
  }
}

/** What the browser gives back may be from another version, or from anybody. */
function read (clientId: string, stored: string): PendingMessage[] {
  try {
    const { conversationId, text, sentAt } = JSON.parse(stored) as Record<string, unknown>
    return typeof text === 'string' && typeof sentAt === 'string' && (conversationId === null || typeof conversationId === 'string') ? [{ clientId, conversationId, text, sentAt, error: '' }] : []
  } catch {
    return []
  }
}
