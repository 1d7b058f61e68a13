import { execFileSync, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { watch } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createWorkspaceToolkit } from '../src/toolkits/workspace/index.ts'
import { openWorkspace } from '../src/toolkits/workspace/open-workspace.ts'
import { apply, git, plan, reader, repositoryWith, signal, temporaryFolder, writeFiles, type TestOwner } from './workspace.ts'

const task = 'task-chat-1766779451040-2axt2h5cq'
const other = 'task-chat-1766779451040-3bxt2h5cq'

t.test('a missing folder becomes a repository with a sample application', async (t) => {
  const directory = join(await temporaryFolder(t), 'deep', 'workspace')
  const { repository, created } = await openWorkspace(directory)
  t.equal(created, true)
  t.match((await repository.files()).map(({ path }) => path), ['.gitignore', 'README.md', 'apps/hello-web/Dockerfile'])
  t.equal(git(directory, 'status', '--porcelain'), '')
  t.equal((await openWorkspace(directory)).created, false)
})

t.test('agents that share a folder and start at once make one repository of it', async (t) => {
  const path = join(await temporaryFolder(t), 'repository')
  const opened = await Promise.all(Array.from({ length: 6 }, async () => await openWorkspace(path)))
  t.equal(opened.filter(({ created }) => created).length, 1)
  t.equal(new Set(await Promise.all(opened.map(async ({ repository }) => await repository.head()))).size, 1)
  t.strictSame(await readdir(join(path, '..')), ['repository'])
})

t.test('a repository that is there is used as it is', async (t) => {
  const { repository } = await repositoryWith(t, { 'a.txt': 'a\n' })
  t.strictSame((await repository.files()).map(({ path }) => path), ['a.txt'])
})

t.test('a folder with files and no repository is refused and left alone', async (t) => {
  const directory = await temporaryFolder(t)
  await writeFiles(directory, { 'precious.txt': 'x' })
  await t.rejects(openWorkspace(directory), { code: 'CTX_WORKSPACE_UNUSABLE' })
  t.equal(await readFile(join(directory, 'precious.txt'), 'utf8'), 'x')
})

t.test('a path where no folder can be is refused in words', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, { file: 'x' })
  await symlink('nowhere', join(folder, 'dangling'))
  for (const path of ['file', 'file/workspace', 'dangling']) {
    await t.rejects(openWorkspace(join(folder, path)), { code: 'CTX_WORKSPACE_UNUSABLE', message: new RegExp(`${path} cannot be used: it`) }, path)
  }
  t.equal(await readFile(join(folder, 'file'), 'utf8'), 'x')
  t.strictSame((await readdir(folder)).sort(), ['dangling', 'file'], 'nothing half-made stays')
})

t.test('a folder inside another repository is not taken for it', async (t) => {
  const { directory } = await repositoryWith(t, { 'outer.txt': 'x\n' })
  const { repository } = await openWorkspace(join(directory, '.cortex', 'workspace'))
  t.notOk((await repository.files()).some(({ path }) => path === 'outer.txt'))
})

t.test('create, update and delete become one commit with the trailers, shown in index and work tree', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'keep.txt': 'old\n', 'gone/deep.txt': 'x\n', 'run.sh': 'a\n' })
  await chmod(join(directory, 'run.sh'), 0o755)
  git(directory, 'commit', '--quiet', '--all', '--message', 'mode')
  let plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'new/a.txt', content: 'neu ü\n' }, { path: 'keep.txt', content: 'new\n' }, { path: 'run.sh', content: 'b\n' }] })
  plans = await plan(toolkit, 'workspace_delete', { paths: ['gone/deep.txt'] }, plans)
  t.strictSame(plans.map(({ target, verb }) => `${verb} ${target}`), ['create new/a.txt', 'update keep.txt', 'update run.sh', 'delete gone/deep.txt'])
  t.equal(git(directory, 'log', '--oneline').split('\n').length, 3, 'planning commits nothing')

  const applied = await apply(toolkit, plans)
  t.match(applied, { kind: 'applied', found: false })
  t.equal(git(directory, 'status', '--porcelain'), '')
  t.equal(await readFile(join(directory, 'new/a.txt'), 'utf8'), 'neu ü\n')
  t.match(git(directory, 'log', '-1', '--format=%an <%ae>%n%B'), new RegExp(`Cortex <cortex@localhost>[\\s\\S]*Cortex-Task: ${task}\\nCortex-Plan: sha256:[0-9a-f]{64}`))
  t.match(git(directory, 'ls-tree', 'HEAD', 'run.sh'), /^100755/)
  const [evidence] = await toolkit.verify!(plans, applied.kind === 'applied' ? applied.reference : '', signal)
  t.match(evidence, { claim: /exactly the approved diff of 4 files/ })
})

