import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Approval, Task } from '@cortex/contracts'
import t from 'tap'
import { sentence, startProcess, temporaryHome, waitsForAnswers } from '../../standalone/test/standalone.ts'
import { commands } from '../src/commands/index.ts'
import { runCli } from '../src/run.ts'
import { cortex } from './cortex.ts'

/* eslint no-control-regex: off -- what must not reach a terminal is what these tests look for */

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const hostile = 'Nice\u001b[2J\u202etxet\u009b31m title'

/** A person at a terminal who types this when asked. */
async function atTerminal (words: string[], env: Record<string, string>, typed: string): Promise<{ code: number, seen: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY: true, columns: 100 }))
  if (!stdin || !stdout || !stderr) throw new Error('three streams')
  let seen = ''
  stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
    if (/\[y\/N\] $|carry it out: $/.test(seen.replaceAll(/\u001b\[[0-9]*[A-Z]/g, ''))) stdin.write(typed)
  })
  const code = await runCli(words, { env, stdin, stdout, stderr, signal: new AbortController().signal })
  return { code, seen }
}

t.test('a request is made, followed, approved, cancelled and rolled back from a terminal and from scripts', async (t) => {
  const home = await temporaryHome(t)
  const policy = join(home, 'policy.yaml')
  await writeFile(policy, 'rules:\n  - { name: the platform by name, match: { target: "platform/**" }, decision: ask, confirm: true }\n  - { name: the rest, match: { kind: change }, decision: ask }\n  - { name: reads, match: { kind: read }, decision: auto }\n')
  const server = await startProcess(t, home, { CORTEX_POLICY: policy })
  const env = { CORTEX_HOME: home }
  const run = (...words: string[]) => cortex(words, env)
  const list = async (...words: string[]) => JSON.parse((await run('tasks', 'ls', '--json', ...words)).out) as { tasks: Task[], next_cursor: string | null }

  const asked = await cortex(['ask', '-'], env, sentence)
  t.match(asked, { code: 0, out: /starting them in parallel\.\n.*Started three tasks/s, err: /task-chat-\d+-\w+ {2}queued {2}Deploy Monitoring Stack\n[^]*Go on with: cortex ask --conversation conv-/ })
  const events = (await run('ask', '--json', 'hello')).out.trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string })
  t.match([events[0]?.type, events.at(-1)?.type], ['conversation', 'RUN_FINISHED'])

  const { tasks } = await list()
  t.equal(tasks.length, 3)
  const idOf = (category: string) => tasks.find((task) => task.payload.category === category)?.id ?? ''
  const scan = await run('tasks', 'logs', '-f', idOf('security'))
  t.match(scan, { code: 0, out: /^\d\d:\d\d:\d\d\.\d{3} info Following the runbook/, err: /is completed\n$/ })
  t.equal((await run('tasks', 'logs', idOf('security'))).out, scan.out, 'followed or not, the log is the same')
  t.match(await run('tasks', 'get', idOf('security')), { code: 0, out: /Configure Security Scanning.*\nstatus: +completed[^]*evidence:/ })
  t.match(await run('tasks', 'ls', '--limit', '2'), { code: 0, out: /^ID +STATUS.*\n(task-.*\n){2}$/, err: /--limit/ })
  t.equal((await list('--limit', '2')).tasks.length, 2)

  const following = run('tasks', 'logs', '-f', idOf('cicd'))
  await server.until(/conv-\w+/.exec(asked.err)?.[0] ?? '', waitsForAnswers)
  const approvalOf = async (category: string) => JSON.parse((await run('approvals', 'show', '--json', idOf(category))).out) as Approval
  const [ci, monitoring] = [await approvalOf('cicd'), await approvalOf('infrastructure')]
  const shown = await run('approvals', 'show', ci.id)
  t.match(shown, { code: 0, out: new RegExp(`plan hash: +${ci.plan_hash}[^]*\\n\\+name: CI[^]*dry run:`) })
  t.match(await run('approvals', 'ls'), { code: 0, out: new RegExp(`^ID[^]*${ci.id} +pending`) })
  t.match(await run('approvals', 'approve', ci.id), { code: 2, err: /--plan-hash and --yes/ })
  t.match(await run('approvals', 'approve', ci.id, '--yes'), { code: 2, err: /--yes needs --plan-hash/ })
  t.match(await run('approvals', 'approve', ci.id, '--yes', '--plan-hash', `sha256:${'0'.repeat(64)}`), { code: 4, err: /^CTX_APPROVAL_PLAN_CHANGED/ })
  t.match(await atTerminal(['approvals', 'approve', ci.id], env, 'n\n'), { code: 4, seen: /\u001b\[32m\+name: CI/ }, 'a no approves nothing, and the diff was seen in colour')
  const plain = await atTerminal(['approvals', 'approve', ci.id], { ...env, NO_COLOR: '1' }, 'yes\n')
  t.match(plain, { code: 0, seen: /\n\+name: CI[^]*is approved, by local\n$/ })
  t.match(await following, { code: 0, err: /waits for approval: .*cortex approvals show approval-[^]*is completed/ })
  t.match(await atTerminal(['approvals', 'approve', monitoring.id], env, 'yes\n'), { code: 4, seen: /This cannot be taken back. Type \S+ to carry it out/ }, 'where the policy wants a name, a yes is none')
  t.match(await run('approvals', 'approve', monitoring.id, '--yes', '--plan-hash', monitoring.plan_hash), { code: 2, err: /confirm: must be the name/ })

  await t.test('a process ends by Ctrl+C with 130, and with its reader with 0', async (t) => {
    const child = spawn(process.execPath, [main, 'tasks', 'logs', '-f', idOf('infrastructure')], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = once(child, 'exit')
    for await (const chunk of child.stderr) {
      if (String(chunk).includes('waits for approval')) child.kill('SIGINT')
    }
    t.same(await ended, [130, null])
    const piped = await new Promise<string>((resolve) => {
      execFile('sh', ['-c', `{ "$0" "$1" approvals show --json ${monitoring.id}; echo "ended with $?" >&2; } | head -c 1`, process.execPath, main], { env: { ...process.env, ...env } }, (_error, _stdout, stderr) => resolve(stderr))
    })
    t.equal(piped, 'ended with 0\n')
  })

  t.match(await run('approvals', 'deny', monitoring.id, '--reason', 'not now', '--json'), { code: 0, out: /"status": "denied"/ })
  t.match(await run('approvals', 'deny', monitoring.id), { code: 4, err: /CTX_APPROVAL_DECIDED/ })
  t.match(await run('tasks', 'logs', '-f', idOf('infrastructure')), { code: 1, err: /is cancelled: Denied by local: not now.*\n$/ }, 'a task that was not done ends with 1, and why is told')
  t.match(await run('tasks', 'retry', idOf('infrastructure')), { code: 0 })
  t.match(await run('tasks', 'cancel', idOf('infrastructure'), '--reason', 'enough'), { code: 0, out: /“Deploy Monitoring Stack”/ })
  t.match(await run('tasks', 'logs', '-f', idOf('infrastructure')), { code: 1, err: /is cancelled: enough\n$/ })
  const unknown = await fetch(`${server.orchestratorUrl}/execute-tool`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tool_name: 'cortex_create_task', tool_input: { title: 'Compose a symphony', description: 'In C', category: 'infrastructure' } }) })
  t.match(await run('tasks', 'logs', '-f', (await unknown.json() as { task_id: string }).task_id), { code: 1, err: /is failed: CTX_RUNBOOK_NONE: No runbook fits/ })
  t.match(await run('tasks', 'rollback', idOf('cicd')), { code: 0, out: /^task-chat-\S+: .*approval/ })
  t.match(await run('tasks', 'rollback', idOf('security')), { code: 4, err: /CTX_ROLLBACK_EMPTY/ })
  t.match(await run('tasks', 'rollback'), { code: 2, err: /Name a task, or a batch/ })
  t.match(await run('tasks', 'get', 'task-chat-1766779451040-000000000'), { code: 3, err: /^CTX_TASK_NOT_FOUND/ })
  t.match(await run('approvals', 'show', idOf('security')), { code: 3, err: /waits for no approval/ })
  t.match(await run('ask', '--conversation', 'nonsense', 'hello'), { code: 2, err: /CTX_INPUT_INVALID[^]*conversation_id/ })
  t.match(await run('ask', ' '), { code: 2, err: /MESSAGE is empty/ })

  const response = await fetch(`${server.orchestratorUrl}/execute-tool`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tool_name: 'cortex_create_task', tool_input: { title: hostile, description: hostile, run_at: '2099-01-01T00:00:00.000Z' } })
  })
  const { task_id: hostileId } = await response.json() as { task_id: string }
  for (const words of [['tasks', 'ls'], ['tasks', 'get', hostileId], ['tasks', 'ls', '--json'], ['tasks', 'cancel', hostileId]]) {
    const { out } = await run(...words)
    t.notMatch(out, /[\u001b\u009b\u202e]/, `${words.join(' ')} is harmless`)
  }
  t.equal((await list('--text', 'Nice')).tasks[0]?.payload.title, hostile, 'and JSON says it as it is')

  await server.end('SIGTERM')
  t.match(await run('tasks', 'ls'), { code: 5, err: /^CTX_CORTEX_NOT_RUNNING/ })
  t.match(await cortex(['tasks', 'ls'], { CORTEX_URL: server.chatUrl }), { code: 5, err: /^CTX_CORTEX_UNREACHABLE.*ECONNREFUSED/ })
})

