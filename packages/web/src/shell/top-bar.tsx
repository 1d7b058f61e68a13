import { Search } from 'lucide-react'
import { usePage, usePageState } from '../app-context.ts'
import { texts } from '../texts.ts'
import { IconButton } from '../ui/button.tsx'
import { ConnectionPill } from './connection-pill.tsx'
import { ThemeButton } from './rail.tsx'
import { usePageTitle } from './use-page-title.ts'

export function TopBar () {
  const { store } = usePage()
  const title = usePageTitle()
  const search = () => store.set({ overlay: 'palette' })
  const status = usePageState(({ route }) => route.screen === 'chat')
  return (
    <header className='flex h-12 shrink-0 items-center gap-4 border-b border-line bg-surface px-4 max-lg:gap-2 max-lg:pr-1'>
      <h1 className='min-w-0 truncate font-semibold max-lg:flex-1'>{title}</h1>
      {status && <span className='max-lg:ml-auto'><ConnectionPill /></span>}
      <span className='flex-1 max-lg:hidden' />
      <button type='button' onClick={search} className='flex h-8 w-64 items-center gap-2 rounded-lg border border-line bg-surface px-2.5 text-sm text-muted hover:border-edge max-lg:hidden'>
        <Search size={15} aria-hidden />
        <span className='flex-1 text-left'>{texts.rail.search}</span>
        <kbd className='font-sans text-xs'>Ctrl K</kbd>
      </button>
      <span className='flex lg:hidden'>
        <IconButton icon={Search} label={texts.rail.search} onClick={search} />
        <ThemeButton />
      </span>
    </header>
  )
}
