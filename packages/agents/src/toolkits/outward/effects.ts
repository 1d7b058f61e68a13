import type { Plan } from '../../toolkit.ts'

/** What a toolkit can do about one planned step that leaves nothing in the world to recognise it by. */
export interface Effects {
  /** Called before plans are compared with what is there: it may have changed. */
  refresh (): Promise<void>
  /** What defines the step's effect now. The step is made only where it is what it was when planned. */
  baseOf (plan: Plan): string | null
  /** Makes it; answers what was seen. @throws TaskFault when it did not come to its end */
  make (plan: Plan, signal: AbortSignal): Promise<string>
  /** Looks whether it is in place; answers what was seen, or null where nothing can tell. @throws TaskFault when it is not */
  check (plan: Plan, signal: AbortSignal): Promise<string | null>
  /** Whether it, and what takes it back, may be done again when it is not known if it was. */
  mayRepeat (plan: Plan): boolean
  /** What takes it back and answers what was seen; null where nothing does. Nothing is begun before it is called. @throws TaskFault */
  back (plan: Plan): ((signal: AbortSignal) => Promise<string>) | null
  /** Whether it is in place, when something that took it back was begun and nobody saw its end; null where nothing can tell. @throws TaskFault */
  stands (plan: Plan, signal: AbortSignal): Promise<{ stands: boolean, shown: string } | null>
}
