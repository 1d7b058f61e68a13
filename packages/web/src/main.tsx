import './styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { PageContext } from './app-context.ts'
import { createPage } from './state/page.ts'
import { createPreferences } from './state/preferences.ts'
import { pickLanguage, speak } from './texts.ts'
import { ErrorBoundary } from './ui/error-boundary.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

const preferences = createPreferences(() => localStorage)
await speak(pickLanguage(preferences.language(), navigator.languages), document.documentElement)

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <PageContext value={createPage(window, preferences)}>
        <App />
      </PageContext>
    </ErrorBoundary>
  </StrictMode>
)
