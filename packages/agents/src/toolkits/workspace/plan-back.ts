import { TaskFault } from '../../errors.ts'
import type { BackPlanning, MadeChange, ToolContext } from '../../toolkit.ts'
import { netChanges, type NetChange } from '../net-changes.ts'
import { editOf, modeIn, wholeEdits, type Edit } from './edits.ts'
import { planEdits } from './plan.ts'
import type { Repository } from './repository.ts'
import { veil } from './veil.ts'

/** Plans files as they were before these changes. Where somebody has changed one since, the diff shows what else goes, and the risk is high. */
export async function planFilesBack (repository: Repository, changes: readonly MadeChange[], { draft }: ToolContext): Promise<BackPlanning> {
  const sum: BackPlanning = { plans: [], standing: [], left: [] }
  for (const change of netChanges(changes)) {
    const { target, last, inverse } = change
    try {
      const entry = (await repository.entries('HEAD', [target])).get(target)
      if (!entry && inverse.blob === null) {
        sum.standing.push(target)
        continue
      }
      const isAsMade = await contentAt(repository, entry?.blob) === await contentMade(repository, last) && hasModeMade(last, entry?.mode)
      const { plans, standing } = await planEdits(repository, inverse.blob === null ? 'workspace_delete' : 'workspace_write', [await editBack(repository, change)], [...draft, ...sum.plans])
      sum.standing.push(...standing)
      sum.plans.push(...plans.map((plan) => isAsMade ? plan : { ...plan, risk: 'high' as const, dry_run: `${plan.dry_run}; it was changed since by others, and this takes that back as well` }))
    } catch (error) {
      if (!(error instanceof TaskFault) || error.retryable) throw error
      sum.left.push({ target, reason: error.message })
    }
  }
  return sum
}

async function editBack (repository: Repository, { target: path, inverse: { blob, mode } }: NetChange): Promise<Edit> {
  if (typeof blob !== 'string') return { path, content: null }
  return { path, content: veil((await repository.blob(blob)).toString('utf8'), path), mode: modeIn(mode), secrets_of: blob }
}

/** A change that names no mode kept the one there was, or made a file that cannot be run. */
function hasModeMade ({ arguments: made, inverse }: MadeChange, mode: string | undefined): boolean {
  const kept = inverse.blob === null ? '100644' : inverse.mode
  return mode === undefined || kept === undefined || mode === (modeIn(made.mode) ?? kept)
}

async function contentMade (repository: Repository, change: MadeChange): Promise<string | null> {
  const [edit] = await wholeEdits(repository, [editOf(change)])
  return edit?.content ?? null
}

async function contentAt (repository: Repository, blob: string | undefined): Promise<string | null> {
  return blob === undefined ? null : (await repository.blob(blob)).toString('utf8')
}
