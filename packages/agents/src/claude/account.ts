import type { SubTaskOutcome } from '@cortex/contracts'
import { TaskFault } from '../errors.ts'
import { AgentDraining, type LeaseSession } from '../lease-session.ts'
import { LeaseLost, OrchestratorRefused } from '../orchestrator-client.ts'
import { fateOf } from './split.ts'
import type { Transcript } from './transcript.ts'
import { wordsOf } from './unmade.ts'

/** Characters of the account, and of the fault before it: together they are less than an error may have. */
const accountLimit = 1_500
const faultLimit = 2_400

/** What was applied and read back before a conversation ended short, by this worker and by the parts it handed on; null when nothing was. */
export function accountOf ({ state: { applied: { commits, files, changes } } }: Transcript, ended: readonly SubTaskOutcome[] = []): string | null {
  const own = [...commits.length > 0 ? [`${commits.join(', ')} (${files.join(', ')})`] : [], ...changes]
  const lines = [
    ...own.length > 0 ? [`Applied and verified before: ${own.join(', ')}`] : [],
    ...ended.length > 0 ? [`Sub-tasks before: ${ended.map((each) => `“${each.title}” (${each.task_id}) ${fateOf(each)}`).join(', ')}`] : []
  ]
  return lines.length === 0 ? null : lines.map((line) => line.slice(0, accountLimit / lines.length)).join('. ')
}

/** Why a conversation ended short, with what had been applied by then: neither the person nor the log is left to believe that nothing was. */
export function withAccount (error: unknown, transcript: Transcript, session: LeaseSession): unknown {
  const { lease, signal } = session
  const told = [accountOf(transcript, lease.sub_tasks), wordsOf(transcript.state.unmade, accountLimit / 3)].filter((line) => line !== null)
  const account = told.length === 0 ? null : told.map((line) => line.slice(0, accountLimit)).join('. ')
  const reason: unknown = signal.aborted ? signal.reason : error
  // Another worker goes on.
  if (account === null || reason instanceof LeaseLost || reason instanceof AgentDraining) return error
  session.log(`Ended short. ${account}`, 'warn')
  if (!(reason instanceof TaskFault || reason instanceof OrchestratorRefused)) return error
  const message = reason.message.length > faultLimit ? `${reason.message.slice(0, faultLimit)} …` : reason.message.replace(/(?<![.!?])$/, '.')
  return new TaskFault(reason.code, `${message} ${account}`, { retryable: reason instanceof TaskFault && reason.retryable, cause: reason })
}
