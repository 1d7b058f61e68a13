import type Anthropic from '@anthropic-ai/sdk'
import { checkSize } from '../change-set.ts'
import { policyDenied, TaskFault, toolUnknown } from '../errors.ts'
import { deniedBy, kinOf } from '../policy.ts'
import { describeStanding, mergePlans, type ChangeTool, type Plan, type ReadTool, type Tool, type Toolkit } from '../toolkit.ts'
import { inToolSpan } from '../spans.ts'
import type { Working } from '../working.ts'
import { toolOutput } from './prompt.ts'
import type { Results } from './turn.ts'
import { withoutFound, type Unmade } from './unmade.ts'

/** Characters of one answer, and of all answers to one reply: they are journalled together, and leave room for the rest of the conversation. */
export const answerLimit = 30_000
export const answersLimit = (context: number) => Math.min(200_000, context / 2)

type Call = Anthropic.ToolUseBlock
type Known<T extends Tool> = { call: Call, toolkit: Toolkit, tool: T }

/**
 * Runs the calls of one reply that read (side by side) and that plan (one after the other, for each sees what the one before planned).
 * @param context characters of everything the model is sent
 */
export async function runToolCalls (calls: readonly Call[], { draft, unmade }: { draft: readonly Plan[], unmade: readonly Unmade[] }, working: Working, context: number): Promise<{ results: Results, draft: Plan[], unmade: Unmade[] }> {
  const known = new Map(working.toolkits.flatMap((toolkit) => toolkit.tools.map((tool) => [tool.name, { toolkit, tool }] as const)))
  const limit = Math.min(answerLimit, Math.floor(answersLimit(context) / calls.length))
  const results: Results = {}
  const reads: Array<Known<ReadTool>> = []
  const changes: Array<Known<ChangeTool>> = []
  for (const call of calls) {
    const found = known.get(call.name)
    if (!found) results[call.id] = failed(call.name, toolUnknown(call.name, [...known.keys()]))
    else if (found.tool.kind === 'read') reads.push({ call, toolkit: found.toolkit, tool: found.tool })
    else changes.push({ call, toolkit: found.toolkit, tool: found.tool })
  }
  const { session } = working
  await Promise.all(reads.map(async ({ call, toolkit, tool }) => {
    results[call.id] = await answer(working, tool.name, async () => {
      checkAllowed(working, toolkit, tool)
      const { summary, text, planned } = await session.unlessStopped(inToolSpan('read', toolkit.id, tool.name, () => tool.run(call.input, { signal: session.signal, draft })))
      session.log(`${tool.name}: ${summary}`)
      return { content: toolOutput(tool.name, clip(text, limit)), ...(planned && { shows: '' }) }
    })
  }))
  let drafted = [...draft]
  let left = [...unmade]
  for (const { call, toolkit, tool } of changes) {
    results[call.id] = await answer(working, tool.name, async () => {
      checkAllowed(working, toolkit, tool)
      const planning = await session.unlessStopped(inToolSpan('plan', toolkit.id, tool.name, () => tool.plan(call.input, { signal: session.signal, draft: drafted })))
      const merged = mergePlans(drafted, planning, toolkit.id)
      checkSize(merged)
      drafted = merged
      left = withoutFound(left, toolkit.id, planning.standing)
      for (const { dry_run: line } of planning.plans) session.log(`Planned: ${line}`)
      const standing = planning.standing.length > 0 ? `Already as wanted: ${describeStanding(planning)}` : ''
      const text = [...planning.plans.map(({ diff }) => `Planned, not applied:\n${diff}`), ...(standing === '' ? [] : [standing])].join('\n')
      return { content: toolOutput(tool.name, clip(text, limit)), shows: standing }
    })
  }
  return { results, draft: drafted, unmade: left }
}

/** A failed call is an answer the model can learn from; only a reason to stop ends the run. */
async function answer ({ session }: Working, tool: string, work: () => Promise<{ content: string, shows?: string }>): Promise<Results[string]> {
  try {
    return { ...await work(), is_error: false }
  } catch (error) {
    session.signal.throwIfAborted()
    if (!(error instanceof TaskFault)) throw error
    session.log(error.message, 'warn')
    return failed(tool, error)
  }
}

/** A fault may hold any words of what it tells of: names of files, answers of servers, what a program said. */
export function failed (tool: string, { code, message }: TaskFault): Results[string] {
  return { content: toolOutput(tool, `${code}: ${message}`), is_error: true }
}

function checkAllowed ({ policy, session }: Working, toolkit: Toolkit, tool: Tool): void {
  const rule = deniedBy(policy, { ...kinOf(session.lease), kind: tool.kind, toolkit: toolkit.id, tool: tool.name })
  if (rule !== undefined) throw policyDenied(tool.name, rule)
}

function clip (text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}\n… ${text.length - limit} more characters are not shown; ask for less at once`
}
