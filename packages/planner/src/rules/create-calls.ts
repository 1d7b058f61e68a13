import type { Draft } from './drafts.ts'
import type { Call } from './transcript.ts'

/** One call a task. Only tasks that others wait for carry a `ref`. */
export function createCalls (drafts: readonly Draft[]): Call[] {
  const refs = new Map<Draft, string>()
  drafts.forEach((draft, i) => { if (drafts.some(({ after }) => after.has(draft))) refs.set(draft, `t${i + 1}`) })
  return drafts.map((draft) => {
    const { title, description, category, priority, after, afterIds } = draft
    const ref = refs.get(draft)
    const dependsOn = [...drafts.filter((other) => after.has(other)).flatMap((other) => refs.get(other) ?? []), ...afterIds]
    return {
      name: 'cortex_create_task',
      input: { title, description, category, priority: priority ?? 'medium', ...(ref !== undefined && { ref }), ...(dependsOn.length > 0 && { depends_on: dependsOn.slice(0, 50) }) }
    }
  })
}
