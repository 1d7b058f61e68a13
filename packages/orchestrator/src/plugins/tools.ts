import { mayUse, type Access, type ToolDefinition } from '@cortex/contracts'
import { createInputValidator, InputError, inSpan } from '@cortex/service'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { ToolRoleMissing, ToolUnknown } from '../errors.ts'
import type { ToolContext, ToolSpec } from '../tool.ts'

declare module 'fastify' {
  interface FastifyInstance { tools: Tools }
}

/** Who may call a tool. */
export function accessOf ({ readOnly }: Pick<ToolSpec, 'readOnly'>): Access {
  return readOnly ? 'viewer' : 'operator'
}

/** All tools by name, in the order they were registered, so that the catalogue a model caches keeps its bytes. */
export class Tools {
  readonly #app: FastifyInstance
  readonly #tools = new Map<string, ToolSpec & { faultsOf: ReturnType<typeof createInputValidator> }>()

  constructor (app: FastifyInstance) {
    this.#app = app
  }

  add (spec: ToolSpec): void {
    this.#tools.set(spec.name, { ...spec, faultsOf: createInputValidator(spec.input, 'tool_input') })
  }

  all (): ToolSpec[] {
    return [...this.#tools.values()]
  }

  definitions (): ToolDefinition[] {
    return this.all().map(({ name, description, input }) => ({ name, description, input_schema: input as unknown as ToolDefinition['input_schema'] }))
  }

  /** @throws CTX_TOOL_UNKNOWN, CTX_TOOL_ROLE_MISSING, CTX_INPUT_INVALID, and whatever the tool throws */
  async execute (name: string, input: Record<string, unknown>, context: Omit<ToolContext, 'givenInput'>): Promise<unknown> {
    const tool = this.#tools.get(name)
    if (!tool) throw new ToolUnknown(name, [...this.#tools.keys()].join(', '))
    if (!mayUse(accessOf(tool), context.roles)) throw new ToolRoleMissing(name, accessOf(tool))
    // Defaults are filled into a copy: what the caller sent is kept untouched beside the task.
    const filled = { ...input }
    const faults = tool.faultsOf(filled)
    if (faults.length > 0) throw new InputError(faults)
    return await inSpan(name, { 'gen_ai.tool.name': name }, () => tool.run(this.#app, filled, { ...context, givenInput: input }))
  }
}

export default fp(async (app) => { app.decorate('tools', new Tools(app)) }, { name: 'tools' })
