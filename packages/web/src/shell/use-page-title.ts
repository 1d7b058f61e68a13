import { useEffect } from 'react'
import { usePageState } from '../app-context.ts'
import { needCount, type PageState } from '../state/page-state.ts'
import { texts } from '../texts.ts'
import { showHidden } from '../ui/visible-text.ts'

function titleOf ({ route, conversation }: PageState): string {
  switch (route.screen) {
    case 'tasks': return texts.screens.tasksTitle
    case 'approvals': return texts.batch.title
    case 'history': return texts.screens.historyTitle
    case 'settings': return texts.screens.settingsTitle
    case 'missing': return texts.connection.pageMissingTitle
    case 'chat': return showHidden(conversation?.title ?? '') || texts.chat.new
  }
}

export function usePageTitle (): string {
  return usePageState(titleOf)
}

/** The tab's title counts what waits for the person. */
export function useTabTitle (): void {
  const signedOut = usePageState(({ connection }) => connection.kind === 'signed-out')
  const here = usePageTitle()
  const waiting = usePageState(needCount)
  const [title, needs] = signedOut ? [texts.signIn.title, 0] : [here, waiting]
  useEffect(() => { document.title = `${texts.titleWith(title, needs)} · ${texts.product}` }, [title, needs])
}
