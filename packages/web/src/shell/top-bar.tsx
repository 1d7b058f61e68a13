import { Bell, BellRing, Menu as MenuIcon, Moon, Plus, Search, Settings, Sun } from 'lucide-react'
import { usePage, usePageState } from '../app-context.ts'
import { shallowEqual } from '../state/store.ts'
import { spentOf } from '../state/usage.ts'
import { texts } from '../texts.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import { ConnectionPill } from './connection-pill.tsx'
import { ConversationMenu } from './conversation-menu.tsx'
import { places, useVisit } from './rail.tsx'
import { useNewConversation } from './use-new-conversation.ts'
import { useNotifications } from './use-notifications.ts'
import { usePageTitle } from './use-page-title.ts'
import { useTheme } from './use-theme.ts'

export function TopBar () {
  const { store } = usePage()
  const title = usePageTitle()
  const search = () => store.set({ overlay: 'palette' })
  const chat = usePageState(({ route }) => route.screen === 'chat')
  return (
    <header className='flex h-12 shrink-0 items-center gap-4 border-b border-line bg-surface px-4 max-lg:gap-1 max-lg:px-1'>
      <PhoneMenu />
      <h1 dir='auto' className='min-w-0 truncate font-semibold max-lg:flex-1 max-lg:text-start'>{title}</h1>
      {chat && <span className='-ms-3 max-lg:order-last max-lg:ms-0'><OpenConversationMenu /></span>}
      {chat && <ConnectionPill />}
      <span className='flex-1 max-lg:hidden' />
      {chat && <NotificationBell />}
      <button type='button' onClick={search} className='flex h-8 w-64 items-center gap-2 rounded-lg border border-line bg-surface px-2.5 text-sm text-muted hover:border-edge max-lg:hidden'>
        <Search size={15} aria-hidden />
        <span className='flex-1 text-start'>{texts.rail.search}</span>
        <kbd dir='ltr' className='font-sans text-xs'>Ctrl K</kbd>
      </button>
      <IconButton icon={Search} label={texts.rail.search} onClick={search} className='lg:hidden' />
    </header>
  )
}

function OpenConversationMenu () {
  const { id, title = '', owner = '', shared = false } = usePageState(({ conversation }) => ({ id: conversation?.id, title: conversation?.title, owner: conversation?.owner, shared: conversation?.shared }), shallowEqual)
  const spent = usePageState(spentOf, shallowEqual)
  const note = spent.tokens === 0 ? null : texts.conversationMenu.spent(texts.usage(spent))
  return id === undefined ? null : <ConversationMenu key={id} id={id} title={title} owner={owner} shared={shared} note={note} />
}

/** On the desktop the settings are a press further away than this deserves; on a phone few browsers can notify at all. */
function NotificationBell () {
  const { state, toggle } = useNotifications()
  if (state === 'unsupported') return null
  return <IconButton icon={state === 'on' ? BellRing : Bell} size={18} label={texts.notifications[state]} aria-pressed={state === 'on'} disabled={state === 'denied'} onClick={() => { void toggle() }} className='-me-2 max-lg:hidden' />
}

/** What the rail holds where there is room for one. */
function PhoneMenu () {
  const begin = useNewConversation()
  const visit = useVisit()
  const { dark, choose } = useTheme()
  const screen = usePageState(({ route }) => route.screen)
  return (
    <Menu
      label={texts.rail.menu}
      icon={MenuIcon}
      className='lg:hidden'
      items={[
        { label: texts.rail.new, icon: Plus, run: begin },
        ...places.map(([to, icon]) => ({ label: texts.rail[to], icon, current: screen === to, run: () => visit(to) })),
        { label: texts.rail.settings, icon: Settings, current: screen === 'settings', run: () => visit('settings') },
        { label: dark ? texts.rail.toLight : texts.rail.toDark, icon: dark ? Sun : Moon, run: () => choose(dark ? 'light' : 'dark') }
      ]}
    />
  )
}
