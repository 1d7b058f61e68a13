import type Anthropic from '@anthropic-ai/sdk'
import { addUsage, usageOf, type LeaseOutcome, type Usage } from '@cortex/contracts'
import { createChangeSet, offerOf } from '../change-set.ts'
import { doings, type ModelDoing } from '../doings.ts'
import { budgetSpent, changesNone, contextFull, modelDeclined, modelUnpriced, stepsSpent, TaskFault, tokensSpent, workerUnfinished } from '../errors.ts'
import { confirmationFor, kinOf } from '../policy.ts'
import { settleChangeSet } from '../settle.ts'
import type { Working } from '../working.ts'
import { accountOf, withAccount } from './account.ts'
import { failed, runToolCalls } from './calls.ts'
import { finish, giveUp } from './ending.ts'
import { askModel, type ClaudeOptions } from './model.ts'
import { cutOff, denialReason, firstMessage, nudge, systemPrompt, toolOutput } from './prompt.ts'
import { splitTask } from './split.ts'
import { checkNotStuck } from './stuck.ts'
import { ApplyChanges, checkedInput, controlNames, toolDefinitions } from './tools.ts'
import { redactReply, Transcript } from './transcript.ts'
import { callsOf, type Reply, type Results } from './turn.ts'
import { tokensOf } from './tokens.ts'
import { closed, deniedSet, movedSet, withUnmade } from './unmade.ts'

const nudgeLimit = 3

/** Does one task by asking the model again and again, until it finishes, gives up, needs an approval or meets a limit. */
export async function workByClaude (working: Working, options: ClaudeOptions): Promise<LeaseOutcome> {
  const { session } = working
  const transcript = new Transcript(session.lease.journal)
  try {
    return await converse(transcript, working, options)
  } catch (error) {
    throw withAccount(error, transcript, session)
  }
}

async function converse (transcript: Transcript, working: Working, options: ClaudeOptions): Promise<LeaseOutcome> {
  const { session, master, toolkits } = working
  if (!transcript.last) await session.journal(transcript.add({ role: 'user', content: firstMessage(session.lease.task) }))
  const fixed = { model: master.model ?? options.model, system: systemPrompt(master), effort: master.effort, tools: toolDefinitions(toolkits, working.partCategories) }
  const price = options.prices.value.models[fixed.model]

  for (;;) {
    session.checkpoint()
    const turn = transcript.last
    if (turn?.role === 'assistant' && turn.reply.stop_reason !== 'pause_turn') {
      const outcome = await actOn(turn.reply, transcript, working, options)
      if (outcome) return outcome
      continue
    }
    const { steps, usage } = transcript.state
    checkLimits(steps, usage, options)
    checkNotStuck(transcript.turns)
    checkBudget(transcript, working)
    if (!price) withoutPrice(fixed.model, steps, working)
    await keepInBounds(transcript, options, working)
    // How many steps are left nobody knows, so the bar nears its end and never claims to be there.
    session.progress({ percent: Math.min(75, Math.round(75 * (1 - 0.85 ** steps))), step: steps === 0 ? 'Claude reads the task' : `Claude thinks, step ${steps + 1}` })
    const question = { ...fixed, messages: transcript.messages() }
    const message = await askModel(options, question, session)
    logWords(message, working)
    // Lazily parsed inputs become plain values, so that what is sent back later is what is journalled now.
    const reply = redactReply(JSON.parse(JSON.stringify({ content: message.content, stop_reason: message.stop_reason })) as Reply)
    const { tokens, isEstimated } = tokensOf(message.usage, JSON.stringify(question).length, message.content)
    if (isEstimated && steps === 0) session.log('The model\'s server does not say how many tokens it used; they are estimated, at four characters each', 'warn')
    const replied = usageOf(tokens, price)
    const used = addUsage(usage, replied)
    doings.model.publish({ model: fixed.model, usage: replied } satisfies ModelDoing)
    // Before the journal, so that one report holds both, and its answer says what is left.
    session.usage(used)
    await session.journal({ ...transcript.add({ role: 'assistant', reply, results: {} }), ...transcript.update({ steps: steps + 1, usage: used }) })
  }
}

