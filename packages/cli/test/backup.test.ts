import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ConversationSnapshot, Task } from '@cortex/contracts'
import { startOrchestrator } from '@cortex/orchestrator'
import { createLogger, passStart, readConfig } from '@cortex/service'
import { startChecks } from '@cortex/standalone/check'
import { StandaloneConfig } from '@cortex/standalone/config'
import { create, extract } from 'tar'
import t, { type Test } from 'tap'
import { startChat } from '../../chat/src/index.ts'
import { sentence, startProcess, temporaryHome, waitsForAnswers } from '../../standalone/test/standalone.ts'
import { cortex } from './cortex.ts'

const silent = createLogger({ level: 'silent', name: 'test' })

const folder = async (t: Test): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'cortex-backup-'))
  t.teardown(() => rm(made, { recursive: true, force: true }))
  return made
}

t.test('a backup made under load has everything that was acknowledged before it began, and Cortex goes on from it elsewhere', async (t) => {
  const [home, elsewhere, files] = [await temporaryHome(t), await temporaryHome(t), await folder(t)]
  const first = await startProcess(t, home)
  const id = await first.begin()
  await first.say(id, sentence)
  const waiting = await first.until(id, waitsForAnswers)

  const created: string[] = []
  const writing = new AbortController()
  const load = Promise.all(Array.from({ length: 4 }, async (_, lane) => {
    for (let n = 0; !writing.signal.aborted; n++) {
      const response = await fetch(`${first.orchestratorUrl}/execute-tool`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ tool_name: 'cortex_create_task', tool_input: { title: `Load ${lane}.${n}`, description: 'Waits', run_at: '2099-01-01T00:00:00.000Z' } })
      })
      created.push((await response.json() as { task_id: string }).task_id)
    }
  }))
  t.teardown(() => writing.abort())
  while (created.length < 40) await new Promise(setImmediate)
  const acknowledged = [...created]
  const file = join(files, 'cortex.tar.gz')
  const backup = await cortex(['backup', file], { CORTEX_HOME: home })
  const during = created.length
  writing.abort()
  await load
  const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
  const again = await cortex(['backup', '--json', '--only', 'workspace', join(elsewhere, 'w.tar.gz')], { CORTEX_HOME: home })
  t.match(JSON.parse(again.out), { cortex: version })
  await rm(join(elsewhere, 'w.tar.gz'))
  t.match(backup, { code: 0, out: /1 conversation\n.*tasks.*the audit ends in entry \d+\n.*workspace/ })
  t.ok(during > acknowledged.length, 'tasks were created while it was made')
  t.same(await readdir(files), ['cortex.tar.gz'], 'nothing is left beside it')
  t.match(await cortex(['backup', file], { CORTEX_HOME: home }), { code: 1, err: /CTX_BACKUP_EXISTS/ })
  t.match(await cortex(['restore', file], { CORTEX_HOME: home }), { code: 1, err: /CTX_RESTORE_FOLDER_USED: .* is in use/ })
  await first.end('SIGKILL')

  const restored = await cortex(['restore', file], { CORTEX_HOME: elsewhere })
  t.equal(restored.code, 0, restored.err)
  const [, hash = ''] = /--contains (sha256:\w+)/.exec(restored.out) ?? []
  t.match(await cortex(['audit', 'verify', '--contains', hash], { CORTEX_HOME: elsewhere }), { code: 0, out: /whole/ })
  t.match(await cortex(['restore', file], { CORTEX_HOME: elsewhere }), { code: 1, err: /CTX_RESTORE_FOLDER_USED: .* is not empty/ })

  const second = await startProcess(t, elsewhere)
  const there = await Promise.all([...acknowledged, ...waiting.tasks.map((task) => task.id)].map(async (task) => (await second.send<Task>('GET', `/v1/tasks/${task}`)).body))
  t.same(there.filter((task) => task.status === undefined), [], 'every acknowledged task is there')
  const names = await readdir(join(elsewhere, 'tasks'))
  t.same(there.filter((task) => !names.includes(`${task.id}.json`)), [], 'and its file')
  const conversation = (await second.send<ConversationSnapshot>('GET', `/v1/conversations/${id}`)).body
  t.equal(conversation.messages[0]?.role, 'user')
  t.same(conversation.messages.map((message) => message.id).slice(0, 2), waiting.messages.map((message) => message.id).slice(0, 2))
  await second.approveAll(conversation)
  const done = await second.until(id, ({ tasks }) => tasks.every(({ status }) => status === 'completed'))
  t.equal(done.tasks.length, 3)
  t.equal(execFileSync('git', ['-C', join(elsewhere, 'workspace'), 'rev-list', '--count', 'HEAD'], { encoding: 'utf8' }).trim(), '3', 'what waited was approved and committed there')
})

