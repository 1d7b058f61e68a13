import type { CancelledTask, RetriedTask, StartedBatchRollback, StartedRollback } from '@cortex/contracts'
import { asJson, defineCommand } from '../command.ts'
import { UsageFault } from '../errors.ts'
import { oneLine } from '../terminal/visible-text.ts'
import { idArgument, taskPath } from './tasks.ts'

export const tasksCancel = defineCommand({
  words: 'tasks cancel',
  summary: 'Stop a task, and those that need it',
  args: [idArgument],
  options: { reason: { value: 'TEXT', text: 'Why; kept with the task and in the audit' }, ...asJson },
  async run ({ args: [id = ''], options, terminal, client }) {
    const cancelled = await client().post<CancelledTask>(`${taskPath(id)}/cancel`, options.reason === undefined ? {} : { reason: options.reason })
    if (options.json) terminal.json(cancelled)
    else terminal.out([cancelled.message, ...cancelled.dependents.map(({ task_id: dependent, title }) => `cancelled with it: ${dependent}  ${title}`)].map(oneLine).join('\n') + '\n')
    return undefined
  }
})

export const tasksRetry = defineCommand({
  words: 'tasks retry',
  summary: 'Start a failed or cancelled task anew',
  args: [idArgument],
  options: asJson,
  async run ({ args: [id = ''], options, terminal, client }) {
    const retried = await client().post<RetriedTask>(`${taskPath(id)}/retry`, {})
    if (options.json) terminal.json(retried)
    else terminal.out([retried.message, ...retried.revived.map(({ task_id: revived, title }) => `waits for it again: ${revived}  ${title}`)].map(oneLine).join('\n') + '\n')
    return undefined
  }
})

export const tasksRollback = defineCommand({
  words: 'tasks rollback',
  summary: 'Take back what a task changed once it has ended, or what a whole batch did',
  details: 'Makes a task whose changes are approved like any others.',
  args: [{ ...idArgument, optional: true }],
  options: { batch: { value: 'ID', text: 'Every ended task of this batch instead, the last first' }, ...asJson },
  async run ({ args: [id], options, terminal, client }) {
    if ((id === undefined) === (options.batch === undefined)) throw new UsageFault('Name a task, or a batch with --batch')
    if (id !== undefined) {
      const started = await client().post<StartedRollback>(`${taskPath(id)}/rollback`, {})
      if (options.json) terminal.json(started)
      else terminal.out(`${oneLine(`${started.task_id}: ${started.message}`)}\n`)
      return undefined
    }
    const started = await client().post<StartedBatchRollback>(`/v1/batches/${encodeURIComponent(options.batch ?? '')}/rollback`, {})
    if (options.json) terminal.json(started)
    else {
      for (const { task_id: made, message } of started.rollbacks) terminal.out(`${oneLine(`${made}: ${message}`)}\n`)
      for (const { task_id: left, message } of started.left) terminal.note(oneLine(`left as it is: ${left}: ${message}`))
    }
    return started.rollbacks.length > 0 ? undefined : 'refused'
  }
})
