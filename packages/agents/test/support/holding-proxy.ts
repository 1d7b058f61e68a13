import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { JournalEntry, LeaseList, LeaseOutcome, LeaseReport } from '@cortex/contracts'
import { listen } from './listen.ts'
import type { TestOwner } from '../workspace.ts'

/** What a run tells that lasts: entries of its journal, or how it ended. */
export type Told = { journal: JournalEntry[] } | { outcome: LeaseOutcome }

/** A place in a run: what it tells that lasts, by number from 1, just before the orchestrator hears it, or stored and not yet answered. */
export interface Boundary { number: number, when: 'before' | 'after' }

export interface HoldingProxy {
  url: string
  /** Lets the task come to this boundary and no further. */
  hold (taskId: string, boundary: Boundary): void
  /** Settles when every task to be held has come to its boundary. */
  held (): Promise<void>
  /** Gives the next lease to nobody; settles when the orchestrator has given it out. */
  withholdLease (): Promise<void>
  /** From here on everything passes. */
  release (): void
  /** What the orchestrator has stored of the task, in order. */
  told (taskId: string): Told[]
}

/** HTTP in the way of an orchestrator, that can hold each run at one boundary. Heartbeats pass, so that what is held keeps its lease. */
export async function startHoldingProxy (t: TestOwner, target: string): Promise<HoldingProxy> {
  const tasks = new Map<string, string>()
  const told = new Map<string, Told[]>()
  const boundaries = new Map<string, Boundary>()
  const reached = new Map<string, PromiseWithResolvers<void>>()
  let withheld: (() => void) | undefined

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const taskId = tasks.get(request.url?.split('/')[3] ?? '')
    const telling = taskId === undefined ? undefined : tellingOf(request.url ?? '', body)
    const at = taskId === undefined ? undefined : boundaries.get(taskId)
    const number = (told.get(taskId ?? '')?.length ?? 0) + 1
    const holds = telling && at && number >= at.number
    if (holds && (at.when === 'before' || number > at.number)) return reached.get(taskId!)?.resolve()

    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const answer = await fetch(`${target}${request.url}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: gone.signal })
    const answered = await answer.text()
    if (answer.ok && telling) told.set(taskId!, [...told.get(taskId!) ?? [], telling])
    if (holds) return reached.get(taskId!)?.resolve()
    if (request.url === '/v1/leases' && answer.ok) {
      const { leases } = JSON.parse(answered) as LeaseList
      for (const { lease_id: id, task } of leases) tasks.set(id, task.id)
      if (withheld && leases.length > 0) return withheld()
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answered)
  }

  const url = await listen(t, pass)
  return {
    url,
    hold (taskId, boundary) {
      boundaries.set(taskId, boundary)
      reached.set(taskId, Promise.withResolvers())
    },
    held: async () => { await Promise.all([...reached.values()].map(({ promise }) => promise)) },
    withholdLease: () => new Promise((resolve) => { withheld = resolve }),
    release () {
      boundaries.clear()
      reached.clear()
      withheld = undefined
    },
    told: (taskId) => told.get(taskId) ?? []
  }
}

function tellingOf (url: string, body: string): Told | undefined {
  if (url.endsWith('/outcome')) return { outcome: JSON.parse(body) as LeaseOutcome }
  const { journal } = JSON.parse(body) as LeaseReport
  return journal && { journal }
}
