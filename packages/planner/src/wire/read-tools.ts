import { RequestInvalid } from '../errors.ts'
import type { OfferedTool } from '../rules/transcript.ts'
import { readFlag, readObject, readString, type Fields } from './fields.ts'

export const toolName = /^[a-zA-Z0-9_-]{1,64}$/
const known = new Set(['name', 'description', 'input_schema', 'type', 'strict', 'cache_control', 'eager_input_streaming', 'defer_loading', 'input_examples', 'allowed_callers'])

export function readTools (tools: readonly Fields[] | undefined): OfferedTool[] {
  const names = new Set<string>()
  return (tools ?? []).map((tool, i) => {
    const path = `tools.${i}`
    if (tool.type !== undefined && tool.type !== 'custom') throw new RequestInvalid(`${path}.type`, 'only custom tools can be used with this planner')
    for (const field of Object.keys(tool)) if (!known.has(field)) throw new RequestInvalid(`${path}.${field.slice(0, 64)}`, 'Extra inputs are not permitted')
    const name = readString(tool.name, `${path}.name`)
    if (!toolName.test(name)) throw new RequestInvalid(`${path}.name`, `must match ${toolName.source}`)
    if (names.has(name)) throw new RequestInvalid('tools', `Tool names must be unique: ${name}`)
    names.add(name)
    if (tool.description !== undefined) readString(tool.description, `${path}.description`)
    const schema = readObject(tool.input_schema, `${path}.input_schema`)
    if (schema.type !== 'object') throw new RequestInvalid(`${path}.input_schema.type`, 'must be object')
    if (readFlag(tool.strict, `${path}.strict`) && schema.additionalProperties !== false) throw new RequestInvalid(`${path}.input_schema`, 'a strict tool needs additionalProperties: false')
    return { name, fields: schema.properties === undefined ? null : new Set(Object.keys(readObject(schema.properties, `${path}.input_schema.properties`))) }
  })
}
