import type Anthropic from '@anthropic-ai/sdk'
import type { LeaseOutcome } from '@cortex/contracts'
import { changesNotMade, evidenceUnfounded, splitUnread, taskNotPossible } from '../errors.ts'
import type { LeaseSession } from '../lease-session.ts'
import type { Working } from '../working.ts'
import { accountOf } from './account.ts'
import { checkNothingOpen, toldOutcomes } from './split.ts'
import { checkedInput, Finish, GiveUp } from './tools.ts'
import type { Transcript } from './transcript.ts'
import { callsOf } from './turn.ts'
import { squeeze, wordsOf, type Unmade } from './unmade.ts'

/**
 * Done is what tools have shown: each quote must stand in what a tool of this task read, applied or read back. It is not done when the last change
 * set was not carried out, whatever is quoted.
 * @throws CTX_TOOL_INPUT_INVALID, CTX_CHANGES_OPEN, CTX_CHANGES_NOT_MADE, CTX_EVIDENCE_UNFOUNDED, CTX_SPLIT_UNREAD
 */
export function finish (call: Anthropic.ToolUseBlock, transcript: Transcript, { session }: Working): LeaseOutcome {
  checkRead(call, transcript)
  const { summary, report, evidence } = checkedInput(call.name, Finish, call.input)
  const { draft, applied, unmade } = transcript.state
  const { sub_tasks: ended } = session.lease
  checkNothingOpen(draft)
  const open = unmade.findLast((each) => each.open)
  if (open) return endUndone(open, { summary, report }, transcript, session)
  const answers = transcript.toolAnswers().map(({ tool, text }) => ({ tool, text: squeeze(text) }))
  const planned = squeeze(transcript.plannedWords())
  // A file may say anything, so a quote never stands without the tool that answered it.
  const founded = evidence.map(({ claim, quote }) => {
    const words = squeeze(quote)
    const tool = answers.find(({ text }) => text.includes(words))?.tool
    if (tool === undefined) throw evidenceUnfounded(quote)
    const own = applied.files.length > 0 && tool.startsWith('workspace_') && planned.includes(words) ? '; the worker had written these words itself' : ''
    return { claim, detail: `${quote}\n(quoted by the model from what ${tool} answered${own})` }
  })
  const made = (ended ?? []).flatMap(({ result }) => result ?? [])
  const commit = [...made.flatMap((part) => part.commit ?? []), ...applied.commits].at(-1)
  const files = [...new Set([...made.flatMap((part) => part.files ?? []), ...applied.files])]
  const refused = wordsOf(unmade, 500)
  const told = toldOutcomes(summary, ended, refused === null ? '' : ` (${refused}. ${(accountOf(transcript) ?? 'No other change set was applied').slice(0, 300)}.)`)
  // That nothing was applied is said too, for the summary is the model's word.
  const unchanged = applied.evidence.length === 0 && made.length === 0 ? [{ claim: 'No change set of this task was applied', detail: 'What it says it did beside reading is the worker\'s own word' }] : []
  return {
    kind: 'completed',
    result: {
      summary: told.summary,
      ...(report !== undefined && { report }),
      ...(commit !== undefined && { commit }),
      ...(files.length > 0 && { files: files.slice(0, 500) }),
      evidence: [...told.evidence, ...[...applied.evidence, ...founded, ...unchanged].slice(told.evidence.length - 64)]
    }
  }
}

/** Ends the task as one that cannot be done. */
export function giveUp (call: Anthropic.ToolUseBlock, transcript: Transcript): LeaseOutcome {
  checkRead(call, transcript)
  const { reason } = checkedInput(call.name, GiveUp, call.input)
  throw taskNotPossible(reason)
}

/** A person who denied it has decided, as with a runbook; what moved and was not planned anew failed. What was found by reading stays in the log. */
function endUndone ({ how, words }: Unmade, { summary, report }: { summary: string, report: string | undefined }, transcript: Transcript, session: LeaseSession): LeaseOutcome {
  for (const part of report?.match(/[^]{1,4000}/g) ?? []) session.log(part, 'output')
  if (how === 'moved') throw changesNotMade(squeeze(summary))
  const account = accountOf(transcript, session.lease.sub_tasks)
  const told = [words, ...account === null ? [] : [account.slice(0, 500)]].join('. ')
  return { kind: 'cancelled', note: `${told}. The worker says: “${squeeze(summary)}”`.slice(0, 2_000) }
}

/** What was said beside a split was said before anybody knew what it comes to. */
function checkRead ({ name }: Anthropic.ToolUseBlock, { last, state: { split } }: Transcript): void {
  if (last?.role === 'assistant' && callsOf(last.reply).some(({ id }) => id === split?.call)) throw splitUnread(name)
}
