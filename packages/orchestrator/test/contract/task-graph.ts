import type { TaskStatus } from '@cortex/contracts'

/** What a call names in `depends_on`: a task of its batch, or a name nobody carries. */
export type Need = { on: number, by: 'ref' | 'id' } | { unknown: string }

export interface Node {
  status: TaskStatus
  /** Dependencies that have come. */
  readonly needs: Set<number>
  /** Refs that nobody carries yet. */
  readonly missing: Set<string>
  /** Refs that nobody carried when the batch closed. */
  readonly unknown: Set<string>
  /** Cancelled with a dependency, not by a person. */
  taken: boolean
}

export interface Fault { code: string, node: number, missing: string[] }

export const refOf = (node: number) => `ref-${node}`
export const titleOf = (node: number) => `Task ${node}`

const lost = (status: TaskStatus | undefined) => status === 'failed' || status === 'cancelled'
const ended = (status: TaskStatus) => status === 'completed' || lost(status)

/** The rules of dependencies told as slowly and plainly as can be: after each step everything is worked out anew, until nothing changes. */
export class TaskGraph {
  readonly nodes = new Map<number, Node>()

  /** Nodes in that state, in the order they came. */
  those (...statuses: TaskStatus[]): number[] {
    return [...this.nodes].filter(([, { status }]) => statuses.includes(status)).map(([node]) => node)
  }

  node (index: number): Node {
    const node = this.nodes.get(index)
    if (!node) throw new Error(`there is no node ${index}`)
    return node
  }

  /** Dependencies that are not completed. */
  unmet ({ needs }: Node): number[] {
    return [...needs].filter((need) => this.node(need).status !== 'completed')
  }

  create (index: number, needs: readonly Need[]): void {
    const names = needs.map((need) => 'unknown' in need ? need.unknown : refOf(need.on))
    this.nodes.set(index, { status: 'waiting', needs: new Set(), missing: new Set(names), unknown: new Set(), taken: false })
    for (const node of this.nodes.values()) {
      for (const come of this.nodes.keys()) if (node.missing.delete(refOf(come))) node.needs.add(come)
    }
    this.#settle()
  }

  close (): Fault[] {
    const faults: Fault[] = []
    for (const [index, node] of this.nodes) {
      if (node.missing.size > 0) faults.push({ node: index, code: 'CTX_DEPENDENCY_UNKNOWN', missing: [...node.missing] })
      else if (!ended(node.status) && this.reaches(index, index)) faults.push({ node: index, code: 'CTX_DEPENDENCY_CYCLE', missing: [] })
    }
    for (const { node: index } of faults) {
      const node = this.node(index)
      for (const name of node.missing) node.unknown.add(name)
      node.missing.clear()
      if (!ended(node.status)) node.status = 'failed'
    }
    this.#settle()
    return faults
  }

  end (index: number, status: 'completed' | 'failed' | 'cancelled'): void {
    this.node(index).status = status
    this.#settle()
  }

  start (index: number): void {
    this.node(index).status = 'in_progress'
  }

  /** Answers those that come back with it, or why it cannot start. */
  retry (index: number): number[] | string {
    const before = this.those('cancelled')
    const node = this.node(index)
    if (node.unknown.size > 0 || this.reaches(index, index, () => true)) return 'CTX_DEPENDENCY_HOPELESS'
    if ([...node.needs].some((need) => lost(this.node(need).status))) return 'CTX_DEPENDENCY_LOST'
    node.status = 'cancelled'
    node.taken = true
    this.#settle()
    return before.filter((each) => each !== index && !this.those('cancelled').includes(each))
  }

  /** Whether `from` needs `to`, through others that have not ended unless it is said which. */
  reaches (from: number, to: number, through: (status: TaskStatus) => boolean = (status) => !ended(status)): boolean {
    const seen = new Set<number>()
    const open = [from]
    for (let each = open.pop(); each !== undefined; each = open.pop()) {
      for (const need of this.node(each).needs) {
        if (need === to) return true
        if (!seen.has(need) && through(this.node(need).status)) open.push(need)
        seen.add(need)
      }
    }
    return false
  }

  #settle (): void {
    for (let changed = true; changed;) {
      changed = false
      for (const node of this.nodes.values()) {
        const hopeless = [...node.needs].some((need) => lost(this.node(need).status))
        // What takes it with it may come back; a name nobody carries does not.
        if (node.unknown.size > 0 && !hopeless) node.taken = false
        const status = this.#statusOf(node, hopeless)
        if (status === node.status) continue
        changed = true
        node.status = status
        node.taken = hopeless
      }
    }
  }

  #statusOf (node: Node, hopeless: boolean): TaskStatus {
    const follows = node.status === 'waiting' || node.status === 'queued' || (node.status === 'cancelled' && node.taken)
    if (!follows) return node.status
    if (hopeless) return 'cancelled'
    return node.missing.size > 0 || this.unmet(node).length > 0 ? 'waiting' : 'queued'
  }
}
