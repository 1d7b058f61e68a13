import type { Call, OfferedTool, Reply, Transcript } from './transcript.ts'
import { readConversation, readTagged, type Conversation } from './conversation.ts'
import { createCalls } from './create-calls.ts'
import { investigate } from './investigation.ts'
import { offeredIn, restate } from './offers.ts'
import { nothing, planMessage, type Plan } from './plan.ts'
import { isConsent, readRemark } from './remarks.ts'
import { announce } from './replies/announce.ts'
import { conclude } from './replies/conclude.ts'
import { summarize } from './replies/report.ts'
import { answerTo, decide, heardOf, lookAtLost, type Outcome } from './task-calls.ts'

/** Answers the last message of a conversation. Looks at nothing but the request, so the same request gets the same answer. */
export function answer (transcript: Transcript): Reply {
  const conversation = readConversation(transcript)
  const report = readTagged(conversation.ask)
  if (report) return { text: summarize(report), calls: [] }
  const plan = planFor(conversation)
  const outcomes = plan.requests.map((request) => decide(request, conversation))
  const wanted = [...createCalls(plan.drafts), ...outcomes.flatMap(callsOf)].map((call) => fit(call, transcript.tools))
  // What was asked before comes back in the transcript, so each round makes only the calls that are left.
  const left = wanted.filter((call) => call !== null).filter((call) => !answerTo(call, conversation.steps))
  if (left.length > 0) return { text: conversation.steps.length === 0 ? announce(plan, left) : '', calls: left }
  const lost = lookAtLost(conversation.steps).map((call) => fit(call, transcript.tools)).filter((call) => call !== null && !answerTo(call, conversation.steps))
  if (lost.length > 0) return { text: '', calls: lost.filter((call) => call !== null) }
  return { text: conclude({ plan, outcomes, conversation, withoutTools: wanted.some((call) => call === null) }), calls: [] }
}

function planFor (conversation: Conversation): Plan {
  const { ask, lastAnswer, previousAsk, before } = conversation
  const offered = previousAsk !== null && isConsent(ask) ? offeredIn(lastAnswer) : null
  if (previousAsk !== null && offered === 'investigation') return investigate(previousAsk)
  if (previousAsk !== null && offered === 'work') return planMessage(previousAsk, before, true)
  const said = restate(ask, lastAnswer, before)
  return said === ask && isConsent(ask) && !readRemark(ask) ? { ...nothing, remarks: ['consent'] } : planMessage(said, before, false, (request) => heardOf(request, conversation))
}

function callsOf (outcome: Outcome): readonly Call[] {
  return outcome.kind === 'calls' ? outcome.calls : outcome.kind === 'lookup' ? [outcome.call] : []
}

/** The call with the fields the offered tool knows; null when the request does not offer it. */
function fit ({ name, input }: Call, tools: readonly OfferedTool[]): Call | null {
  const tool = tools.find((other) => other.name === name)
  if (!tool) return null
  return { name, input: Object.fromEntries(Object.entries(input).filter(([field]) => tool.fields === null || tool.fields.has(field))) }
}
