import { answer } from '../../src/rules/answer.ts'
import type { Call, Reply, Turn } from '../../src/rules/transcript.ts'

const names = ['cortex_create_task', 'cortex_get_task_status', 'cortex_get_tasks', 'cortex_cancel_task', 'cortex_retry_task']
export const tools = names.map((name) => ({ name, fields: null }))

export const said = (text: string): Turn => ({ role: 'user', parts: [{ type: 'text', text }] })
export const taskId = (number: number): string => `task-chat-176677945104${number - 1}-2axt2h5cq`

/** An assistant's turn with calls, and the turn with their results. */
export function called (calls: readonly Call[], results: readonly unknown[], from: number, text = ''): Turn[] {
  const id = (i: number): string => `toolu_${from}_${i}`
  return [
    { role: 'assistant', parts: [...(text === '' ? [] : [{ type: 'text', text } as const]), ...calls.map(({ name, input }, i) => ({ type: 'call', id: id(i), name, input } as const))] },
    { role: 'user', parts: results.map((result, i) => ({ type: 'result', callId: id(i), text: typeof result === 'string' ? result : JSON.stringify(result), failed: typeof result === 'string' } as const)) }
  ]
}

/** Three tasks were started: 1 monitoring, 2 security scanning, 3 CI/CD pipeline. */
export const history: readonly Turn[] = (() => {
  const opening = said('Set up the following in parallel: 1) Deploy monitoring stack 2) Configure security scanning 3) Set up CI/CD pipeline')
  const { calls, text } = answer({ tools, turns: [opening] })
  const results = calls.map((_, i) => ({ task_id: taskId(i + 1), status: 'queued', message: 'started', created_at: '', estimated_start: '' }))
  return [opening, ...called(calls, results, 0, text), { role: 'assistant', parts: [{ type: 'text', text: 'Started three tasks.' }] }]
})()

export function reply (...turns: Turn[]): Reply {
  return answer({ tools, turns })
}
