import { commandFailed } from '../../errors.ts'
import type { Plan, Toolkit } from '../../toolkit.ts'
import { stepwise } from '../outward/steps.ts'
import { checkedValues, fill } from './argv.ts'
import type { Command, ShellDefinition } from './definition.ts'
import { describeEnd } from './describe.ts'
import { finish } from './finish.ts'
import { planStepsBack, takesBack } from './plan-back.ts'
import { runCommand } from './run-command.ts'
import { changeTool, fingerprint, readTool, shellToolkitId, toolOf } from './tools.ts'

/** The operator's commands, each a tool of its own. What varies are single arguments; there is no way to name another program. */
export function createShellToolkit ({ commands }: ShellDefinition, env: NodeJS.ProcessEnv): Toolkit {
  const byTool = new Map(commands.map((command) => [toolOf(command), command]))
  const known = ({ tool }: Plan): Command => {
    const command = byTool.get(tool)
    if (!command) throw commandFailed(tool, 'the operator no longer lists it')
    return command
  }
  const run = async (plan: Plan, line: readonly string[], codes: number[], signal: AbortSignal): Promise<string> => {
    const command = known(plan)
    const argv = fill(line, checkedValues(command, plan.arguments.values))
    return describeEnd(argv, await finish(argv, { ...command, exit_codes: codes }, env, signal))
  }
  return {
    id: shellToolkitId,
    tools: commands.map((command) => command.kind === 'read' ? readTool(command, env) : changeTool(command)),
    planBack: async (changes, { draft }) => planStepsBack(changes, draft, byTool),
    ...stepwise({
      refresh: async () => {},
      baseOf (plan) {
        const command = byTool.get(plan.tool)
        return command ? fingerprint(command) : null
      },
      async make (plan, signal) {
        const command = known(plan)
        if (!takesBack(plan)) return run(plan, command.argv, command.exit_codes, signal)
        if (!command.undo) throw commandFailed(plan.tool, 'its entry no longer says how it is taken back')
        return run(plan, command.undo, [0], signal)
      },
      async check (plan, signal) {
        const { check } = known(plan)
        return check && !takesBack(plan) ? run(plan, check, [0], signal) : null
      },
      mayRepeat: (plan) => known(plan).repeatable,
      back (plan) {
        const { undo } = known(plan)
        return undo && !takesBack(plan) ? (signal) => run(plan, undo, [0], signal) : null
      },
      async stands (plan, signal) {
        const command = known(plan)
        if (!command.check) return null
        const argv = fill(command.check, checkedValues(command, plan.arguments.values))
        const end = await runCommand(argv, command, env, signal)
        // What was stopped, or what a shell could not start, has not looked.
        if (end.overdue || end.code === null || end.code >= 126) return null
        return { stands: end.code === 0, shown: describeEnd(argv, end) }
      }
    })
  }
}
