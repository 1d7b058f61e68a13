import type { ClosedBatch, RetriedTask, Task, TaskList } from '@cortex/contracts'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { eventsOf, readFrames } from '../event-reader.ts'
import { result, type Orchestrate, type Orchestrator } from '../orchestrator.ts'
import { refOf, TaskGraph, titleOf, type Need } from './task-graph.ts'

/** What may happen between two looks. `pick` chooses among the tasks to which it can happen. */
type Step = { kind: 'start' | 'complete' | 'fail' | 'stop' | 'lose' | 'cancel' | 'retry', pick: number }

interface History {
  /** What each task names. */
  needs: Need[][]
  /** In which order they arrive, and what happens after each. */
  arrivals: Array<{ node: number, steps: Step[] }>
  /** What happens after the batch was closed. */
  steps: Step[]
}

const masters = [{ id: 'infrastructure-master', title: 'Infrastructure', categories: ['infrastructure' as const], concurrency: 64 }]

const steps = (maxLength: number) => fc.array(fc.record<Step>({
  kind: fc.constantFrom('start', 'start', 'complete', 'complete', 'fail', 'stop', 'lose', 'cancel', 'retry', 'retry'), pick: fc.nat(100)
}), { maxLength })

/** Graphs of up to nine tasks: most without circles, some with, a few that name nobody. */
const histories: fc.Arbitrary<History> = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.boolean()).chain(([size, circles, eventful]) => {
  const nodes = Array.from({ length: size }, (_, node) => node)
  const needsOf = (node: number): fc.Arbitrary<Need[]> => {
    const last = circles ? size - 1 : node - 1
    const known = fc.array(fc.record({ on: fc.integer({ min: 0, max: Math.max(last, 0) }), by: fc.constantFrom('ref' as const, 'id' as const) }), { maxLength: last < 0 ? 0 : 3 })
    const unknown = fc.oneof({ weight: 12, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.constant([{ unknown: `nobody-${node}` }]) })
    return fc.tuple(known, unknown).map(([some, none]) => [...some, ...none])
  }
  return fc.record({
    needs: fc.tuple(...nodes.map(needsOf)),
    arrivals: fc.shuffledSubarray(nodes, { minLength: size }).chain((order) => fc.tuple(...order.map((node) => fc.record({ node: fc.constant(node), steps: steps(eventful ? 2 : 0) })))),
    steps: steps(25)
  })
})

/** Over random graphs, arrivals and outcomes the rules of dependencies hold after every step. */
export function dependencyHistories (orchestrate: Orchestrate, runs: number): void {
  t.test('whatever the graph, the order of arrival and the outcomes, dependencies hold', async (t) => {
    const cortex = await orchestrate(t, { concurrency: 64 })
    let run = 0
    let seq = 0
    await fc.assert(fc.asyncProperty(histories, async (history) => {
      const live = new LiveHistory(cortex, `history-${run++}`)
      try {
        await live.play(history)
        seq = await checkEvents(t, cortex, seq, await live.tasks())
      } catch (error) {
        seq = await live.abandon(t, seq)
        throw error
      }
    }), { numRuns: runs })
  })
}

/** From the cursor on no seq is left out, and no task is shown older than it was before. Answers the new cursor. */
async function checkEvents (t: Test, { url }: Orchestrator, after: number, tasks: readonly Task[]): Promise<number> {
  const wanted = new Map(tasks.map(({ id, rev }) => [id, rev]))
  const events = eventsOf(await readFrames(t, `${url}/v1/events?after=${after}`, ({ id, data }) => {
    const { task } = (id === undefined ? { task: null } : JSON.parse(data)) as { task: Task | null }
    if (task && wanted.get(task.id) === task.rev) wanted.delete(task.id)
    return wanted.size === 0
  }))
  const revs = new Map<string, number>()
  for (const [index, { seq, task }] of events.entries()) {
    equal(seq, after + 1 + index, 'the next seq')
    const before = revs.get(task.id)
    if (before !== undefined && task.rev < before) throw new Error(`rev ${task.rev} of ${task.payload.title} comes after ${before}`)
    revs.set(task.id, task.rev)
  }
  return after + events.length
}

