import { categories, mostPolicyRules, PolicyRule, type Lease, type PolicyDecision } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import { DefinitionFault } from './errors.ts'
import { globFault } from './policy-glob.ts'
import { conditionsOf, verdictOf, type Kin, type PolicyQuestion } from './policy-rule.ts'
import { readDefinition } from './schema.ts'
import type { Plan } from './toolkit.ts'

/** Rules in order; the first that matches decides. */
export const Policy = Type.Object({ rules: Type.Array(PolicyRule, { maxItems: mostPolicyRules }) }, { additionalProperties: false })
export type Policy = Static<typeof Policy>

export interface PolicyAnswer {
  decision: PolicyDecision
  rule: string
  /** Only with `ask`: the person has to type the name of what is changed. */
  confirm: boolean
}

/** Without a file: reads run, everything that changes anything is asked. */
export const defaultPolicy: Policy = { rules: [] }
export const defaultRules = { read: 'reads run (default)', change: 'changes ask (default)' } as const

/**
 * The rules of a file, or those that count without one.
 * @throws DefinitionFault naming the file and each field at fault
 */
export async function readPolicy (file: string | undefined): Promise<Policy> {
  if (file === undefined) return defaultPolicy
  const policy = await readDefinition(Policy, file, 'CORTEX_POLICY')
  const faults = policy.rules.flatMap(({ name, match, decision, confirm }, index) => {
    const first = policy.rules.findIndex((rule) => rule.name === name)
    const glob = match.target === undefined ? undefined : globFault(match.target)
    return [
      ...(glob !== undefined ? [`rules.${index}.match.target: ${glob}`] : []),
      ...(first < index ? [`rules.${index}.name: is the name of rules.${first} already; an answer names its rule, so give each its own`] : []),
      ...(confirm !== undefined && decision !== 'ask' ? [`rules.${index}.confirm: goes with the decision ask only`] : []),
      ...(match.kind === 'read' && decision === 'ask' ? [`rules.${index}.decision: a read has no change set a person could be asked about; use auto or deny`] : [])
    ]
  })
  if (faults.length > 0) throw new DefinitionFault(file, faults)
  return policy
}

const strictness: readonly PolicyDecision[] = ['deny', 'ask', 'auto']

/**
 * The first rule that matches decides; what of the question is not known matches no rule that asks for it. Where a change touches more than its
 * target, each is asked about as if it were changed alone; where its task is a part of others, as if it were done in the category of each. The strictest
 * answer counts.
 */
export function decide (policy: Policy, { touches = [], ...question }: PolicyQuestion): PolicyAnswer {
  return strictest(asOf(question).flatMap((own) => [own, ...touches.map((touch) => ({ ...own, ...touch }))]).map((each) => answerTo(policy, each)))
}

/** The same question for each category that counts, its own first. */
export function asOf ({ above = [], ...question }: PolicyQuestion): PolicyQuestion[] {
  return [...new Set([question.category, ...above])].map((category) => ({ ...question, category }))
}

export function strictest (answers: readonly PolicyAnswer[]): PolicyAnswer {
  const decision = strictness.find((each) => answers.some((answer) => answer.decision === each))
  const among = answers.filter((answer) => answer.decision === decision)
  return among.find(({ confirm }) => confirm) ?? among[0]!
}

function answerTo ({ rules }: Policy, question: PolicyQuestion): PolicyAnswer {
  const rule = rules.find((each) => verdictOf(conditionsOf(each, question)) === 'yes')
  const decision = rule?.decision ?? (question.kind === 'read' ? 'auto' : 'ask')
  return { decision, rule: rule?.name ?? defaultRules[question.kind], confirm: decision === 'ask' && (rule?.confirm ?? deservesConfirm(question)) }
}

/** The rule that denies this whatever its target, verb and risk turn out to be; undefined while it may still be allowed. */
export function deniedBy (policy: Policy, question: PolicyQuestion): string | undefined {
  return asOf(question).map((each) => denialOf(policy, each)).find((rule) => rule !== undefined)
}

function denialOf ({ rules }: Policy, question: PolicyQuestion): string | undefined {
  for (const rule of rules) {
    const verdict = verdictOf(conditionsOf(rule, question))
    if (verdict === 'no') continue
    if (rule.decision !== 'deny') return undefined
    if (verdict === 'yes') return rule.name
  }
  return undefined
}

/** Of a part whose lease does not say what it is a part of, as that of an earlier orchestrator, any category may be above it. */
export function kinOf ({ task: { parent_id: parent, payload: { category } }, above }: Lease): Kin {
  return { category, above: above ?? (parent === null ? [] : categories) }
}

/** What the policy is asked about a planned change. */
export function questionOf (kin: Kin, { toolkit, tool, target, verb, risk, cluster_wide: clusterWide = false, touches }: Plan): PolicyQuestion {
  return { ...kin, kind: 'change', toolkit, tool, target, verb, risk, cluster_wide: clusterWide, touches }
}

/** The name a person has to type to approve these changes, that of the first which deserves it; undefined where none does. */
export function confirmationFor (policy: Policy, kin: Kin, plans: readonly Plan[]): string | undefined {
  return plans.find((plan) => decide(policy, questionOf(kin, plan)).confirm)?.target.split('/').findLast((part) => part.trim() !== '')
}

/** What cannot be taken back by the next commit, or is felt by everybody in a cluster. */
function deservesConfirm ({ verb, risk, cluster_wide: clusterWide }: PolicyQuestion): boolean {
  return clusterWide === true || (verb === 'delete' && risk === 'high')
}
