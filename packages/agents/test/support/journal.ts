import type { ApplyRequest, Plan, Toolkit } from '../../src/toolkit.ts'
import { request } from '../workspace.ts'

/** What was noted of a change set; a test may look into it, begin with it, and hand it to the next run as the orchestrator would. */
export type Notes = Map<string, string>

export function requestWith (plans: Plan[], notes: Notes = new Map()): ApplyRequest {
  return { ...request(plans), noted: notes, note: async (target, state) => { notes.set(target, state) } }
}

export async function applyWith (toolkit: Toolkit, plans: Plan[], notes?: Notes) {
  return toolkit.apply!(requestWith(plans, notes))
}

/** As a run leaves it that was killed while it made these. */
export function begunNotes (plans: readonly Plan[]): Notes {
  return new Map(plans.map(({ target }) => [target, 'begun ']))
}
