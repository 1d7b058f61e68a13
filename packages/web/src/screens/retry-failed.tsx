import type { Task } from '@cortex/contracts'
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { usePage } from '../app-context.ts'
import { wordsFor } from '../state/commands.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'

/** Reasons that are told at most; they are often the same one. */
const mostReasons = 3

/** Runs what failed again, all at once. */
export function RetryFailed ({ tasks, disabled, onDone }: { tasks: readonly Task[], disabled: boolean, onDone: () => void }) {
  const { commands, store } = usePage()
  const [asking, setAsking] = useState(false)
  const [outcome, setOutcome] = useState('')
  const failed = tasks.filter(({ status, attempt, max_attempts: most }) => status === 'failed' && attempt < most)

  /** One after the other: a retry is quick, and what it revives may be among the rest. */
  async function retryAll () {
    let done = 0
    const refusals = new Set<string>()
    for (const { id, payload: { title } } of failed) {
      try {
        await commands.retryTask(id)
        done++
      } catch (error) {
        refusals.add(`${title}: ${wordsFor(error)}`)
      }
    }
    const words = texts.screens.retried(done, [...refusals].slice(0, mostReasons))
    setOutcome(words)
    store.set({ announcement: words })
    onDone()
  }
  return (
    <>
      {outcome !== '' && <p className='w-full break-words'>{outcome}</p>}
      {failed.length > 0 && <Button icon={RotateCw} disabled={disabled} onClick={() => setAsking(true)}>{texts.screens.retryFailed(failed.length)}</Button>}
      {asking && (
        <Confirm
          title={texts.screens.retryFailedTitle(failed.length)}
          text={texts.screens.retryFailedText}
          yes={texts.screens.retryFailed(failed.length)}
          no={texts.screens.leaveFailed}
          run={retryAll}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
