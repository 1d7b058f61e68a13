import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { canonicalJson } from '../../change-set.ts'
import { mcpFailed, toolInputInvalid } from '../../errors.ts'
import { findCertainSecrets, redactionMark } from '../../redact.ts'
import { defineChange, defineRead, type Plan, type Tool, type Toolkit } from '../../toolkit.ts'
import { hidePassed } from '../outward/hide-passed.ts'
import { outsideText, readableLines, visibleJson } from '../outward/outside-text.ts'
import { stepDiff, stepTarget, stepwise } from '../outward/steps.ts'
import { McpConnection } from './connection.ts'
import type { McpServerDefinition } from './definition.ts'
import { offeredTools, type OfferedTool } from './offered-tool.ts'
import { resultText } from './result-text.ts'

/** Characters of arguments as JSON. */
const argumentsLimit = 100_000
const evidenceLimit = 8_000
/** Milliseconds between attempts to reach a server that was not there at the start; doubled each time, up to the last. */
const retries = { first: 2_000, last: 60_000 }

export interface McpToolkit extends Toolkit {
  /** Waits until the server is there or it is clear that it is not; then it is tried again in the background. */
  begin (): Promise<void>
  close (): Promise<void>
}

/**
 * The tools of one MCP server. Those the operator lists as reads run freely; every other one is a change, whatever the server says of it. Its
 * list may change while it runs; a plan is only carried out by the very tool it was made for.
 */
export function createMcpToolkit (definition: McpServerDefinition, env: NodeJS.ProcessEnv, logger: Logger): McpToolkit {
  const id = `mcp-${definition.name}`
  let offered: OfferedTool[] = []
  let tools: Tool[] = []
  let retry: NodeJS.Timeout | undefined
  let closed = false
  const connection = new McpConnection(definition, {
    env,
    logger,
    onTools (listed) {
      const taken = offeredTools(listed, definition)
      offered = taken.offered
      tools = offered.map((tool) => definition.reads.includes(tool.original) ? readTool(tool) : changeTool(tool))
      for (const reason of taken.leftOut) logger.warn({ server: definition.name }, `a tool is left out: ${reason}`)
    }
  })
  const call = async (original: string, input: Record<string, unknown>, signal: AbortSignal): Promise<string> => {
    const result = await connection.call(original, input, signal)
    const text = resultText(result, (words) => hidePassed(words, [...definition.env_from, ...Object.values(definition.headers_from)], env))
    if (result.isError) throw mcpFailed(`${definition.name}: ${original}`, outsideText(text, 2_000))
    return text
  }
  const currentOf = ({ tool }: Plan): OfferedTool | undefined => offered.find(({ name }) => name === tool)
  const attempt = async (delay: number): Promise<void> => {
    try {
      await connection.ready()
      logger.info({ server: definition.name, tools: tools.length }, 'an MCP server is there')
    } catch (error) {
      if (closed) return
      logger.warn({ err: error, server: definition.name }, 'an MCP server cannot be used; it is tried again')
      retry = setTimeout(() => { attempt(Math.min(delay * 2, retries.last)) }, delay).unref()
    }
  }
  const steps = stepwise({
    // It may have been started anew, as another version of itself.
    refresh: () => connection.ready(),
    baseOf: (plan) => currentOf(plan)?.fingerprint ?? null,
    async make (plan, signal) {
      const tool = currentOf(plan)
      if (!tool) throw mcpFailed(plan.tool, 'the server no longer has it')
      return `${tool.original} answered:\n${outsideText(await call(tool.original, inputOf(plan), signal), evidenceLimit)}`
    },
    check: async () => null,
    mayRepeat: (plan) => definition.repeatable.includes(currentOf(plan)?.original ?? ''),
    undo: () => null
  })

  return {
    id,
    get tools () { return tools },
    ...steps,
    begin: () => Promise.race([attempt(retries.first), sleep(definition.start_seconds * 1_000, undefined, { ref: false })]),
    async close () {
      closed = true
      clearTimeout(retry)
      await connection.close()
    }
  }

  function readTool ({ name, original, description, input }: OfferedTool): Tool {
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

  function changeTool ({ name, original, description, input, fingerprint }: OfferedTool): Tool {
    return defineChange({
      name,
      description: `${description}\nTo Cortex this is a change: it is planned, and called when the change set is approved.`,
      input,
      async plan (given, { draft }) {
        const checked = checkArguments(name, given)
        const isSame = (plan: Plan) => plan.tool === name && canonicalJson(plan.arguments.input) === canonicalJson(checked)
        const target = stepTarget(draft, id, visibleJson(original).slice(1, -1), isSame)
        const where = definition.url ?? definition.command?.join(' ') ?? ''
        return {
          plans: [{
            toolkit: id,
            tool: name,
            target,
            verb: 'update',
            diff: stepDiff(name, [`call ${visibleJson(original)} of ${definition.name} (${visibleJson(where)}) with`, ...readableLines(checked), 'its answer is the evidence; nothing takes it back']),
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

function inputOf ({ arguments: { input } }: Plan): Record<string, unknown> {
  return input !== null && typeof input === 'object' ? { ...input } : {}
}
