import { createHash } from 'node:crypto'
import { canonicalJson } from '@cortex/contracts'
import { defineChange, defineRead, type ChangeTool, type Plan, type ReadTool } from '../../toolkit.ts'
import { outsideText, visibleJson } from '../outward/outside-text.ts'
import { stepDiff, stepTarget } from '../outward/steps.ts'
import { checkedValues, fill, inputOf } from './argv.ts'
import type { Command } from './definition.ts'
import { describeArgv, describePlan, describeRest, describeTool, exitOf } from './describe.ts'
import { finish } from './finish.ts'

export const shellToolkitId = 'shell'

export function toolOf ({ name }: Command): string {
  return `${shellToolkitId}_${name}`
}

export function readTool (command: Command, env: NodeJS.ProcessEnv): ReadTool {
  const name = toolOf(command)
  return defineRead({
    name,
    description: describeTool(command),
    input: inputOf(command),
    async run (input, { signal }) {
      const argv = fill(command.argv, checkedValues(command, input))
      const end = await finish(argv, command, env, signal)
      const output = outsideText(end.stdout, command.max_bytes)
      return {
        summary: `${describeArgv(argv)} ended with ${exitOf(end)}`,
        text: [output || 'It wrote nothing.', ...describeRest(end, command.max_bytes)].join('\n'),
        facts: { exit_code: end.code, output, errors: outsideText(end.stderr, command.max_bytes) }
      }
    }
  })
}

export function changeTool (command: Command): ChangeTool {
  const name = toolOf(command)
  return defineChange({
    name,
    description: `${describeTool(command)} This changes something: it is planned, and run when the change set is approved.`,
    input: inputOf(command),
    async plan (input, { draft }) {
      const values = checkedValues(command, input)
      const isSame = (plan: Plan) => plan.tool === name && canonicalJson(plan.arguments.values) === canonicalJson(values)
      const words = Object.values(values).flat().map((value) => visibleJson(value).slice(1, -1))
      const target = stepTarget(draft, shellToolkitId, [command.name, ...words].join(' '), isSame)
      return {
        plans: [{
          toolkit: shellToolkitId,
          tool: name,
          target,
          verb: 'update',
          diff: stepDiff(name, describePlan(command, values)),
          arguments: { values },
          base: fingerprint(command),
          risk: command.risk ?? 'high',
          dry_run: `${target}: a command cannot be tried; ${command.undo ? 'its entry says how it is taken back' : 'nothing takes it back'}`,
          inverse: command.undo ? { argv: fill(command.undo, values) } : {}
        }],
        standing: []
      }
    }
  })
}

/** Changes with anything in the entry, so that what was approved is not run by another one. */
export function fingerprint (command: Command): string {
  return `sha256:${createHash('sha256').update(canonicalJson(command)).digest('hex')}`
}
