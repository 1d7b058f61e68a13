import { on, once } from 'node:events'
import { watch } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Task } from '@cortex/contracts'
import { startCortex, type Cortex } from '../cortex.ts'
import { startAgentsProcess } from '../support/agents-process.ts'
import { startHoldingProxy, type Boundary, type HoldingProxy } from '../support/holding-proxy.ts'
import { git, temporaryFolder, writeFiles } from '../workspace.ts'

const files = (folder: string) => ({
  'toolkits.yaml': `shell:
  masters: [general-master]
  commands:
    - name: note
      description: Notes.
      kind: change
      risk: low
      folder: ${folder}
      argv: [sh, -c, 'echo "$1" >> noted', sh, '{name}']
      undo: [sh, -c, 'echo "undo $1" >> noted; test ! -e hold || exec sleep 8', sh, '{name}']
      arguments: { name: { description: Whose. } }
    - { name: fail, description: Fails., kind: change, risk: low, argv: [sh, -c, 'exit 3'] }
`,
  'masters/general.yaml': 'id: general-master\ntitle: General\ncategories: [general]\ntoolkits: [workspace]\neffort: low\nconcurrency: 64\nrunbooks: [notes]\ninstructions: Write.\n',
  'runbooks/notes/runbook.yaml': `id: notes
title: Notes
categories: [general]
match: { all: [[notes]] }
inputs:
  name: { description: Whose notes, default: nobody, pattern: '[a-z0-9]{1,20}', find: 'of ([a-z0-9]+)' }
steps:
  - { name: Plan the file, tool: workspace_write, with: { files: [{ path: 'notes/<{ name }>.md', content: 'Of <{ name }>' }] } }
  - { name: Plan the note, tool: shell_note, with: { name: '<{ name }>' } }
  - { name: Plan what fails, tool: shell_fail }
result: { summary: 'Wrote the notes of <{ name }>.' }
`,
  'policy.yaml': 'rules: [{ name: trust, match: { kind: change }, decision: auto }]'
})

/** Many runs go on at once after a kill. Milliseconds. */
const patience = 60_000

interface Stage { cortex: Cortex, proxy: HoldingProxy, env: NodeJS.ProcessEnv, folder: string, noted: () => Promise<string[]> }

async function setUp (t: Test): Promise<Stage> {
  const [cortex, folder] = await Promise.all([startCortex(t, { concurrency: 64 }), temporaryFolder(t)])
  await writeFiles(folder, files(folder))
  const proxy = await startHoldingProxy(t, cortex.url)
  return {
    cortex,
    proxy,
    folder,
    noted: async () => (await readFile(join(folder, 'noted'), 'utf8').catch(() => '')).split('\n').filter(Boolean),
    env: {
      ORCHESTRATOR_URL: proxy.url,
      CORTEX_HOME: cortex.home,
      CORTEX_AGENT_ID: 'killed',
      CORTEX_POLICY: join(folder, 'policy.yaml'),
      CORTEX_MASTERS: join(folder, 'masters'),
      CORTEX_RUNBOOKS: join(folder, 'runbooks'),
      CORTEX_TOOLKITS: join(folder, 'toolkits.yaml')
    }
  }
}

/** Whatever became of the run: each command ran once at most, the file is as before, and the task says what is so. */
async function checkUndoneOnce (t: Test, { cortex, noted }: Stage, { error, id, status }: Task, name: string): Promise<'undone' | 'not known'> {
  const lines = (await noted()).filter((line) => line.endsWith(name))
  const message = error?.message ?? ''
  t.equal(status, 'failed', name)
  t.match(message, new RegExp(`Undone: .*notes/${name}\\.md`), name)
  t.notMatch(message, /Never applied/, name)
  t.match(message, /Still in place: .*002 fail \(it failed, and may have done a part\)/, name)
  const commits = git(cortex.workspace, 'log', '--format=%s', '--fixed-strings', `--grep=Cortex-Task: ${id}`).trim().split('\n')
  t.equal(commits.length, 2, `${name}: one commit and one that undoes it, ${commits.join(', ')}`)
  const known = new RegExp(`Undone: .*001 note ${name}[,.]`).test(message)
  t.strictSame(lines, known || lines.length > 1 ? [name, `undo ${name}`] : [name], `${name}: ${message}`)
  if (!known) t.match(message, new RegExp(`001 note ${name} \\(an earlier run began to take it back and did not live to see the end, so it is not known whether it was undone\\)`), name)
  return known ? 'undone' : 'not known'
}

t.test('a run killed at each boundary of its undoing undoes nothing twice, and says of each change what is so', async (t) => {
  const stage = await setUp(t)
  const { cortex, proxy, env } = stage
  const { child } = await startAgentsProcess(t, env)
  const plain = await cortex.ended(await cortex.create('Write the notes of plain', 'general'), patience)
  t.equal(await checkUndoneOnce(t, stage, plain, 'plain'), 'undone')
  const failed = proxy.told(plain.id).findIndex((told) => 'journal' in told && told.journal.some(({ key, value }) => key === 'apply' && (value as { failure: unknown }).failure !== null))
  t.ok(failed > 0)
  const boundaries = proxy.told(plain.id).slice(failed).flatMap((_, index): Boundary[] => [{ number: failed + index + 1, when: 'before' }, { number: failed + index + 1, when: 'after' }])
  const runs: Array<{ name: string, id: string }> = []
  for (const boundary of boundaries) {
    const name = `${boundary.when}${boundary.number}`
    const id = await cortex.create(`Write the notes of ${name}`, 'general')
    proxy.hold(id, boundary)
    runs.push({ name, id })
  }
  await proxy.held()
  child.kill('SIGKILL')
  await once(child, 'exit')
  proxy.release()
  await startAgentsProcess(t, env)
  const became = await Promise.all(runs.map(async ({ id, name }) => `${name} ${await checkUndoneOnce(t, stage, await cortex.ended(id, patience), name)}`))
  t.comment(became.join(', '))
  t.ok(boundaries.length >= 6)
  t.equal(became.filter((each) => each.endsWith('not known')).length, 2, 'between the word that it begins and the word that it ended')
  t.equal(git(cortex.workspace, 'status', '--porcelain'), '')
})

t.test('an undo under way when its worker is killed or stopped is not run again, and not said to be done', async (t) => {
  const stage = await setUp(t)
  const { cortex, env, folder, noted } = stage
  let { child } = await startAgentsProcess(t, env)
  for (const [signal, name] of [['SIGKILL', 'killed'], ['SIGTERM', 'stopped']] as const) {
    await writeFile(join(folder, 'hold'), '')
    const watcher = watch(folder)
    const changes = on(watcher, 'change')
    const id = await cortex.create(`Write the notes of ${name}`, 'general')
    for await (const _ of changes) if ((await noted()).includes(`undo ${name}`)) break
    watcher.close()
    child.kill(signal)
    await once(child, 'exit')
    await rm(join(folder, 'hold'))
    child = (await startAgentsProcess(t, env)).child
    const task = await cortex.ended(id, patience)
    t.equal(await checkUndoneOnce(t, stage, task, name), 'not known')
    t.equal(task.error?.code, 'CTX_CHANGES_STAND')
  }
})
