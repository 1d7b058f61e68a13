import { Activity, History, MessageSquare, Moon, Plus, Settings, ShieldCheck, Sun, type LucideIcon } from 'lucide-react'
import { usePage, usePageState } from '../app-context.ts'
import { approvalCount } from '../state/page-state.ts'
import type { Screen } from '../state/route.ts'
import { texts } from '../texts.ts'
import { IconButton } from '../ui/button.tsx'
import { LogoMark } from '../ui/logo-mark.tsx'
import { useNewConversation } from './use-new-conversation.ts'
import { useTheme } from './use-theme.ts'

export const places = [['chat', MessageSquare], ['approvals', ShieldCheck], ['tasks', Activity], ['history', History]] as const satisfies ReadonlyArray<readonly [Screen, LucideIcon]>

/** Goes to a screen; back to the conversation that is open, if one is. */
export function useVisit (): (to: Screen) => void {
  const { go, store } = usePage()
  return (to) => go({ screen: to, conversationId: to === 'chat' ? store.get().conversation?.id ?? null : null, taskId: null })
}

export function Rail () {
  const begin = useNewConversation()
  const visit = useVisit()
  const screen = usePageState(({ route }) => route.screen)
  const asking = usePageState(approvalCount)
  const place = (to: Exclude<Screen, 'missing'>, icon: LucideIcon) => {
    const count = to === 'approvals' ? asking : 0
    return (
      <span key={to} className='relative'>
        <IconButton icon={icon} label={count > 0 ? texts.rail.approvalsWaiting(count) : texts.rail[to]} aria-current={screen === to ? 'page' : undefined} onClick={() => visit(to)} className={screen === to ? 'bg-accent-soft text-accent! hover:bg-accent-soft!' : ''} />
        {count > 0 && <span aria-hidden className='pointer-events-none absolute end-0.5 top-0.5 grid h-4 min-w-4 place-items-center rounded-full bg-asking px-1 text-[0.6875rem] font-semibold text-surface'>{count}</span>}
      </span>
    )
  }
  return (
    <nav aria-label={texts.rail.label} className='flex w-14 shrink-0 flex-col items-center gap-1 border-e border-line bg-surface py-3 max-lg:hidden'>
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
