import { parseArgs } from 'node:util'
import { categories, policyKinds, policyVerbs, risks } from '@cortex/contracts'
import { knownClusterToolkits, knownToolkits } from '../known-toolkits.ts'
import { explain, neverReached, renderExplanation } from '../policy-explain.ts'
import type { PolicyQuestion } from '../policy-rule.ts'
import { defaultPolicy, readPolicy } from '../policy.ts'
import { touchedByName } from '../toolkits/kubernetes/scope.ts'
import { oneOf, pathOf, refuseOptions, UsageFault, type Command } from './command.ts'

const usage = `Usage: npm run policy -- explain --category C --tool T [more]
       npm run policy -- check FILE

explain tells which rule decides what a worker is about to do, and why each rule before it does not. Nothing is done.

  --category C     ${categories.join(', ')}
  --part-of C      the category of a task it is a part of; may be given again
  --tool T         a tool, as workspace_write
  --toolkit T      its toolkit; known for the built-in tools
  --kind K         read or change; known for the built-in tools
  --target T       what is changed, as apps/web/deployment.yaml     (a change)
  --verb V         ${policyVerbs.join(', ')}                         (a change)
  --risk R         ${risks.join(', ')}                              (a change)
  --cluster-wide   it reaches beyond one namespace of a cluster     (a change)
  --policy FILE    instead of the file CORTEX_POLICY names; without either, the default
  --json           print the explanation as JSON

check tells every fault of a policy file by field, and rules that can never decide.

Exit code: 0 when it is decided or the file can be used; 1 when the file cannot be used; 2 for wrong usage; 3 when the answer depends on what was not given.
`

const options = {
  category: { type: 'string' },
  'part-of': { type: 'string', multiple: true },
  tool: { type: 'string' },
  toolkit: { type: 'string' },
  kind: { type: 'string' },
  target: { type: 'string' },
  verb: { type: 'string' },
  risk: { type: 'string' },
  'cluster-wide': { type: 'boolean' },
  policy: { type: 'string' },
  json: { type: 'boolean', default: false }
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

const toolkits = [...knownToolkits(), ...await knownClusterToolkits()]

/** `npm run policy`: what the policy says, before anybody meets it. */
export const policy: Command = {
  usage,
  async run (args, env) {
    const { values, positionals: [verb, ...rest] } = parseArgs({ args, options, allowPositionals: true })
    if (verb === 'explain' && rest.length === 0) return await explainQuestion(values, env)
    if (verb === 'check') refuseOptions('check', values)
    const [file] = rest
    if (verb === 'check' && file !== undefined && rest.length === 1) return { code: 0, out: await checkFile(pathOf(file, env)) }
    throw new UsageFault(verb === 'check' ? 'Name one file to check' : verb === 'explain' ? `explain takes options only, not ${rest.join(' ')}` : 'Say explain or check')
  }
}

async function explainQuestion (values: Values, env: NodeJS.ProcessEnv): ReturnType<Command['run']> {
  const question = questionIn(values)
  const file = values.policy === undefined ? env.CORTEX_POLICY : pathOf(values.policy, env)
  const explanation = explain(file === undefined ? defaultPolicy : await readPolicy(file), question)
  return { code: explanation.answer === null ? 3 : 0, out: values.json === true ? JSON.stringify({ question, ...explanation }, null, 2) : renderExplanation(question, explanation) }
}

function questionIn ({ tool, toolkit: givenToolkit, target, 'part-of': partOf = [], ...values }: Values): PolicyQuestion {
  const category = oneOf('--category', categories, values.category)
  if (category === undefined) throw new UsageFault('Give the category of the task with --category')
  const above = partOf.flatMap((each) => oneOf('--part-of', categories, each) ?? [])
  if (tool === undefined) throw new UsageFault('Give the tool with --tool')
  const [known] = toolkits.flatMap(({ id, tools }) => tools.filter(({ name }) => name === tool).map(({ kind }) => ({ toolkit: id, kind })))
  const toolkit = givenToolkit ?? known?.toolkit
  const kind = oneOf('--kind', policyKinds, values.kind) ?? known?.kind
  if (toolkit === undefined || kind === undefined) throw new UsageFault(`${tool} is no built-in tool, so give --toolkit and --kind as well`)
  const change = { target, verb: oneOf('--verb', policyVerbs, values.verb), risk: oneOf('--risk', risks, values.risk), cluster_wide: values['cluster-wide'] }
  if (kind === 'read') {
    const [field] = Object.entries(change).flatMap(([name, value]) => value === undefined ? [] : [name.replace('_', '-')])
    if (field !== undefined) throw new UsageFault(`${tool} reads, and a read has no --${field}`)
    return { category, above, kind, toolkit, tool }
  }
  const deletes = change.verb ?? (tool === 'kubernetes_delete' ? 'delete' : undefined)
  const touches = toolkit === 'kubernetes' && target !== undefined ? touchedByName(target, deletes) : []
  return { category, above, kind, toolkit, tool, ...change, cluster_wide: change.cluster_wide ?? false, ...(touches.length > 0 && { touches }) }
}

async function checkFile (file: string): Promise<string> {
  const read = await readPolicy(file)
  const unknown = read.rules.flatMap(({ match: { toolkit, tool } }, index) => [
    ...(toolkit === undefined || toolkits.some(({ id }) => id === toolkit) ? [] : [`rules.${index}.match.toolkit: ${toolkit} is no built-in toolkit; matches only where one of that name is set up`]),
    ...(tool === undefined || toolkits.some(({ tools }) => tools.some(({ name }) => name === tool)) ? [] : [`rules.${index}.match.tool: ${tool} is no built-in tool; matches only where one of that name is set up`])
  ])
  return [`${file} can be used: ${read.rules.length} rules`, ...[...neverReached(read), ...unknown].map((line) => `  note: ${line}`)].join('\n')
}
