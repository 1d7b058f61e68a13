import { categories, TaskMetrics, taskStatuses, type TaskStatus } from '@cortex/contracts'
import { Type } from '@sinclair/typebox'
import type { Percentiles } from '../domain/ended-window.ts'
import type { TaskCount } from '../store/task-store.ts'
import { defineTool } from '../tool.ts'

export default defineTool({
  name: 'cortex_get_metrics',
  description: 'How busy the system is and how fast: tasks by status and category, tasks ended in the last minute and hour, how long they waited and ran, tokens and cost; of one batch or conversation too, where it is named.',
  readOnly: true,
  input: Type.Object({
    batch_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    conversation_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'The one the call comes from, unless given' }))
  }, { additionalProperties: false }),
  output: TaskMetrics,
  async run ({ taskStore, taskTally: { ended } }, { batch_id: batch = null, conversation_id: conversation }, { conversationId }) {
    const counts = await taskStore.counts()
    const now = new Date()
    const { tasks, wait, run } = ended.latencies()
    const sum = (field: 'input_tokens' | 'output_tokens' | 'cost_usd') => counts.reduce((total, count) => total + count[field], 0)
    return {
      by_status: byStatus(counts),
      by_category: each(categories, (category) => byStatus(counts.filter((count) => count.category === category))),
      throughput: { ended_last_minute: ended.endedWithin(60, now), ended_last_hour: ended.endedWithin(3_600, now) },
      latency: { tasks, create_to_start: inMilliseconds(wait), start_to_end: inMilliseconds(run) },
      usage: { input_tokens: sum('input_tokens'), output_tokens: sum('output_tokens'), cost_usd: sum('cost_usd') },
      spent: await taskStore.spent({ batch_id: batch, conversation_id: conversation ?? conversationId })
    }
  }
})

function byStatus (counts: readonly TaskCount[]): Record<TaskStatus, number> {
  return each(taskStatuses, (status) => counts.reduce((sum, count) => count.status === status ? sum + count.tasks - count.sub_tasks : sum, 0))
}

function each<Key extends string, Value> (keys: readonly Key[], valueOf: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<Key, Value>
}

function inMilliseconds ({ p50, p95 }: Percentiles): { p50_ms: number | null, p95_ms: number | null } {
  return { p50_ms: p50, p95_ms: p95 }
}
