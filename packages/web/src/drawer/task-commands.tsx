import type { Task } from '@cortex/contracts'
import { RotateCw, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { canAsk } from '../sign-in/may.ts'
import { canRollBack, shownTasks } from '../state/page-state.ts'
import { hasEnded, taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Fault } from '../ui/fault.tsx'
import { useTry } from '../ui/use-try.ts'

/** What a person can do about a task as it stands: retry, cancel, roll back. */
export function TaskCommands ({ task, onDone = () => {} }: { task: Task, onDone?: () => void }) {
  const { commands } = usePage()
  const live = usePageState(canAsk)
  const dependents = usePageState((state) => [...shownTasks(state).values()].filter((other) => other.depends_on.includes(task.id) && !hasEnded(other)).length)
  const changed = usePageState((state) => canRollBack(state, task))
  const [asking, setAsking] = useState<'cancel' | 'roll back' | null>(null)
  const retry = useTry()
  return (
    <>
      {(task.status === 'failed' || task.status === 'cancelled') && <Button icon={RotateCw} className='max-lg:w-full' disabled={!live || retry.busy} onClick={() => retry.run(async () => { await commands.retryTask(task.id); onDone() })}>{texts.drawer.retry}</Button>}
      {!hasEnded(task) && <Button className='max-lg:w-full' disabled={!live} onClick={() => setAsking('cancel')}>{texts.drawer.cancel}</Button>}
      {changed && <Button icon={Undo2} className='max-lg:w-full' disabled={!live} onClick={() => setAsking('roll back')}>{texts.drawer.rollBack}</Button>}
      {retry.error !== null && <div className='w-full'><Fault text={retry.error} /></div>}
      {asking === 'cancel' && (
        <Confirm
          title={texts.drawer.cancelTitle(taskTitle(task))}
          text={dependents > 0 ? `${texts.drawer.cancelText} ${texts.drawer.cancelDependents(dependents)}` : texts.drawer.cancelText}
          yes={texts.drawer.cancel}
          no={texts.drawer.keep}
          run={async () => { await commands.cancelTask(task.id); onDone() }}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'roll back' && (
        <Confirm
          title={texts.drawer.rollBackTitle(taskTitle(task))}
          text={texts.drawer.rollBackText}
          yes={texts.drawer.rollBack}
          no={texts.drawer.leaveChanged}
          run={() => commands.rollBackTask(task.id)}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  )
}
