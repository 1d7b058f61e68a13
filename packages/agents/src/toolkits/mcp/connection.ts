import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, ProtocolError, SdkError, SdkErrorCode, StreamableHTTPClientTransport, type CallToolResult, type JsonSchemaValidator, type jsonSchemaValidator, type Tool } from '@modelcontextprotocol/client'
import type { Logger } from 'pino'
import { mcpFailed, mcpUnavailable } from '../../errors.ts'
import { environmentOf } from '../outward/definition.ts'
import { hidePassed } from '../outward/hide-passed.ts'
import { outsideText } from '../outward/outside-text.ts'
import type { McpServerDefinition } from './definition.ts'
import { StdioTransport } from './stdio-transport.ts'

/** Milliseconds a server that did not answer a call in time has to answer a simple question, else it counts as hung. */
const pulse = 2_000
/** Milliseconds a server gets to answer in the newest version of the protocol, which those from before it do not know. */
const probe = 2_000
const pagesLimit = 10

/** What a tool answers is text to us, so nothing is checked by a server's own schema: its patterns are never compiled. */
const unchecked: jsonSchemaValidator = {
  getValidator: <T>(): JsonSchemaValidator<T> => (input) => ({ valid: true, data: input as T, errorMessage: undefined })
}

interface Open { client: Client, transport: StdioTransport | StreamableHTTPClientTransport }

/** One server: started when first used, and again at the next use after it ended or hung. */
export class McpConnection {
  readonly definition: McpServerDefinition
  readonly #env: NodeJS.ProcessEnv
  readonly #logger: Logger
  readonly #onTools: (tools: Tool[]) => void
  #open: Promise<Open> | undefined
  /** The newest connection, so that a start under way can be given up. */
  #starting: Open['transport'] | undefined
  #home: Promise<string> | undefined
  /** Whether it is known to speak only what came before the newest version. */
  #legacy = false
  #closed = false

  constructor (definition: McpServerDefinition, { env, logger, onTools }: { env: NodeJS.ProcessEnv, logger: Logger, onTools: (tools: Tool[]) => void }) {
    this.definition = definition
    this.#env = env
    this.#logger = logger
    this.#onTools = onTools
  }

  /** Starts the server if it is not there; tells its tools. @throws CTX_MCP_UNAVAILABLE */
  async ready (): Promise<void> {
    await this.#connected()
  }