t.test('the diff is complete even where attributes call the file binary', async (t) => {
  const { toolkit } = await repositoryWith(t, { '.gitattributes': '* -diff\n', 'a.txt': 'old\n' })
  const [change] = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'new\n' }] })
  t.match(change?.diff, /-old\n\+new\n/)
})

t.test('a move is a deletion and a creation', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'text\n' })
  await apply(toolkit, await plan(toolkit, 'workspace_move', { from: 'a.txt', to: 'b/c.txt' }))
  t.equal(git(directory, 'ls-files').trim(), 'b/c.txt')
})

t.test('a write that changes nothing is no change', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'a.txt': 'same\n' })
  t.strictSame(await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'same\n' }] }), [])
})

t.test('a later plan for a file takes the place of the earlier one, and reads see what is planned', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'a.txt': 'one\n' })
  const first = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'two\n' }] })
  const second = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'three\n' }] }, first)
  t.equal(second.length, 1)
  t.match(second[0]?.diff, /-one\n\+three/)
  t.equal((await reader(toolkit, 'workspace_read').run({ path: 'a.txt' }, { signal, draft: second })).text, 'three\n')
  t.strictSame(await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'one\n' }] }, second), [], 'back to what it was is no change')
})

t.test('applying twice commits once', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'b.txt', content: 'b\n' }] })
  const [first, second] = await Promise.all([apply(toolkit, plans), apply(toolkit, plans)])
  t.match([first, second], [{ found: false }, { found: true }])
  t.equal(git(directory, 'rev-list', '--count', 'HEAD').trim(), '2')
})

const pipeline = [{ path: '.github/workflows/ci.yml', content: 'on: push\n' }, { path: 'a.txt', content: 'new\n' }]

for (const [moment, when, call] of [
  ['before the branch moved', 'before', 'update-ref -m'],
  ['after the branch moved', 'after', 'update-ref -m'],
  ['after the files were written', 'before', 'update-index -z'],
  ['after the index was written', 'after', 'update-index -z']
] as const) {
  t.test(`a process killed ${moment} leaves one commit and a clean work tree to the next`, async (t) => {
    const { directory } = await repositoryWith(t, { 'a.txt': 'old\n', 'b.txt': 'b\n', 'c.txt': 'c\n' })
    await writeFiles(directory, { 'b.txt': 'mine\n', 'c.txt': 'mine, staged\n' })
    git(directory, 'add', 'c.txt')
    const persons = git(directory, 'status', '--porcelain')
    await killAt(t, directory, when, call)

    const toolkit = createWorkspaceToolkit((await openWorkspace(directory)).repository)
    t.equal(git(directory, 'status', '--porcelain'), persons, 'only what the person changed differs')
    const again = await plan(toolkit, 'workspace_write', { files: pipeline })
    t.equal(again.length, moment === 'before the branch moved' ? 2 : 0, 'a retry finds in place what was committed')
    if (again.length > 0) await apply(toolkit, again)
    t.equal(git(directory, 'rev-list', '--count', 'HEAD').trim(), '2')
    t.equal(git(directory, 'status', '--porcelain'), persons)
    t.equal(await readFile(join(directory, 'a.txt'), 'utf8'), 'new\n')
    await openWorkspace(directory)
    t.strictSame(await readdir(join(directory, '.git', 'cortex')), [], 'nothing of it is left to be done')
  })
}

