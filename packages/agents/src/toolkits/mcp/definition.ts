import { Type, type Static } from '@sinclair/typebox'
import { choice } from '../../schema.ts'
import { Masters, missingVariables, Program, programFaults, ProgramSettings, repeated, strict } from '../outward/definition.ts'

const ToolNames = Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 200 })
const risk = choice(['low', 'medium', 'high'])

const Server = Type.Object({
  // No underscore, so that a tool's name says where the server's ends.
  name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,19}$' }),
  masters: Masters,
  command: Type.Optional(Program),
  ...ProgramSettings,
  url: Type.Optional(Type.String({ maxLength: 500, description: 'Of a server that speaks streamable HTTP, instead of a command' })),
  headers_from: Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,60}$' }), Type.String({ minLength: 1, maxLength: 100 }), { ...strict, default: {}, description: 'Headers, each with the variable of Cortex that holds its value' }),
  tools: Type.Optional({ ...ToolNames, description: 'The only ones that are used; all without it' }),
  reads: { ...ToolNames, default: [], description: 'Those that change nothing. What the server itself says of them does not count' },
  repeatable: { ...ToolNames, default: [], description: 'Those that may be called again when it is not known if they were' },
  risk: { ...risk, default: 'high', description: 'Of its changes' },
  risks: Type.Record(Type.String({ minLength: 1, maxLength: 128 }), risk, { default: {}, description: 'Of single tools' }),
  start_seconds: Type.Integer({ minimum: 1, maximum: 120, default: 10, description: 'How long it may take to be there' }),
  timeout_seconds: Type.Integer({ minimum: 1, maximum: 3_600, default: 60, description: 'How long one call may take' })
}, strict)
export type McpServerDefinition = Static<typeof Server>

export const McpDefinition = Type.Object({ servers: Type.Array(Server, { minItems: 1, maxItems: 20 }) }, strict)
export type McpDefinition = Static<typeof McpDefinition>

export function mcpFaults ({ servers }: McpDefinition, env: NodeJS.ProcessEnv): string[] {
  return [
    ...repeated('mcp.servers', servers.map(({ name }) => name)),
    ...servers.flatMap((server, index) => serverFaults(server, env).map((fault) => `mcp.servers.${index}.${fault}`))
  ]
}

function serverFaults ({ command, url, env: fixed, env_from: passed, folder, headers_from: headers, reads, repeatable, risks }: McpServerDefinition, env: NodeJS.ProcessEnv): string[] {
  const faults = [...missingVariables('env_from', passed, env), ...missingVariables('headers_from', Object.values(headers), env)]
  if ((command === undefined) === (url === undefined)) faults.push('command: name a command or a url, and not both')
  if (command) faults.push(...programFaults('command', command))
  if (url !== undefined && !['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) faults.push('url: this is no http or https address')
  if (url !== undefined && (folder !== undefined || passed.length > 0 || Object.keys(fixed).length > 0)) faults.push('url: folder, env and env_from are for a command')
  if (command && Object.keys(headers).length > 0) faults.push('command: headers_from is for a url')
  for (const name of [...repeatable, ...Object.keys(risks)].filter((tool) => reads.includes(tool))) faults.push(`reads: ${name} is said to be a change elsewhere`)
  return faults
}
