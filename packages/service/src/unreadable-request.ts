import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { HeadersTooLarge, RequestLate, RequestUnreadable } from './errors.ts'
import { toProblem } from './problem.ts'
import { statusWords } from './status-words.ts'

/** Answers what Node refuses before there is a request, as a problem like any other, and closes the connection: where the next request would begin is unknown. */
export function answerUnreadable (fault: Error & { code?: string | undefined }, socket: Socket, logger: FastifyBaseLogger | undefined): void {
  // Who reset the connection hears nothing any more.
  if (fault.code !== 'ECONNRESET' && socket.writable) {
    const id = randomUUID()
    const problem = toProblem(nameOf(fault.code), id)
    logger?.debug({ err: fault, code: problem.code, request_id: id }, 'request refused')
    const body = JSON.stringify(problem)
    socket.write([
      `HTTP/1.1 ${problem.status} ${statusWords[problem.status]}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${id}`,
      'connection: close',
      '',
      body
    ].join('\r\n'))
  }
  socket.destroySoon()
}

function nameOf (code: string | undefined) {
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLarge()
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RequestLate()
  return new RequestUnreadable()
}