function equal (found: unknown, wanted: unknown, what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`)
}

const sorted = <Item> (items: Iterable<Item>) => [...items].sort()

/** One history as it is played against an orchestrator, held against the model after every step. */
class LiveHistory {
  readonly #cortex: Orchestrator
  readonly #batch: string
  readonly #model = new TaskGraph()
  readonly #ids = new Map<number, string>()
  readonly #leases = new Map<number, { id: string, attempt: number }>()
  #before = new Map<string, Task>()

  constructor (cortex: Orchestrator, batch: string) {
    this.#cortex = cortex
    this.#batch = batch
  }

  async play ({ needs, arrivals, steps }: History): Promise<void> {
    for (const arrival of arrivals) {
      await this.#create(arrival.node, needs[arrival.node] ?? [])
      await this.#look()
      await this.#take(arrival.steps)
    }
    await this.#close()
    await this.#look()
    await this.#take(steps)
    // Until it is quiet: what can run runs, and nothing is left that waits for ever.
    while (this.#model.those('queued', 'in_progress').length > 0) await this.#take([{ kind: 'start', pick: 64 }, { kind: 'complete', pick: 0 }])
    equal(this.#model.those('queued', 'waiting', 'in_progress'), [], 'left at the end')
    equal(await this.#cortex.lease({ masters, wait_seconds: 0 }), [], 'leased at the end')
  }

  /** Ends what a failed history left, so that the next one finds nothing. Answers where its events end. */
  async abandon (t: Test, seq: number): Promise<number> {
    await Promise.all([...this.#leases.values()].map(({ id }) => this.#cortex.end(id, { kind: 'cancelled', note: 'given up' })))
    for (const { id } of await this.tasks()) await this.#cortex.call('cortex_cancel_task', { task_id: id })
    const frames = await readFrames(t, `${this.#cortex.url}/v1/events?after=${Number.MAX_SAFE_INTEGER}`, ({ event }) => event === 'reset')
    return (JSON.parse(frames.at(-1)?.data ?? '') as { seq: number }).seq ?? seq
  }

  async tasks (): Promise<Task[]> {
    return (await this.#cortex.send<TaskList>('GET', `/v1/tasks?batch_id=${this.#batch}&limit=200`)).body.tasks
  }

  async #take (steps: readonly Step[]): Promise<void> {
    for (const step of steps) if (await this.#step(step)) await this.#look()
  }

  /** Answers false when there is no task to which it could happen. */
  async #step ({ kind, pick }: Step): Promise<boolean> {
    const possible = {
      start: ['queued'], complete: ['in_progress'], fail: ['in_progress'], stop: ['in_progress'], lose: ['in_progress'], cancel: ['waiting', 'queued'], retry: ['failed', 'cancelled']
    } as const
    const nodes = this.#model.those(...possible[kind])
    const node = nodes[pick % nodes.length]
    if (node === undefined) return false
    switch (kind) {
      case 'start': await this.#start(1 + pick % 64); break
      case 'complete': await this.#end(node, 'completed'); break
      case 'fail': await this.#end(node, 'failed'); break
      case 'stop': await this.#stop(node); break
      case 'lose': await this.#lose(node); break
      case 'cancel': await this.#cancel(node); break
      case 'retry': await this.#retry(node); break
    }
    return true
  }

  async #create (node: number, needs: readonly Need[]): Promise<void> {
    const names = needs.map((need) => 'unknown' in need ? need.unknown : (need.by === 'id' && this.#ids.get(need.on)) || refOf(need.on))
    this.#ids.set(node, await this.#cortex.create({ title: titleOf(node), ref: refOf(node), depends_on: names }, { 'cortex-batch': this.#batch }))
    this.#model.create(node, needs)
  }

  async #close (): Promise<void> {
    const { body } = await this.#cortex.send<ClosedBatch>('POST', `/v1/batches/${this.#batch}/close`, {})
    const wanted = this.#model.close()
    equal(sorted(body.faults.map(({ task_id: id, code }) => `${this.#nodeOf(id)} ${code}`)), sorted(wanted.map(({ node, code }) => `${node} ${code}`)), 'faults')
    for (const { node, missing } of wanted) {
      const { message } = body.faults.find(({ task_id: id }) => id === this.#ids.get(node)) ?? { message: '' }
      for (const name of missing) if (!message.includes(name)) throw new Error(`“${message}” does not name ${name}`)
      if (missing.length === 0) this.#checkCircle(node, message)
    }
  }

  /** The circle that is told begins and ends with the task it is told of, and each step of it is there. */
  #checkCircle (node: number, message: string): void {
    const circle = (message.split(': ')[1] ?? '').split(' → ').map((ref) => Number(ref.replace('ref-', '')))
    equal([circle[0], circle.at(-1), circle.length > 1], [node, node, true], message)
    for (const [index, each] of circle.slice(0, -1).entries()) equal(this.#model.node(each).needs.has(circle[index + 1] ?? -1), true, message)
  }

  async #start (capacity: number): Promise<void> {
    const ready = this.#model.those('queued')
    const leases = await this.#cortex.lease({ masters, capacity, held: this.#held(), wait_seconds: 10 })
    if (leases.length === 0 || leases.length > capacity) throw new Error(`${leases.length} leases for ${ready.length} ready tasks and a capacity of ${capacity}`)
    for (const { lease_id: id, attempt, task } of leases) {
      const node = this.#nodeOf(task.id)
      if (!ready.includes(node)) throw new Error(`${task.payload.title} started although it is ${this.#model.node(node).status}`)
      this.#leases.set(node, { id, attempt })
      this.#model.start(node)
    }
  }

  async #end (node: number, kind: 'completed' | 'failed' | 'cancelled'): Promise<void> {
    const outcome = { completed: { kind: 'completed', result }, failed: { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'No room' }, retryable: false }, cancelled: { kind: 'cancelled', note: 'stopped' } } as const
    equal((await this.#cortex.end(this.#leases.get(node)?.id ?? '', outcome[kind])).status, 200, `the end of ${titleOf(node)}`)
    this.#leases.delete(node)
    this.#model.end(node, kind)
  }

  /** A person cancels what runs, and its worker obeys. */
  async #stop (node: number): Promise<void> {
    equal((await this.#cortex.call('cortex_cancel_task', { task_id: this.#ids.get(node) })).status, 200, `the cancel of ${titleOf(node)}`)
    await this.#end(node, 'cancelled')
  }

  /** The agent comes back without one of its leases, and gets that task anew. */
  async #lose (node: number): Promise<void> {
    const lost = this.#leases.get(node)
    // A task that was lost ten times in a row is given up; that rule has its own test.
    if (!lost || lost.attempt > 8) return
    this.#leases.delete(node)
    this.#model.node(node).status = 'queued'
    while (this.#model.node(node).status === 'queued') await this.#start(64)
    equal(this.#leases.get(node)?.attempt, lost.attempt + 1, `the attempt of ${titleOf(node)}`)
    equal((await this.#cortex.report(lost.id)).status, 409, 'a late report')
  }

  async #cancel (node: number): Promise<void> {
    const { status, body } = await this.#cortex.call<{ dependents: Array<{ title: string }> }>('cortex_cancel_task', { task_id: this.#ids.get(node), reason: 'not now' })
    equal(status, 200, `the cancel of ${titleOf(node)}`)
    const before = this.#model.those('cancelled')
    this.#model.end(node, 'cancelled')
    const taken = this.#model.those('cancelled').filter((each) => each !== node && !before.includes(each))
    equal(sorted(body.dependents.map(({ title }) => title)), sorted(taken.map(titleOf)), 'cancelled with it')
  }

  async #retry (node: number): Promise<void> {
    const { status, body } = await this.#cortex.call<RetriedTask & { code?: string }>('cortex_retry_task', { task_id: this.#ids.get(node) })
    const revived = this.#model.retry(node)
    // What cannot start is refused, and the next look finds everything as it was.
    if (typeof revived === 'string') return equal([status, body.code], [409, revived], `the retry of ${titleOf(node)}`)
    equal(status, 200, `the retry of ${titleOf(node)}`)
    equal(sorted(body.revived.map(({ title }) => title)), sorted(revived.map(titleOf)), 'revived')
  }

  /** Every task as it stands, held against the model. */
  async #look (): Promise<void> {
    const tasks = await this.tasks()
    equal(sorted(tasks.map(({ payload }) => payload.title)), sorted([...this.#model.nodes.keys()].map(titleOf)), 'tasks')
    for (const task of tasks) {
      const node = this.#model.node(this.#nodeOf(task.id))
      const title = task.payload.title
      equal(task.status, node.status, `status of ${title}`)
      equal(sorted(task.depends_on), sorted([...node.needs].map((need) => this.#ids.get(need))), `dependencies of ${title}`)
      if (task.status === 'waiting') checkNames(task, [...this.#model.unmet(node).map(titleOf), ...node.missing])
      else equal(task.waiting_for, null, `what ${title} waits for`)
      if (node.taken) this.#checkReason(task)
      const before = this.#before.get(task.id)
      if (before && before.rev >= task.rev) equal(task, before, `${title}, whose rev is still ${before.rev},`)
    }
    this.#before = new Map(tasks.map((task) => [task.id, task]))
  }

  /** It names a dependency that is lost now, and at first what became of it. */
  #checkReason ({ id, payload: { title }, depends_on: needs, metadata: { cancel_reason: reason } }: Task): void {
    const [, name, what] = /^Needs “(.*)”, which (failed|was cancelled)$/.exec(reason ?? '') ?? []
    const lost = needs.map((need) => this.#nodeOf(need)).filter((need) => ['failed', 'cancelled'].includes(this.#model.node(need).status))
    if (!lost.map(titleOf).includes(name ?? '')) throw new Error(`${title} is cancelled because “${reason}”, but lost are ${lost.map(titleOf).join(', ')}`)
    if (this.#before.get(id)?.status === 'cancelled') return
    const dependency = lost.find((each) => titleOf(each) === name) ?? -1
    // A task that needs itself was told of what it was before.
    const states = [this.#model.node(dependency).status, this.#before.get(this.#ids.get(dependency) ?? '')?.status]
    if (!states.includes(what === 'failed' ? 'failed' : 'cancelled')) throw new Error(`${title} is cancelled because “${reason}”, but that one is ${states[0]}`)
  }

  #held (): string[] {
    return [...this.#leases.values()].map(({ id }) => id)
  }

  #nodeOf (id: string): number {
    for (const [node, each] of this.#ids) if (each === id) return node
    throw new Error(`${id} is no task of this history`)
  }
}

/** Unmet needs by name: all of up to three, else two and how many more. */
function checkNames ({ payload: { title }, waiting_for: told }: Task, unmet: string[]): void {
  const names = (told ?? '').split(/, | and /)
  if (unmet.length <= 3) return equal(sorted(names), sorted(unmet), `what ${title} waits for`)
  equal(names[2], `${unmet.length - 2} more`, `what ${title} waits for`)
  for (const name of names.slice(0, 2)) if (!unmet.includes(name)) throw new Error(`${title} does not wait for ${name}`)
}
