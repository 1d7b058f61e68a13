import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { mcpFailed } from '../../errors.ts'
import type { Plan, Tool, Toolkit } from '../../toolkit.ts'
import { hidePassed } from '../outward/hide-passed.ts'
import { outsideText } from '../outward/outside-text.ts'
import { stepwise } from '../outward/steps.ts'
import { McpConnection } from './connection.ts'
import type { McpServerDefinition } from './definition.ts'
import { offeredTools, type OfferedTool } from './offered-tool.ts'
import { resultText } from './result-text.ts'
import { changeTool, readTool, toolkitOf, type Call } from './tools.ts'

/** Characters of an answer that are kept as evidence. */
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
      tools = offered.map((tool) => definition.reads.includes(tool.original) ? readTool(tool, call) : changeTool(tool, definition))
      for (const reason of taken.leftOut) logger.warn({ server: definition.name }, `a tool is left out: ${reason}`)
    }
  })
  const call: Call = async (original, input, signal, before) => {
    const result = await connection.call(original, input, signal, before)
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
      const { original = plan.tool } = currentOf(plan) ?? {}
      const text = await call(original, inputOf(plan), signal, () => {
        if (currentOf(plan)?.fingerprint !== plan.base) throw mcpFailed(plan.tool, 'the server has changed it since it was approved; it was not called')
      })
      return `${original} answered:\n${outsideText(text, evidenceLimit)}`
    },
    check: async () => null,
    mayRepeat: (plan) => definition.repeatable.includes(currentOf(plan)?.original ?? ''),
    back: () => null,
    stands: async () => null
  })

  return {
    id: toolkitOf(definition),
    get tools () { return tools },
    ...steps,
    begin: () => Promise.race([attempt(retries.first), sleep(definition.start_seconds * 1_000, undefined, { ref: false })]),
    async close () {
      closed = true
      clearTimeout(retry)
      await connection.close()
    }
  }
}

function inputOf ({ arguments: { input } }: Plan): Record<string, unknown> {
  return input !== null && typeof input === 'object' ? { ...input } : {}
}
