/**
 * Every task that needs one of these, directly or through others, each behind all of those that it needs among them; none of these themselves.
 * Where dependencies go round in a circle, each is behind at least one that it needs.
 */
export function orderDependents (ids: readonly string[], dependentsOf: (id: string) => readonly string[]): string[] {
  const ordered: string[] = []
  const seen = new Set<string>()
  // An explicit stack: a chain may be as long as a batch.
  const stack = ids.map((id) => ({ id, enter: true }))
  for (let step = stack.pop(); step; step = stack.pop()) {
    if (!step.enter) {
      ordered.push(step.id)
      continue
    }
    if (seen.has(step.id)) continue
    seen.add(step.id)
    stack.push({ id: step.id, enter: false })
    for (const next of dependentsOf(step.id)) if (!seen.has(next)) stack.push({ id: next, enter: true })
  }
  const first = new Set(ids)
  return ordered.reverse().filter((id) => !first.has(id))
}
