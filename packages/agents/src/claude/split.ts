import type Anthropic from '@anthropic-ai/sdk'
import { splitKey, type Evidence, type LeaseOutcome, type SubTaskOutcome } from '@cortex/contracts'
import { changesOpen, splitRefused } from '../errors.ts'
import type { Plan } from '../toolkit.ts'
import type { Working } from '../working.ts'
import { answerLimit, answersLimit } from './calls.ts'
import { toolOutput } from './prompt.ts'
import { checkedSplit } from './tools.ts'
import type { Transcript } from './transcript.ts'

/**
 * Hands parts of the task to workers of their own. The call stays open until they have ended: then the lease brings what they came to, and that is its answer.
 * Called again without it, as after a crash, it reports the same parts again.
 * @param context characters of everything the model is sent
 */
export async function splitTask (call: Anthropic.ToolUseBlock, transcript: Transcript, { session, partCategories }: Working, context: number): Promise<LeaseOutcome | undefined> {
  const { sub_tasks: ended } = session.lease
  const { split, draft } = transcript.state
  if (split?.call === call.id && ended) {
    session.log(`${countOf(ended)} of ${ended.length} sub-tasks were completed; going on`)
    await session.journal(transcript.addResults({ [call.id]: { content: toolOutput(call.name, describe(ended, Math.min(answerLimit, answersLimit(context)))), is_error: false } }))
    return undefined
  }
  if (partCategories.length === 0) throw splitRefused('it is a sub-task itself')
  if (split && split.call !== call.id) throw splitRefused('it was split already')
  checkNothingOpen(draft)
  const subTasks = checkedSplit(call.name, partCategories, call.input)
  if (!split) await session.journal({ [splitKey]: subTasks.length, ...transcript.update({ split: { call: call.id } }) })
  session.log(`Split into ${subTasks.length} sub-tasks: ${subTasks.map(({ title }) => title).join('; ')}`.slice(0, 4_000))
  return { kind: 'sub_tasks', sub_tasks: subTasks }
}

/** @throws CTX_CHANGES_OPEN */
export function checkNothingOpen (draft: readonly Plan[]): void {
  if (draft.length > 0) throw changesOpen(`${draft.length}`, draft.map(({ target }) => target).join(', ').slice(0, 500))
}

/**
 * What a result says of the sub-tasks, whatever its model says: one that did not complete is named.
 * @param remark what else is to be said behind the summary
 */
export function toldOutcomes (summary: string, ended: readonly SubTaskOutcome[] = [], remark = ''): { summary: string, evidence: Evidence[] } {
  const [done, short] = [ended.filter(({ status }) => status === 'completed'), ended.filter(({ status }) => status !== 'completed')]
  const fates = short.map((each) => `“${each.title}” ${fateOf(each)}: ${(each.error?.message ?? each.cancel_reason ?? '').slice(0, 300)}`).join('; ')
  const said = short.length === 0 ? remark : `${remark} (${short.length} of ${ended.length} sub-tasks did not complete. ${fates.slice(0, 1_000)})`
  return {
    summary: `${summary.slice(0, 2_000 - said.length)}${said}`,
    evidence: done.map((each) => ({ claim: `Sub-task “${each.title}” ${fateOf(each)}`, detail: [each.task_id, ...shownOf(each)].join('\n').slice(0, 2_000) }))
  }
}

function describe (ended: readonly SubTaskOutcome[], all: number): string {
  const limit = Math.floor(all / ended.length)
  return ended.map((each) => {
    const text = [`“${each.title}” (${each.task_id}) ${fateOf(each)}`, ...each.result ? [each.result.summary] : [], ...shownOf(each), ...each.result?.report === undefined ? [] : [each.result.report]].join('\n')
    return text.length <= limit ? text : `${text.slice(0, limit)}\n… ${text.length - limit} more characters are not shown`
  }).join('\n\n')
}

export function fateOf ({ status }: SubTaskOutcome): string {
  return status === 'completed' ? 'was completed' : status === 'failed' ? 'failed' : 'was cancelled'
}

/** What stands behind it: why it ended short, or what was read back. */
function shownOf ({ result, error, cancel_reason: reason }: SubTaskOutcome): string[] {
  return [
    ...error ? [`${error.code}: ${error.message}`] : [],
    ...reason === null ? [] : [reason],
    ...result?.commit === undefined ? [] : [`commit ${result.commit}`],
    ...result?.files && result.files.length > 0 ? [`files ${result.files.join(', ')}`] : [],
    ...result?.evidence.map(({ claim, detail }) => `${claim}: ${detail}`) ?? []
  ]
}

function countOf (ended: readonly SubTaskOutcome[]): number {
  return ended.filter(({ status }) => status === 'completed').length
}
