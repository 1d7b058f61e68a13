import type { Approval, ApprovalDecisions, Risk } from '@cortex/contracts'
import { partsTogether } from '../state/task-view.ts'

export const choices = ['approve', 'deny', 'later'] as const
export type Choice = typeof choices[number]

/** What a person has chosen for one change set, not sent yet. */
export interface Answer {
  readonly choice: Choice
  readonly reason: string
  /** The name that was typed, where one is asked for. */
  readonly typed: string
}

export type Answers = ReadonlyMap<string, Answer>

export const noAnswer: Answer = { choice: 'later', reason: '', typed: '' }

const risksFirst: readonly Risk[] = ['high', 'medium', 'low']

/** The riskiest first, and of one risk the one that has waited longest; the parts of one task follow the riskiest of them. */
export function byRisk (approvals: readonly Approval[]): Approval[] {
  return partsTogether([...approvals].sort((a, b) => risksFirst.indexOf(a.risk) - risksFirst.indexOf(b.risk) || a.created_at.localeCompare(b.created_at)))
}

/** Approving this needs a name that is not typed yet. */
export function lacksName ({ confirm }: Approval, { choice, typed }: Answer): boolean {
  return choice === 'approve' && confirm !== undefined && typed !== confirm
}

/** Characters of a reason that are taken. */
export const maxReason = 2_000

/** What is sent: one decision for each answer, bound to the change that was in sight. */
export function decisionsOf (approvals: readonly Approval[], answers: Answers): ApprovalDecisions['decisions'] {
  return approvals.flatMap(({ id, plan_hash: planHash, confirm }) => {
    const { choice, reason, typed } = answers.get(id) ?? noAnswer
    if (choice === 'later') return []
    return [{
      id,
      decision: choice,
      plan_hash: planHash,
      ...(reason.trim() !== '' && { reason: reason.trim() }),
      ...(choice === 'approve' && confirm !== undefined && { confirm: typed })
    }]
  })
}
