import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { StreamCrowdOptions } from './scenarios/streams.ts'

// Streams of conversations over plain sockets, in a process of their own: says when all are open, and each time all have seen the end of a reply.
const { chat, streams } = JSON.parse(process.argv[2] ?? '{}') as StreamCrowdOptions
const { hostname, port } = new URL(chat)
/** Connections opened at once: the server's backlog holds no more than some hundred. */
const step = 100
const ended = 'event: RUN_FINISHED'

let left = 0

process.once('disconnect', () => process.exit())
process.on('message', (expected: number) => { left = expected })
for (let opened = 0; opened < streams.length; opened += step) await Promise.all(streams.slice(opened, opened + step).map(open))
process.send?.('ready')

async function open (conversationId: string): Promise<void> {
  const socket: Socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  socket.write(`GET /v1/conversations/${conversationId}/stream HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept: text/event-stream\r\n\r\n`)
  await once(socket, 'data')
  let tail = ''
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    const seen = (tail + text).split(ended).length - 1
    tail = text.slice(-ended.length + 1)
    if (seen > 0 && (left -= seen) === 0) process.send?.('ended')
  })
  socket.on('close', () => { throw new Error('a stream was cut off') })
}
