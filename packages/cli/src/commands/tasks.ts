import { categories, taskStatuses, type Approval, type ApprovalList, type Task, type TaskList, type Usage } from '@cortex/contracts'
import type { Client } from '../client.ts'
import { asJson, defineCommand } from '../command.ts'
import { numberIn } from '../parse.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { oneLine, visibleText } from '../terminal/visible-text.ts'

/** Tasks of one page of the list. */
const pageSize = 200

export const idArgument = { name: 'ID', text: 'The task, as task-chat-…' } as const

export const taskPath = (id: string): string => `/v1/tasks/${encodeURIComponent(id)}`

export const tasksList = defineCommand({
  words: 'tasks ls',
  summary: 'List tasks, newest first',
  options: {
    status: { value: 'STATUS', choices: taskStatuses, text: 'Only those of this status' },
    category: { value: 'CATEGORY', choices: categories, text: 'Only those of this category' },
    conversation: { value: 'ID', text: 'Only those of this conversation' },
    batch: { value: 'ID', text: 'Only those of this batch' },
    text: { value: 'TEXT', text: 'Only those with this in their title' },
    limit: { value: 'N', text: 'As many at most; 50 unless given' },
    ...asJson
  },
  examples: ['cortex tasks ls --status awaiting_approval', 'cortex tasks ls --json --limit 1000 | jq -r \'.tasks[].id\''],
  async run ({ options, terminal, client }) {
    const limit = numberIn('limit', options.limit, 1, 100_000) ?? 50
    const filter = { status: options.status, category: options.category, conversation_id: options.conversation, batch_id: options.batch, text: options.text }
    const { tasks, next_cursor: cursor } = await readTasks(client(), filter, limit)
    if (options.json) terminal.json({ tasks, next_cursor: cursor })
    else {
      terminal.table(['ID', 'STATUS', 'CATEGORY', 'CREATED', 'TITLE'], tasks.map(({ id, status, payload, metadata }) => [id, status, payload.category, shortTime(metadata.created_at), payload.title]))
      if (cursor !== null) terminal.note('There are more; --limit shows them.')
    }
    return undefined
  }
})

export const tasksGet = defineCommand({
  words: 'tasks get',
  summary: 'Tell everything about one task',
  args: [idArgument],
  options: asJson,
  async run ({ args: [id = ''], options, terminal, client }) {
    const cortex = client()
    const task = await cortex.get<Task>(taskPath(id))
    if (options.json) terminal.json(task)
    else terminal.out(renderTask(task, task.status === 'awaiting_approval' ? await pendingOf(cortex, id) : null, terminal))
    return undefined
  }
})

/** What a task waits with, if it does. */
export async function pendingOf (cortex: Client, taskId: string): Promise<Approval | null> {
  const { approvals } = await cortex.get<ApprovalList>('/v1/approvals', { task_id: taskId, status: 'pending', limit: 1 })
  return approvals[0] ?? null
}

async function readTasks (cortex: Client, filter: Record<string, string | undefined>, limit: number): Promise<TaskList> {
  const tasks: Task[] = []
  let cursor: string | null = null
  do {
    const page: TaskList = await cortex.get<TaskList>('/v1/tasks', { ...filter, limit: Math.min(pageSize, limit - tasks.length), cursor: cursor ?? undefined })
    tasks.push(...page.tasks)
    cursor = page.next_cursor
  } while (cursor !== null && tasks.length < limit)
  return { tasks, next_cursor: cursor }
}

function renderTask (task: Task, pending: Approval | null, terminal: Terminal): string {
  const { id, status, payload, metadata, result, error, progress, usage } = task
  const fields: Array<[string, string | null | undefined]> = [
    ['status', status],
    ['waits for', task.waiting_for],
    ['approval', pending && `${pending.id}: ${pending.summary} (cortex approvals show ${pending.id})`],
    ['progress', progress && `${progress.percent} %, ${progress.step}`],
    ['category', `${payload.category}, with ${task.assigned_to}`],
    ['priority', String(task.priority)],
    ['requested by', task.requested_by],
    ['created', metadata.created_at],
    ['started', metadata.started_at],
    ['completed', metadata.completed_at],
    ['attempt', task.attempt > 0 ? `${task.attempt} of ${task.max_attempts}` : null],
    ['needs', task.depends_on.join(', ') || null],
    ['target', task.target],
    ['rolls back', task.rollback_of],
    ['conversation', task.conversation_id],
    ['used', usage && `${usage.input_tokens} tokens in, ${usage.output_tokens} out${costIn(usage)}`],
    ['cancelled', metadata.cancel_reason],
    ['error', error && `${error.code}: ${error.message}`],
    ['result', result?.summary],
    ['commit', result?.commit]
  ]
  const lines = fields.flatMap(([name, value]) => value == null || value === '' ? [] : [`${terminal.style('dim', `${name}:`.padEnd(14))} ${oneLine(value)}`])
  const evidence = result?.evidence.flatMap(({ claim, detail }) => [`  ${oneLine(claim)}`, ...indent(detail, '    ')]) ?? []
  return [
    `${terminal.style('bold', oneLine(payload.title))}  ${id}`,
    ...lines,
    ...evidence.length > 0 ? [terminal.style('dim', 'evidence:'), ...evidence] : [],
    ...result?.report === undefined ? [] : ['', visibleText(result.report)],
    ''
  ].join('\n')
}

function costIn ({ cost_usd: usd, priced }: Usage): string {
  if (priced === false) return usd > 0 ? `, ${usd.toFixed(4)} USD and what has no price` : ', cost not known'
  return usd > 0 ? `, ${usd.toFixed(4)} USD` : ''
}

function indent (text: string, by: string): string[] {
  return visibleText(text.trimEnd()).split('\n').map((line) => `${by}${line}`)
}

function shortTime (iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}
