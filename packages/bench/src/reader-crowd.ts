import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createTaskCall } from './payload.ts'
import { post } from './post.ts'
import type { Arrivals, CrowdOptions } from './scenarios/readers.ts'

// Readers of the events over plain sockets, in a process of their own: told to, it creates a task and says when each reader had its event.
const { orchestrator, readers } = JSON.parse(process.argv[2] ?? '{}') as CrowdOptions
const { hostname, port } = new URL(orchestrator)
/** Connections opened at once: the server's backlog holds no more than some hundred. */
const step = 100

const request = `GET /v1/events HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept: text/event-stream\r\n\r\n`
const created = Buffer.from('event: task.created')
const ready = Buffer.from('event: ready')

let arrivals: number[] = []
let allArrived = () => {}

process.once('disconnect', () => process.exit())
for (let opened = 0; opened < readers; opened += step) await Promise.all(Array.from({ length: Math.min(step, readers - opened) }, open))
process.send?.('ready')
process.on('message', () => { void measure().then((measured) => process.send?.(measured)) })

async function open (): Promise<void> {
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  socket.write(request)
  await heard(socket, ready)
  socket.on('data', (bytes: Buffer) => {
    if (!bytes.includes(created)) return
    arrivals.push(performance.now())
    if (arrivals.length === readers) allArrived()
  })
  socket.on('close', () => { throw new Error('a reader was cut off') })
}

/** An event is far smaller than a segment and comes in one piece. */
async function heard (socket: Socket, what: Buffer): Promise<void> {
  for (;;) {
    const [bytes] = await once(socket, 'data') as [Buffer]
    if (bytes.includes(what)) return
  }
}

async function measure (): Promise<Arrivals> {
  arrivals = []
  const { promise, resolve } = Promise.withResolvers<void>()
  allArrived = resolve
  const sent = performance.now()
  const answered = post(`${orchestrator}/execute-tool`, createTaskCall()).then(() => performance.now())
  await promise
  return { answered: await answered - sent, arrivals: arrivals.map((at) => at - sent) }
}
