import type { Evidence, Task } from '@cortex/contracts'
import { policyDenied, runbookFailed, runbookUnfit, TaskFault } from '../errors.ts'
import type { LeaseSession } from '../lease-session.ts'
import { deniedBy, type Policy } from '../policy.ts'
import { stepsAt } from '../settle.ts'
import { describeStanding, mergePlans, type Plan, type Tool, type Toolkit } from '../toolkit.ts'
import { matchesWhole, templateNamed } from './faults.ts'
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
}

/** What follows a runbook's own steps when it changes anything. */
export const changeSteps = ['Wait for approval', 'Apply the change set', 'Read back and compare']

/** Follows the steps in order. Reads run; changes are planned and gathered, never made here. */
export async function followRunbook (runbook: Runbook, { aim, session, policy, toolkits }: RunbookContext): Promise<RunbookResult> {
  const { task } = session.lease
  const tools = new Map(toolkits.flatMap((toolkit) => toolkit.tools.map((tool) => [tool.name, { toolkit, tool }] as const)))
  const values: Record<string, unknown> = { ...readInputs(runbook, task), folder: aim.folder, task: { title: task.payload.title } }
  const evidence: Evidence[] = []
  const standing = new Set<string>()
  const madeBy: Record<string, string> = {}
  let draft: Plan[] = []

  const changes = runbook.steps.some(({ tool }) => tools.get(tool)?.tool.kind === 'change')
  const names = [...runbook.steps.map(({ name }) => name), ...(changes ? changeSteps : [])]
  for (const [index, step] of runbook.steps.entries()) {
    session.checkpoint()
    session.progress({ percent: Math.round(index / names.length * 100), step: step.name, steps: stepsAt(names, index) })
    const found = tools.get(step.tool)
    if (!found) throw runbookFailed(runbook.id, step.name, `this master's toolkits have no tool ${step.tool}`)
    checkPolicy(policy, task, found)
    try {
      if (step.require && ['', '0', 'false'].includes((await render(step.require.value, values)).trim())) throw runbookUnfit(step.require.message)
      const input = await renderArguments(step.with, runbook.templates, values)
      const context = { signal: session.signal, draft }
      await session.journal({ [`step:${index}`]: { name: step.name, state: 'started' } })
      if (found.tool.kind === 'read') {
        const reading = await session.unlessStopped(found.tool.run(input, context))
        session.log(`${step.name}: ${reading.summary}`)
        if (step.as !== undefined) values[step.as] = { ...reading.facts, text: reading.text, summary: reading.summary }
        evidence.push({ claim: step.name, detail: reading.summary })
      } else {
        const planning = await session.unlessStopped(found.tool.plan(input, context))
        for (const { dry_run: line } of planning.plans) session.log(`Planned: ${line}`)
        for (const target of planning.standing) standing.add(target)
        Object.assign(madeBy, planning.made_by)
        if (planning.standing.length > 0) session.log(`Already as wanted: ${describeStanding(planning)}`)
        draft = mergePlans(draft, planning, found.toolkit.id)
      }
      await session.journal({ [`step:${index}`]: { name: step.name, state: 'done' } })
    } catch (error) {
      if (error instanceof TaskFault) throw new TaskFault(error.code, `${step.name}: ${error.message}`, { retryable: error.retryable, cause: error })
      if (session.signal.aborted || !isTemplateFault(error)) throw error
      throw runbookFailed(runbook.id, step.name, error.message)
    }
  }
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

/** Values for the templates: from the words of the task where they say, else the defaults. Nothing that does not fit its pattern. */
function readInputs ({ inputs }: Runbook, { payload: { title, query } }: Task): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, { find, pattern, default: fallback }]) => {
    const said = find === undefined ? undefined : new RegExp(find, 'iu').exec(`${title}\n${query}`)?.[1]
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

function checkPolicy (policy: Policy, { payload: { category } }: Task, { toolkit, tool }: { toolkit: Toolkit, tool: Tool }): void {
  const rule = deniedBy(policy, { category, kind: tool.kind, toolkit: toolkit.id, tool: tool.name })
  if (rule !== undefined) throw policyDenied(tool.name, rule)
}

/** LiquidJS names its errors; anything else that is thrown here is a fault of ours. */
function isTemplateFault (error: unknown): error is Error {
  return error instanceof Error && ['UndefinedVariableError', 'RenderError', 'ParseError', 'AssertionError'].includes(error.name)
}
