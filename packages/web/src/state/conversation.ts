import type { nobodySignsIn as contractOwner, Approval, ChatEvent, ContentBlock, ConversationSnapshot, Message, PlannerIdentity, Task } from '@cortex/contracts'

/** The owner of what was said where nobody signs in; the page takes types alone from the contracts. */
export const nobodySignsIn = 'local' satisfies typeof contractOwner

/** A conversation as the page holds it: the snapshot, and every event after it. */
export interface ConversationState {
  readonly id: string
  readonly title: string
  readonly owner: string
  /** Whoever is signed in may read it by its address. */
  readonly shared: boolean
  /** The model that was chosen for it; null for the one everybody gets. */
  readonly model: string | null
  /** The number of the last event that is in here. */
  readonly seq: number
  readonly planner: PlannerIdentity
  readonly messages: readonly Message[]
  /** By id, in the order the tasks came into being. */
  readonly tasks: ReadonlyMap<string, Task>
  readonly approvals: ReadonlyMap<string, Approval>
}

export interface NumberedEvent {
  readonly seq: number
  readonly event: ChatEvent
}

export function fromSnapshot ({ id, title, owner, shared, model, seq, planner, messages, tasks, approvals }: ConversationSnapshot): ConversationState {
  return {
    id,
    title,
    owner,
    shared,
    model,
    seq,
    planner,
    messages,
    tasks: new Map([...tasks].sort(byCreation).map((task) => [task.id, task])),
    approvals: new Map(approvals.map((approval) => [approval.id, approval]))
  }
}

/** Applies events in order. One that is already in changes nothing, so a replay is harmless. */
export function applyEvents (state: ConversationState, events: readonly NumberedEvent[]): ConversationState {
  const fresh = events.filter(({ seq }) => seq > state.seq)
  if (fresh.length === 0) return state
  const draft = new Draft(state)
  for (const { seq, event } of fresh) {
    if (seq <= draft.seq) continue
    draft.seq = seq
    draft.apply(event)
  }
  return draft.finish()
}

/** Whether it tells of how far a task has come, and of nothing else that matters. */
export function isProgress ({ event }: NumberedEvent, state: ConversationState | null): boolean {
  return event.type === 'task' && state?.tasks.get(event.task.id)?.status === event.task.status
}

/** Copies each collection once a burst instead of once an event: sixty tasks can change a thousand times a second. */
class Draft {
  seq: number
  #state: ConversationState
  #about: Pick<ConversationState, 'title' | 'shared' | 'model'>
  #messages: Message[] | null = null
  #tasks: Map<string, Task> | null = null
  #approvals: Map<string, Approval> | null = null

  constructor (state: ConversationState) {
    this.#state = state
    this.#about = { title: state.title, shared: state.shared, model: state.model }
    this.seq = state.seq
  }

  apply (event: ChatEvent): void {
    switch (event.type) {
      case 'message': return this.#putMessage(event.message)
      case 'RUN_STARTED': return this.#changeMessage(event.message_id, (message) => ({ ...message, status: 'streaming', error: null }))
      case 'TEXT_MESSAGE_CONTENT': return this.#changeBlock(event.message_id, event.index, (block) => ({ type: 'text', text: (block?.type === 'text' ? block.text : '') + event.delta }))
      case 'REASONING_MESSAGE_CONTENT': return this.#changeBlock(event.message_id, event.index, (block) => ({ type: 'reasoning', text: (block?.type === 'reasoning' ? block.text : '') + event.delta }))
      case 'TOOL_CALL_START': return this.#changeBlock(event.message_id, event.index, () => ({ type: 'tool_call', id: event.tool_call_id, name: event.tool_call_name, input: event.input, status: 'running', output: null }))
      case 'TOOL_CALL_RESULT': return this.#changeBlock(event.message_id, event.index, (block) => block?.type === 'tool_call' ? { ...block, status: event.status, output: event.output } : block)
      case 'RUN_FINISHED': return this.#changeMessage(event.message_id, (message) => ({ ...message, status: event.status, error: null, usage: event.usage, ...(event.model !== undefined && { model: event.model }) }))
      case 'RUN_ERROR': return this.#changeMessage(event.message_id, (message) => ({ ...message, status: 'failed', error: event.error }))
      case 'task': return this.#putTask(event.task)
      case 'approval': return this.#putApproval(event.approval)
      case 'superseded': return this.#supersede(new Set(event.message_ids))
      case 'conversation': {
        const { title, shared = this.#about.shared, model = this.#about.model } = event
        this.#about = { title, shared, model }
      }
    }
  }

  finish (): ConversationState {
    return {
      ...this.#state,
      ...this.#about,
      seq: this.seq,
      messages: this.#messages ?? this.#state.messages,
      tasks: this.#tasks ?? this.#state.tasks,
      approvals: this.#approvals ?? this.#state.approvals
    }
  }

  #putMessage (message: Message): void {
    this.#messages ??= [...this.#state.messages]
    const at = this.#messages.findIndex(({ id }) => id === message.id)
    if (at === -1) this.#messages.push(message)
    else this.#messages[at] = message
  }

  #supersede (ids: ReadonlySet<string>): void {
    this.#messages = (this.#messages ?? this.#state.messages).map((message) => ids.has(message.id) ? { ...message, superseded: true } : message)
  }

  #changeMessage (id: string, change: (message: Message) => Message): void {
    this.#messages ??= [...this.#state.messages]
    // The message that is being written is nearly always the last.
    const at = this.#messages.findLastIndex((message) => message.id === id)
    const message = this.#messages[at]
    if (message) this.#messages[at] = change(message)
  }

  #changeBlock (messageId: string, index: number, change: (block: ContentBlock | undefined) => ContentBlock | undefined): void {
    this.#changeMessage(messageId, (message) => {
      const block = change(message.content[index])
      if (!block || index > message.content.length) return message
      // Words that come end what was told of the try before; a call's result is none.
      const error = block.type === 'tool_call' && block.status !== 'running' ? message.error : null
      return { ...message, error, content: [...message.content.slice(0, index), block, ...message.content.slice(index + 1)] }
    })
  }

  #putTask (task: Task): void {
    const known = (this.#tasks ?? this.#state.tasks).get(task.id)
    if (known && known.rev >= task.rev) return
    this.#tasks ??= new Map(this.#state.tasks)
    this.#tasks.set(task.id, task)
  }

  #putApproval (approval: Approval): void {
    const known = (this.#approvals ?? this.#state.approvals).get(approval.id)
    // An approval is answered once; a late record of the question does not open it again.
    if (known && known.status !== 'pending' && approval.status === 'pending') return
    this.#approvals ??= new Map(this.#state.approvals)
    this.#approvals.set(approval.id, approval)
  }
}

function byCreation (a: Task, b: Task): number {
  const [one, other] = a.metadata.created_at === b.metadata.created_at ? [a.id, b.id] : [a.metadata.created_at, b.metadata.created_at]
  return one < other ? -1 : one > other ? 1 : 0
}
