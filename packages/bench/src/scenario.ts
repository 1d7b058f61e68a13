import type { Spread } from './measure/statistics.ts'

/** What a figure should be. */
export interface Target {
  readonly is: 'below' | 'at least'
  readonly value: number
}

export type Unit = '/s' | 'ms' | 's' | 'MB' | '%'

/** One figure. `low` and `high` are the least and the most that single rounds had. */
export interface Row extends Spread {
  readonly measure: string
  readonly unit: Unit
  readonly target: Target | null
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
  run (context: ScenarioContext): Promise<Row[]>
}

/** A row without a target says what is so, one with a target what should be. */
export function row (measure: string, unit: Unit, { value, low, high }: Spread, target: Target | null = null): Row {
  return { measure, unit, value, low, high, target }
}

/** Null when nothing is asked of it. */
export function isMet ({ value, target }: Row): boolean | null {
  if (!target) return null
  return target.is === 'below' ? value < target.value : value >= target.value
}
