import type { Category } from '@cortex/contracts'
import type { LeaseSession } from './lease-session.ts'
import type { Master } from './master.ts'
import type { Policy } from './policy.ts'
import type { TargetQueue } from './target-queue.ts'
import type { Toolkit } from './toolkit.ts'

/** One run of one task: the lease it works on, the master it works for, and what that master may use. */
export interface Working {
  session: LeaseSession
  master: Master
  toolkits: readonly Toolkit[]
  policy: Policy
  /** Of all who change something in this process. */
  queue: TargetQueue
  /** Where parts of its task may go; empty where it is a part itself. */
  partCategories: readonly Category[]
}
