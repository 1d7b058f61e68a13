import type { Evidence, Risk } from '@cortex/contracts'
import { redact, redactValue } from '@cortex/secrets'
import type { Static, TObject } from '@sinclair/typebox'
import { planHoldsSecret, toolInputInvalid } from './errors.ts'
import { faultsOf } from './schema.ts'

/** What a reading tool found: a line for the log, text for a person or a model, and values a runbook's templates may use. */
export interface Reading {
  summary: string
  text: string
  facts: Record<string, unknown>
  /** It shows what is planned or would be, not what is, so it is evidence of nothing. */
  planned?: true
}

/** Something a change changes beside its target, as the policy names it. */
export interface Touch { target: string, verb: 'create' | 'update' | 'delete' }

/** One change, fully worked out and not made. Everything in it is bound by the change set's hash. */
export interface Plan {
  toolkit: string
  tool: string
  /** What is changed. Two plans of one change set never share toolkit and target. */
  target: string
  verb: 'create' | 'update' | 'delete'
  /** Unified diff, complete: what a person approves and what is read back afterwards. */
  diff: string
  arguments: Record<string, unknown>
  /** Identifies what the target was when this was planned; null when it did not exist. Never applied onto anything else. */
  base: string | null
  risk: Risk
  /** It reaches beyond one namespace of a cluster, as a ClusterRole does: by default a person types its name to approve it. */
  cluster_wide?: boolean
  /** Where it changes more than its target, as a release does: each counts to the policy by itself, and the strictest answer decides. */
  touches?: Touch[]
  dry_run: string
  /** What is needed to undo it; empty when it cannot be undone. */
  inverse: Record<string, unknown>
}

export interface Planning {
  plans: Plan[]
  /** Targets that already are as wanted. */
  standing: string[]
  /** Of those, who made them so, by the name of the task, where that is known. */
  made_by?: Record<string, string>
}

/** A change that was made, or whose making had begun, as the journal of its task keeps it. */
export type MadeChange = Pick<Plan, 'toolkit' | 'tool' | 'target' | 'arguments' | 'base' | 'inverse'>

/** What a rollback needs of a plan. */
export function madeChange ({ toolkit, tool, target, arguments: given, base, inverse }: Plan): MadeChange {
  return { toolkit, tool, target, arguments: given, base, inverse }
}

/** Plans that take changes back, and those changes nothing can be planned for. */
export interface BackPlanning extends Planning {
  left: Undone['left']
}

export interface ToolContext {
  signal: AbortSignal
  /** What this worker has planned so far and nobody has applied. */
  draft: readonly Plan[]
}

export interface ReadTool {
  kind: 'read'
  name: string
  description: string
  input: TObject
  run (input: unknown, context: ToolContext): Promise<Reading>
}

export interface ChangeTool {
  kind: 'change'
  name: string
  description: string
  input: TObject
  plan (input: unknown, context: ToolContext): Promise<Planning>
}

export type Tool = ReadTool | ChangeTool

export interface ApplyRequest {
  taskId: string
  planHash: string
  title: string
  /** Those of one toolkit. */
  plans: readonly Plan[]
  signal: AbortSignal
  /** What this and earlier runs of the same change set noted, by target: for toolkits that cannot ask the world what was done. */
  noted: ReadonlyMap<string, string>
  /** Returns when it is stored. */
  note (target: string, state: string): Promise<void>
}

/** `moved`: a target is no longer what it was when planned, so nothing was applied to it. `found`: an earlier run had applied all of it. `remark`: what a person has to know beside it. */
export type Applied =
  | { kind: 'applied', reference: string, found: boolean, commit?: string, remark?: string }
  | { kind: 'moved', targets: string[] }

/** What became of the changes that had been made: each is in one of the two; one that had not been made is in neither. */
export interface Undone {
  undone: string[]
  left: Array<{ target: string, reason: string }>
}

/** A part of the world a worker may read and change. */
export interface Toolkit {
  id: string
  tools: readonly Tool[]
  /** Nothing in the world tells that its changes were made, so tasks of one batch that want the same have to tell each other. */
  leavesNoTrace?: true
  /** Targets that are no longer what they were when planned. One that this change set itself has changed is none of them. Changes nothing. */
  moved?: (request: ApplyRequest) => Promise<string[]>
  /**
   * Makes the changes, each at most once for a plan hash, however often it is called. When it throws or answers `moved`, some may have been
   * made; `undo` knows which.
   */
  apply?: (request: ApplyRequest) => Promise<Applied>
  /**
   * Reads back what `apply` did and compares it with what was approved.
   * @throws CTX_VERIFICATION_FAILED
   */
  verify?: (plans: readonly Plan[], reference: string, signal: AbortSignal) => Promise<Evidence[]>
  /** Takes back what this change set has changed so far, by the inverses. May be called again. */
  undo?: (request: ApplyRequest) => Promise<Undone>
  /**
   * Plans, against what is there now, what takes back changes that were made and read back by then: as any plan, to be approved and applied.
   * @param changes of this toolkit, the last made first
   */
  planBack?: (changes: readonly MadeChange[], context: ToolContext) => Promise<BackPlanning>
}

interface ToolSpec<I extends TObject> { name: string, description: string, input: I }

/** A tool that changes nothing. Its input is checked before `run` sees it, and what it found leaves without secrets. */
export function defineRead<I extends TObject> ({ run, ...spec }: ToolSpec<I> & { run: (input: Static<I>, context: ToolContext) => Promise<Reading> }): ReadTool {
  return { kind: 'read', ...spec, run: async (input, context) => redactValue(await run(checkInput(spec, input), context)) }
}

/**
 * A tool that plans a change. It never makes it: only a toolkit's `apply` does, with what was approved. A plan is stored and read by people as it is, and
 * its hash binds each character, so one that holds a secret is refused and not redacted.
 */
export function defineChange<I extends TObject> ({ plan, ...spec }: ToolSpec<I> & { plan: (input: Static<I>, context: ToolContext) => Promise<Planning> }): ChangeTool {
  return { kind: 'change', ...spec, plan: async (input, context) => withoutSecrets(await plan(checkInput(spec, input), context)) }
}

/** The draft with new plans in it; a later plan for a target takes the place of the earlier one. */
export function mergePlans (draft: readonly Plan[], { plans, standing }: Planning, toolkit: string): Plan[] {
  const replaced = new Set([...plans.map(({ target }) => target), ...standing])
  return [...draft.filter((plan) => plan.toolkit !== toolkit || !replaced.has(plan.target)), ...plans]
}

/** What already is as wanted, in words. */
export function describeStanding ({ standing, made_by: madeBy = {} }: Planning): string {
  return standing.map((target) => madeBy[target] === undefined ? target : `${target} (made by ${madeBy[target]})`).join(', ')
}

/** The planning itself, once none of its plans shows a secret. @throws CTX_PLAN_HOLDS_SECRET */
export function withoutSecrets<P extends Planning> (planning: P): P {
  const exposed = planning.plans.find((plan) => JSON.stringify(redactValue(plan)) !== JSON.stringify(plan))
  if (exposed) throw planHoldsSecret(redact(exposed.target))
  return planning
}

function checkInput<I extends TObject> ({ name, input: schema }: ToolSpec<I>, input: unknown): Static<I> {
  const faults = faultsOf(schema, input)
  if (faults.length > 0) throw toolInputInvalid(name, faults)
  return input as Static<I>
}
