import { words, type Token } from './tokens.ts'

/** What an inventory can tell: parts of the workspace that are written down in its files. */
const subjects = words('image images version versions package packages licence licences license licenses dependency dependencies library libraries manifest manifests chart charts service services workload workloads deployment deployments container containers file files namespace namespaces database databases repository repositories module modules tags registries')
const ours = /^(?:we|our|us|we've|workspace|cluster|clusters|repo|repos|repository|project|here)$/
const states = /^(?:installed|deployed|running|outdated|unused|used|pinned|unpinned)$/
/** A wish for advice or for knowledge of the world: no file answers that. */
const advice = /^(?:should|would|could|can|may|might|best|better|recommend|recommended|mean|means|difference|crashing|why|how|if)$/

/** `wished`: the person asked to be told. Reads "what images do we use?" as the report that answers it; null for questions no inventory answers. */
export function readFinding (question: readonly Token[], wished = false): { verb: 'list' | 'count', object: readonly Token[] } | null {
  const many = question[0]?.lower === 'how' && question[1]?.lower === 'many'
  const tokens = question.slice(many ? 2 : 1)
  const opener = question[0]?.lower ?? ''
  if (!many && !/^(?:what|which|what's|do)$/.test(opener)) return null
  if (tokens.some(({ lower }) => advice.test(lower)) || tokens.length > 20) return null
  const runs = /^(?:runs|running)$/.test(tokens.find(({ lower }) => !/^(?:is|currently|all)$/.test(lower))?.lower ?? '')
  const about = tokens.slice(0, opener === 'do' ? 6 : 4).some(({ lower }) => subjects.has(lower))
  const owned = wished || many || tokens.some(({ lower }, i) => ours.test(lower) || (!runs && states.test(lower)) || (lower === 'use' && tokens[i - 1]?.lower === 'in'))
  if (!(runs || about) || !owned) return null
  if (opener === 'do') return /^we$/.test(tokens[0]?.lower ?? '') && /^(?:use|have|run|ship|depend)$/.test(tokens[1]?.lower ?? '') ? { verb: 'list', object: tokens.slice(2) } : null
  const verb = many ? 'count' : 'list'
  const at = tokens.findIndex(({ lower }) => /^(?:do|does|did|is|are)$/.test(lower))
  if (at === -1) return { verb, object: tokens.some(({ lower }) => lower === 'we') ? tokens : question }
  if (at === 0) return { verb, object: /^(?:is|are)$/.test(tokens[0]?.lower ?? '') && !runs ? tokens.slice(1) : question }
  // "licences do our dependencies have" are the licences our dependencies have.
  const rest = /^d/.test(tokens[at]?.lower ?? '') ? tokens.slice(at + 1) : [that, ...tokens.slice(at)]
  return { verb, object: [...tokens.slice(0, at), ...rest] }
}

const that: Token = { text: 'that', lower: 'that', kind: 'word', spaced: true, depth: 0 }
