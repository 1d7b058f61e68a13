import type { Category, PolicyDecision, PolicyRule } from '@cortex/contracts'
import { conditionsOf, verdictOf, type Condition, type PolicyQuestion } from './policy-rule.ts'
import { asOf, decide, defaultRules, strictest, type Policy, type PolicyAnswer } from './policy.ts'

/** One rule, and what became of it. */
export interface ExplainedRule {
  /** From 1, as a person counts them. */
  number: number
  name: string
  decision: PolicyDecision
  outcome: 'passed over' | 'decides' | 'may decide' | 'not reached'
  /** Why it was passed over, or on what it depends; empty otherwise. */
  reasons: string[]
}

export interface Explanation {
  /** null: an earlier rule may decide, depending on what the question does not say. */
  answer: PolicyAnswer | null
  rules: ExplainedRule[]
  /** No rule matches for certain, so the default may decide, or does. */
  falls_through: boolean
}

/** What the policy says of a task, of each it is a part of, and of all it touches; the strictest answer counts. */
export interface FamilyExplanation extends Explanation {
  above: Array<Explanation & { category: Category }>
  /** Of what changes along with the target, as with a Namespace all that is in it. */
  touched: Array<Explanation & { target: string, category: Category }>
}

/** Which rule decides, and of every other one why not; for a part also in each category it is a part of, and for each thing it touches beside its target. */
export function explain (policy: Policy, question: PolicyQuestion): FamilyExplanation {
  const { touches = [], ...itself } = question
  const [own, ...above] = asOf(itself).map((each) => ({ category: each.category, ...explainAlone(policy, each) }))
  const touched = touches.flatMap((touch) => asOf({ ...itself, ...touch }).map((each) => ({ target: touch.target, category: each.category, ...explainAlone(policy, each) })))
  const { category, ...alone } = own!
  const answers = [own!, ...above, ...touched].map(({ answer }) => answer)
  const known = answers.filter((answer) => answer !== null)
  // Nothing is stricter than a deny, so what the others depend on makes no difference.
  const isKnown = known.length === answers.length || known.some(({ decision }) => decision === 'deny')
  return { ...alone, answer: isKnown ? strictest(known) : null, above, touched }
}

function explainAlone (policy: Policy, question: PolicyQuestion): Explanation {
  let decided = false
  let open = false
  const rules = policy.rules.map((rule, index): ExplainedRule => {
    const explained = { number: index + 1, name: rule.name, decision: rule.decision }
    if (decided) return { ...explained, outcome: 'not reached', reasons: [] }
    const conditions = conditionsOf(rule, question)
    const verdict = verdictOf(conditions)
    if (verdict === 'no') return { ...explained, outcome: 'passed over', reasons: conditions.filter((condition) => condition.verdict === 'no').map((condition) => mismatch(condition, question, rule)) }
    if (verdict === 'open') {
      open = true
      return { ...explained, outcome: 'may decide', reasons: conditions.filter((condition) => condition.verdict === 'open').map(({ field, wanted }) => `if ${field} ${field === 'target' ? 'fits' : 'is'} ${wanted}`) }
    }
    decided = true
    return { ...explained, outcome: open ? 'may decide' : 'decides', reasons: open ? ['if none before it does'] : [] }
  })
  return { answer: open ? null : decide(policy, question), rules, falls_through: !decided }
}

/** The explanation as a person reads it, with a line for each rule and the answer last. */
export function renderExplanation (question: PolicyQuestion, { answer, above, touched, ...own }: FamilyExplanation): string {
  const others = above.flatMap(({ category, ...each }) => ['', `As a part of a ${category} task:`, ...linesOf(question, each)])
  const beside = touched.flatMap(({ target, category, ...each }) => ['', `As it also touches ${target}${category === question.category ? '' : `, as a part of a ${category} task`}:`, ...linesOf(question, each)])
  const unseen = question.kind === 'change' && question.toolkit === 'helm' ? ['', 'A release is also asked about for each object it touches; give --toolkit kubernetes and the target of one to see its answer.'] : []
  return [describe(question), '', ...linesOf(question, own), ...others, ...beside, ...unseen, '', conclusion(question, answer)].join('\n')
}

function linesOf ({ kind }: PolicyQuestion, { rules, falls_through: fallsThrough }: Omit<Explanation, 'answer'>): string[] {
  const width = Math.max(0, ...rules.map(({ name }) => name.length))
  const lines = rules.map(({ number, name, decision, outcome, reasons }) => `${String(number).padStart(3)}. ${name.padEnd(width)}  ${decision.padEnd(4)}  ${reasons.length > 0 ? `${outcome}: ${reasons.join('; ')}` : outcome}`)
  return [...lines, ...(fallsThrough ? [`  –  ${defaultRules[kind]}`] : [])]
}

/**
 * Rules that can never decide, because an earlier one matches all that they match.
 * @returns a sentence for each
 */
export function neverReached ({ rules }: Policy): string[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).findIndex((other) => covers(other, rule))
    return earlier === -1 ? [] : [`rules.${index}: "${rule.name}" never decides, for rules.${earlier}, "${rules[earlier]!.name}", matches all that it matches`]
  })
}

/** A rule that asks passes reads by, so it covers only rules for changes. */
function covers (wide: PolicyRule, narrow: PolicyRule): boolean {
  const wanted = (rule: PolicyRule) => new Map(conditionsOf(rule, { category: 'general', kind: 'change', toolkit: '', tool: '' }).map(({ field, wanted: value }) => [field, value]))
  const asked = wanted(narrow)
  return [...wanted(wide)].every(([field, value]) => asked.get(field) === value || (field === 'target' && value === '**' && wide.decision !== 'auto' && asked.has(field)))
}

function mismatch ({ field, wanted, given }: Condition, { kind }: PolicyQuestion, { match, decision }: PolicyRule): string {
  if (field === 'kind' && match.kind === undefined) return `it decides ${decision}, and a read has no change set to ask about`
  return given === undefined ? `${field} is asked for, and a ${kind} has none` : `${field} is ${given}, not ${wanted}`
}

function describe ({ category, above = [], kind, toolkit, tool, target, verb, risk, cluster_wide: clusterWide }: PolicyQuestion): string {
  const known = Object.entries({ target, verb, risk, ...(clusterWide === true && { reach: 'the whole cluster' }) }).filter(([, value]) => value !== undefined).map(([field, value]) => `${field} ${value}`)
  return [`A ${kind} by ${tool} of the toolkit ${toolkit}, for a ${category} task${above.map((each) => ` that is a part of a ${each} task`).join('')}`, ...known].join(', ')
}

function conclusion ({ kind, verb, risk }: PolicyQuestion, answer: PolicyAnswer | null): string {
  if (answer === null) return 'open: it depends on what was not given (--target, --verb, --risk)'
  const typed = answer.confirm ? '; the person has to type the name of what is changed' : ''
  const unsaid = kind === 'change' && answer.decision === 'ask' && (verb === undefined || risk === undefined) ? '; whether a name has to be typed depends on --verb and --risk' : ''
  return `${answer.decision}, by ${JSON.stringify(answer.rule)}${typed || unsaid}`
}