t.test('an agent that was there all the while shows what another one committed before it died', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'old\n' })
  const before = await plan(toolkit, 'workspace_write', { files: pipeline })
  await killAt(t, directory, 'before', 'update-index -z')
  t.match(git(directory, 'status', '--porcelain'), /^D {2}\.github\/workflows\/ci\.yml/m, 'this is what the kill leaves')
  t.match(await apply(toolkit, before), { kind: 'applied', found: true })
  t.equal(git(directory, 'status', '--porcelain'), '')
  t.strictSame(await plan(toolkit, 'workspace_write', { files: pipeline }), [])
})

t.test('what a person did after a kill, or to a commit that was shown, stays as they left it', async (t) => {
  const { directory } = await repositoryWith(t, { 'a.txt': 'old\n' })
  await killAt(t, directory, 'after', 'update-ref -m')
  await writeFiles(directory, { 'a.txt': 'mine\n' })
  await openWorkspace(directory)
  t.equal(await readFile(join(directory, 'a.txt'), 'utf8'), 'mine\n')
  t.equal(git(directory, 'status', '--porcelain'), ' M a.txt\n')

  git(directory, 'checkout', '--quiet', 'HEAD', '--', '.')
  git(directory, 'revert', '--no-commit', 'HEAD')
  const reverted = git(directory, 'status', '--porcelain')
  t.match(reverted, /^D {2}\.github\/workflows\/ci\.yml\nM {2}a\.txt/)
  await openWorkspace(directory)
  t.equal(git(directory, 'status', '--porcelain'), reverted)
})

/** A workspace whose git, once it has moved the branch, has somebody else's take the index. */
async function indexTaken (t: TestOwner, files: Record<string, string>) {
  const { directory } = await repositoryWith(t, files)
  const bin = await temporaryFolder(t)
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const lock = join(directory, '.git', 'index.lock')
  await writeFile(join(bin, 'git'), `#!/bin/sh\n'${real}' "$@"\ncode=$?\ncase "$*" in *" update-ref "*) : > '${lock}' ;; esac\nexit $code\n`, { mode: 0o755 })
  const path = process.env.PATH
  process.env.PATH = `${bin}${delimiter}${path}`
  const { repository } = await openWorkspace(directory)
  process.env.PATH = path
  return { directory, lock, toolkit: createWorkspaceToolkit(repository, 100) }
}

t.test('a worker that plans while another shows its commit takes that for no change of a person', async (t) => {
  const { directory, lock, toolkit } = await indexTaken(t, { 'a.txt': 'old\n' })
  const plans = await plan(toolkit, 'workspace_write', { files: pipeline })
  const watcher = watch(join(directory, '.git'))
  const changes = on(watcher, 'change')
  const applied = apply(toolkit, plans)
  for await (const _ of changes) if (git(directory, 'rev-list', '--count', 'HEAD').trim() !== '1') break
  watcher.close()
  const planned = plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'another\n' }] })
  await Promise.race([planned.catch(() => undefined), sleep(200)])
  await rm(lock)
  t.match(await applied, { kind: 'applied' })
  t.match(await planned, [{ verb: 'update', target: 'a.txt' }])
})

t.test('nothing is committed while another git holds the index, and its lock is named', async (t) => {
  const { directory, repository } = await repositoryWith(t, { 'a.txt': 'old\n' })
  const toolkit = createWorkspaceToolkit(repository, 100)
  const plans = await plan(toolkit, 'workspace_write', { files: pipeline })
  const lock = join(directory, '.git', 'index.lock')
  await writeFile(lock, '')
  await t.rejects(apply(toolkit, plans), { code: 'CTX_WORKSPACE_LOCKED', message: lock })
  t.equal(git(directory, 'rev-list', '--count', 'HEAD').trim(), '1')
  t.equal(git(directory, 'status', '--porcelain'), '')
  const waiting = apply(createWorkspaceToolkit(repository, 20_000), plans)
  await sleep(50)
  await rm(lock)
  t.match(await waiting, { kind: 'applied', remark: undefined }, 'a lock that is let go is waited for')
  t.equal(git(directory, 'status', '--porcelain'), '')
})

