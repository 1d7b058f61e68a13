import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createTaskCall } from './payload.ts'
import { post } from './post.ts'
import type { Arrivals, CrowdCall, CrowdOptions, Returned } from './scenarios/readers.ts'

// Readers of the events over plain sockets, in a process of their own. Told to, it creates a task and says when each reader had its event, or has all
// of them come back that many events behind.
const { orchestrator, readers } = JSON.parse(process.argv[2] ?? '{}') as CrowdOptions
const { hostname, port } = new URL(orchestrator)
/** Connections opened at once: the server's backlog holds no more than some hundred. */
const step = 100

const request = `GET /v1/events HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept: text/event-stream\r\n\r\n`
const created = Buffer.from('event: task.created')
const ready = 'event: ready'

let arrivals: number[] = []
let allArrived = () => {}
let sockets: Socket[] = []
let leaving = false

process.once('disconnect', () => process.exit())
await openAll(open)
process.send?.('ready')
process.on('message', (call: CrowdCall) => { void (call.kind === 'measure' ? measure() : comeBack(call)).then((measured) => process.send?.(measured)) })

async function openAll (one: () => Promise<void>): Promise<void> {
  for (let opened = 0; opened < readers; opened += step) await Promise.all(Array.from({ length: Math.min(step, readers - opened) }, one))
}

async function reach (): Promise<Socket> {
  const socket = connect({ host: hostname, port: Number(port) })
  sockets.push(socket)
  await once(socket, 'connect')
  socket.on('close', () => { if (!leaving) throw new Error('a reader was cut off') })
  return socket
}

async function open (): Promise<void> {
  const socket = await reach()
  socket.write(request)
  await heard(socket, ready)
  socket.on('data', (bytes: Buffer) => {
    if (!bytes.includes(created)) return
    arrivals.push(performance.now())
    if (arrivals.length === readers) allArrived()
  })
}

async function heard (socket: Socket, what: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let tail = ''
  const listen = (bytes: Buffer) => {
    const text = tail + bytes.toString('latin1')
    if (text.includes(what)) resolve()
    tail = text.slice(-what.length)
  }
  socket.on('data', listen)
  await promise
  socket.off('data', listen)
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

/** Milliseconds until every reader has the newest event; all ask at once, on connections that are open by then. */
async function comeBack ({ behind, newest }: Extract<CrowdCall, { kind: 'return' }>): Promise<Returned> {
  leaving = true
  await Promise.all(sockets.map((socket) => once(socket.destroy(), 'close')))
  leaving = false
  sockets = []
  await openAll(async () => { await reach() })
  const began = performance.now()
  await Promise.all(sockets.map(async (socket) => {
    const caughtUp = heard(socket, `id: ${newest}\n`)
    socket.write(request.replace('/v1/events', `$&?after=${newest - behind}`))
    await caughtUp
  }))
  return { caughtUp: performance.now() - began }
}
