import type { SignInState } from '@cortex/contracts'
import { createApi, type Api } from '../wire/api.ts'
import { followConversation, type Connection, type Following } from '../wire/follow.ts'
import { reachServer } from '../wire/reach.ts'
import { createStreamSlots } from '../wire/stream-slots.ts'
import { askWho } from '../wire/who.ts'
import { announceConnection, announceConversation } from './announce.ts'
import { createBursts } from './bursts.ts'
import { createComposerLink, type ComposerLink } from './composer-link.ts'
import { createCommands, type Commands } from './commands.ts'
import { applyEvents, fromSnapshot, isProgress, type NumberedEvent } from './conversation.ts'
import { closeNotices, isBehind, noticesBetween, noticesOfWaiting, showNotice, type Notice } from './notices.ts'
import type { PageState } from './page-state.ts'
import type { PersonStore } from './person-store.ts'
import type { Preferences } from './preferences.ts'
import { formatRoute, parseRoute, type Route } from './route.ts'
import { createStore, type Store } from './store.ts'
import { createTaskLogs, type TaskLogs } from './task-logs.ts'
import { createUnsent } from './unsent.ts'
import { followWaiting } from './waiting.ts'

export interface Page {
  readonly store: Store<PageState>
  readonly api: Api
  readonly logs: TaskLogs
  readonly commands: Commands
  readonly composer: ComposerLink
  readonly preferences: Preferences
  readonly person: PersonStore
  /** Goes somewhere; what is not named stays as it is. */
  go (to: Partial<Route>, how?: 'push' | 'replace'): void
  /** Tries at once to reach the server again. */
  retryNow (): void
  /** The time on the server's clock in ms, anew each second. */
  readonly ticker: Store<{ now: number }>
  close (): void
}

const nowhere: Following = { wake () {}, close () {} }

export interface PageOptions {
  window: Window
  preferences: Preferences
  person: PersonStore
  /** Who asks and how one signs in; null where the server did not say. */
  signIn: SignInState | null
}

