import type { PlannerSettings } from '@cortex/contracts'
import { usePage, usePageState } from '../app-context.ts'
import { useNotifications } from '../shell/use-notifications.ts'
import { useTheme } from '../shell/use-theme.ts'
import { AccountPanels } from '../sign-in/account-panel.tsx'
import type { ThemeChoice } from '../state/preferences.ts'
import { languages, pickLanguage, texts, type LanguageCode } from '../texts.ts'
import { useLoad } from '../ui/use-load.ts'
import { Panel } from './panel.tsx'
import { PolicyPanel } from './policy-panel.tsx'
import { Screen } from './screen.tsx'

const choices = ['system', 'light', 'dark'] as const satisfies readonly ThemeChoice[]
const codes = Object.keys(languages) as LanguageCode[]

export function SettingsScreen () {
  const planner = usePageState((state) => state.planner)
  const { value: settings } = useLoad<PlannerSettings>('/v1/planner')
  const { choice, choose } = useTheme()
  const words = texts.screens
  return (
    <Screen>
      <AccountPanels />
      <Panel title={words.who}>
        <p>{planner ? words.kinds[planner.kind] : texts.planner.unknown}</p>
        {planner && <p dir='ltr' className='text-start font-mono text-xs text-muted'>{planner.model}</p>}
        {planner?.notice && <p className='text-sm text-muted'>{planner.notice}</p>}
        {settings?.fallback_model && <p className='text-sm text-muted'>{words.fallback(settings.fallback_model)}</p>}
        {settings?.small_model && <p className='text-sm text-muted'>{words.small(settings.small_model)}</p>}
        {settings?.self_test && <p className='text-sm text-muted'>{words.selfTest[settings.self_test.outcome]}</p>}
      </Panel>
      <PolicyPanel />
      <NotificationsPanel />
      <Panel title={words.theme}>
        <Choices name='theme' label={words.theme} choices={choices.map((each) => [each, words.themes[each]])} chosen={choice} onChoose={choose} />
      </Panel>
      <LanguagePanel />
    </Screen>
  )
}

function NotificationsPanel () {
  const { state, toggle } = useNotifications()
  const words = texts.screens
  return (
    <Panel title={words.notifications}>
      <p className='text-sm text-muted'>{words.notificationsText}</p>
      {state === 'unsupported' || state === 'denied'
        ? <p className='text-sm text-asking'>{texts.notifications[state]}</p>
        : (
          <label className='flex min-h-7 w-fit items-center gap-2 max-lg:min-h-11'>
            <input type='checkbox' checked={state === 'on'} onChange={() => { void toggle() }} className='size-4 accent-accent' />
            {words.notificationsLabel}
          </label>
          )}
    </Panel>
  )
}

function LanguagePanel () {
  const { preferences } = usePage()
  const words = texts.screens
  /** Words that were read once, as in what is on the screen, are read anew by loading the page. */
  function choose (code: LanguageCode) {
    preferences.keepLanguage(code)
    location.reload()
  }
  return (
    <Panel title={words.language}>
      <Choices name='language' label={words.language} choices={codes.map((code) => [code, languages[code].name])} chosen={pickLanguage(preferences.language(), navigator.languages)} onChoose={choose} />
      <p className='text-sm text-muted'>{words.languageText}</p>
    </Panel>
  )
}

interface ChoicesProps<Value extends string> {
  name: string
  label: string
  choices: ReadonlyArray<readonly [Value, string]>
  chosen: Value
  onChoose: (value: Value) => void
}

function Choices<Value extends string> ({ name, label, choices, chosen, onChoose }: ChoicesProps<Value>) {
  return (
    <div role='radiogroup' aria-label={label} className='flex flex-wrap gap-x-5 gap-y-2'>
      {choices.map(([value, words]) => (
        <label key={value} className='flex min-h-7 items-center gap-2 max-lg:min-h-11'>
          <input type='radio' name={name} checked={chosen === value} onChange={() => onChoose(value)} className='size-4 accent-accent' />
          {words}
        </label>
      ))}
    </div>
  )
}
