import { Type, type Static } from '@sinclair/typebox'
import { risks } from './approval.ts'
import { categories } from './task.ts'

export const policyKinds = ['read', 'change'] as const
export const policyVerbs = ['create', 'update', 'delete'] as const
export const mostPolicyRules = 500

/** In the form TypeBox can check by itself: rules are read from a file of the operator's, too. */
function choice<const T extends readonly string[]> (values: T) {
  return Type.Unsafe<T[number]>(Type.Union(values.map((value) => Type.Literal(value))))
}

const strict = { additionalProperties: false }

export const PolicyDecision = choice(['auto', 'ask', 'deny'])
export type PolicyDecision = Static<typeof PolicyDecision>

export const PolicyRule = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  match: Type.Object({
    category: Type.Optional(choice(categories)),
    kind: Type.Optional(choice(policyKinds)),
    toolkit: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    tool: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    target: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'A glob over the target, as in apps/**' })),
    verb: Type.Optional(choice(policyVerbs)),
    risk: Type.Optional(choice(risks)),
    cluster_wide: Type.Optional(Type.Boolean({ description: 'Whether the change reaches beyond one namespace of a cluster' }))
  }, strict),
  decision: PolicyDecision,
  confirm: Type.Optional(Type.Boolean({ description: 'With ask: whether the person types the name of what is changed. Without it, as if there were no rule' }))
}, strict)
export type PolicyRule = Static<typeof PolicyRule>

/** The rules an agent works by, and where they come from; without a file there are none, and the defaults decide. */
export const StandingPolicy = Type.Object({
  file: Type.Union([Type.String({ maxLength: 4_096, description: 'As CORTEX_POLICY names it to the agents' }), Type.Null()]),
  rules: Type.Array(PolicyRule, { maxItems: mostPolicyRules })
}, strict)
export type StandingPolicy = Static<typeof StandingPolicy>

/** `GET /v1/policy`: more than one where agents for some masters have another file. */
export const PolicyList = Type.Object({
  policies: Type.Array(Type.Object({ ...StandingPolicy.properties, masters: Type.Array(Type.String(), { description: 'Whose work it decides about' }) }))
})
export type PolicyList = Static<typeof PolicyList>
