import { AgentList, Category, isTerminal, type TaskStatus } from '@cortex/contracts'
import { Type } from '@sinclair/typebox'
import { defaultConcurrency, isPresent } from '../domain/routing.ts'
import { defineTool } from '../tool.ts'

export default defineTool({
  name: 'cortex_list_agents',
  description: 'Who works here: the masters with their categories and limits, how many tasks each runs and has queued, and the workers that run now with their tasks. Set type for the masters of one category.',
  readOnly: true,
  input: Type.Object({
    type: Type.Optional({ ...Category, description: 'Only masters that take this category' })
  }, { additionalProperties: false }),
  output: AgentList,
  async run ({ taskStore, coordinator }, { type }) {
    const [counts, busy] = await Promise.all([taskStore.counts(), taskStore.busy()])
    const now = new Date()
    const count = (id: string, status: TaskStatus) => counts.reduce((sum, each) => each.master === id && each.status === status ? sum + each.tasks : sum, 0)
    const hasWork = (id: string) => counts.some(({ master, status }) => master === id && !isTerminal(status))
    // One that nobody works for any more is of interest for as long as tasks wait for it.
    const announced = coordinator.masters.filter((master) => isPresent(master, now) || hasWork(master.id))
    const known = new Set(announced.map(({ id }) => id))
    // Tasks may wait for a master no agent has come for yet: that is what a person looks for here.
    const missing = [...new Set(counts.map(({ master }) => master))].filter((id) => !known.has(id) && hasWork(id)).map((id) => ({
      id, title: id, seen_at: '', concurrency: defaultConcurrency, categories: [...new Set(counts.flatMap(({ master, category }) => master === id ? category : []))]
    }))
    const masters = [...announced, ...missing].filter(({ categories }) => type === undefined || categories.includes(type))
    return {
      masters: masters.map((master) => ({
        id: master.id,
        title: master.title,
        categories: master.categories,
        concurrency: master.concurrency,
        announced: isPresent(master, now),
        running: count(master.id, 'in_progress'),
        queued: count(master.id, 'queued'),
        waiting: count(master.id, 'waiting'),
        awaiting_approval: count(master.id, 'awaiting_approval'),
        workers: busy.flatMap(({ task }) => task.assigned_to === master.id && task.status === 'in_progress' && task.worker !== null
          ? { name: task.worker, task_id: task.id, title: task.payload.title, since: task.attempts.at(-1)?.started_at ?? task.metadata.updated_at }
          : [])
      }))
    }
  }
})
