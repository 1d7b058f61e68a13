/** What one step of the store takes at once, and what one task may keep in it. */
export interface StoreBounds {
  /** Tasks of one day in one part of the archive. */
  readonly partTasks: number
  /** Bytes in one part, before compression: what one step of archiving reads and packs. One task alone may be larger. */
  readonly partBytes: number
  /** Lines of log that go with a task into its part; a longer log is moved before it, up to so many a step. */
  readonly partLines: number
}

/** A part of this size costs some 20 ms to pack and 5 ms to read. */
export const storeBounds: StoreBounds = { partTasks: 100, partBytes: 500_000, partLines: 500 }
