export type ThemeChoice = 'system' | 'light' | 'dark'

/** What this browser remembers, whoever uses it. Storage may be full or forbidden; the page works without it. */
export interface Preferences {
  theme (): ThemeChoice
  keepTheme (theme: ThemeChoice): void
  timelineOpen (): boolean
  keepTimelineOpen (open: boolean): void
  /** Null where the browser's own language decides. */
  language (): string | null
  keepLanguage (code: string): void
  notify (): boolean
  keepNotify (notify: boolean): void
}

/** @param storage asked each time, because asking is what throws where storage is forbidden */
export function createPreferences (storage: () => Storage): Preferences {
  function read (key: string): string | null {
    try {
      return storage().getItem(`cortex.${key}`)
    } catch {
      return null
    }
  }
  function keep (key: string, value: string | null): void {
    try {
      if (value === null || value === '') storage().removeItem(`cortex.${key}`)
      else storage().setItem(`cortex.${key}`, value)
    } catch {
      // Nothing is lost but comfort.
    }
  }
  return {
    theme () {
      const choice = read('theme')
      return choice === 'light' || choice === 'dark' ? choice : 'system'
    },
    keepTheme: (theme) => keep('theme', theme === 'system' ? null : theme),
    timelineOpen: () => read('timeline') !== 'closed',
    keepTimelineOpen: (open) => keep('timeline', open ? null : 'closed'),
    language: () => read('language'),
    keepLanguage: (code) => keep('language', code),
    notify: () => read('notify') === 'yes',
    keepNotify: (notify) => keep('notify', notify ? 'yes' : null)
  }
}
