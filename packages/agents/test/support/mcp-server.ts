import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * A small MCP server over its pipes, written against the protocol and not with a package, for what a real one does not do on demand: end, hang,
 * change its tools. It speaks the version before the newest. Its tools stand in the file it is given, read anew at each start.
 */
const [file = '', mode = ''] = process.argv.slice(2)

interface Message { id?: number, method: string, params?: { name?: string, arguments?: Record<string, unknown> } }

let hung = false
let begun = false

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as Message
  if (message.method === 'initialize') begun = true
  if (mode === 'strict' && !begun) process.exit(9)
  if (message.id !== undefined && !hung) answer(message.id, message)
}

function answer (id: number, { method, params }: Message): void {
  switch (method) {
    case 'initialize': return send({ id, result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'test', version: '1' } } })
    case 'ping': return send({ id, result: {} })
    case 'tools/list': return send({ id, result: { tools: JSON.parse(readFileSync(file, 'utf8')) } })
    case 'tools/call': return call(id, params?.name ?? '', params?.arguments ?? {})
    default: return send({ id, error: { code: -32601, message: `there is no ${method}` } })
  }
}

function call (id: number, name: string, input: Record<string, unknown>): void {
  if (name === 'die') {
    process.stderr.write('out of memory\n')
    process.exit(3)
  }
  if (name === 'hang') hung = true
  else if (name === 'refuse') send({ id, error: { code: -32602, message: 'not like this' } })
  else if (name === 'fail') send({ id, result: { isError: true, content: [{ type: 'text', text: 'it is closed' }] } })
  else if (name !== 'slow') send({ id, result: { content: [{ type: 'text', text: name === 'pid' ? String(process.pid) : JSON.stringify({ name, input, here: existsSync(file) }) }] } })
}

function send (message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}
