import type { Spread } from './measure/statistics.ts'

/** What a figure should be. */
export interface Target {
  readonly is: 'below' | 'at most' | 'at least' | 'above'
  readonly value: number
}

export type Unit = '/s' | 'µs' | 'ms' | 's' | 'kB' | 'MB' | '%'

/** One figure. `low` and `high` are the least and the most that single rounds had. */
export interface Row extends Spread {
  readonly measure: string
  readonly unit: Unit
  readonly target: Target | null
}

/** A figure that could not be taken here, and what it would take. */
export interface Gap {
  readonly measure: string
  readonly missing: string
}

export interface ScenarioContext {
  /** An empty folder of its own. */
  readonly folder: string
  /** Tells a person who waits what is being measured now. */
  say (what: string): void
}

export interface Scenario {
  readonly name: string
  readonly about: string
  /** Throws when something broke; a figure off its target is a row like any other. */
  run (context: ScenarioContext): Promise<Array<Row | Gap>>
}

/** A row without a target says what is so, one with a target what should be. */
export function row (measure: string, unit: Unit, { value, low, high }: Spread, target: Target | null = null): Row {
  return { measure, unit, value, low, high, target }
}

/** A figure that was taken once. */
export function single (value: number): Spread {
  return { value, low: value, high: value }
}

/** A share of one as a row shows it. */
export function percent ({ value, low, high }: Spread): Spread {
  return { value: value * 100, low: low * 100, high: high * 100 }
}

/** Null when nothing is asked of it. */
export function isMet ({ value, target }: Row): boolean | null {
  if (!target) return null
  switch (target.is) {
    case 'below': return value < target.value
    case 'at most': return value <= target.value
    case 'at least': return value >= target.value
    case 'above': return value > target.value
  }
}
