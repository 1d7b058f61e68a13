import { useEffect } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import type { ThemeChoice } from '../state/preferences.ts'
import { useMedia } from '../ui/use-media.ts'

export interface Theme {
  readonly choice: ThemeChoice
  readonly dark: boolean
  choose (choice: ThemeChoice): void
}

export function useTheme (): Theme {
  const { store, preferences } = usePage()
  const choice = usePageState(({ theme }) => theme)
  const systemDark = useMedia('(prefers-color-scheme: dark)')
  return {
    choice,
    dark: choice === 'system' ? systemDark : choice === 'dark',
    choose (theme) {
      preferences.keepTheme(theme)
      store.set({ theme })
    }
  }
}

/** The style sheet reads the theme from the root element. */
export function useAppliedTheme (): void {
  const { dark } = useTheme()
  useEffect(() => { document.documentElement.dataset['theme'] = dark ? 'dark' : 'light' }, [dark])
}
