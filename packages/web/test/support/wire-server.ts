import { once } from 'node:events'
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Approval, ChatEvent, ConversationSnapshot, PlannerIdentity, PolicyList, Problem, SearchHit, SignInState, Task, TaskLog } from '@cortex/contracts'

export interface Seen { readonly method: string, readonly path: string, readonly body: unknown, readonly cursor: string | undefined }

type Answer = (seen: Seen) => { status: number, body: unknown }

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }

/** The other end of the wire, told what to say: conversations as given, streams that can be cut, answers that can be refused. */
export class WireServer {
  readonly seen: Seen[] = []
  readonly snapshots = new Map<string, ConversationSnapshot>()
  readonly logs = new Map<string, TaskLog>()
  planner: PlannerIdentity = { kind: 'claude', model: 'claude-sonnet-5-5', notice: null }
  /** Tasks of the lists over all conversations. */
  tasks: Task[] = []
  approvals: Approval[] = []
  /** What a search finds, whatever is looked for. */
  hits: SearchHit[] = []
  policies: PolicyList['policies'] = []
  /** What a conversation may choose. */
  models: string[] = []
  signIn: SignInState = { required: false, password: false, provider: null, person: { name: 'local', roles: ['viewer', 'operator', 'approver', 'admin'], via: null } }
  /** When set, every API request gets this answer, but how to sign in. */
  refusal: { status: number } | null = null
  /** When set, streams answer 503 while everything else works. */
  streamsDown = false
  readonly #answers = new Map<string, Answer>()
  readonly #events = new Map<string, Array<{ seq: number, event: ChatEvent }>>()
  readonly #streams = new Map<ServerResponse, string>()
  readonly #root: string | undefined
  readonly #waiting = new Set<() => void>()
  #server: Server | undefined
  #port = 0

  /** @param root the built page, when a browser comes */
  constructor (root?: string) {
    this.#root = root
  }

