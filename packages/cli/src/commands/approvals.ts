import type { Approval, ApprovalDecision, ApprovalList } from '@cortex/contracts'
import type { Client } from '../client.ts'
import { asJson, defineCommand, type Call } from '../command.ts'
import { ApprovalMissing, UsageFault } from '../errors.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { oneLine, visibleText } from '../terminal/visible-text.ts'
import { pendingOf } from './tasks.ts'

const idArgument = { name: 'ID', text: 'The approval, as approval-…, or the task that waits with it' } as const
const statuses = ['pending', 'approved', 'denied', 'superseded'] as const

export const approvalsList = defineCommand({
  words: 'approvals ls',
  summary: 'List change sets that wait for an answer',
  options: {
    status: { value: 'STATUS', choices: [...statuses, 'all'], text: 'Those of this status instead of pending' },
    ...asJson
  },
  async run ({ options, terminal, client }) {
    const status = options.status ?? 'pending'
    const { approvals } = await client().get<ApprovalList>('/v1/approvals', { status: status === 'all' ? undefined : status, limit: 200 })
    if (options.json) terminal.json({ approvals })
    else terminal.table(['ID', 'STATUS', 'RISK', 'CHANGES', 'TASK', 'SUMMARY'], approvals.map(({ id, status: now, risk, changes, task_id: task, summary }) => [id, now, risk, String(changes.length), task, summary]))
    return undefined
  }
})

export const approvalsShow = defineCommand({
  words: 'approvals show',
  summary: 'Show one change set with its whole diff',
  args: [idArgument],
  options: asJson,
  async run ({ args: [id = ''], options, terminal, client }) {
    const approval = await find(client(), id)
    if (options.json) terminal.json(approval)
    else terminal.out(render(approval, terminal))
    return undefined
  }
})

export const approvalsApprove = defineCommand({
  words: 'approvals approve',
  summary: 'Let exactly one change set be carried out',
  details: 'On a terminal it shows the whole diff and asks; where the policy wants the name of what is changed to be typed, it asks for that. Elsewhere --plan-hash and --yes say that the diff of that hash was read.',
  args: [idArgument],
  options: {
    'plan-hash': { value: 'HASH', text: 'The hash of the change set you read, as show tells it; another one is refused' },
    yes: { short: 'y', text: 'Do not ask; with --plan-hash only' },
    confirm: { value: 'NAME', text: 'The name the policy wants typed, where nobody can be asked' },
    reason: { value: 'TEXT', text: 'Why; kept with the approval and in the audit' },
    ...asJson
  },
  examples: ['cortex approvals approve approval-1766779451040-2axt2h5cq', 'cortex approvals approve ID --plan-hash sha256:… --yes'],
  async run (call) {
    const { args: [id = ''], options, terminal } = call
    if (options.yes && options['plan-hash'] === undefined) throw new UsageFault('--yes needs --plan-hash: the hash of the change set you read, as cortex approvals show tells it')
    if (!options.yes && !terminal.isInteractive) throw new UsageFault('Nobody can be asked here; read the diff with cortex approvals show, then give its hash with --plan-hash and --yes')
    const cortex = call.client()
    const approval = await find(cortex, id)
    const hash = options['plan-hash'] ?? approval.plan_hash
    if (options.yes) return await decide(cortex, approval.id, { decision: 'approve', plan_hash: hash, ...given({ confirm: options.confirm, reason: options.reason }) }, call)
    terminal.out(render(approval, terminal))
    if (approval.status !== 'pending') return 'refused'
    if (hash !== approval.plan_hash) throw new UsageFault('--plan-hash is not that of this change set')
    const confirm = await askFor(approval, call)
    if (confirm === null) {
      terminal.note('Nothing was approved.')
      return 'refused'
    }
    return await decide(cortex, approval.id, { decision: 'approve', plan_hash: hash, ...given({ confirm, reason: options.reason }) }, call)
  }
})

export const approvalsDeny = defineCommand({
  words: 'approvals deny',
  summary: 'Refuse a change set; nothing of it is carried out',
  args: [idArgument],
  options: {
    reason: { value: 'TEXT', text: 'Why; the worker reads it and may plan again' },
    'plan-hash': { value: 'HASH', text: 'Only if it is still the change set of this hash' },
    ...asJson
  },
  async run (call) {
    const { args: [id = ''], options } = call
    const cortex = call.client()
    const approval = await find(cortex, id)
    return await decide(cortex, approval.id, { decision: 'deny', plan_hash: options['plan-hash'] ?? approval.plan_hash, ...given({ reason: options.reason }) }, call)
  }
})

/** What was typed where a name is wanted; undefined after a plain yes; null for no. */
async function askFor (approval: Approval, { terminal, options, signal }: Pick<Call, 'terminal' | 'options' | 'signal'>): Promise<string | undefined | null> {
  if (approval.confirm === undefined) return /^y(es)?$/i.test((await terminal.ask('Carry out exactly this? [y/N] ', signal)).trim()) ? undefined : null
  const typed = typeof options['confirm'] === 'string' ? options['confirm'] : (await terminal.ask(`This cannot be taken back. Type ${visibleText(approval.confirm)} to carry it out: `, signal)).trim()
  return typed === approval.confirm ? typed : null
}

async function decide (cortex: Client, id: string, decision: ApprovalDecision, { terminal, options }: { terminal: Terminal, options: { json: boolean } }): Promise<undefined> {
  const decided = await cortex.post<Approval>(`/v1/approvals/${encodeURIComponent(id)}`, decision)
  if (options.json) terminal.json(decided)
  else terminal.out(`${decided.id} is ${decided.status}${decided.decided_by === null ? '' : `, by ${oneLine(decided.decided_by)}`}\n`)
}

async function find (cortex: Client, id: string): Promise<Approval> {
  if (!id.startsWith('task-')) return await cortex.get<Approval>(`/v1/approvals/${encodeURIComponent(id)}`)
  const pending = await pendingOf(cortex, id)
  if (!pending) throw new ApprovalMissing(id)
  return pending
}

function render ({ id, task_id: task, status, risk, summary, changes, dry_run: dryRun, plan_hash: hash, confirm, decided_by: by, reason }: Approval, terminal: Terminal): string {
  const field = (name: string, value: string | null) => value === null ? [] : [`${terminal.style('dim', `${name}:`.padEnd(11))} ${oneLine(value)}`]
  return [
    `${terminal.style('bold', oneLine(summary))}  ${id}`,
    ...field('status', by === null ? status : `${status}, by ${by}`),
    ...field('reason', reason),
    ...field('task', task),
    ...field('risk', risk),
    ...field('plan hash', hash),
    ...field('to confirm', confirm ?? null),
    ...changes.flatMap(({ toolkit, verb, target, diff }) => ['', terminal.style('bold', oneLine(`${verb} ${target} (${toolkit})`)), ...visibleText(diff).split('\n').map((line) => colored(line, terminal))]),
    '',
    terminal.style('dim', 'dry run:'),
    ...visibleText(dryRun.trimEnd()).split('\n').map((line) => `  ${line}`),
    '',
    ''
  ].join('\n')
}

function colored (line: string, terminal: Terminal): string {
  if (line.startsWith('@@')) return terminal.style('cyan', line)
  if (line.startsWith('+')) return terminal.style('green', line)
  return line.startsWith('-') ? terminal.style('red', line) : line
}

function given<T extends Record<string, string | undefined>> (fields: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string }
}
