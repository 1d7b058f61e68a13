import { usePageState } from '../app-context.ts'
import { useTheme } from '../shell/use-theme.ts'
import type { ThemeChoice } from '../state/preferences.ts'
import { AccountPanels } from '../sign-in/account-panel.tsx'
import { texts } from '../texts.ts'
import { Panel } from './panel.tsx'
import { Screen } from './screen.tsx'

const choices = ['system', 'light', 'dark'] as const satisfies readonly ThemeChoice[]

export function SettingsScreen () {
  const planner = usePageState((state) => state.planner)
  const { choice, choose } = useTheme()
  return (
    <Screen>
      <Panel title={texts.screens.who}>
        <p>{planner ? texts.screens.kinds[planner.kind] : texts.planner.unknown}</p>
        {planner && <p className='font-mono text-xs text-muted'>{planner.model}</p>}
        {planner?.notice && <p className='text-sm text-muted'>{planner.notice}</p>}
      </Panel>
      <Panel title={texts.screens.theme}>
        <div role='radiogroup' aria-label={texts.screens.theme} className='flex flex-wrap gap-x-5 gap-y-2'>
          {choices.map((each) => (
            <label key={each} className='flex min-h-7 items-center gap-2'>
              <input type='radio' name='theme' checked={choice === each} onChange={() => choose(each)} className='size-4 accent-accent' />
              {texts.screens.themes[each]}
            </label>
          ))}
        </div>
      </Panel>
      <AccountPanels />
    </Screen>
  )
}
