import { TaskFault } from '../../errors.ts'
import type { BackPlanning, MadeChange, Plan } from '../../toolkit.ts'
import { stepDiff, stepTarget } from '../outward/steps.ts'
import { checkedValues, fill } from './argv.ts'
import type { Command } from './definition.ts'
import { describeBack } from './describe.ts'
import { fingerprint, shellToolkitId } from './tools.ts'

/** Plans the undo of each command that was run, as its entry says it now. Whether it still is in place, nothing can tell. */
export function planStepsBack (changes: readonly MadeChange[], draft: readonly Plan[], commands: ReadonlyMap<string, Command>): BackPlanning {
  const sum: BackPlanning = { plans: [], standing: [], left: [] }
  for (const { tool, target: made, arguments: { values: given } } of changes) {
    const command = commands.get(tool)
    if (!command?.undo) {
      sum.left.push({ target: made, reason: command ? 'nothing takes it back' : 'the operator no longer lists it' })
      continue
    }
    try {
      const values = checkedValues(command, given)
      const target = stepTarget([...draft, ...sum.plans], shellToolkitId, `undo ${made}`, () => false)
      sum.plans.push({
        toolkit: shellToolkitId,
        tool,
        target,
        verb: 'update',
        diff: stepDiff(tool, describeBack(command, fill(command.undo, values))),
        arguments: { values, back: true },
        base: fingerprint(command),
        risk: command.risk ?? 'high',
        dry_run: `${target}: a command cannot be tried; nothing takes it back`,
        inverse: {}
      })
    } catch (error) {
      if (!(error instanceof TaskFault)) throw error
      sum.left.push({ target: made, reason: error.message })
    }
  }
  return sum
}

/** Whether a plan runs its command's undo. */
export function takesBack ({ arguments: { back } }: Plan): boolean {
  return back === true
}