  /** @throws CTX_MCP_UNAVAILABLE, CTX_MCP_FAILED, the reason of `signal`, and what `before` throws once the server is there */
  async call (tool: string, input: Record<string, unknown>, signal: AbortSignal, before = () => {}): Promise<CallToolResult> {
    const open = await this.#connected()
    before()
    const { name, timeout_seconds: seconds } = this.definition
    try {
      return await open.client.callTool({ name: tool, arguments: input }, { signal, timeout: seconds * 1_000, maxTotalTimeout: seconds * 1_000 })
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof ProtocolError) throw mcpFailed(`${name}: ${tool}`, `the server refused the call: ${this.#wordsOf(error, open.transport)}`)
      if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
        const alive = await this.#answers(open)
        if (!alive) await this.#drop(open, 'it hung')
        throw mcpFailed(`${name}: ${tool}`, `no answer within ${seconds} s${alive ? '' : ', and the server answers nothing else either'}; what it had done until then stands`)
      }
      await this.#drop(open, 'the connection was lost')
      throw mcpUnavailable(name, `the connection was lost during ${tool}, so it is not known whether that was done: ${this.#wordsOf(error, open.transport)}`)
    }
  }

  async close (): Promise<void> {
    this.#closed = true
    await this.#starting?.close()
    const open = await this.#open?.catch(() => undefined)
    await open?.client.close()
    const home = await this.#home
    if (home !== undefined) await rm(home, { recursive: true, force: true })
  }

  #connected (): Promise<Open> {
    if (this.#closed) throw mcpUnavailable(this.definition.name, 'the agent is being stopped')
    if (this.#open) return this.#open
    const opening = this.#start()
    this.#open = opening
    opening.catch(() => { if (this.#open === opening) this.#open = undefined })
    return opening
  }

  async #start (): Promise<Open> {
    const transport = await this.#transport()
    try {
      return await this.#connect(transport, this.#legacy)
    } catch (error) {
      const ended = transport instanceof StdioTransport && transport.ended
      await transport.close()
      if (this.#legacy || this.#closed || !ended) throw mcpUnavailable(this.definition.name, this.#wordsOf(error, transport))
    }
    // Some servers from before the newest version end at a question they do not know, so they are asked again as of old.
    const again = await this.#transport()
    try {
      const open = await this.#connect(again, true)
      this.#legacy = true
      return open
    } catch (error) {
      await again.close()
      throw mcpUnavailable(this.definition.name, this.#wordsOf(error, again))
    }
  }

  async #connect (transport: Open['transport'], legacy: boolean): Promise<Open> {
    const { name, start_seconds: seconds } = this.definition
    const client = new Client({ name: 'cortex', version: '1' }, {
      versionNegotiation: legacy ? { mode: 'legacy' } : { mode: 'auto', probe: { timeoutMs: Math.min(probe, seconds * 500) } },
      jsonSchemaValidator: unchecked,
      inputRequired: { autoFulfill: false },
      listMaxPages: pagesLimit,
      listChanged: { tools: { onChanged: (error, tools) => { if (!error && tools) this.#onTools(tools) } } }
    })
    client.onerror = (error) => this.#logger.debug({ err: error, server: name }, 'an MCP server sent what cannot be read')
    this.#starting = transport
    await client.connect(transport, { timeout: seconds * 1_000 })
    const { tools } = await client.listTools(undefined, { timeout: seconds * 1_000, cacheMode: 'bypass' })
    this.#onTools(tools)
    client.onclose = () => {
      if (this.#closed) return
      this.#logger.warn({ server: name }, 'an MCP server ended; it is started again when it is needed')
      this.#open = undefined
    }
    return { client, transport }
  }

  async #transport (): Promise<Open['transport']> {
    const { command, url, folder, headers_from: headers } = this.definition
    if (command) {
      this.#home ??= mkdtemp(join(tmpdir(), 'cortex-mcp-'))
      const home = await this.#home
      return new StdioTransport({ argv: command, folder: folder ?? home, env: environmentOf(this.definition, this.#env, home) })
    }
    return new StreamableHTTPClientTransport(new URL(url!), {
      requestInit: { headers: Object.fromEntries(Object.entries(headers).map(([header, variable]) => [header, this.#env[variable] ?? ''])) },
      redirectPolicy: 'same-origin'
    })
  }

  async #answers ({ client }: Open): Promise<boolean> {
    const asked = client.getProtocolEra() === 'modern' ? client.discover({ timeout: pulse }) : client.ping({ timeout: pulse })
    return asked.then(() => true, () => false)
  }

  async #drop (open: Open, reason: string): Promise<void> {
    const current = await this.#open?.catch(() => undefined)
    if (current !== open) return
    this.#open = undefined
    this.#logger.warn({ server: this.definition.name }, `an MCP server is given up: ${reason}; it is started again when it is needed`)
    open.client.onclose = () => {}
    await open.client.close()
    await open.transport.close()
  }

  /** Why, with the last the server wrote before it ended. */
  #wordsOf (error: unknown, transport: Open['transport']): string {
    const { env_from: passed, headers_from: headers } = this.definition
    const hidden = (text: string, limit: number) => outsideText(hidePassed(text, [...passed, ...Object.values(headers)], this.#env), limit)
    const said = transport instanceof StdioTransport ? hidden(transport.stderr, 1_000) : ''
    const { code, message } = error instanceof Error ? error as NodeJS.ErrnoException : { code: undefined, message: String(error) }
    const reason = code === 'ENOENT' ? 'there is no such program or folder' : hidden(message, 500)
    return said === '' ? reason : `${reason} (it wrote: ${said})`
  }
}
