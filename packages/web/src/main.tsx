import './styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { PageContext } from './app-context.ts'
import { createPage } from './state/page.ts'
import { openPersonStore } from './state/person-store.ts'
import { createPreferences } from './state/preferences.ts'
import { pickLanguage, speak } from './texts.ts'
import { ErrorBoundary } from './ui/error-boundary.tsx'
import { askWho } from './wire/who.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

const preferences = createPreferences(() => localStorage)
const [signIn] = await Promise.all([askWho(location.origin), speak(pickLanguage(preferences.language(), navigator.languages), document.documentElement)])
// In another tab somebody else signed in, or this person out: what is shown here goes at once.
const person = await openPersonStore(window, () => localStorage, signIn, () => location.reload())

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <PageContext value={createPage({ window, preferences, person, signIn })}>
        <App />
      </PageContext>
    </ErrorBoundary>
  </StrictMode>
)
