import { isWord, type Token } from './tokens.ts'

/** Nouns of action people who think in another language put behind "make" and "do": "make deployment of Redis". */
const actions: ReadonlyMap<string, string> = new Map(`
  deployment: deploy, installation: install, configuration: configure, migration: migrate, creation: create, removal: remove, deletion: delete,
  rotation: rotate, renewal: renew, upgrade: upgrade, update: update, restart: restart, reboot: reboot, rollback: roll back, rollout: roll out,
  scaling: scale, scan: scan, scanning: scan, review: review, check: check, cleanup: clean up, cleaning: clean up, testing: test, setup: set up
`.trim().split(/,\s+/).map((pair) => pair.split(': ', 2) as [string, string]))

/** "Make a deployment of Redis", "do the rotation of the keys"; null when the words are no such phrase. */
export function readNominalization (tokens: readonly Token[]): { verb: string, object: readonly Token[] } | null {
  const look = /^(?:have|take)$/.test(tokens[0]?.lower ?? '') ? 1 : 0
  if (/^(?:a|another)$/.test(tokens[look]?.lower ?? '') && tokens.slice(look + 1, look + 3).some(({ lower }) => lower === 'look')) {
    const to = tokens.findIndex(({ lower }) => lower === 'look') + 1
    if (/^(?:at|into)$/.test(tokens[to]?.lower ?? '')) return { verb: `look ${tokens[to]?.lower}`, object: tokens.slice(to + 1) }
  }
  if (!/^(?:make|do|perform|execute|conduct)$/.test(tokens[0]?.lower ?? '')) return null
  const at = /^(?:a|an|the)$/.test(tokens[1]?.lower ?? '') ? 2 : 1
  const verb = actions.get(tokens[at]?.lower ?? '')
  return verb !== undefined && tokens[at + 1]?.lower === 'of' && (isWord(tokens[at + 2]) || tokens[at + 2]?.kind === 'quote') ? { verb, object: tokens.slice(at + 2) } : null
}