t.test('the token goes to the named address alone, and never in the clear to another machine', async (t) => {
  const seen: Array<string | undefined> = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    if (request.url?.startsWith('/elsewhere/')) return response.writeHead(302, { location: '/v1/tasks' }).end()
    if (request.url?.startsWith('/page/')) return response.end('<html>')
    response.end('{"tasks": [], "next_cursor": null}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.match(await cortex(['tasks', 'ls'], { CORTEX_URL: url, CORTEX_TOKEN: 'geheim' }), { code: 0 })
  t.match(await cortex(['tasks', 'ls'], { CORTEX_URL: `${url}/below` }), { code: 0 }, 'an address may have a path')
  t.match(await cortex(['tasks', 'ls'], { CORTEX_URL: `${url}/elsewhere`, CORTEX_TOKEN: 'geheim' }), { code: 5 }, 'wherever it is sent on to')
  t.same(seen, ['Bearer geheim', undefined, 'Bearer geheim'])
  t.match(await cortex(['tasks', 'ls'], { CORTEX_URL: `${url}/page` }), { code: 1, err: /CTX_ANSWER_NOT_OURS/ })
  const refused = await cortex(['tasks', 'ls'], { CORTEX_URL: 'http://cortex.example', CORTEX_TOKEN: 'geheim' })
  t.match(refused, { code: 1, err: /CTX_TOKEN_UNPROTECTED/ })
  t.notMatch(refused.err, /geheim/)
  t.match(await cortex(['tasks', 'ls'], { CORTEX_URL: 'cortex.example' }), { code: 2, err: /CORTEX_URL must match/ })
})

t.test('every command tells how it is used, and completes in bash', async (t) => {
  for (const { words } of commands) t.match(await cortex([...words.split(' '), '--help'], {}), { code: 0, out: new RegExp(`^Usage: cortex ${words}`) })
  const all = await cortex(['--help'], {})
  for (const { words } of commands) t.match(all.out, `\n  ${words} `)
  t.match(await cortex(['tasks', '--help'], {}), { code: 0, out: /tasks rollback/ })
  t.match(await cortex([], {}), { code: 2, out: /^Usage/ })
  for (const [words, said] of [[['task', 'ls'], 'There is no cortex task ls'], [['tasks', 'ls', '--loud'], /--loud/], [['tasks', 'ls', '--status', 'done'], /may be queued, waiting/], [['tasks', 'ls', '--limit', '0'], /from 1 to/], [['tasks', 'get'], /ID is missing/]] as const) {
    t.match(await cortex(words, {}), { code: 2, out: '', err: said })
  }
  for (const shell of ['zsh', 'fish']) t.match(await cortex(['completion', shell], {}), { code: 0, out: /awaiting_approval/ })
  const { out: script } = await cortex(['completion', 'bash'], {})
  const complete = (...words: string[]) => new Promise<string[]>((resolve, reject) => {
    execFile('bash', ['-c', `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cortex 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', ...words], (error, stdout) => error ? reject(error) : resolve(stdout.trimEnd().split('\n')))
  })
  t.same(await complete('cortex', 'app'), ['approvals'])
  t.same(await complete('cortex', 'tasks', 'r'), ['retry', 'rollback'])
  t.same(await complete('cortex', 'tasks', 'ls', '--status', 'c'), ['completed', 'cancelled'])
  t.same(await complete('cortex', 'approvals', 'deny', '--'), ['--reason', '--plan-hash', '--json', '--help'])
  t.same(await complete('cortex', 'backup', join(main, '..', 'ma')), [main])
  t.same(await complete('cortex', 'completion', 'z'), ['zsh'])
})
