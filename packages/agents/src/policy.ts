import { posix } from 'node:path'
import { categories, type Category, type Risk } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import { choice, readDefinition } from './schema.ts'

export const Decision = choice(['auto', 'ask', 'deny'])
export type Decision = Static<typeof Decision>

const PolicyRule = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  match: Type.Object({
    category: Type.Optional(choice(categories)),
    kind: Type.Optional(choice(['read', 'change'])),
    toolkit: Type.Optional(Type.String()),
    tool: Type.Optional(Type.String()),
    target: Type.Optional(Type.String({ description: 'A glob over the target, as in apps/**' })),
    risk: Type.Optional(choice(['low', 'medium', 'high']))
  }, { additionalProperties: false }),
  decision: Decision
}, { additionalProperties: false })

/** Rules in order; the first that matches decides. */
export const Policy = Type.Object({ rules: Type.Array(PolicyRule, { maxItems: 500 }) }, { additionalProperties: false })
export type Policy = Static<typeof Policy>

/** What a worker is about to do. A read names no target and no risk, so a rule that asks for one passes it by. */
export interface PolicyQuestion {
  category: Category
  kind: 'read' | 'change'
  toolkit: string
  tool: string
  target?: string
  risk?: Risk
}

export interface PolicyAnswer { decision: Decision, rule: string }

/** Without a file: reads run, everything that changes anything is asked. */
export const defaultPolicy: Policy = { rules: [] }

export async function readPolicy (file: string): Promise<Policy> {
  return readDefinition(Policy, file)
}

export function decide ({ rules }: Policy, question: PolicyQuestion): PolicyAnswer {
  const rule = rules.find(({ match, decision }) =>
    (match.category === undefined || match.category === question.category) &&
    (match.kind === undefined || match.kind === question.kind) &&
    (match.toolkit === undefined || match.toolkit === question.toolkit) &&
    (match.tool === undefined || match.tool === question.tool) &&
    (match.risk === undefined || match.risk === question.risk) &&
    (match.target === undefined || (question.target !== undefined && matchesTarget(question.target, match.target, decision))))
  if (rule) return { decision: rule.decision, rule: rule.name }
  return question.kind === 'read' ? { decision: 'auto', rule: 'reads run (default)' } : { decision: 'ask', rule: 'changes ask (default)' }
}

/** `*` passes hidden names by. What holds something back must not be got round by a dot, and what lets something through must name it. */
function matchesTarget (target: string, glob: string, decision: Decision): boolean {
  return posix.matchesGlob(target, glob) || (decision !== 'auto' && posix.matchesGlob(target.replaceAll(/(^|\/)\./g, '$1_.'), glob.replaceAll(/(^|[/{,(|])\./g, '$1_.')))
}
