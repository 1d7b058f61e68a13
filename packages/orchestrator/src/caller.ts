import { spellUser, toolHeaders } from '@cortex/contracts'
import { InputError } from '@cortex/service'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ToolContext } from './tool.ts'

const gone = new WeakMap<FastifyReply['raw'], AbortSignal>()

/** Aborted when the caller has gone away before it was answered. One signal a reply, however many calls it answers. */
export function untilGone ({ raw }: FastifyReply): AbortSignal {
  const known = gone.get(raw)
  if (known) return known
  const controller = new AbortController()
  raw.once('close', () => { if (!raw.writableFinished) controller.abort() })
  gone.set(raw, controller.signal)
  return controller.signal
}

/** Who calls and in what connection, from the headers. `source` is where the call came in, unless a header says more. */
export function readCaller (request: FastifyRequest, reply: FastifyReply, source = 'api'): Omit<ToolContext, 'givenInput'> {
  return {
    signal: untilGone(reply),
    requestId: request.id,
    user: isTrusted(request) ? spellUser(readHeader(request, toolHeaders.user) ?? 'api') : request.principal.name,
    roles: request.principal.roles,
    source: readHeader(request, toolHeaders.source) ?? source,
    batchId: readHeader(request, toolHeaders.batch),
    conversationId: readHeader(request, toolHeaders.conversation),
    idempotencyKey: readHeader(request, toolHeaders.idempotencyKey)
  }
}

/** Without sign-in everybody says who they are; with it only another part of Cortex is believed. */
function isTrusted ({ principal: { kind } }: FastifyRequest): boolean {
  return kind === 'local' || kind === 'service'
}

function readHeader (request: FastifyRequest, name: string): string | null {
  const value = request.headers[name]
  if (value === undefined) return null
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(value)) throw new InputError([{ field: `headers.${name}`, message: 'must be 1 to 200 visible ASCII characters' }])
  return value
}
