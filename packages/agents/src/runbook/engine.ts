import type { Evidence, JournalEntry, Lease, Task } from '@cortex/contracts'
import { policyDenied, runbookFailed, runbookUnfit, TaskFault } from '../errors.ts'
import type { LeaseSession } from '../lease-session.ts'
import { findIn, matchesWhole } from '../pattern.ts'
import { deniedBy, kinOf, type Policy } from '../policy.ts'
import { inToolSpan } from '../spans.ts'
import { stepsAt } from '../settle.ts'
import { describeStanding, mergePlans, type Plan, type Planning, type Tool, type ToolContext, type Toolkit } from '../toolkit.ts'
import { templateNamed } from './faults.ts'
import type { Runbook } from './runbook.ts'
import { render } from './template.ts'

/** What a runbook came to: things found, and changes it wants, which may be none. */
export interface RunbookResult {
  summary: string
  report: string | undefined
  evidence: Evidence[]
  plans: Plan[]
  /** Targets that already are as the runbook wants them. */
  standing: string[]
  /** Which task made them so, by name, where that is known. */
  made_by: Record<string, string>
}

/** What the matching found in the words of the task beside the runbook itself. */
export interface RunbookAim {
  /** The folder to look at; empty for the whole workspace. */
  folder: string
  /** What was asked and makes no difference or is not done; said before anything else. */
  remarks: string[]
}

export interface RunbookContext {
  aim: RunbookAim
  session: LeaseSession
  policy: Policy
  toolkits: readonly Toolkit[]
  /** Steps of an earlier run that this one goes on with. */
  journal: readonly JournalEntry[]
}

/** What a step came to: journalled with its end, so that a run that goes on does not take it again. */
type Came =
  | { kind: 'read', summary: string, value: Record<string, unknown> | undefined }
  | { kind: 'change', planning: Planning }

interface JournalledStep { name: string, state: 'started' | 'done', came?: Came }

/** Characters of what is kept of one step, far below what one report may hold. A step that came to more is taken again after a crash. */
const cameLimit = 200_000

/** What follows a runbook's own steps when it changes anything. */
export const changeSteps = ['Wait for approval', 'Apply the change set', 'Read back and compare']

/** Follows the steps in order. Reads run; changes are planned and gathered, never made here. */
export async function followRunbook (runbook: Runbook, { aim, session, policy, toolkits, journal }: RunbookContext): Promise<RunbookResult> {
  const { lease } = session
  const { task } = lease
  const tools = new Map(toolkits.flatMap((toolkit) => toolkit.tools.map((tool) => [tool.name, { toolkit, tool }] as const)))
  const values: Record<string, unknown> = { ...readInputs(runbook, task), folder: aim.folder, task: { title: task.payload.title } }
  const evidence: Evidence[] = []
  const standing = new Set<string>()
  const madeBy: Record<string, string> = {}
  let draft: Plan[] = []

  let unwritten: Record<string, JournalledStep> = {}
  let writing = Promise.resolve()
  /** Returns when all that steps came to so far is stored. */
  const write = (): Promise<void> => {
    if (Object.keys(unwritten).length > 0) writing = session.journal(unwritten)
    unwritten = {}
    return writing
  }

  const take = async (index: number, step: Runbook['steps'][number], { toolkit, tool }: { toolkit: Toolkit, tool: Tool }): Promise<Came> => {
    if (step.require && ['', '0', 'false'].includes((await render(step.require.value, values)).trim())) throw runbookUnfit(step.require.message)
    const input = await renderArguments(step.with, runbook.templates, values)
    const key = `step:${index}`
    unwritten[key] = { name: step.name, state: 'started' }
    // The end of the step before and the start of this one are stored together, beside the step: no step here changes anything.
    const [came] = await Promise.all([session.unlessStopped(runStep(toolkit.id, tool, input, { signal: session.signal, draft }, step.as !== undefined)), write()])
    for (const line of linesOf(step.name, came)) session.log(line)
    const keeps = JSON.stringify(came).length <= cameLimit
    unwritten[key] = { name: step.name, state: 'done', ...(keeps && { came }) }
    return came
  }

  const changes = runbook.steps.some(({ tool }) => tools.get(tool)?.tool.kind === 'change')
  const names = [...runbook.steps.map(({ name }) => name), ...(changes ? changeSteps : [])]
  for (const [index, step] of runbook.steps.entries()) {
    if (session.draining.aborted) await write()
    session.checkpoint()
    session.progress({ percent: Math.round(index / names.length * 100), step: step.name, steps: stepsAt(names, index) })
    const found = tools.get(step.tool)
    if (step.optional && step.as !== undefined) values[step.as] = null
    if (step.optional && (!found || denialOf(policy, lease, found) !== undefined)) continue
    if (!found) throw runbookFailed(runbook.id, step.name, `this master's toolkits have no tool ${step.tool}`)
    checkPolicy(policy, lease, found)
    try {
      const came = cameEarlier(journal, index, step.name) ?? await take(index, step, found)
      if (came.kind === 'read') {
        if (step.as !== undefined) values[step.as] = came.value
        evidence.push({ claim: step.name, detail: came.summary })
      } else {
        for (const target of came.planning.standing) standing.add(target)
        Object.assign(madeBy, came.planning.made_by)
        draft = mergePlans(draft, came.planning, found.toolkit.id)
      }
    } catch (error) {
      if (!session.signal.aborted) await write()
      if (step.optional && error instanceof TaskFault && !session.signal.aborted) {
        session.log(`${step.name}: left out, for ${error.message}`, 'warn')
        continue
      }
      if (error instanceof TaskFault) throw new TaskFault(error.code, `${step.name}: ${error.message}`, { retryable: error.retryable, cause: error })
      if (session.signal.aborted || !isTemplateFault(error)) throw error
      throw runbookFailed(runbook.id, step.name, error.message)
    }
  }
  await write()
  session.checkpoint()
  return {
    summary: [...aim.remarks, await render(runbook.result.summary, values)].join(' ').trim().replace(/\s+/g, ' ').slice(0, 2_000),
    report: runbook.result.report === undefined ? undefined : (await render(runbook.result.report, values)).slice(0, 100_000),
    evidence,
    plans: draft,
    standing: [...standing],
    made_by: madeBy
  }
}

