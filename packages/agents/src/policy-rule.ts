import { posix } from 'node:path'
import type { Category, PolicyDecision, PolicyRule, policyKinds, Risk } from '@cortex/contracts'
import type { Plan } from './toolkit.ts'

/** Whose task it is. */
export interface Kin {
  category: Category
  /** Of a part: the categories of the tasks it is a part of. */
  above?: readonly Category[] | undefined
}

/** What a worker is about to do. A read has neither target nor verb nor risk; of a change they are known once it is planned. */
export interface PolicyQuestion extends Kin {
  kind: typeof policyKinds[number]
  toolkit: string
  tool: string
  target?: string | undefined
  verb?: Plan['verb'] | undefined
  risk?: Risk | undefined
  cluster_wide?: boolean | undefined
  touches?: Plan['touches'] | undefined
}

/** `open`: it cannot be told yet, as the target of a change that is not planned. */
export type Verdict = 'yes' | 'no' | 'open'

/** One field a rule asks for, and whether what is about to be done has it. */
export interface Condition { field: string, wanted: string, given: string | undefined, verdict: Verdict }

type Field = keyof PolicyRule['match']

/** What only a change has. */
const ofChanges: ReadonlySet<string> = new Set(['target', 'verb', 'risk', 'cluster_wide'] satisfies Field[])

/** Every field the rule asks for, in its own order. A rule that asks a person is for changes: a read has no change set to show. */
export function conditionsOf ({ match, decision }: PolicyRule, question: PolicyQuestion): Condition[] {
  const wanted = { ...match, ...(decision === 'ask' && { kind: match.kind ?? 'change' as const }) }
  return Object.entries(wanted).map(([field, value]) => {
    const known = question[field as Field]
    const given = known === undefined ? undefined : String(known)
    return { field, wanted: String(value), given, verdict: judge({ field, wanted: String(value), given }, question.kind, decision) }
  })
}

export function verdictOf (conditions: readonly Condition[]): Verdict {
  if (conditions.some(({ verdict }) => verdict === 'no')) return 'no'
  return conditions.some(({ verdict }) => verdict === 'open') ? 'open' : 'yes'
}

function judge ({ field, wanted, given }: Omit<Condition, 'verdict'>, kind: PolicyQuestion['kind'], decision: PolicyDecision): Verdict {
  if (ofChanges.has(field) && kind === 'read') return 'no'
  if (given === undefined) return 'open'
  return (field === 'target' ? matchesTarget(given, wanted, decision) : given === wanted) ? 'yes' : 'no'
}

/**
 * `*` passes hidden names by. What holds something back must not be got round by a dot, nor by another writing of what is the same place on some
 * machines; what lets something through must name it.
 */
function matchesTarget (target: string, glob: string, decision: PolicyDecision): boolean {
  return posix.matchesGlob(target, glob) || (decision !== 'auto' && posix.matchesGlob(samePlace(target).replaceAll(/(^|\/)\./g, '$1_.'), samePlace(glob).replaceAll(/(^|[/{,(|])\./g, '$1_.')))
}

/** macOS and Windows pass by the case of letters and how they are composed, and Windows dots and blanks at the end of a name. */
function samePlace (path: string): string {
  return path.normalize('NFKC').replaceAll(/\p{Cf}/gu, '').toUpperCase().toLowerCase().replaceAll(/[. ]+(?=\/|$)/g, '')
}
