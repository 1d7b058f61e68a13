import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Task } from '@cortex/contracts'
import { startCortex, type Cortex } from '../cortex.ts'
import { startMessagesServer, type SentRequest, type Script } from '../messages-server.ts'
import { startAgentsProcess } from '../support/agents-process.ts'
import { deadlyGit } from '../support/deadly-git.ts'
import { startHoldingProxy, type Boundary, type HoldingProxy } from '../support/holding-proxy.ts'
import { git, temporaryFolder, writeFiles } from '../workspace.ts'

const files = {
  'masters/general.yaml': `id: general-master
title: General
categories: [general]
toolkits: [workspace]
effort: low
concurrency: 64
runbooks: [notes]
instructions: Write notes.
`,
  'runbooks/notes/runbook.yaml': `id: notes
title: Notes
categories: [general]
match: { all: [[notes]] }
inputs:
  name: { description: Whose notes, default: nobody, pattern: '[a-z0-9]{1,20}', find: 'of ([a-z0-9]+)' }
steps:
  - { name: List what is there, tool: workspace_list, with: { folder: apps } }
  - { name: Read the introduction, tool: workspace_read, with: { path: README.md }, as: introduction }
  - name: Plan the notes
    tool: workspace_write
    with:
      files:
        - { path: 'notes/<{ name }>/first.md', content: 'Of <{ name }>' }
        - { path: 'notes/<{ name }>/second.md', content: '<{ introduction.lines }> lines' }
result: { summary: 'Wrote the notes of <{ name }>.' }
`,
  'policy.yaml': 'rules: [{ name: trust, match: { kind: change, target: "letters/**" }, decision: auto }]'
}

/** Many runs go on at once after a kill. Milliseconds. */
const patience = 60_000

interface Stage {
  cortex: Cortex
  proxy: HoldingProxy
  /** What agents are started with, whether as a process or here. */
  env: NodeJS.ProcessEnv
  folder: string
}

async function setUp (t: Test): Promise<Stage> {
  const [cortex, folder] = await Promise.all([startCortex(t, { concurrency: 64 }), temporaryFolder(t)])
  await writeFiles(folder, files)
  const proxy = await startHoldingProxy(t, cortex.url)
  return {
    cortex,
    proxy,
    folder,
    env: { ORCHESTRATOR_URL: proxy.url, CORTEX_HOME: cortex.home, CORTEX_AGENT_ID: 'killed', CORTEX_POLICY: join(folder, 'policy.yaml'), CORTEX_MASTERS: join(folder, 'masters'), CORTEX_RUNBOOKS: join(folder, 'runbooks') }
  }
}

/** One way of doing a task, and how to begin one of this name. */
interface Way { title: (name: string) => string, paths: (name: string) => string[] }

const byRunbook: Way = { title: (name) => `Write the notes of ${name}`, paths: (name) => [`notes/${name}/first.md`, `notes/${name}/second.md`] }
const byModel: Way = { title: (name) => `Compose a letter to ${name}`, paths: (name) => [`letters/${name}/first.md`, `letters/${name}/second.md`] }

/** What the model does is decided by what it is shown alone, so a run that is asked again gets the same answer. */
function answerTo ({ messages }: SentRequest): Script {
  const name = nameIn(messages)
  const [first, second] = byModel.paths(name)
  return [
    { calls: [['workspace_list', {}], ['workspace_read', { path: 'README.md' }]] },
    { calls: [['workspace_write', { files: [{ path: first, content: `Dear ${name}` }, { path: second, content: 'Yours' }] }], ['apply_changes', { summary: `Write to ${name}` }]] },
    { calls: [['finish', { summary: `Wrote to ${name}.`, evidence: [{ claim: 'It is there', quote: 'exactly the approved diff of 2 files' }] }]] }
  ][(messages.length - 1) / 2] as Script
}

