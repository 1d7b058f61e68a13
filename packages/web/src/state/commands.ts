import type { AcceptedMessage, Approval, ApprovalDecision, ApprovalDecisionResults, ApprovalDecisions, Conversation, DeletedConversation, EditedMessage, NewMessage, StartedBatchRollback } from '@cortex/contracts'
import { ProblemError, UnreachableError, type Api } from '../wire/api.ts'
import { texts } from '../texts.ts'
import type { PageState, PendingMessage } from './page-state.ts'
import type { PersonStore } from './person-store.ts'
import type { Route } from './route.ts'
import type { Store } from './store.ts'
import type { Unsent } from './unsent.ts'

export interface Commands {
  /** Shows the message at once and sends it; begins a conversation where there is none. */
  send (text: string): Promise<void>
  sendAgain (clientId: string): Promise<void>
  discard (clientId: string): void
  /** Ends the reply that is being written. Tasks go on. */
  stopReply (): Promise<void>
  /** @throws ProblemError, UnreachableError, as all below */
  cancelTask (id: string): Promise<void>
  retryTask (id: string): Promise<void>
  rollBackTask (id: string): Promise<void>
  decide (approval: Approval, decision: ApprovalDecision['decision'], typed?: { reason?: string, confirm?: string }): Promise<void>
  /** Many answers in one call; each is taken or refused on its own. */
  decideMany (decisions: ApprovalDecisions['decisions']): Promise<ApprovalDecisionResults['results']>
  rollBackBatch (id: string): Promise<StartedBatchRollback>
  /** Replaces a message of ours and what followed it. Answers the tasks that came of those and go on. */
  editMessage (id: string, text: string): Promise<readonly string[]>
  changeConversation (id: string, change: { title?: string, shared?: boolean, model?: string | null }): Promise<void>
  /** Its tasks go on, unless they are to be cancelled. */
  removeConversation (id: string, cancelTasks: boolean): Promise<void>
}

export interface CommandsOptions {
  api: Api
  store: Store<PageState>
  person: PersonStore
  unsent: Unsent
  go: (to: Partial<Route>, how?: 'push' | 'replace') => void
}

/** What went wrong, in words for a person. */
export function wordsFor (error: unknown): string {
  if (error instanceof UnreachableError) return texts.errors.unreachable
  if (error instanceof ProblemError) return error.message
  throw error
}

export function createCommands ({ api, store, person, unsent, go }: CommandsOptions): Commands {
  function change (clientId: string, part: Partial<PendingMessage>): void {
    store.set(({ pending }) => ({ pending: pending.map((message) => message.clientId === clientId ? { ...message, ...part } : message) }))
  }

  function discard (clientId: string): void {
    unsent.drop(clientId)
    store.set(({ pending }) => ({ pending: pending.filter((message) => message.clientId !== clientId) }))
  }

  /** The count is right at once, and not only when it is asked for next. */
  function answered (ids: readonly string[]): void {
    store.set(({ waiting }) => waiting.some(({ id }) => ids.includes(id)) ? { waiting: waiting.filter(({ id }) => !ids.includes(id)) } : {})
  }

  async function deliver (clientId: string): Promise<void> {
    const message = store.get().pending.find((pending) => pending.clientId === clientId)
    if (!message) return
    try {
      const conversationId = message.conversationId ?? await begin(clientId)
      const body: NewMessage = { text: message.text, client_id: clientId }
      await api.post<AcceptedMessage>(`/v1/conversations/${conversationId}/messages`, body)
      unsent.drop(clientId)
    } catch (error) {
      change(clientId, { error: wordsFor(error) })
    }
  }

  async function begin (clientId: string): Promise<string> {
    const { id } = await api.post<Conversation>('/v1/conversations', {})
    change(clientId, { conversationId: id })
    const message = store.get().pending.find((pending) => pending.clientId === clientId)
    if (message) unsent.keep(message)
    const { route } = store.get()
    // The person may have gone elsewhere meanwhile; the message is sent all the same.
    if (route.screen === 'chat' && route.conversationId === null) {
      // What was written since the message was sent is the draft of its conversation now.
      person.keepDraft(id, person.draft(null))
      person.keepDraft(null, '')
      go({ conversationId: id, taskId: null }, 'replace')
    }
    return id
  }

  return {
    async send (text) {
      const { route, pending } = store.get()
      const message: PendingMessage = { clientId: crypto.randomUUID(), conversationId: route.conversationId, text, sentAt: new Date().toISOString(), error: null }
      store.set({ pending: [...pending, message] })
      unsent.keep(message)
      await deliver(message.clientId)
    },
    async sendAgain (clientId) {
      if (!unsent.holds(clientId)) return discard(clientId)
      change(clientId, { error: null })
      await deliver(clientId)
    },
    discard,
    async stopReply () {
      const { conversation } = store.get()
      if (conversation) await api.post(`/v1/conversations/${conversation.id}/stop`, {})
    },
    cancelTask: (id) => api.post(`/v1/tasks/${id}/cancel`, {}),
    retryTask: (id) => api.post(`/v1/tasks/${id}/retry`, {}),
    rollBackTask: (id) => api.post(`/v1/tasks/${id}/rollback`, {}),
    rollBackBatch: (id) => api.post(`/v1/batches/${encodeURIComponent(id)}/rollback`, {}),
    async decideMany (decisions) {
      const { results } = await api.post<ApprovalDecisionResults>('/v1/approvals', { decisions } satisfies ApprovalDecisions)
      answered(results.flatMap(({ id, error }) => error ? [] : [id]))
      return results
    },
    async editMessage (id, text) {
      const { conversation } = store.get()
      if (!conversation) return []
      const body: NewMessage = { text, client_id: crypto.randomUUID() }
      const { tasks } = await api.post<EditedMessage>(`/v1/conversations/${conversation.id}/messages/${id}/edit`, body)
      return tasks
    },
    changeConversation: (id, change) => api.patch(`/v1/conversations/${id}`, change),
    async removeConversation (id, cancelTasks) {
      await api.remove<DeletedConversation>(`/v1/conversations/${id}${cancelTasks ? '?cancel_tasks=true' : ''}`)
      person.keepDraft(id, '')
      if (person.lastConversation() === id) person.keepLastConversation(null)
      const { route, conversation, pending } = store.get()
      for (const { clientId, conversationId } of pending) if (conversationId === id) discard(clientId)
      if (conversation?.id === id) go({ conversationId: null, ...(route.screen === 'chat' && { taskId: null }) }, 'replace')
    },
    async decide (approval, decision, { reason, confirm } = {}) {
      const body: ApprovalDecision = { decision, plan_hash: approval.plan_hash, ...(reason ? { reason } : {}), ...(confirm ? { confirm } : {}) }
      await api.post(`/v1/approvals/${approval.id}`, body)
      answered([approval.id])
    }
  }
}
