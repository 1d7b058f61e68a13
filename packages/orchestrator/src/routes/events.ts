import type { TaskEvent } from '@cortex/contracts'
import { frameText, openEventStream, type EventStream, type Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { TaskNotFound } from '../errors.ts'
import type { Committed, TaskStore } from '../store/task-store.ts'

const pageSize = 500

const Query = Type.Object({ after: Type.Optional(Type.Integer({ minimum: 0 })) }, { additionalProperties: false })
const Headers = Type.Object({ 'last-event-id': Type.Optional(Type.Integer({ minimum: 0 })) })

interface Cursor { query: { after?: number }, headers: { 'last-event-id'?: number } }

/** Every change as it is committed. A reader that comes back with its last id misses nothing and sees nothing twice. */
export default async function events (app: Service) {
  const open = new Set<EventStream>()
  const frames = new FrameCache()
  app.addHook('preClose', async () => {
    for (const stream of open) {
      stream.send({ event: 'goodbye', data: {} })
      stream.close()
    }
  })

  const schema = { summary: 'Changes of all tasks as server-sent events', tags: ['events'], querystring: Query, headers: Headers }
  app.get('/v1/events', { schema }, async (request, reply) => await follow(request, reply, null))

  app.get('/v1/tasks/:id/events', {
    schema: { ...schema, summary: 'Changes of one task as server-sent events', params: Type.Object({ id: Type.String({ maxLength: 200 }) }) }
  }, async (request, reply) => {
    const { id } = request.params
    if ((await app.taskStore.get([id])).length === 0) throw new TaskNotFound(id)
    return await follow(request, reply, id)
  })

  async function follow (request: FastifyRequest & Cursor, reply: FastifyReply, taskId: string | null): Promise<void> {
    const stream = openEventStream(request, reply)
    open.add(stream)
    stream.signal.addEventListener('abort', () => open.delete(stream))
    const wanted = (id: string) => taskId === null || taskId === id
    const held: Committed[] = []
    let live = false
    let last = 0
    const pass = ({ events, logs }: Committed) => {
      for (const event of events) if (event.seq > last && wanted(event.task_id)) stream.sendText(frames.of(event))
      last = Math.max(last, events.at(-1)?.seq ?? 0)
      for (const log of logs) if (wanted(log.task_id)) stream.send({ event: 'task.log', data: log })
    }
    // Before the replay: what is committed meanwhile is held back and passed after it.
    const unsubscribe = app.taskStore.subscribe((committed) => { if (live) pass(committed); else held.push(committed) })
    stream.signal.addEventListener('abort', unsubscribe)
    last = await replay(app.taskStore, stream, request.query.after ?? request.headers['last-event-id'], wanted)
    live = true
    held.forEach(pass)
  }
}

/** Sends what the reader has missed, and answers the last seq it has then. */
async function replay (store: TaskStore, stream: EventStream, cursor: number | undefined, wanted: (id: string) => boolean): Promise<number> {
  const newest = await store.lastSeq()
  let last = cursor ?? newest
  stream.send({ event: 'ready', data: { seq: last } })
  while (!stream.signal.aborted) {
    const page = await store.eventsAfter(last, pageSize)
    if (page === null || last > newest) {
      stream.send({ event: 'reset', data: { seq: newest } })
      return newest
    }
    for (const event of page) if (wanted(event.task_id)) stream.sendText(toFrame(event))
    last = page.at(-1)?.seq ?? last
    if (page.length < pageSize) break
  }
  return last
}

function toFrame (event: TaskEvent): string {
  return frameText({ id: event.seq, event: event.type, data: event })
}

/** One event goes to many readers: its text is made once. */
class FrameCache {
  #seq = 0
  #text = ''

  of (event: TaskEvent): string {
    if (event.seq !== this.#seq) {
      this.#seq = event.seq
      this.#text = toFrame(event)
    }
    return this.#text
  }
}
