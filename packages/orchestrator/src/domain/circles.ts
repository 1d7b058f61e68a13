type Edges = ReadonlyMap<string, readonly string[]>

/** For each node that lies on a circle the shortest one through it, from the node back to itself. */
export function findCircles (edges: Edges): Map<string, string[]> {
  // What stays after both lies on a circle or between two, so a long chain costs no search.
  const knots = peel(reverse(peel(edges)))
  const circles = new Map<string, string[]>()
  for (const id of edges.keys()) {
    const circle = knots.has(id) && shortestCircle(id, edges)
    if (circle) circles.set(id, circle)
  }
  return circles
}

/** Takes away, one after another, the nodes that lead nowhere any more. */
function peel (edges: Edges): Edges {
  const reversed = reverse(edges)
  const left = new Map([...edges].map(([id, ends]) => [id, ends.filter((end) => edges.has(end)).length]))
  const loose = [...left].filter(([, count]) => count === 0).map(([id]) => id)
  for (const id of loose) {
    left.delete(id)
    for (const start of reversed.get(id) ?? []) {
      const count = (left.get(start) ?? 0) - 1
      left.set(start, count)
      if (count === 0) loose.push(start)
    }
  }
  return new Map([...left.keys()].map((id) => [id, (edges.get(id) ?? []).filter((end) => left.has(end))]))
}

function reverse (edges: Edges): Edges {
  const reversed = new Map<string, string[]>([...edges.keys()].map((id) => [id, []]))
  for (const [start, ends] of edges) for (const end of ends) reversed.get(end)?.push(start)
  return reversed
}

function shortestCircle (id: string, edges: Edges): string[] | null {
  const cameFrom = new Map<string, string>()
  const reached = [id]
  for (const each of reached) {
    for (const next of edges.get(each) ?? []) {
      if (next === id) {
        const back = [id]
        for (let step = each; step !== id; step = cameFrom.get(step) ?? id) back.push(step)
        return [...back, id].reverse()
      }
      if (cameFrom.has(next)) continue
      cameFrom.set(next, each)
      reached.push(next)
    }
  }
  return null
}