function nameIn (messages: SentRequest['messages']): string {
  return /Compose a letter to (\w+)/.exec(JSON.stringify(messages[0]))?.[1] ?? ''
}

/** Answers the change set where one is offered, and waits for the end. */
async function toItsEnd ({ cortex }: Stage, id: string): Promise<Task> {
  await approve({ cortex }, id)
  return cortex.ended(id, patience)
}

async function approve ({ cortex }: Pick<Stage, 'cortex'>, id: string): Promise<void> {
  const { status } = await cortex.until(id, ({ status }) => ['awaiting_approval', 'completed', 'failed', 'cancelled'].includes(status), patience)
  if (status === 'awaiting_approval') await cortex.decide(await cortex.approval(id), 'approve')
}

/** A result with what differs from task to task taken out. */
function nameless ({ result, status }: Task, name: string): string {
  return `${status} ${JSON.stringify(result).replaceAll(name, 'NAME').replace(/\bapproval-[\w-]+/g, 'APPROVAL').replace(/\b[0-9a-f]{12,64}\b/g, 'HASH')}`
}

/** Done whole, exactly once, with evidence, and as an undisturbed run does it. */
async function checkMadeOnce (t: Test, { cortex: { workspace } }: Stage, way: Way, task: Task, name: string, undisturbed: string): Promise<void> {
  t.equal(nameless(task, name), undisturbed, name)
  const commits = git(workspace, 'log', '--format=%H', '--fixed-strings', `--grep=Cortex-Task: ${task.id}`).trim().split('\n')
  t.strictSame(commits, [task.result?.commit], `${name}: one commit`)
  const [, plan] = /\nplan (\S+)/.exec(task.result?.evidence?.[0]?.detail ?? '') ?? []
  t.equal(git(workspace, 'log', '-1', '--format=%(trailers:key=Cortex-Plan,valueonly)', commits[0]!).trim(), plan, `${name}: its hash`)
  for (const path of way.paths(name)) t.equal(await readFile(join(workspace, path), 'utf8'), git(workspace, 'show', `HEAD:${path}`), path)
}

/** A step whose end was stored is not begun again, and a reply that was stored is not asked for again. */
function checkNothingRepeated (t: Test, { proxy }: Stage, id: string, name: string): void {
  const states = proxy.told(id).flatMap((told) => 'journal' in told ? told.journal : []).filter(({ key }) => key.startsWith('step:')).map(({ key, value }) => `${key} ${(value as { state: string }).state}`)
  for (const [index, state] of states.entries()) {
    if (state.endsWith(' done')) t.notOk(states.slice(index + 1).some((later) => later.startsWith(state.slice(0, -4))), `${name}: ${state} and then ${states.slice(index + 1).join(', ')}`)
  }
}

async function killAtEachBoundary (t: Test, stage: Stage, way: Way): Promise<string[]> {
  const { cortex, proxy, env } = stage
  const { child } = await startAgentsProcess(t, env)
  const create = (name: string) => cortex.create(way.title(name), 'general')

  const plain = await toItsEnd(stage, await create('plain'))
  t.equal(plain.status, 'completed', JSON.stringify(plain.error))
  const undisturbed = nameless(plain, 'plain')
  const offered = proxy.told(plain.id).findIndex((told) => 'outcome' in told && told.outcome.kind === 'needs_approval') + 1
  const boundaries = proxy.told(plain.id).map((_, index): Boundary => ({ number: index + 1, when: 'before' }))
  // What is stored and not answered differs from what comes next only where nothing does, and where the run is over for now.
  boundaries.push(...[offered, boundaries.length].filter(Boolean).map((number): Boundary => ({ number, when: 'after' })))

  const runs: Array<{ id: string, name: string, offers: boolean }> = []
  for (const boundary of boundaries) {
    const name = `${boundary.when}${boundary.number}`
    const id = await create(name)
    proxy.hold(id, boundary)
    runs.push({ id, name, offers: boundary.number > offered })
  }
  const beyond = runs.filter(({ offers }) => offers && offered > 0).map(async ({ id }) => approve(stage, id))
  await Promise.all([proxy.held(), ...beyond])
  const withheld = proxy.withholdLease()
  runs.push({ id: await create('leased'), name: 'leased', offers: false })
  await withheld
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.ok(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim() > '1', 'some had committed')

  proxy.release()
  await startAgentsProcess(t, env)
  for (const { task, id, name } of await Promise.all(runs.map(async (run) => ({ ...run, task: await toItsEnd(stage, run.id) })))) {
    await checkMadeOnce(t, stage, way, task, name, undisturbed)
    checkNothingRepeated(t, stage, id, name)
  }
  t.equal(git(cortex.workspace, 'rev-list', '--count', 'HEAD').trim(), String(runs.length + 2))
  t.equal(git(cortex.workspace, 'status', '--porcelain'), '')
  t.comment(`${runs.length} boundaries: ${runs.map(({ name }) => name).join(' ')}`)
  return runs.map(({ name }) => name)
}