t.test('a backup that is torn, changed, of a newer program or none at all is refused, and leaves nothing', async (t) => {
  const [home, files] = [await folder(t), await folder(t)]
  store(join(home, 'tasks.db'), 4)
  store(join(home, 'chat.db'), 1)
  store(join(home, 'access.db'), 1)
  const file = join(files, 'whole.tar.gz')
  t.match(await cortex(['backup', file], { CORTEX_HOME: home }), { code: 0 })
  const changed = async (name: string, change: (unpacked: string) => Promise<void>) => {
    const unpacked = await folder(t)
    await extract({ file, cwd: unpacked })
    await change(unpacked)
    await create({ file: join(files, name), cwd: unpacked, gzip: true }, ['manifest.json', 'access.db', 'chat.db', 'tasks.db'])
    return join(files, name)
  }
  const editManifest = (edit: (manifest: { format: number, parts: Array<{ schema: number, rows: Record<string, number> }> }) => void) => async (unpacked: string) => {
    const path = join(unpacked, 'manifest.json')
    const manifest = JSON.parse(await readFile(path, 'utf8'))
    edit(manifest)
    await writeFile(path, JSON.stringify(manifest))
  }
  const torn = join(files, 'torn.tar.gz')
  await writeFile(torn, await readFile(file))
  await truncate(torn, 700)
  await writeFile(join(files, 'none.tar.gz'), 'no archive')
  for (const [path, said] of [
    [torn, /CTX_BACKUP_(UNREADABLE|DAMAGED)/],
    [join(files, 'none.tar.gz'), /CTX_BACKUP_UNREADABLE/],
    [join(files, 'missing.tar.gz'), /CTX_BACKUP_UNREADABLE.*ENOENT/],
    [await changed('byte.tar.gz', async (unpacked) => {
      const bytes = await readFile(join(unpacked, 'tasks.db'))
      bytes[5000] = (bytes[5000] ?? 0) ^ 1
      await writeFile(join(unpacked, 'tasks.db'), bytes)
    }), /CTX_BACKUP_DAMAGED: .*tasks\.db has SHA-256/],
    [await changed('rows.tar.gz', editManifest(({ parts }) => { if (parts[2]) parts[2].rows = { things: 99 } })), /CTX_BACKUP_DAMAGED: .*does not hold the rows/],
    [await changed('newer.tar.gz', editManifest(({ parts }) => { if (parts[2]) parts[2].schema = 99 })), /CTX_BACKUP_TOO_NEW: .*schema version 99/],
    [await changed('format.tar.gz', editManifest((manifest) => { manifest.format = 2 })), /CTX_BACKUP_TOO_NEW: .*format 2/]
  ] as const) {
    const parent = await folder(t)
    t.match(await cortex(['restore', path], { CORTEX_HOME: join(parent, 'home') }), { code: 1, err: said })
    t.same(await readdir(parent), [], 'nothing was made')
  }
  t.match(await cortex(['restore', file, '--only', 'workspace'], { CORTEX_HOME: join(files, 'home') }), { code: 1, err: /CTX_BACKUP_LACKS_PART: .*holds access, chat, tasks/ })
  const whole = join(files, 'restored')
  t.match(await cortex(['restore', file], { CORTEX_HOME: whole }), { code: 0, out: /sessions and API tokens/ })
  t.same((await readdir(whole)).sort(), ['access.db', 'chat-lock.db', 'chat.db', 'lock.db', 'tasks.db'], 'those who signed in, and API tokens, go with it')
  t.equal((await stat(join(whole, 'access.db'))).mode & 0o777, 0o600, 'for the owner alone')
  t.match(await cortex(['backup', join(files, 'nothing.tar.gz')], { CORTEX_HOME: join(files, 'none') }), { code: 1, err: /CTX_BACKUP_EMPTY/ })
  t.match(await cortex(['backup', join(files, 'no', 'folder.tar.gz')], { CORTEX_HOME: home }), { code: 1, err: /CTX_BACKUP_FAILED.*ENOENT/ })
})