/** What a reply asks for. Undefined: the conversation goes on. */
async function actOn (reply: Reply, transcript: Transcript, working: Working, options: ClaudeOptions): Promise<LeaseOutcome | undefined> {
  const { session } = working
  const calls = callsOf(reply)
  switch (reply.stop_reason) {
    case 'refusal':
      throw modelDeclined()
    case 'model_context_window_exceeded':
      throw contextFull()
    case 'max_tokens': {
      const results = Object.fromEntries(calls.map(({ id }) => [id, { content: cutOff, is_error: true }]))
      await session.journal({ ...transcript.addResults(results), ...transcript.add(calls.length === 0 ? { role: 'user', content: cutOff } : { role: 'answers' }) })
      return undefined
    }
  }
  if (calls.length === 0) {
    const nudges = transcript.state.nudges + 1
    if (nudges > nudgeLimit) throw workerUnfinished()
    await session.journal({ ...transcript.add({ role: 'user', content: nudge }), ...transcript.update({ nudges }) })
    return undefined
  }
  await runOpenCalls(calls, transcript, working, options)
  const ended = await runControlCalls(calls, transcript, working, options)
  if (ended) return ended
  await session.journal(transcript.add({ role: 'answers' }))
  return undefined
}

/** Calls of toolkits that have no result yet; results and draft are stored together, so that a repeat after a crash plans nothing twice. */
async function runOpenCalls (calls: readonly Anthropic.ToolUseBlock[], transcript: Transcript, working: Working, { limits }: ClaudeOptions): Promise<void> {
  const done = resultsOf(transcript)
  const open = calls.filter(({ id, name }) => !(id in done) && !controlNames.includes(name))
  if (open.length === 0) return
  working.session.progress({ percent: Math.min(75, Math.round(75 * (1 - 0.85 ** transcript.state.steps))), step: [...new Set(open.map(({ name }) => name))].join(', ').slice(0, 200) })
  const { results, ...planned } = await runToolCalls(open, transcript.state, working, limits.context)
  await working.session.journal({ ...transcript.addResults(results), ...transcript.update(planned) })
}

async function runControlCalls (calls: readonly Anthropic.ToolUseBlock[], transcript: Transcript, working: Working, { limits }: ClaudeOptions): Promise<LeaseOutcome | undefined> {
  const order = calls.filter(({ id, name }) => controlNames.includes(name) && !(id in resultsOf(transcript))).sort((a, b) => controlNames.indexOf(a.name) - controlNames.indexOf(b.name))
  for (const call of order) {
    try {
      const ended = await controls[call.name]?.(call, transcript, working, limits.context)
      if (ended) return ended
    } catch (error) {
      if (!(error instanceof TaskFault) || !answerable.has(error.code)) throw error
      const { offered } = transcript.state
      // What could not be applied is planned still, so the task cannot be called done over it.
      const restored = offered?.call === call.id ? transcript.update({ draft: offered.change_set.plans, offered: null }) : {}
      await working.session.journal({ ...transcript.addResults({ [call.id]: failed(call.name, error) }), ...restored })
    }
  }
  return undefined
}

type Control = (call: Anthropic.ToolUseBlock, transcript: Transcript, working: Working, context: number) => LeaseOutcome | undefined | Promise<LeaseOutcome | undefined>

const controls: Readonly<Record<string, Control>> = { apply_changes: applyChanges, split_task: splitTask, finish, give_up: giveUp }

/** Faults the model can put right itself. Any other ends the task. */
const answerable = new Set(['CTX_TOOL_INPUT_INVALID', 'CTX_CHANGE_SET_TOO_LARGE', 'CTX_POLICY_DENIED', 'CTX_WORKSPACE_DIRTY', 'CTX_CHANGES_NONE', 'CTX_CHANGES_OPEN', 'CTX_EVIDENCE_UNFOUNDED', 'CTX_SPLIT_REFUSED', 'CTX_SPLIT_UNREAD'])

