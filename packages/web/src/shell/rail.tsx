import { Activity, History, MessageSquare, Moon, Plus, Settings, Sun, type LucideIcon } from 'lucide-react'
import { usePage, usePageState } from '../app-context.ts'
import type { Screen } from '../state/route.ts'
import { texts } from '../texts.ts'
import { IconButton } from '../ui/button.tsx'
import { LogoMark } from '../ui/logo-mark.tsx'
import { useNewConversation } from './use-new-conversation.ts'
import { useTheme } from './use-theme.ts'

const places = [['chat', MessageSquare], ['tasks', Activity], ['history', History]] as const satisfies ReadonlyArray<readonly [Screen, LucideIcon]>

export function Rail () {
  const { go, store } = usePage()
  const begin = useNewConversation()
  const screen = usePageState(({ route }) => route.screen)
  /** Back to the conversation that is open, if one is. */
  const visit = (to: Screen) => go({ screen: to, conversationId: to === 'chat' ? store.get().conversation?.id ?? null : null, taskId: null })
  const place = (to: Screen, icon: LucideIcon) => (
    <IconButton key={to} icon={icon} label={texts.rail[to]} aria-current={screen === to ? 'page' : undefined} onClick={() => visit(to)} className={screen === to ? 'bg-accent-soft text-accent! hover:bg-accent-soft!' : ''} />
  )
  return (
    <nav aria-label={texts.rail.label} className='flex w-14 shrink-0 flex-col items-center gap-1 border-r border-line bg-surface py-3 max-lg:hidden'>
      <div className='mb-1.5'><LogoMark size={32} /></div>
      <IconButton icon={Plus} label={texts.rail.new} onClick={begin} />
      {places.map(([to, icon]) => place(to, icon))}
      <span className='flex-1' />
      <ThemeButton />
      {place('settings', Settings)}
    </nav>
  )
}

export function ThemeButton () {
  const { dark, choose } = useTheme()
  return <IconButton icon={dark ? Sun : Moon} label={dark ? texts.rail.toLight : texts.rail.toDark} size={18} onClick={() => choose(dark ? 'light' : 'dark')} />
}
