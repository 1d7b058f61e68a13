import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Task } from '@cortex/contracts'
import t from 'tap'
import { sentence, startProcess, statuses, summaries, temporaryHome, textOf, waitsForAnswers } from './standalone.ts'

const git = (home: string, ...args: string[]) => execFileSync('git', ['-C', join(home, 'workspace'), ...args], { encoding: 'utf8' })

t.test('one sentence becomes three parallel tasks, approved, carried out, verified and summed up', async (t) => {
  const home = await temporaryHome(t)
  const cortex = await startProcess(t, home)
  const id = await cortex.begin()
  t.equal((await cortex.say(id, sentence)).status, 202)
  const waiting = await cortex.until(id, (snapshot) => waitsForAnswers(snapshot) && statuses(snapshot)['security'] === 'completed')
  const before = git(home, 'rev-list', '--count', 'HEAD').trim()
  t.same(statuses(waiting), { infrastructure: 'awaiting_approval', security: 'completed', cicd: 'awaiting_approval' })
  const turn = waiting.messages.find(({ role }) => role === 'assistant')
  const calls = turn?.content.filter((block) => block.type === 'tool_call') ?? []
  t.same(calls.map(({ name, status }) => `${name} ${status}`), Array(3).fill('cortex_create_task succeeded'))
  t.equal(new Set(waiting.tasks.map((task) => task.batch_id)).size, 1)
  t.equal(before, '1', 'nothing is committed before somebody approves it')

  await cortex.approveAll(waiting)
  const done = await cortex.until(id, (snapshot) => summaries(snapshot).length > 0)
  t.same(statuses(done), { infrastructure: 'completed', security: 'completed', cicd: 'completed' })
  for (const task of done.tasks) {
    t.ok((task.result?.evidence.length ?? 0) > 0, `${task.payload.title} has evidence`)
    const file = JSON.parse(await readFile(join(home, 'tasks', `${task.id}.json`), 'utf8')) as Task
    t.equal(file.payload.title, task.payload.title)
  }
  for (const approval of waiting.approvals) {
    const commit = done.tasks.find((task) => task.id === approval.task_id)?.result?.commit ?? ''
    t.match(git(home, 'show', '--format=%B', '--no-patch', commit), new RegExp(`Cortex-Plan: ${approval.plan_hash}`))
    const changed = git(home, 'show', '--format=', '--name-only', commit).trim().split('\n')
    t.same(changed.sort(), approval.changes.map(({ target }) => target).sort(), 'the commit holds what was approved and nothing else')
    for (const { target, diff } of approval.changes) {
      const added = diff.split('\n').filter((line) => line.startsWith('+') && !line.startsWith('+++')).map((line) => line.slice(1)).join('\n')
      t.equal(git(home, 'show', `${commit}:${target}`).trimEnd(), added.trimEnd(), `${target} reads as it was shown`)
    }
  }
  t.equal(summaries(done).length, 1)
  t.match(textOf(summaries(done)[0]), /Deploy Monitoring Stack/)

  await cortex.end('SIGTERM')
  for (const name of (await readdir(join(home, 'tasks'))).filter((name) => name.endsWith('.json'))) t.match(JSON.parse(await readFile(join(home, 'tasks', name), 'utf8')), { status: 'completed', result: { summary: /./ } })
})

t.test('the status of a task is told, and a task is cancelled, by asking for it', async (t) => {
  const cortex = await startProcess(t, await temporaryHome(t))
  const id = await cortex.begin()
  const ask = async (text: string) => {
    const { messages } = await cortex.snapshot(id)
    await cortex.say(id, text)
    const answered = await cortex.until(id, (snapshot) => snapshot.messages.length >= messages.length + 2 && snapshot.messages.at(-1)?.status === 'complete')
    return textOf(answered.messages.at(-1))
  }
  await ask(sentence)
  await cortex.until(id, waitsForAnswers)
  t.match(await ask('What is the status of the monitoring stack?'), /Deploy Monitoring Stack.*approval/s)
  t.match(await ask('cancel the CI/CD pipeline'), /cancel/i)
  t.same(statuses(await cortex.snapshot(id)), { infrastructure: 'awaiting_approval', security: 'completed', cicd: 'cancelled' })
  const { tasks } = await cortex.snapshot(id)
  for (const small of ['hello', 'what can you do?', 'what is Prometheus?']) t.ok((await ask(small)).length > 10)
  t.equal((await cortex.snapshot(id)).tasks.length, tasks.length, 'no task where none was asked for')
})

t.test('killed again and again while it works, it goes on where it was and does nothing twice', async (t) => {
  const home = await temporaryHome(t)
  let cortex = await startProcess(t, home)
  const id = await cortex.begin()
  await cortex.say(id, sentence)
  // Each moment is one a person could pull the plug at: the turn streams, workers plan, changes wait, changes are made.
  await cortex.until(id, ({ tasks }) => tasks.length >= 1)
  await cortex.end('SIGKILL')
  cortex = await startProcess(t, home)
  await cortex.until(id, ({ tasks }) => tasks.some(({ status }) => status === 'in_progress' || status === 'awaiting_approval'))
  await cortex.end('SIGKILL')
  cortex = await startProcess(t, home)
  const waiting = await cortex.until(id, waitsForAnswers)
  await cortex.end('SIGKILL')
  cortex = await startProcess(t, home)
  await cortex.approveAll(waiting)
  await cortex.end('SIGKILL')
  cortex = await startProcess(t, home)
  const done = await cortex.until(id, (snapshot) => summaries(snapshot).length > 0)
  t.same(statuses(done), { infrastructure: 'completed', security: 'completed', cicd: 'completed' })
  t.equal(done.tasks.length, 3, 'no task was made twice')
  t.equal(summaries(done).length, 1)
  t.equal(git(home, 'rev-list', '--count', 'HEAD').trim(), '3', 'one commit a change set, and the first one')
  t.equal(git(home, 'status', '--porcelain'), '')
})
