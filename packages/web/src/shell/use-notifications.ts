import { useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'

export interface Notifications {
  readonly state: 'on' | 'off' | 'denied' | 'unsupported'
  /** Turns them on, asking the browser first where it has not been asked, or off. */
  toggle (): Promise<void>
}

const permission = (): NotificationPermission | 'unsupported' => 'Notification' in window ? Notification.permission : 'unsupported'

export function useNotifications (): Notifications {
  const { store, preferences } = usePage()
  const wanted = usePageState(({ notify }) => notify)
  const [allowed, setAllowed] = useState(permission)

  function keep (notify: boolean) {
    preferences.keepNotify(notify)
    store.set({ notify })
  }
  return {
    state: allowed === 'unsupported' || allowed === 'denied' ? allowed : wanted && allowed === 'granted' ? 'on' : 'off',
    async toggle () {
      if (wanted && allowed === 'granted') return keep(false)
      const answer = await Notification.requestPermission()
      setAllowed(answer)
      keep(answer === 'granted')
    }
  }
}