t.test('a run by a runbook, killed at each of its boundaries, ends as it would have, its change made once', async (t) => {
  const walked = await killAtEachBoundary(t, await setUp(t), byRunbook)
  t.ok(walked.length >= 12, String(walked.length))
})

t.test('a run by a model, killed at each of its boundaries, ends as it would have, its change made once and no stored reply asked for again', async (t) => {
  const [stage, model] = await Promise.all([setUp(t), startMessagesServer(t)])
  stage.env = { ...stage.env, ANTHROPIC_API_KEY: 'test', ANTHROPIC_BASE_URL: model.url }
  model.script(...Array.from({ length: 1_000 }, () => answerTo))
  const walked = await killAtEachBoundary(t, stage, byModel)
  t.ok(walked.length >= 9, String(walked.length))
  for (const name of walked) t.ok(model.requests.filter(({ messages }) => nameIn(messages) === name).length <= 4, `${name}: no more than the reply that was lost is asked for again`)
})

t.test('a run killed at each point inside its change ends as it would have, the change made once', async (t) => {
  const stage = await setUp(t)
  const { cortex, env } = stage
  const deadly = await deadlyGit(t)
  let undisturbed = ''
  let previous: { id: string, name: string } | undefined
  // Each point starts a process: all of them take two minutes of a machine of its own, so the tests take every eighth, beginning at another each time.
  const stride = process.env['TEST_EVERY_POINT'] === undefined ? 8 : 1
  const first = randomInt(1, stride + 1)
  t.comment(`from point ${first} on every ${stride}`)
  let point = 0
  for (let killed = true; killed; point = point === 0 ? first : point + stride) {
    const { child } = await startAgentsProcess(t, { ...env, PATH: deadly.path })
    const exit = once(child, 'exit')
    if (previous) {
      const task = await cortex.ended(previous.id, patience)
      undisturbed ||= nameless(task, previous.name)
      await checkMadeOnce(t, stage, byRunbook, task, previous.name, undisturbed)
    }
    const name = `point${point}`
    previous = { name, id: await cortex.create(byRunbook.title(name), 'general') }
    await cortex.until(previous.id, ({ status }) => status === 'awaiting_approval', patience)
    const approval = await cortex.approval(previous.id)
    if (point > 0) await deadly.arm(point)
    await cortex.decide(approval, 'approve')
    killed = point === 0 || await Promise.race([exit.then(() => true), cortex.ended(previous.id, patience).then(() => false)])
    await deadly.disarm()
    if (point === 0) await cortex.ended(previous.id, patience)
    if (point === 0 || !killed) child.kill('SIGKILL')
    await exit
  }
  t.comment(`every ${stride} up to ${point}`)
  t.ok(point > 20, String(point))
  t.equal(git(cortex.workspace, 'status', '--porcelain'), '')
})