/** Everything behind the page: what is known, and how it gets here. One a tab. */
export function createPage ({ window, preferences, person, signIn }: PageOptions): Page {
  const { location, history, navigator } = window
  const unsent = createUnsent(person)
  const store = createStore<PageState>({
    route: parseRoute(location),
    conversation: null,
    planner: null,
    connection: { kind: 'connecting' },
    signIn,
    signInFault: new URLSearchParams(location.search).get('sign_in'),
    online: navigator.onLine,
    pending: unsent.all(),
    logs: new Map(),
    allTasks: new Map(),
    allApprovals: new Map(),
    waiting: [],
    filter: null,
    boardView: 'board',
    tab: 'chat',
    writing: false,
    timelineOpen: preferences.timelineOpen(),
    overlay: null,
    theme: preferences.theme(),
    notify: preferences.notify(),
    announcement: ''
  })
  const api = createApi({ origin: location.origin, openedFor: person.mark, onUnauthorized: signedOut })
  const slots = createStreamSlots(window)
  const logs = createTaskLogs(api, (logs) => store.set({ logs }))
  const now = () => Date.now() + api.clockOffset()
  const ticker = createStore({ now: now() })
  const ticking = setInterval(() => ticker.set({ now: now() }), 1_000)
  const stop = new AbortController()
  let following: Following = nowhere
  let followed: string | null | undefined
  const bursts = createBursts(window, apply)

  function apply (events: readonly NumberedEvent[]): void {
    const notices: Notice[] = []
    store.set(({ conversation, pending, announcement }) => {
      if (!conversation) return {}
      const next = applyEvents(conversation, events)
      notices.push(...noticesBetween(conversation, next))
      const arrived = new Set(next.messages === conversation.messages ? [] : next.messages.map(({ client_id: clientId }) => clientId))
      return {
        conversation: next,
        pending: arrived.size === 0 ? pending : without(pending, arrived),
        announcement: announceConversation(conversation, next) ?? announcement
      }
    })
    tell(notices)
  }

  function without (pending: PageState['pending'], arrived: ReadonlySet<string | null>): PageState['pending'] {
    for (const { clientId } of pending) if (arrived.has(clientId)) unsent.drop(clientId)
    return pending.filter(({ clientId }) => !arrived.has(clientId))
  }

  function tell (notices: readonly Notice[]): void {
    if (!store.get().notify || !isBehind(window)) return
    for (const notice of notices) {
      const { conversationId, taskId } = notice
      showNotice(window, notice, () => go({ screen: conversationId === null ? 'tasks' : 'chat', conversationId, taskId }))
    }
  }

  function signedOut (): void {
    if (store.get().connection.kind === 'signed-out') return
    closeNotices()
    store.set({ connection: { kind: 'signed-out' } })
    if (person.mark === null) return
    // Somebody else may have signed in since, and finds their own page here.
    void askWho(location.origin).then((who) => { if (who?.person?.key !== undefined && who.person.key !== signIn?.person?.key) location.reload() })
  }

  let looked = false
  const waiting = followWaiting({
    api,
    reachable: () => store.get().connection.kind === 'live' || store.get().connection.kind === 'missing',
    onWaiting (now) {
      const { waiting: before, conversation } = store.get()
      const same = before.length === now.length && before.every(({ id }, index) => id === now[index]?.id)
      if (!same) store.set({ waiting: now })
      // What waited before the page was opened is no news.
      if (looked) tell(noticesOfWaiting(before, now, conversation?.id))
      looked = true
    }
  })

  function connected (connection: Connection): void {
    if (connection.kind === 'signed-out') return signedOut()
    if (connection.kind === 'missing') {
      person.keepLastConversation(null)
      // Deleted from another screen: that one does not need it.
      if (store.get().route.screen !== 'chat') return follow(null)
    }
    store.set(({ connection: before, announcement }) => ({ connection, announcement: announceConnection(before, connection) ?? announcement }))
    // Lines that came while the stream was down are on the server.
    if (connection.kind === 'live') {
      logs.refresh()
      waiting.look()
    }
  }

  function follow (id: string | null): void {
    if (id === followed) return
    followed = id
    following.close()
    bursts.clear()
    store.set({ conversation: null, filter: null })
    if (id === null) {
      slots.release()
      following = reachServer({ api, onPlanner: (planner) => store.set({ planner }), onConnection: connected })
      return
    }
    following = followConversation({
      api,
      origin: location.origin,
      openedFor: person.mark,
      conversationId: id,
      slots,
      onSnapshot (snapshot) {
        const arrived = new Set(snapshot.messages.map(({ client_id: clientId }) => clientId))
        store.set(({ pending }) => ({ conversation: fromSnapshot(snapshot), planner: snapshot.planner, pending: without(pending, arrived) }))
        person.keepLastConversation(id)
      },
      onEvent (event) {
        bursts.push(event, isProgress(event, store.get().conversation))
      },
      onLog: (log) => logs.receive(log),
      onConnection: connected
    })
  }

  function arrive (route: Route): void {
    // Records of one screen are of no use to the next, and would only grow.
    if (route.screen !== store.get().route.screen) store.set({ allTasks: new Map(), allApprovals: new Map() })
    store.set(({ route: from, tab }) => ({ route, tab: route.messageId !== null && route.messageId !== from.messageId ? 'chat' : tab }))
    if (route.screen === 'chat') follow(route.conversationId)
    else if (followed === undefined) follow(null)
  }

  function go (to: Partial<Route>, how: 'push' | 'replace' = 'push'): void {
    const { route: from } = store.get()
    const stays = (to.screen ?? from.screen) === from.screen && (to.conversationId === undefined || to.conversationId === from.conversationId)
    // A message belongs to its conversation.
    const route = { ...from, ...(!stays && { messageId: null }), ...to }
    const url = formatRoute(route)
    if (url !== location.pathname + location.search + location.hash) history[how === 'push' ? 'pushState' : 'replaceState'](null, '', url)
    arrive(route)
  }

  const listening = { signal: stop.signal }
  // A page that was put by and is gone back to may be another person's by now.
  window.addEventListener('pageshow', ({ persisted }) => { if (persisted && person.mark !== null) location.reload() }, listening)
  window.addEventListener('popstate', () => arrive(parseRoute(location)), listening)
  window.addEventListener('online', () => { store.set({ online: true }); following.wake() }, listening)
  window.addEventListener('offline', () => store.set({ online: false }), listening)
  window.document.addEventListener('visibilitychange', () => {
    if (!window.document.hidden) following.wake()
    // The frame it waits for does not come any more.
    else bursts.flush()
  }, listening)

  if (location.pathname === '/') go({ conversationId: person.lastConversation() }, 'replace')
  else arrive(store.get().route)

  return {
    store,
    api,
    logs,
    preferences,
    person,
    composer: createComposerLink(),
    commands: createCommands({ api, store, person, unsent, go }),
    go,
    retryNow: () => following.wake(),
    ticker,
    close () {
      stop.abort()
      clearInterval(ticking)
      following.close()
      waiting.close()
      bursts.clear()
    }
  }
}