t.test('an index that is taken in the very moment follows by itself once it is let go, and until then it is said', async (t) => {
  const { directory, lock, toolkit } = await indexTaken(t, { 'a.txt': 'old\n' })
  const plans = await plan(toolkit, 'workspace_write', { files: pipeline })
  const applied = await apply(toolkit, plans)
  t.match(applied, { kind: 'applied', remark: new RegExp(`Commit nothing by hand.*${lock}`) })
  t.match(await apply(toolkit, plans), { kind: 'applied', found: true, remark: /Commit nothing by hand/ }, 'a run that goes on finds it made')
  await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path: 'b.txt', content: 'b\n' }] }), { code: 'CTX_WORKSPACE_LOCKED' })
  t.match(await toolkit.verify!(plans, (applied as { reference: string }).reference, signal), [{ claim: /exactly the approved diff/ }])
  await rm(lock)
  const giveUp = Date.now() + 10_000
  while (git(directory, 'status', '--porcelain') !== '' && Date.now() < giveUp) await sleep(50)
  git(directory, 'commit', '--quiet', '--allow-empty', '--message', 'A person commits')
  t.equal(git(directory, 'show', 'HEAD:.github/workflows/ci.yml'), pipeline[0]!.content, 'what was approved is still there')
})

t.test('without a branch nothing is opened, planned or applied', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'b.txt', content: 'b\n' }] })
  git(directory, 'checkout', '--quiet', '--detach')
  const refusal = { code: 'CTX_WORKSPACE_UNUSABLE', message: /HEAD is detached.*git switch BRANCH/ }
  await t.rejects(openWorkspace(directory), refusal)
  await t.rejects(apply(toolkit, plans), refusal)
  await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path: 'c.txt', content: 'c\n' }] }), refusal)
  t.equal(git(directory, 'rev-list', '--all', '--count').trim(), '1')
  git(directory, 'checkout', '--quiet', 'main')
  t.match(await apply(toolkit, plans), { kind: 'applied' })
})

t.test('tasks with different files do not invalidate each other', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n', 'b.txt': 'b\n' })
  const [a, b] = await Promise.all([
    plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'A\n' }] }),
    plan(toolkit, 'workspace_write', { files: [{ path: 'b.txt', content: 'B\n' }] })
  ])
  const results = await Promise.all([apply(toolkit, a, task), apply(toolkit, b, other)])
  t.match(results, [{ kind: 'applied' }, { kind: 'applied' }])
  for (const [index, plans] of [a, b].entries()) await toolkit.verify!(plans, (results[index] as { reference: string }).reference, signal)
  t.equal(git(directory, 'rev-list', '--count', 'HEAD').trim(), '3')
})

t.test('a file that changed since planning is never written over', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'mine\n' }, { path: 'new.txt', content: 'n\n' }] })
  await writeFiles(directory, { 'a.txt': 'theirs\n' })
  git(directory, 'commit', '--quiet', '--all', '--message', 'Theirs')
  t.strictSame(await apply(toolkit, plans), { kind: 'moved', targets: ['a.txt'] })
  t.equal(await readFile(join(directory, 'a.txt'), 'utf8'), 'theirs\n')
})

