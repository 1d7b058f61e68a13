import type { LeaseOutcome } from '@cortex/contracts'
import type { ClaudeOptions } from './claude/model.ts'
import { masterUnknown, runbookMissing } from './errors.ts'
import type { LeaseSession } from './lease-session.ts'
import { partCategories, type Master } from './master.ts'
import type { Policy } from './policy.ts'
import { workByRollback } from './rollback.ts'
import { matchRunbooks, misfitOf } from './runbook/match.ts'
import type { Runbook } from './runbook/runbook.ts'
import { workByRunbook } from './runbook/worker.ts'
import type { RunbookAim } from './runbook/engine.ts'
import type { TargetQueue } from './target-queue.ts'
import type { Toolkit } from './toolkit.ts'
import type { Working } from './working.ts'

export interface WorkOptions {
  masters: readonly Master[]
  runbooks: readonly Runbook[]
  toolkits: readonly Toolkit[]
  policy: Policy
  queue: TargetQueue
  /** Paths of the workspace's files, so that a task may name one. */
  paths: () => Promise<string[]>
  /** null: only tasks that fit a runbook can be done. */
  claude: ClaudeOptions | null
}

/** How a run began, journalled so that whoever goes on with it goes on in the same way. */
type Way = { kind: 'runbook', id: string, aim: RunbookAim } | { kind: 'claude' }

/** Does one task: a rollback by what it takes back, any other by the runbook that fits, else by Claude. A task with a journal goes on where it stopped. */
export async function work (session: LeaseSession, options: WorkOptions): Promise<LeaseOutcome> {
  const { task, journal, undo = [] } = session.lease
  const master = options.masters.find(({ id }) => id === task.assigned_to)
  if (!master) throw masterUnknown(task.assigned_to)
  const toolkits = options.toolkits.filter(({ id }) => master.toolkits.includes(id))
  const runbooks = options.runbooks.filter(({ id }) => master.runbooks.includes(id))
  const context: Working = { session, master, toolkits, policy: options.policy, queue: options.queue, partCategories: task.parent_id === null ? partCategories(master, options.masters) : [] }

  // What its sub-tasks changed, masters of other toolkits may have.
  if (task.rollback_of !== undefined) return workByRollback(undo, { ...context, toolkits: options.toolkits })

  const begun = journal.find(({ key }) => key === 'way')?.value as Way | undefined
  const begunWith = begun?.kind === 'runbook' ? runbooks.find(({ id }) => id === begun.id) : undefined
  if (begun?.kind === 'runbook' && begunWith) return workByRunbook(begunWith, begun.aim, context)
  const [nearest] = begun?.kind === 'claude' ? [] : matchRunbooks(runbooks, task.payload, await options.paths())
  if (nearest?.fits) {
    const { runbook, folder, remarks } = nearest
    await session.journal({ way: { kind: 'runbook', id: runbook.id, aim: { folder, remarks } } satisfies Way })
    return workByRunbook(runbook, { folder, remarks }, context)
  }
  if (!options.claude) {
    const known = runbooks.filter(({ categories }) => categories.includes(task.payload.category)).map(({ title }) => title)
    throw runbookMissing(task.payload.category, nearest ? misfitOf(nearest) : 'none names what it asks for', known.join('; ') || 'none')
  }
  await session.journal({ way: { kind: 'claude' } satisfies Way })
  const { workByClaude } = await import('./claude/worker.ts')
  return workByClaude(context, options.claude)
}