async function applyChanges (call: Anthropic.ToolUseBlock, transcript: Transcript, working: Working): Promise<LeaseOutcome | undefined> {
  const { session, toolkits, policy, queue } = working
  const kin = kinOf(session.lease)
  const { summary } = checkedInput(call.name, ApplyChanges, call.input)
  if (transcript.state.offered?.call !== call.id) {
    if (transcript.state.draft.length === 0) throw changesNone()
    const changeSet = createChangeSet(summary, transcript.state.draft, confirmationFor(policy, kin, transcript.state.draft))
    await session.journal(transcript.update({ draft: [], offered: { change_set: changeSet, call: call.id } }))
  }
  const { change_set: changeSet } = transcript.state.offered!
  const { unmade } = transcript.state
  const step = (name: string, percent: number) => session.progress({ percent, step: name })
  const settled = await settleChangeSet(changeSet, { session, kin, policy, queue, toolkits, step })
  switch (settled.kind) {
    case 'offered':
      step('Wait for approval', 75)
      session.log(`${changeSet.plans.length} changes planned, waiting for approval`)
      return { kind: 'needs_approval', change_set: offerOf(changeSet) }
    case 'denied': {
      session.log(`${settled.by} denied the change set${settled.reason ? `: ${settled.reason}` : ''}`, 'warn')
      const content = `A person denied the change set${settled.reason ? ` and says why:\n${denialReason(settled.reason)}\n` : ' without a reason. '}Nothing of it was applied and your plans are dropped.`
      await session.journal({ ...transcript.addResults({ [call.id]: { content, is_error: true } }), ...transcript.update({ offered: null, unmade: withUnmade(unmade, deniedSet(changeSet, settled)) }) })
      return undefined
    }
    case 'moved': {
      const targets = settled.targets.join(', ')
      const content = `Nothing of it was applied: what follows changed since you planned. All your plans are dropped; read again and plan anew.\n${toolOutput(call.name, targets)}`
      session.log(`Nothing of it was applied: ${targets} changed since this was planned; planning anew`, 'warn')
      await session.journal({ ...transcript.addResults({ [call.id]: { content, is_error: true } }), ...transcript.update({ offered: null, unmade: withUnmade(unmade, movedSet(changeSet, settled.targets)) }) })
      return undefined
    }
    case 'done': {
      const content = `Applied and read back:\n${toolOutput(call.name, settled.evidence.map(({ claim, detail }) => `${claim}\n${detail}`).join('\n'))}`
      const { commits, files, changes, evidence } = transcript.state.applied
      const applied = {
        commits: settled.commit === undefined ? commits : [...commits, settled.commit],
        files: [...new Set([...files, ...settled.files])],
        changes: [...changes, ...settled.made.filter(({ target }) => !settled.files.includes(target)).map(({ toolkit, target }) => `${toolkit} ${target}`)],
        evidence: [...evidence, ...settled.evidence]
      }
      await session.journal({ ...transcript.addResults({ [call.id]: { content, is_error: false } }), ...transcript.update({ offered: null, unmade: unmade.map(closed), applied }) })
      return undefined
    }
  }
}

function resultsOf ({ last }: Transcript): Results {
  return last?.role === 'assistant' ? last.results : {}
}

/** Part by part, for one report takes only so many entries. */
async function keepInBounds (transcript: Transcript, { limits }: ClaudeOptions, { session }: Working): Promise<void> {
  const parts = transcript.cutBack(limits.context)
  for (const part of parts) await session.journal(part)
  if (parts.length > 0) session.log(`What tools answered in ${parts.length} earlier steps is cut, to keep the conversation in bounds`)
  if (transcript.size > limits.context) throw contextFull()
}

function checkLimits (steps: number, usage: Usage, { limits }: ClaudeOptions): void {
  if (steps >= limits.steps) throw stepsSpent(steps)
  const tokens = usage.input_tokens + usage.output_tokens
  if (tokens >= limits.tokens) throw tokensSpent(tokens)
}

/** What the operator lets the task, its batch and its conversation use. What was planned before and approved is done all the same. */
function checkBudget (transcript: Transcript, { session: { budget, lease } }: Working): void {
  if (budget.spent !== null) throw budgetSpent(accountOf(transcript, lease.sub_tasks) === null ? `${budget.spent}. Nothing was applied in this attempt` : budget.spent)
}

function withoutPrice (model: string, steps: number, { session }: Working): void {
  if (session.budget.in_usd) throw modelUnpriced(model)
  if (steps === 0) session.log(`No price of ${model} is known, so what it costs is not counted; CORTEX_PRICES names a file of prices`)
}

/** What the model says is its result as it comes into being, what it thinks tells of the work; nothing is decided by either. */
function logWords ({ content }: Anthropic.Message, { session }: Working): void {
  for (const block of content) {
    if (block.type === 'text' && block.text.trim() !== '') session.log(block.text.trim(), 'output')
    if (block.type === 'thinking' && block.thinking.trim() !== '') session.log(block.thinking.trim().slice(0, 1_000))
  }
}