t.test('what nobody committed is never lost', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n', 'b.txt': 'b\n' })
  const early = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'mine\n' }] })
  await writeFiles(directory, { 'a.txt': 'half written\n', 'unrelated.txt': 'mine too\n', 'b.txt': 'staged\n' })
  git(directory, 'add', 'b.txt')
  await t.rejects(apply(toolkit, early), { code: 'CTX_WORKSPACE_DIRTY', message: /a\.txt/ })
  await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path: 'unrelated.txt', content: 'x\n' }] }), { code: 'CTX_WORKSPACE_DIRTY' })
  await apply(toolkit, await plan(toolkit, 'workspace_write', { files: [{ path: 'c.txt', content: 'c\n' }] }))
  t.equal(git(directory, 'show', '--name-only', '--format=', 'HEAD').trim(), 'c.txt', 'only the planned path is committed')
  t.equal(await readFile(join(directory, 'a.txt'), 'utf8'), 'half written\n')
  t.match(git(directory, 'status', '--porcelain'), / M a\.txt\nM {2}b\.txt\n\?\? unrelated\.txt/)
})

t.test('no program that the repository names runs', async (t) => {
  const files = { '.gitattributes': '* filter=spy diff=spy merge=spy\n*.inc filter=included=odd\n', 'a.txt': 'a\n', 'b.inc': 'b\n', 'c.txt': 'c\n', 'sub/x.txt': 'x\n' }
  const { directory, repository } = await repositoryWith(t, files)
  const ran = join(directory, '..', 'ran')
  const spy = join(directory, '..', 'spy')
  await writeFile(spy, `#!/bin/sh\necho "$GIT_SPY $*" >> ${ran}\ncat\n`, { mode: 0o755 })
  // A submodule whose own settings name a program, and a commit somebody signed.
  git(join(directory, 'sub'), 'init', '--quiet')
  git(join(directory, 'sub'), 'add', '--all')
  git(join(directory, 'sub'), 'commit', '--quiet', '--message', 'Sub')
  git(join(directory, 'sub'), 'config', 'core.fsmonitor', `${spy} fsmonitor of the submodule`)
  git(directory, 'rm', '--quiet', '--cached', 'sub/x.txt')
  git(directory, '-c', 'advice.addEmbeddedRepo=false', 'add', 'sub')
  git(directory, 'commit', '--quiet', '--message', 'With a submodule')
  await writeFile(join(directory, 'sub/x.txt'), 'changed\n')
  const signed = git(directory, 'cat-file', 'commit', 'HEAD').replace('\n\n', '\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n\n')
  await writeFile(join(directory, '..', 'signed'), signed)
  git(directory, 'update-ref', 'HEAD', git(directory, 'hash-object', '-t', 'commit', '-w', '../signed').trim())
  await writeFile(join(directory, '.git/included'), `[filter "included=odd"]\n\tclean = ${spy} included\n\trequired = true\n`)
  const settings = [
    ...['clean', 'smudge', 'process'].map((name) => ['filter.spy', name]), ['diff.spy', 'command'], ['diff.spy', 'textconv'], ['merge.spy', 'driver'], ['diff', 'external'], ['gpg', 'program'], ['gpg.openpgp', 'program'], ['gpg.ssh', 'program'],
    ...['pager', 'editor', 'sshCommand', 'fsmonitor', 'gitProxy', 'askPass', 'alternateRefsCommand'].map((name) => ['core', name]), ['pager', 'log'], ['pager', 'status'], ['credential', 'helper'], ['sequence', 'editor'], ['trailer.Cortex-Task', 'command'], ['trailer.Cortex-Task', 'cmd'],
    ['uploadpack', 'packObjectsHook'], ['remote.origin', 'uploadpack'], ['gc', 'recentObjectsHook'], ['submodule.sub', 'update'], ['hook.spy', 'command'], ['alias', 'log']
  ].map(([section, name]) => [`${section}.${name}`, `${name === 'update' || section === 'alias' ? '!' : ''}${spy} ${section}.${name}`])
  const others = [['filter.spy.required', 'true'], ['log.showSignature', 'true'], ['commit.gpgSign', 'true'], ['hook.spy.event', 'post-commit'], ['include.path', 'included'], ['submodule.recurse', 'true'], ['status.submoduleSummary', 'true'], ['diff.submodule', 'log'], ['protocol.ext.allow', 'always'], ['protocol.file.allow', 'always'], ['remote.origin.url', `ext::${spy} ext`], ['remote.origin.promisor', 'true'], ['extensions.partialClone', 'origin'], ['core.repositoryFormatVersion', '1']]
  for (const [key, value] of [...settings, ...others]) git(directory, 'config', key!, value!)
  for (const hook of ['pre-commit', 'post-commit', 'reference-transaction', 'commit-msg', 'post-index-change']) await writeFile(join(directory, '.git/hooks', hook), `#!/bin/sh\n${spy} ${hook}\n`, { mode: 0o755 })

  await openWorkspace(directory)
  const toolkit = createWorkspaceToolkit(repository)
  // What differs in nothing but its time is compared by content, which is where filters run.
  const touched = async () => { for (const path of ['a.txt', 'b.inc', 'c.txt']) await utimes(join(directory, path), new Date(), new Date(Date.now() - 60_000)) }
  await touched()
  t.equal(await repository.git.uncommitted(), 0)
  for (const [name, input] of [['workspace_history', {}], ['workspace_history', { path: 'a.txt' }], ['workspace_search', { text: 'changed' }], ['workspace_read', { path: 'a.txt' }], ['workspace_list', {}]] as const) await reader(toolkit, name).run(input, { signal, draft: [] })
  await touched()
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'changed\n' }, { path: 'new.inc', content: 'new\n' }] })
  const applied = await apply(toolkit, plans)
  await toolkit.verify!(plans, applied.kind === 'applied' ? applied.reference : '', signal)
  await touched()
  await repository.git.text(['update-index', '-q', '--refresh'], { answers: [1] })
  t.equal(await repository.git.text(['cat-file', 'blob', 'HEAD:new.inc']), 'new\n')
  await repository.git.text(['bundle', 'create', '--quiet', join(directory, '..', 'bundle'), '--all'])
  await t.rejects(repository.git.text(['cat-file', 'blob', '1'.repeat(40)]), { code: 'CTX_GIT_FAILED' }, 'what is missing is not fetched')
  await t.rejects(repository.git.text(['fetch', 'origin']), { code: 'CTX_GIT_FAILED', message: /not allowed/ })
  await t.rejects(repository.git.text(['fetch', '../signed']), { code: 'CTX_GIT_FAILED' })
  t.equal(await readFile(ran, 'utf8').catch(() => 'nothing'), 'nothing')
})

