import { canonicalJson } from '@cortex/contracts'
import { findCertainSecrets, redactionMark } from '@cortex/secrets'
import { toolInputInvalid } from '../../errors.ts'
import { defineChange, defineRead, type ChangeTool, type Plan, type ReadTool } from '../../toolkit.ts'
import { readableLines, visibleJson } from '../outward/outside-text.ts'
import { stepDiff, stepTarget } from '../outward/steps.ts'
import type { McpServerDefinition } from './definition.ts'
import type { OfferedTool } from './offered-tool.ts'

/** Calls a tool by the server's own name for it; answers its text. `before` is asked when the server is there, and may throw to keep it from being called. */
export type Call = (original: string, input: Record<string, unknown>, signal: AbortSignal, before?: () => void) => Promise<string>

/** Characters of arguments as JSON. */
const argumentsLimit = 100_000

export function toolkitOf ({ name }: McpServerDefinition): string {
  return `mcp-${name}`
}

export function readTool ({ name, original, description, input }: OfferedTool, call: Call): ReadTool {
  return defineRead({
    name,
    description,
    input,
    async run (given, { signal }) {
      const text = await call(original, checkArguments(name, given), signal)
      return { summary: `${original} answered ${text.length} characters`, text, facts: { text } }
    }
  })
}

export function changeTool ({ name, original, description, input, fingerprint }: OfferedTool, definition: McpServerDefinition): ChangeTool {
  const toolkit = toolkitOf(definition)
  const where = visibleJson(definition.url ?? definition.command?.join(' '))
  return defineChange({
    name,
    description: `${description}\nTo Cortex this is a change: it is planned, and called when the change set is approved.`,
    input,
    async plan (given, { draft }) {
      const checked = checkArguments(name, given)
      const isSame = (plan: Plan) => plan.tool === name && canonicalJson(plan.arguments.input) === canonicalJson(checked)
      const target = stepTarget(draft, toolkit, visibleJson(original).slice(1, -1), isSame)
      const lines = [`call ${visibleJson(original)} of ${definition.name} (${where}) with`, ...readableLines(checked), 'its answer is the evidence; nothing takes it back']
      return {
        plans: [{
          toolkit,
          tool: name,
          target,
          verb: 'update',
          diff: stepDiff(name, lines),
          arguments: { input: checked },
          base: fingerprint,
          risk: definition.risks[original] ?? definition.risk,
          dry_run: `${target}: a call cannot be tried, and nothing takes it back`,
          inverse: {}
        }],
        standing: []
      }
    }
  })
}

/**
 * Arguments that may be shown, stored and sent.
 * @throws CTX_TOOL_INPUT_INVALID
 */
function checkArguments (tool: string, input: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(input)
  const faults: string[] = []
  if (text.length > argumentsLimit) faults.push(`the whole: ${text.length} characters, and ${argumentsLimit} is the most`)
  if (text.includes(redactionMark)) faults.push('the whole: holds a redaction mark, which is not the real value')
  const [secret] = findCertainSecrets(text)
  if (secret) faults.push(`the whole: holds what looks like a secret (${secret.kind}); arguments are shown and stored, so have the operator give it to the server by env_from`)
  if (faults.length > 0) throw toolInputInvalid(tool, faults)
  return input
}
