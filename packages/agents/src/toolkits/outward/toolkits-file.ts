import { Type, type Static } from '@sinclair/typebox'
import { DefinitionFault } from '../../errors.ts'
import { readDefinition } from '../../schema.ts'
import { HttpDefinition, httpFaults } from '../http/definition.ts'
import { McpDefinition, mcpFaults } from '../mcp/definition.ts'
import { ShellDefinition, shellFaults } from '../shell/definition.ts'
import { strict } from './definition.ts'

/** What of the outside workers may reach, in the operator's words: docs/toolkits.md. */
export const ToolkitsFile = Type.Object({
  http: Type.Optional(HttpDefinition),
  shell: Type.Optional(ShellDefinition),
  mcp: Type.Optional(McpDefinition)
}, strict)
export type ToolkitsFile = Static<typeof ToolkitsFile>

/** @throws DefinitionFault naming the file and each field at fault */
export async function readToolkitsFile (file: string, env: NodeJS.ProcessEnv): Promise<ToolkitsFile> {
  const definition = await readDefinition(ToolkitsFile, file, 'CORTEX_TOOLKITS')
  const { http, shell, mcp } = definition
  const faults = [...(http ? httpFaults(http) : []), ...(shell ? shellFaults(shell, env) : []), ...(mcp ? mcpFaults(mcp, env) : [])]
  if (faults.length > 0) throw new DefinitionFault(file, faults)
  return definition
}
