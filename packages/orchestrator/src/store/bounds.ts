/** What one step of the store takes at once, and what one task may keep in it. */
export interface StoreBounds {
  /** Tasks of one day in one part of the archive. */
  readonly partTasks: number
  /** Bytes in one part, before compression: what one step of archiving reads and packs. One task alone may be larger. */
  readonly partBytes: number
  /** Lines of log that go with a task into its part; a longer log is moved before it, up to so many a step. */
  readonly partLines: number
  /** Entries in the journal of one task, and bytes of their values. One answer to a worker carries no more of journals than one task may have. */
  readonly journalEntries: number
  readonly journalBytes: number
}

/**
 * A part of this size costs some 20 ms to pack and 5 ms to read. A journal holds the whole conversation with a model, its answers twice: a context
 * of a million tokens is some 4 MB of text.
 */
export const storeBounds: StoreBounds = { partTasks: 100, partBytes: 500_000, partLines: 500, journalEntries: 2_000, journalBytes: 16_777_216 }