function cameEarlier (journal: readonly JournalEntry[], index: number, name: string): Came | undefined {
  const step = journal.find(({ key }) => key === `step:${index}`)?.value as JournalledStep | undefined
  return step?.name === name ? step.came : undefined
}

/** @param named whether later steps may use what a reading found */
async function runStep (toolkit: string, tool: Tool, input: unknown, context: ToolContext, named: boolean): Promise<Came> {
  if (tool.kind === 'change') return { kind: 'change', planning: await inToolSpan('plan', toolkit, tool.name, () => tool.plan(input, context)) }
  const { summary, text, facts } = await inToolSpan('read', toolkit, tool.name, () => tool.run(input, context))
  return { kind: 'read', summary, value: named ? { ...facts, text, summary } : undefined }
}

function linesOf (name: string, came: Came): string[] {
  if (came.kind === 'read') return [`${name}: ${came.summary}`]
  const { planning } = came
  return [...planning.plans.map(({ dry_run: line }) => `Planned: ${line}`), ...(planning.standing.length > 0 ? [`Already as wanted: ${describeStanding(planning)}`] : [])]
}

/** Values for the templates: from the words of the task where they say, else the defaults. Nothing that does not fit its pattern. */
function readInputs ({ inputs }: Runbook, { payload: { title, query } }: Task): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, { find, pattern, default: fallback }]) => {
    const said = find === undefined ? undefined : findIn(find, `${title}\n${query}`)?.value
    return [name, said !== undefined && matchesWhole(pattern, said) ? said : fallback]
  }))
}

async function renderArguments (value: unknown, templates: Runbook['templates'], values: Record<string, unknown>): Promise<unknown> {
  if (typeof value === 'string') return render(value, values)
  const name = templateNamed(value)
  if (name !== undefined) return render(templates.get(name) ?? '', values)
  if (Array.isArray(value)) return Promise.all(value.map((each) => renderArguments(each, templates, values)))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, each]) => [key, await renderArguments(each, templates, values)])))
}

interface FoundTool { toolkit: Toolkit, tool: Tool }

function denialOf (policy: Policy, lease: Lease, { toolkit, tool }: FoundTool): string | undefined {
  return deniedBy(policy, { ...kinOf(lease), kind: tool.kind, toolkit: toolkit.id, tool: tool.name })
}

function checkPolicy (policy: Policy, lease: Lease, found: FoundTool): void {
  const rule = denialOf(policy, lease, found)
  if (rule !== undefined) throw policyDenied(found.tool.name, rule)
}

/** LiquidJS names its errors; anything else that is thrown here is a fault of ours. */
function isTemplateFault (error: unknown): error is Error {
  return error instanceof Error && ['UndefinedVariableError', 'RenderError', 'ParseError', 'AssertionError'].includes(error.name)
}
