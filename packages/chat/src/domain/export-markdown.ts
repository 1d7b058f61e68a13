import { priorityNumbers, type ContentBlock, type ConversationSnapshot, type Message, type Task } from '@cortex/contracts'

/** A conversation as a document for people: what was said, and what became of the tasks. */
export function toMarkdown ({ title, messages, tasks }: Pick<ConversationSnapshot, 'title' | 'messages' | 'tasks'>, exportedAt: string): string {
  return [
    `# ${oneLine(title) || 'Conversation'}`,
    `Exported ${exportedAt}`,
    ...messages.flatMap(sectionOf),
    ...tasks.length > 0 ? ['## Tasks', tableOf(tasks), ...tasks.flatMap(resultOf)] : []
  ].join('\n\n') + '\n'
}

function sectionOf (message: Message): string[] {
  const { role, kind, created_at: at, status, error, superseded } = message
  const who = role === 'user' ? 'You' : kind === 'summary' ? 'Cortex, when the tasks had ended' : 'Cortex'
  const marks = [superseded && 'replaced later', status === 'stopped' && 'stopped', status === 'failed' && 'failed'].filter(Boolean)
  return [
    `## ${who}, ${at}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`,
    ...message.content.map(partOf).filter(Boolean),
    ...error ? [`> ${error.code}: ${oneLine(error.message)}`] : []
  ]
}

function partOf (block: ContentBlock): string {
  switch (block.type) {
    case 'text': return block.text.trim()
    case 'reasoning': return ''
    case 'tool_call': {
      const { title } = block.input as { title?: unknown }
      const id = (block.output as { task_id?: unknown } | null)?.task_id
      return `- \`${block.name}\`${typeof title === 'string' ? ` “${oneLine(title)}”` : ''}: ${block.status}${typeof id === 'string' ? `, ${id}` : ''}`
    }
  }
}

function tableOf (tasks: readonly Task[]): string {
  const priorities = new Map(Object.entries(priorityNumbers).map(([name, number]) => [number, name]))
  return ['| task | title | category | priority | status | result |', '|---|---|---|---|---|---|',
    ...tasks.map(({ id, payload, priority, status, result, error }) => `| ${[id, payload.title, payload.category, priorities.get(priority) ?? String(priority), status, result?.summary ?? error?.message ?? ''].map(cell).join(' | ')} |`)].join('\n')
}

function resultOf ({ id, payload, result }: Task): string[] {
  if (!result) return []
  return [
    `### ${oneLine(payload.title)} (${id})`,
    result.report?.trim() ?? oneLine(result.summary),
    result.evidence.map(({ claim, detail }) => `- ${oneLine(claim)}\n\n${fenced(detail)}`).join('\n'),
    ...result.commit ? [`Commit ${result.commit}`] : []
  ]
}

/** A fence longer than any in the text. */
function fenced (text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text.trimEnd()}\n${fence}`.replace(/^/gm, '  ')
}

function cell (text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|')
}

function oneLine (text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
