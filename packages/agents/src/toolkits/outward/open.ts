import type { Logger } from 'pino'
import { DefinitionFault } from '../../errors.ts'
import type { Master } from '../../master.ts'
import type { Toolkit } from '../../toolkit.ts'
import type { McpServerDefinition } from '../mcp/definition.ts'
import { readToolkitsFile } from './toolkits-file.ts'

export interface OutwardToolkits {
  toolkits: Toolkit[]
  /** The masters with the toolkits the file gives them. @throws DefinitionFault when it names one that is not there */
  equip (masters: readonly Master[]): Master[]
  close (): Promise<void>
}

/**
 * Opens what the operator's file names: http, shell and MCP servers, each loaded only when it is named. A server that is not there delays the
 * start by its `start_seconds` at most; its tools join when it comes.
 * @throws DefinitionFault naming the file and field
 */
export async function openOutward (file: string, env: NodeJS.ProcessEnv, logger: Logger): Promise<OutwardToolkits> {
  const { http, shell, mcp } = await readToolkitsFile(file, env)
  const granted: Array<{ toolkit: Toolkit, masters: string[] }> = []
  const reading = http && (await import('../http/index.ts')).createHttpToolkit(http)
  if (http && reading) granted.push({ toolkit: reading, masters: http.masters })
  if (shell) granted.push({ toolkit: (await import('../shell/index.ts')).createShellToolkit(shell, env), masters: shell.masters })
  const servers = mcp ? await openServers(mcp.servers, env, logger) : []
  granted.push(...servers.map(({ toolkit, masters }) => ({ toolkit, masters })))
  return {
    toolkits: granted.map(({ toolkit }) => toolkit),
    equip (masters) {
      const strangers = granted.flatMap(({ toolkit: { id }, masters: named }) => named.filter((name) => !masters.some((master) => master.id === name)).map((name) => `${id}: masters: there is no master ${name}, only ${masters.map((master) => master.id).join(', ')}`))
      if (strangers.length > 0) throw new DefinitionFault(file, strangers)
      return masters.map((master) => ({ ...master, toolkits: [...new Set([...master.toolkits, ...granted.filter(({ masters: named }) => named.includes(master.id)).map(({ toolkit: { id } }) => id)])] }))
    },
    async close () {
      await Promise.all([reading?.close(), ...servers.map(({ toolkit }) => toolkit.close())])
    }
  }
}

async function openServers (definitions: McpServerDefinition[], env: NodeJS.ProcessEnv, logger: Logger) {
  const { createMcpToolkit } = await import('../mcp/index.ts')
  const servers = definitions.map((definition) => ({ toolkit: createMcpToolkit(definition, env, logger), masters: definition.masters }))
  await Promise.all(servers.map(({ toolkit }) => toolkit.begin()))
  return servers
}
