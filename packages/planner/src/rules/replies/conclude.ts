import type { TaskStatus } from '@cortex/contracts'
import { isOfWork } from '../asides.ts'
import type { Conversation, Step } from '../conversation.ts'
import { offer, whichOne } from '../offers.ts'
import type { Plan } from '../plan.ts'
import { hereOf, type Outcome } from '../task-calls.ts'
import { chat } from './chat.ts'
import { describeAsides, describeTakenBack } from './asides.ts'
import { describeHeld } from './held.ts'
import { describeCancelled, describeCreated, describeElsewhere, describeListed, describeRetried, describeStatuses } from './results.ts'
import { bold, plain, statusOf } from './wording.ts'

export interface Conclusion {
  plan: Plan
  outcomes: readonly Outcome[]
  conversation: Conversation
  /** Calls were wanted that the request offers no tool for. */
  withoutTools: boolean
}

/** The reply when no call is left to make: what came of the calls, what has to be asked, or a plain answer. */
export function conclude ({ plan, outcomes, conversation, withoutTools }: Conclusion): string {
  const { steps, now } = conversation
  const by = (name: string): Step[] => steps.filter(({ call }) => call.name === name)
  const lookups = by('cortex_get_tasks')
  const silent = outcomes.some((outcome) => outcome.kind === 'calls' && outcome.calls.length > 0)
  const listed = plan.requests.find((request) => request.kind === 'list')
  const parts = [
    describeCreated(by('cortex_create_task'), now),
    describeStatuses(by('cortex_get_task_status')),
    describeCancelled(by('cortex_cancel_task'), now),
    describeRetried(by('cortex_retry_task'), now),
    ...lookups.filter(({ failed }) => failed || !silent || listed !== undefined).map((step) => describeLookup(step, lookups, listed?.statuses ?? [], outcomes.every(({ kind }) => kind === 'lookup' || kind === 'calls'))),
    ...outcomes.map((outcome) => askOrMiss(outcome, plan.held.length > 0)),
    plan.dropped > 0 ? `Your message asks for ${plan.dropped} more than one message may start; send those again afterwards.` : '',
    withoutTools ? 'I was given no tool for this, so nothing was started or changed.' : ''
  ].filter((part) => part !== '')
  const held = describeHeld(plan.held, plan.drafts.length === 0 && plan.requests.every(({ kind }) => kind === 'status' || kind === 'list'))
  if (parts.length === 0 && held === '') return withoutWork(plan)
  // What is offered stands last, where a "yes" is read against it.
  parts.push(describeAsides(plan), held)
  return parts.filter((part) => part !== '').join('\n\n')
}

function describeLookup (step: Step, lookups: readonly Step[], statuses: readonly TaskStatus[], whole: boolean): string {
  const here = hereOf(step, lookups)
  return here ? describeElsewhere(step, here, statuses) : describeListed(step, statuses, whole)
}

/** A message of one part needs no quoting; of several each is told. */
function withoutWork (plan: Plan): string {
  const worth = plan.asides.some(isOfWork)
  if (plan.remarks.includes('whether')) return chat(plan.remarks, worth)
  if (plan.asides.length > 1) return [describeAsides(plan), 'So nothing was started.', worth ? offer : ''].filter(Boolean).join('\n\n')
  return [describeTakenBack(plan.takenBack), plan.takenBack.length > 0 && plan.remarks.every((remark) => remark === 'statement') ? '' : chat(plan.remarks, worth)].filter(Boolean).join(' ')
}

/** Where that is done which no tool does. */
const places = {
  approval: 'Approving and denying is for people, and no tool of mine does it: it is done on the task or under Approvals on this page, or with `cortex approvals`.',
  rollback: 'What a task changed is rolled back on the task itself, on this page (Roll back) or with `cortex tasks rollback`: that makes a task whose changes you approve. Nothing was started.',
  pause: 'A task cannot be paused or resumed, so nothing was changed. Cancel it, and retry it later.',
  conversation: 'A conversation is renamed, shared, exported and deleted in its own menu at the top of this page. Nothing was started or changed.',
  priority: 'A task keeps the priority it was started with, so nothing was changed. Cancel it, and ask for it again with the priority you want.'
} as const

function askOrMiss (outcome: Outcome, others: boolean): string {
  if (outcome.kind === 'ask' && (outcome.request.kind === 'cancel' || outcome.request.kind === 'retry')) {
    const why = outcome.elsewhere ? 'No task of this conversation is called that; others are, and I do not touch them unasked. ' : ''
    return [why + whichOne[outcome.request.kind], ...outcome.among.map((task, i) => `${i + 1}. ${bold(task.title)} ${statusOf(task)} (\`${task.id}\`)`)].join('\n')
  }
  if (outcome.kind !== 'none') return ''
  const { request } = outcome
  if (request.kind === 'list') return ''
  if (request.kind === 'elsewhere') return places[request.what]
  if (request.kind !== 'status' && request.all) return request.kind === 'cancel' ? 'Nothing of this conversation is running or waiting, so there was nothing to cancel.' : 'No task of this conversation has failed, so there was nothing to retry.'
  const about = request.about === '' ? '' : ` that matches “${plain(request.about, 80)}”`
  return request.kind === 'status' ? `I found no task${about}.${others ? '' : ` ${offer}`}` : `I found no task${about}, so nothing was ${request.kind === 'cancel' ? 'cancelled' : 'retried'}. Tell me its title or id.`
}