t.test('a restore with --replace moves what is there aside, in each folder of its own, and only once the backup was found whole', async (t) => {
  const [home, chatHome, around, files] = [await folder(t), await folder(t), await folder(t), await folder(t)]
  const env = { CORTEX_HOME: home, CHAT_HOME: chatHome, CORTEX_WORKSPACE: join(around, 'repository') }
  store(join(home, 'tasks.db'), 4)
  store(join(home, 'access.db'), 1)
  store(join(chatHome, 'chat.db'), 1)
  await mkdir(join(around, 'repository'))
  const git = (...args: string[]) => execFileSync('git', ['-C', join(around, 'repository'), '-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], { encoding: 'utf8' })
  git('init', '--quiet')
  git('commit', '--quiet', '--allow-empty', '--message', 'First')
  const file = join(files, 'all.tar.gz')
  t.match(await cortex(['backup', file], env), { code: 0, out: /access[^]*chat[^]*tasks[^]*workspace/ })

  await mkdir(join(home, 'tasks'))
  await writeFile(join(home, 'tasks', 'later.json'), '{}')
  await writeFile(join(chatHome, 'later'), '')
  await mkdir(join(home, 'lost+found'))
  git('commit', '--quiet', '--allow-empty', '--message', 'Later')
  const torn = join(files, 'torn.tar.gz')
  await writeFile(torn, (await readFile(file)).subarray(0, 900))
  const before = await Promise.all([home, chatHome, around].map((each) => readdir(each)))
  t.match(await cortex(['restore', torn, '--replace'], env), { code: 1, err: /CTX_BACKUP_(UNREADABLE|DAMAGED)/ })
  t.match(await cortex(['restore', file], env), { code: 1, err: /CTX_RESTORE_FOLDER_USED/ })
  t.same(await Promise.all([home, chatHome, around].map((each) => readdir(each))), before, 'nothing was moved')
  const lock = new DatabaseSync(join(chatHome, 'chat-lock.db'))
  lock.exec('BEGIN EXCLUSIVE')
  t.match(await cortex(['restore', file, '--replace'], env), { code: 1, err: /CTX_RESTORE_FOLDER_USED: .* is in use/ })
  lock.close()
  await rm(join(chatHome, 'chat-lock.db'))

  for (const round of [1, 2]) {
    t.match(await cortex(['restore', file, '--replace'], env), { code: 0 })
    const [inHome, inChat, inAround] = await Promise.all([home, chatHome, around].map(async (each) => (await readdir(each)).sort())) as [string[], string[], string[]]
    t.same(inHome.filter((name) => !name.startsWith('replaced-')), ['access.db', 'lock.db', 'lost+found', 'tasks.db'])
    t.same(inChat.filter((name) => !name.startsWith('replaced-')), ['chat-lock.db', 'chat.db'])
    t.same(inAround.filter((name) => !name.startsWith('replaced-')), ['repository'])
    t.equal(git('log', '--format=%s'), 'First\n')
    for (const [parent, names] of [[home, inHome], [chatHome, inChat], [around, inAround]] as const) t.equal(names.filter((name) => name.startsWith('replaced-')).length, round, parent)
  }
  const [first = ''] = (await readdir(home)).filter((name) => name.startsWith('replaced-')).sort()
  t.same((await readdir(join(home, first))).filter((name) => !/-(wal|shm)$/.test(name)).sort(), ['access.db', 'tasks', 'tasks.db'])
  t.match(await cortex(['backup', join(files, 'x.tar.gz')], { CORTEX_HOME: home, CHAT_HOME: join(home, 'chat') }), { code: 2, err: /CHAT_HOME/ })
})

t.test('a restore that is killed among its moves is seen by whatever starts there, until it is called again and ends', async (t) => {
  const files = await folder(t)
  const file = join(files, 'old.tar.gz')
  const made = await folder(t)
  for (const name of ['access', 'chat', 'tasks']) store(join(made, `${name}.db`), 1)
  t.match(await cortex(['backup', file], { CORTEX_HOME: made }), { code: 0 })
  // The first is that of the mark, the third falls into setting aside, the last before the last move.
  for (const nth of [3, 7]) {
    const home = await folder(t)
    for (const name of ['access', 'chat', 'tasks']) await writeFile(join(home, `${name}.db`), 'current')
    await restoreBadly(home, file, `let n = 0; const { rename } = fs.promises; fs.promises.rename = async (...paths) => { if (++n === ${nth}) process.kill(process.pid, 'SIGKILL'); await rename(...paths) }`)
    const before = (await readdir(home)).sort()
    t.ok(before.includes('restore-begun.json'))
    const env = { CORTEX_HOME: home, PORT: '0', ORCHESTRATOR_PORT: '0' }
    const refused = { code: 'CTX_RESTORE_UNFINISHED', message: /old\.tar\.gz \(access, chat, tasks\) was begun in .*call that restore again, or put back what lies in the newest replaced-/ }
    await t.rejects(passStart(startChecks(readConfig(StandaloneConfig, env), silent)), refused)
    await t.rejects(startOrchestrator({ home, host: '127.0.0.1', port: 0 }), refused)
    await t.rejects(startChat({ home, host: '127.0.0.1', port: 0, orchestratorUrl: 'http://127.0.0.1:1', model: { kind: 'rules', baseUrl: 'http://127.0.0.1:1', apiKey: 'x', model: 'x' } }), refused)
    t.match(await cortex(['doctor'], env), { code: 1, out: /fail {2}data folder +CTX_RESTORE_UNFINISHED/ })
    t.match(await cortex(['backup', join(files, 'half.tar.gz')], env), { code: 1, err: /CTX_RESTORE_UNFINISHED/ })
    t.match(await cortex(['restore', file, '--only', 'tasks', '--replace'], env), { code: 1, err: /CTX_RESTORE_UNFINISHED/ })
    t.ok((await readdir(home)).includes('restore-begun.json'))
    t.match(await cortex(['restore', file], env), { code: 0 })
    const names = await readdir(home)
    t.same(names.filter((name) => name.endsWith('.json') || name.startsWith('.restore-')), [])
    t.same(await Promise.all(['access', 'chat', 'tasks'].map(async (name) => (await readFile(join(home, `${name}.db`))).length > 9)), [true, true, true])
    const aside = await Promise.all(names.filter((name) => name.startsWith('replaced-')).map(async (name) => await Promise.all((await readdir(join(home, name))).filter((each) => each.endsWith('.db')).map(async (each) => await readFile(join(home, name, each), 'latin1')))))
    t.equal(aside.flat().filter((text) => text === 'current').length, 3, 'what was there is kept')
  }
})

t.test('a mark of a restore that says nothing stops starts in words that help, and no restore: nothing had been moved', async (t) => {
  const [files, made, home, empty] = [await folder(t), await folder(t), await folder(t), await folder(t)]
  const file = join(files, 'old.tar.gz')
  for (const name of ['chat', 'tasks']) store(join(made, `${name}.db`), 1)
  t.match(await cortex(['backup', file], { CORTEX_HOME: made }), { code: 0 })
  await writeFile(join(empty, 'restore-begun.json'), '')
  await t.rejects(passStart(startChecks(readConfig(StandaloneConfig, { CORTEX_HOME: empty, PORT: '0', ORCHESTRATOR_PORT: '0' }), silent)), { code: 'CTX_RESTORE_UNFINISHED', message: /^A restore of a backup that the mark there does not name was begun in [^()]*$/ })
  t.match(await cortex(['restore', file], { CORTEX_HOME: empty }), { code: 0 })
  t.notOk((await readdir(empty)).some((name) => name.includes('restore')))

  store(join(home, 'tasks.db'), 1)
  await restoreBadly(home, file, 'const { open } = fs.promises; fs.promises.open = async (path, ...rest) => { const file = await open(path, ...rest); if (String(path).includes("restore-begun")) process.kill(process.pid, "SIGKILL"); return file }')
  t.notOk((await readdir(home)).includes('restore-begun.json'), 'one killed as it writes its mark leaves what starts as before')
  t.match(await cortex(['restore', file, '--only', 'tasks', '--replace'], { CORTEX_HOME: home }), { code: 0 })
})

t.test('while a restore is under way, nothing can start on the folder', async (t) => {
  const [home, made, files] = [await folder(t), await folder(t), await folder(t)]
  const file = join(files, 'old.tar.gz')
  for (const each of [home, made]) for (const name of ['chat', 'tasks']) store(join(each, `${name}.db`), 1)
  t.match(await cortex(['backup', file], { CORTEX_HOME: made }), { code: 0 })
  const restoring = restoreBadly(home, file, 'fs.promises.mkdtemp = async () => { console.log("unpacking"); await new Promise((resolve) => setTimeout(resolve, 600_000)) }', async (child) => {
    await once(child.stdout, 'data')
    const locked = { code: 'CTX_STORE_LOCKED', message: /in use by another process; stop that one, wait for it if it is a restore/ }
    await t.rejects(startOrchestrator({ home, host: '127.0.0.1', port: 0 }), locked)
    await t.rejects(startChat({ home, host: '127.0.0.1', port: 0, orchestratorUrl: 'http://127.0.0.1:1', model: { kind: 'rules', baseUrl: 'http://127.0.0.1:1', apiKey: 'x', model: 'x' } }), locked)
    t.match(await cortex(['restore', file, '--replace'], { CORTEX_HOME: home }), { code: 1, err: /CTX_RESTORE_FOLDER_USED: .* is in use by a Cortex, an import or another restore/ })
    child.kill('SIGKILL')
  })
  await restoring
  t.match(await cortex(['restore', file, '--replace'], { CORTEX_HOME: home }), { code: 0 }, 'the locks went with it')
})

t.test('with PostgreSQL a backup holds the workspace, and a restore says what is missing', async (t) => {
  const [home, files, elsewhere] = [await folder(t), await folder(t), await folder(t)]
  store(join(home, 'chat.db'), 1)
  store(join(home, 'tasks.db'), 4)
  await mkdir(join(home, 'workspace'))
  const git = (...args: string[]) => execFileSync('git', ['-C', join(home, 'workspace'), '-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], { encoding: 'utf8' })
  git('init', '--quiet', '--initial-branch', 'main')
  await writeFile(join(home, 'workspace', 'a.txt'), 'a\n')
  git('add', '.')
  git('commit', '--quiet', '--message', 'First')
  git('tag', 'v1')
  await writeFile(join(home, 'workspace', 'b.txt'), 'not committed\n')
  // A file that differs by its time alone is compared by content, which is where a filter of the repository would run.
  await writeFile(join(home, 'workspace', '.git/info/attributes'), '* filter=spy\n')
  for (const name of ['clean', 'smudge', 'process']) git('config', `filter.spy.${name}`, `touch ${join(files, 'ran')}`)
  await utimes(join(home, 'workspace', 'a.txt'), 1, 1)
  const env = { CORTEX_HOME: home, DATABASE_URL: 'postgresql://127.0.0.1:1/none' }
  t.match(await cortex(['backup', join(files, 'workspace.tar.gz')], env), { code: 0, out: /holds\n {2}workspace .*1 uncommitted path/, err: /pg_dump/ })
  t.notOk((await readdir(files)).includes('ran'), 'no program of the repository ran')
  t.match(await cortex(['backup', join(files, 'tasks.tar.gz'), '--only', 'tasks', '--only', 'chat'], env), { code: 1, err: /CTX_BACKUP_EMPTY/ })
  t.match(await cortex(['backup', join(files, 'all.tar.gz')], { CORTEX_HOME: home }), { code: 0 })
  t.match(await cortex(['restore', join(files, 'all.tar.gz')], { ...env, CORTEX_HOME: elsewhere }), { code: 1, err: /CTX_RESTORE_STORE_DIFFERS/ })

  t.match(await cortex(['restore', join(files, 'workspace.tar.gz')], { ...env, CORTEX_HOME: elsewhere }), { code: 0, err: /restore the database before/ })
  t.same(await readdir(elsewhere), ['workspace'])
  t.same((await readdir(join(elsewhere, 'workspace'))).sort(), ['.git', 'a.txt'])
  t.equal(execFileSync('git', ['-C', join(elsewhere, 'workspace'), 'show-ref'], { encoding: 'utf8' }), git('show-ref'))
  t.match(await cortex(['restore', join(files, 'all.tar.gz'), '--only', 'chat'], { CORTEX_HOME: elsewhere }), { code: 0 })
  t.match(await cortex(['restore', join(files, 'all.tar.gz'), '--only', 'chat'], { CORTEX_HOME: elsewhere }), { code: 1, err: /CTX_RESTORE_FOLDER_USED/ })
})

/** A restore with --replace in a process of its own, in which a line of code goes first. */
async function restoreBadly (home: string, file: string, line: string, meanwhile?: (child: ChildProcessByStdio<null, Readable, null>) => Promise<void>): Promise<void> {
  const first = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'; ${line}; syncBuiltinESMExports()`
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(first)}`, fileURLToPath(new URL('../src/main.ts', import.meta.url)), 'restore', file, '--replace'], { env: { PATH: process.env['PATH'], CORTEX_HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await meanwhile?.(child)
  child.stdout.resume()
  const [, signal] = await ended
  if (signal !== 'SIGKILL') throw new Error('it was not killed')
}

/** A store as far as a backup knows one. */
function store (path: string, version: number): void {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA user_version = ${version}; CREATE TABLE things (n INTEGER PRIMARY KEY, text TEXT); INSERT INTO things (text) VALUES ('${'one'.repeat(5_000)}')`)
  db.close()
}
