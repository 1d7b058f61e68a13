import { createHash } from 'node:crypto'
import type { Idempotency } from './store/task-store.ts'
import type { ToolContext } from './tool.ts'

/** What makes a call known when it is repeated: who called, by which key, and what for. Null without a key. */
export function idempotencyOf ({ idempotencyKey: key, user }: Pick<ToolContext, 'idempotencyKey' | 'user'>, input: unknown): Idempotency | null {
  return key === null ? null : { scope: user, key, input_hash: hashOf(input) }
}

/** The same input hashes the same whatever the order of its fields. */
function hashOf (input: unknown): string {
  return createHash('sha256').update(JSON.stringify(sorted(input))).digest('base64url')
}

function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, each]) => [key, sorted(each)]))
}
