import { isTerminal, type ChangeClaim, type ClaimAnswer } from '@cortex/contracts'
import { held } from './leases.ts'
import { revise, type Claim, type Rule, type TaskRecord, type TaskView } from './record.ts'

/** Keys kept of one task; the oldest go first. */
const keptKeys = 200

/**
 * A worker is about to make changes that leave nothing to be recognised by, or says how they ended. Of equal ones that tasks of one batch want side by
 * side, the first is made.
 * @throws CTX_LEASE_LOST
 */
export function claimChanges (leaseId: string, { keys, state }: ChangeClaim): Rule<ClaimAnswer> {
  return (view, now) => {
    const record = held(view, leaseId)
    const holder = state === 'begun' ? holderOf(view, keys[0] ?? '') : null
    if (holder) return { reply: { holder } }
    const others = Object.entries(record.claims ?? {}).filter(([key]) => !keys.includes(key))
    const own = state === 'none' ? [] : keys.map((key): [string, Claim] => [key, { state, at: now.toISOString() }])
    return { reply: { holder: null }, records: [revise(record, now, {}, { claims: Object.fromEntries([...others, ...own].slice(-keptKeys)) })], progressOnly: true }
  }
}

/** What a retry leaves of them: it begins nothing yet. */
export function claimsKept ({ claims }: TaskRecord): Pick<TaskRecord, 'claims'> {
  return claims ? { claims: Object.fromEntries(Object.entries(claims).filter(([, { state }]) => state === 'made')) } : {}
}

/** Null too where one task needs the other, or came after: then it is meant to be done once more. */
function holderOf ({ record, batch, isRolledBack }: TaskView, key: string): ClaimAnswer['holder'] {
  const { task: { id, batch_id: batchId, rollback_of: original, metadata: { created_at: createdAt } } } = record
  if (batchId === null || original !== undefined) return null
  const records = new Map(batch.map((each) => [each.task.id, each]))
  const holders = batch.flatMap((other): Array<NonNullable<ClaimAnswer['holder']>> => {
    const { task } = other
    const claim = other.claims?.[key]
    if (!claim || task.id === id || claim.at < createdAt || needs(record, records).has(task.id) || needs(other, records).has(id)) return []
    if (claim.state === 'made') return isRolledBack(task.id) ? [] : [{ task_id: task.id, title: task.payload.title, state: claim.state }]
    // Whoever retried this one since has been told to look first.
    if (isTerminal(task.status) && record.retried_at !== null && record.retried_at > task.metadata.updated_at) return []
    return [{ task_id: task.id, title: task.payload.title, state: isTerminal(task.status) ? 'unknown' : claim.state }]
  })
  return holders.find(({ state }) => state === 'made') ?? holders.find(({ state }) => state === 'begun') ?? holders[0] ?? null
}

/** Ids of all that comes before a task: what it and its whole need, directly or through others, with their parts. */
function needs (record: TaskRecord, records: ReadonlyMap<string, TaskRecord>): ReadonlySet<string> {
  const found = new Set<string>()
  const open = [record]
  for (let next = open.pop(); next; next = open.pop()) {
    const { depends_on: needed, parent_id: parent } = next.task
    for (const id of [...needed.flatMap((each) => [each, ...records.get(each)?.task.sub_tasks ?? []]), ...parent === null ? [] : [parent]]) {
      if (found.has(id)) continue
      found.add(id)
      const known = records.get(id)
      if (known) open.push(known)
    }
  }
  return found
}
