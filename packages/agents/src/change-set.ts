import { createHash, randomUUID } from 'node:crypto'
import { canonicalJson, type ChangeSet, type Risk } from '@cortex/contracts'
import { changeSetCorrupt, changeSetTooLarge } from './errors.ts'
import type { Plan } from './toolkit.ts'

/** Characters of all plans as JSON, so that a journal entry with them fits one request of 1 MB beside what stands around it. */
const changeSetLimit = 450_000
const diffLimit = 200_000
const changesLimit = 100

/** Everything one worker wants to change: what a person reads, and beside it the arguments that will run. */
export interface PlannedChangeSet {
  summary: string
  risk: Risk
  dry_run: string
  plans: Plan[]
  /** The name a person has to type; part of what is hashed, so that it cannot be left out later. */
  confirm?: string
  /** Different each time, so that the same plans made again are another change set, with a hash nobody has answered and nothing in the world carries. */
  occasion: string
  plan_hash: string
}

/** @throws CTX_CHANGE_SET_TOO_LARGE */
export function createChangeSet (summary: string, plans: readonly Plan[], confirm?: string, occasion = randomUUID() as string): PlannedChangeSet {
  checkSize(plans)
  const offered = {
    summary: summary.slice(0, 500),
    risk: highestRisk(plans),
    dry_run: plans.map(({ dry_run: line }) => line).join('\n').slice(0, 4_000),
    plans: [...plans].sort((a, b) => compare(`${a.toolkit}\0${a.target}`, `${b.toolkit}\0${b.target}`)),
    ...(confirm !== undefined && { confirm }),
    occasion
  }
  return { ...offered, plan_hash: hashOf(offered) }
}

/** @throws CTX_CHANGE_SET_TOO_LARGE */
export function checkSize (plans: readonly Plan[]): void {
  if (plans.length > changesLimit) throw changeSetTooLarge(`${plans.length} changes`, `${changesLimit}`)
  const long = plans.find(({ diff }) => diff.length > diffLimit)
  if (long) throw changeSetTooLarge(`a diff of ${long.diff.length} characters for ${long.target}`, `${diffLimit}`)
  const size = JSON.stringify(plans).length
  if (size > changeSetLimit) throw changeSetTooLarge(`${size} characters`, `${changeSetLimit}`)
}

/**
 * The hash binds what was read (summary, risk, dry run, toolkit, target, verb, diff) to what will run (tool, arguments, base), this one time.
 * Recomputed from the journal before anything is applied.
 * @throws CTX_CHANGE_SET_CORRUPT when the record is no longer what was hashed
 */
export function checkChangeSet ({ plan_hash: planHash, ...offered }: PlannedChangeSet): void {
  if (hashOf(offered) !== planHash) throw changeSetCorrupt()
}

/** What goes over the wire for a person to answer. */
export function offerOf ({ plans, occasion: _, ...read }: PlannedChangeSet): ChangeSet {
  return { ...read, changes: plans.map(({ toolkit, target, verb, risk, diff }) => ({ toolkit, target, verb, risk, diff })) }
}

function hashOf (offered: Omit<PlannedChangeSet, 'plan_hash'>): string {
  return `sha256:${createHash('sha256').update(canonicalJson(offered)).digest('hex')}`
}

function highestRisk (plans: readonly Plan[]): Risk {
  if (plans.some(({ risk }) => risk === 'high')) return 'high'
  return plans.some(({ risk }) => risk === 'medium') ? 'medium' : 'low'
}

/** By code unit, so that the order does not depend on a locale. */
function compare (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