t.test('paths that lead elsewhere are refused by name', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n', 'folder/x.txt': 'x\n' })
  await mkdir(join(directory, '..', 'outside'))
  await symlink('../outside', join(directory, 'out'))
  const refused = ['../a', '/etc/passwd', 'a/../../b', './a', 'a//b', '.git/config', 'x/.GIT/hooks/pre-commit', 'nul\0', 'a\\b', 'folder', 'a.txt/b', 'C:/x', `${'a'.repeat(401)}`, 'git~1/x', 'line\nbreak', 'evil\u202Etxt', ' lead']
  for (const path of refused) {
    await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path, content: 'x' }] }), { code: /CTX_PATH_REFUSED|CTX_TOOL_INPUT_INVALID/ }, JSON.stringify(path.slice(0, 20)))
  }
  await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path: 'out/escape.txt', content: 'x' }] }), { code: 'CTX_PATH_REFUSED' }, 'a link out of the work tree')
  await t.rejects(plan(toolkit, 'workspace_delete', { paths: ['nothing.txt'] }), { code: 'CTX_FILE_NOT_FOUND' })
  await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path: 'x', content: 'a' }, { path: 'x/y', content: 'b' }] }), { code: 'CTX_PATH_REFUSED' })
})

t.test('content that is too large, binary, secret or redacted is refused', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'bin.dat': 'a\0b', 'a.txt': 'a\n' })
  const write = (content: string, path = 'a.txt') => plan(toolkit, 'workspace_write', { files: [{ path, content }] })
  await t.rejects(write('x'.repeat(256 * 1024 + 1)), { code: 'CTX_FILE_UNSUITED' })
  await t.rejects(write('a\0b'), { code: 'CTX_FILE_UNSUITED' })
  await t.rejects(write('text', 'bin.dat'), { code: 'CTX_FILE_UNSUITED' })
  await t.rejects(write(`key: AKIA${'ABCD1234'.repeat(2)}`), { code: 'CTX_FILE_UNSUITED', message: /AWS/ })
  await t.rejects(write('password: [redacted: password or token]'), { code: 'CTX_FILE_UNSUITED' })
  const secret = 'Zq7vKp2mWx9LrT'
  for (const content of [`- name: DB_PASSWORD\n  value: |-\n    ${secret}\n`, `b: &b {kind: Secret}\n<<: *b\nstringData:\n  a: ${secret}\n`, `tokens:\n- ${secret}\n`, `smtp://user@example.org:${secret}@host`]) await t.rejects(write(content), { code: 'CTX_FILE_UNSUITED', message: /looks like a secret/ }, content)
})

