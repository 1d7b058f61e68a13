/** A batch last touched before the one or after the other is quiet. */
export interface QuietBounds {
  readonly before: Date
  readonly after: Date
}

/** @param quiet milliseconds without a new task. What was touched further ahead than that was touched before the clock was put back. */
export function quietBounds (now: Date, quiet: number): QuietBounds {
  return { before: new Date(now.getTime() - quiet), after: new Date(now.getTime() + quiet) }
}
