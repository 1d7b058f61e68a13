import type { Task } from '@cortex/contracts'

/** Newest ended tasks that latencies are taken from. */
const keptTasks = 1_000
/** One count for each second of the last hour. */
const keptSeconds = 3_600

interface Durations {
  /** From the create to the first start; null when it never started. Milliseconds. */
  readonly wait: number | null
  /** From the first start to the end; null when it never started. Milliseconds. */
  readonly run: number | null
}

export interface Percentiles { readonly p50: number | null, readonly p95: number | null }

/** What the tasks that ended lately say of speed, in a size that does not grow with their number. */
export class EndedWindow {
  readonly #newest: Durations[] = []
  #next = 0
  readonly #perSecond = new Uint32Array(keptSeconds)
  #second = 0

  add (task: Task, now: Date): void {
    this.#newest[this.#next] = durationsOf(task)
    this.#next = (this.#next + 1) % keptTasks
    this.#advance(now)
    const at = this.#second % keptSeconds
    this.#perSecond[at] = (this.#perSecond[at] ?? 0) + 1
  }

  /** Tasks that ended within the last so many seconds, an hour at most. */
  endedWithin (seconds: number, now: Date): number {
    this.#advance(now)
    let ended = 0
    for (let back = 0; back < seconds; back++) ended += this.#perSecond[(this.#second - back + keptSeconds) % keptSeconds] ?? 0
    return ended
  }

  latencies (): { tasks: number, wait: Percentiles, run: Percentiles } {
    return { tasks: this.#newest.length, wait: percentiles(this.#newest, 'wait'), run: percentiles(this.#newest, 'run') }
  }

  /** Empties the seconds that have passed since the last look. A clock that steps back adds to the newest second until it has caught up. */
  #advance (now: Date): void {
    const second = Math.floor(now.getTime() / 1_000)
    for (let passed = Math.max(this.#second + 1, second - keptSeconds + 1); passed <= second; passed++) this.#perSecond[passed % keptSeconds] = 0
    this.#second = Math.max(this.#second, second)
  }
}

/** How long a task waited and ran, from the times it carries. */
export function durationsOf ({ metadata: { created_at: created, started_at: started, completed_at: ended } }: Task): Durations {
  return {
    wait: started === undefined ? null : between(created, started),
    run: started === undefined || ended === undefined ? null : between(started, ended)
  }
}

function between (from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from))
}

function percentiles (durations: readonly Durations[], which: keyof Durations): Percentiles {
  const sorted = durations.flatMap((each) => each[which] ?? []).sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? null
  return { p50: at(0.5), p95: at(0.95) }
}