  get url (): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens, on the same port again after `close`. */
  async listen (): Promise<void> {
    this.#server = createServer((request, response) => { void this.#serve(request, response) })
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async close (): Promise<void> {
    const closed = once(this.#server!, 'close')
    this.#server!.close()
    this.#server!.closeAllConnections()
    await closed
  }

  /** Answers a command; without it commands are accepted. `path` is matched at its end. */
  answer (method: string, path: string, answer: Answer): void {
    this.#answers.set(`${method} ${path}`, answer)
  }

  /** Numbers an event, keeps it for those who come back, and sends it. */
  send (conversationId: string, ...events: ChatEvent[]): void {
    for (const event of events) {
      const kept = this.#events.get(conversationId) ?? []
      this.#events.set(conversationId, kept)
      const seq = (kept.at(-1)?.seq ?? this.snapshots.get(conversationId)?.seq ?? 0) + 1
      kept.push({ seq, event })
      this.#write(conversationId, frame(seq, event))
    }
  }

  sendControl (conversationId: string, name: 'reset' | 'goodbye' | 'log', body: unknown = {}): void {
    this.#write(conversationId, `event: ${name}\ndata: ${JSON.stringify(body)}\n\n`)
  }

  /** Text on the wire as it is, as for repeats and nonsense. */
  sendRaw (conversationId: string, text: string): void {
    this.#write(conversationId, text)
  }

  dropStreams (): void {
    for (const stream of this.#streams.keys()) stream.destroy()
  }

  streamCount (): number {
    return this.#streams.size
  }

  /** Resolves when the condition holds; it is looked at after each request and each stream that ends. */
  async until (condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  #wake (): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  #write (conversationId: string, text: string): void {
    for (const [stream, id] of this.#streams) if (id === conversationId) stream.write(text)
  }

  async #serve (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?')
    if (!path.startsWith('/v1/')) return this.#servePage(path, response)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const cursor = request.headers['last-event-id']
    const seen: Seen = { method: request.method ?? '', path: query ? `${path}?${query}` : path, body: text ? JSON.parse(text) : undefined, cursor: Array.isArray(cursor) ? cursor[0] : cursor }
    this.seen.push(seen)
    if (this.refusal && path !== '/v1/sign-in') reply(response, this.refusal.status, problem(this.refusal.status, 'Refused'))
    else if (path.endsWith('/stream')) this.#serveStream(path.split('/')[3] ?? '', Number(seen.cursor), !query.includes('follow=false'), response)
    else this.#serveAnswer(seen, path, response)
    this.#wake()
  }

  #serveAnswer (seen: Seen, path: string, response: ServerResponse): void {
    for (const [key, answer] of this.#answers) {
      const [method, end = ''] = key.split(' ')
      if (method !== seen.method || !path.endsWith(end)) continue
      const { status, body } = answer(seen)
      return reply(response, status, body)
    }
    const [, , kind, id, part] = path.split('/')
    if (kind === 'sign-in') return reply(response, 200, this.signIn)
    if (kind === 'tokens') return reply(response, 200, { tokens: [] })
    if (kind === 'planner') return reply(response, 200, { ...this.planner, models: this.models, fallback_model: null, small_model: null, context_tokens: 100_000, self_test: null })
    if (kind === 'policy') return reply(response, 200, { policies: this.policies })
    if (kind === 'search') return reply(response, 200, { hits: this.hits, next_cursor: null })
    if (seen.method === 'POST') return reply(response, 202, {})
    if (part === 'log') {
      const log = this.logs.get(id ?? '') ?? { task_id: id, from: 0, lines: [], total: 0 }
      const from = Number(/from=(\d+)/.exec(seen.path)?.[1] ?? 0)
      return reply(response, 200, { ...log, from, lines: log.lines.slice(from) })
    }
    if (kind === 'tasks') return id ? this.#serveTask(id, response) : reply(response, 200, { tasks: this.tasks, next_cursor: null })
    if (kind === 'waiting-approvals') return reply(response, 200, { approvals: this.approvals.filter(({ status }) => status === 'pending').map(({ id, task_id: taskId, task_title: title, summary, conversation_id: conversationId }) => ({ id, task_id: taskId, title: title ?? summary, conversation_id: conversationId })) })
    if (kind === 'approvals') return reply(response, 200, { approvals: this.#approvalsFor(new URLSearchParams(seen.path.split('?')[1])) })
    if (seen.method === 'DELETE') return reply(response, 200, { id, tasks: [] })
    if (!id) return reply(response, 200, { conversations: [...this.snapshots.values()].map(({ id, title, owner, shared, model }) => ({ id, title, owner, shared, model, created_at: new Date().toISOString(), updated_at: new Date().toISOString() })), next_cursor: null })
    const snapshot = this.snapshots.get(id)
    return snapshot ? reply(response, 200, snapshot) : reply(response, 404, problem(404, 'This conversation does not exist'))
  }

  #serveTask (id: string, response: ServerResponse): void {
    const task = this.tasks.find((task) => task.id === id)
    return task ? reply(response, 200, task) : reply(response, 404, problem(404, 'This task does not exist'))
  }

  #approvalsFor (filter: URLSearchParams): Approval[] {
    return this.approvals.filter(({ status, task_id: taskId }) => ['', status].includes(filter.get('status') ?? '') && ['', taskId].includes(filter.get('task_id') ?? ''))
  }

  #serveStream (conversationId: string, cursor: number, goesOn: boolean, response: ServerResponse): void {
    if (this.streamsDown) return reply(response, 503, problem(503, 'Going away'))
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' })
    response.write(': hb\n\n')
    for (const { seq, event } of this.#events.get(conversationId) ?? []) if (seq > cursor) response.write(frame(seq, event))
    if (!goesOn) {
      response.end()
      return
    }
    this.#streams.set(response, conversationId)
    response.on('close', () => {
      this.#streams.delete(response)
      this.#wake()
    })
  }

  #servePage (path: string, response: ServerResponse): void {
    const file = join(this.#root ?? '', path)
    const found = this.#root !== undefined && extname(path) !== '' && existsSync(file) ? file : join(this.#root ?? '', 'index.html')
    response.writeHead(200, { 'content-type': types[extname(found)] ?? 'application/octet-stream', 'content-security-policy': csp, 'x-content-type-options': 'nosniff' })
    createReadStream(found).pipe(response)
  }
}

function frame (seq: number, { type, ...body }: ChatEvent): string {
  return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(body)}\n\n`
}

function reply (response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(body))
}

export function problem (status: number, detail: string): Problem {
  return { type: 'urn:cortex:error:CTX_TEST', title: 'Refused', status, detail, code: 'CTX_TEST', request_id: 'test' }
}