t.test('a commit that is not what was approved does not pass as verified', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'b\n' }] })
  await writeFiles(directory, { 'a.txt': 'b\n', 'stowaway.txt': 's\n' })
  git(directory, 'add', '--all')
  git(directory, 'commit', '--quiet', '--message', 'More than approved')
  const head = git(directory, 'rev-parse', 'HEAD').trim()
  await t.rejects(toolkit.verify!(plans, head, signal), { code: 'CTX_VERIFICATION_FAILED', message: /stowaway/ })
  await t.rejects(toolkit.verify!(plans.map((each) => ({ ...each, diff: each.diff.replace('+b', '+c') })), head, signal), { code: 'CTX_VERIFICATION_FAILED' })
})

t.test('reading redacts, searches and tells the history', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'app.env': 'DB_PASSWORD=hunter2hunter2\nPORT=80\n', 'b/c.md': 'See DB_PASSWORD\n' })
  const read = (name: string, input: object) => reader(toolkit, name).run(input, { signal, draft: [] })
  const { text } = await read('workspace_read', { path: 'app.env' })
  t.notMatch(text, /hunter2/)
  t.match(text, /DB_PASSWORD=\[redacted: password or token #1\]\nPORT=80/)
  const found = await read('workspace_search', { text: 'db_password' })
  t.match(found.text, /b\/c\.md:1: See DB_PASSWORD/)
  t.notMatch(found.text, /hunter2/)
  t.match((await read('workspace_history', {})).text, /Person: Begin/)
  t.match((await read('workspace_list', { folder: 'b' })).text, 'b/c.md (16 bytes)')
  await t.rejects(read('workspace_read', { path: 'absent' }), { code: 'CTX_FILE_NOT_FOUND' })
  await t.rejects(read('workspace_read', { path: 'app.env', extra: 1 }), { code: 'CTX_TOOL_INPUT_INVALID', message: /extra/ })
})

/** Has a process of its own write the pipeline, and git, on its first call of this kind on the workspace's own index or refs, kill it. */
async function killAt (t: TestOwner, directory: string, when: 'before' | 'after', call: string): Promise<void> {
  const bin = await temporaryFolder(t)
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const kill = `case "$GIT_INDEX_FILE $*" in " "*" ${call} "*) kill -9 $PPID ;; esac`
  await writeFile(join(bin, 'git'), when === 'before' ? `#!/bin/sh\n${kill.replace(';;', '; exit 1 ;;')}\nexec '${real}' "$@"\n` : `#!/bin/sh\n'${real}' "$@"\ncode=$?\n${kill}\nexit $code\n`, { mode: 0o755 })
  const worker = spawn(process.execPath, [fileURLToPath(new URL('workspace-process.ts', import.meta.url)), directory, JSON.stringify(pipeline)], {
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
    stdio: 'ignore'
  })
  const [, died] = await once(worker, 'exit')
  if (died !== 'SIGKILL') throw new Error(`the worker was not killed at ${call}`)
}
