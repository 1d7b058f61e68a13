import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createChangeSet } from '../src/change-set.ts'
import { createWorkspaceToolkit } from '../src/toolkits/workspace/index.ts'
import { Repository } from '../src/toolkits/workspace/repository.ts'
import { apply, git, plan, reader, repositoryWith, signal, temporaryFolder, writeFiles } from './workspace.ts'

const task = 'task-chat-1766779451040-2axt2h5cq'
const other = 'task-chat-1766779451040-3bxt2h5cq'

t.test('a missing folder becomes a repository with a sample application', async (t) => {
  const directory = join(await temporaryFolder(t), 'deep', 'workspace')
  const { repository, created } = await Repository.open(directory)
  t.equal(created, true)
  t.match((await repository.files()).map(({ path }) => path), ['.gitignore', 'README.md', 'apps/hello-web/Dockerfile'])
  t.equal(git(directory, 'status', '--porcelain'), '')
  t.equal((await Repository.open(directory)).created, false)
})

t.test('a repository that is there is used as it is', async (t) => {
  const { repository } = await repositoryWith(t, { 'a.txt': 'a\n' })
  t.strictSame((await repository.files()).map(({ path }) => path), ['a.txt'])
})

t.test('a folder with files and no repository is refused and left alone', async (t) => {
  const directory = await temporaryFolder(t)
  await writeFiles(directory, { 'precious.txt': 'x' })
  await t.rejects(Repository.open(directory), { code: 'CTX_WORKSPACE_UNUSABLE' })
  t.equal(await readFile(join(directory, 'precious.txt'), 'utf8'), 'x')
})

t.test('a folder inside another repository is not taken for it', async (t) => {
  const { directory } = await repositoryWith(t, { 'outer.txt': 'x\n' })
  const { repository } = await Repository.open(join(directory, '.cortex', 'workspace'))
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
  const [evidence] = await toolkit.verify!(plans, applied.kind === 'applied' ? applied.reference : '')
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

t.test('a commit whose process died before the work tree followed is found and shown', async (t) => {
  const { directory, repository, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'b\n' }, { path: 'new.txt', content: 'n\n' }] })
  const applied = await apply(toolkit, plans)
  // What a SIGKILL right after update-ref leaves: HEAD has moved, index and work tree have not.
  git(directory, 'read-tree', 'HEAD^')
  await writeFile(join(directory, 'a.txt'), 'a\n')
  git(directory, 'clean', '-fdq')
  const again = await createWorkspaceToolkit(repository).apply!({ taskId: task, planHash: createChangeSet('Change it', plans).plan_hash, title: 'x', plans, signal })
  t.match(again, { found: true, reference: applied.kind === 'applied' ? applied.reference : '' })
  t.equal(git(directory, 'status', '--porcelain'), '')
})

t.test('tasks with different files do not invalidate each other', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n', 'b.txt': 'b\n' })
  const [a, b] = await Promise.all([
    plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'A\n' }] }),
    plan(toolkit, 'workspace_write', { files: [{ path: 'b.txt', content: 'B\n' }] })
  ])
  const results = await Promise.all([apply(toolkit, a, task), apply(toolkit, b, other)])
  t.match(results, [{ kind: 'applied' }, { kind: 'applied' }])
  for (const [index, plans] of [a, b].entries()) await toolkit.verify!(plans, (results[index] as { reference: string }).reference)
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

t.test('no hook and no filter of the repository runs', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { '.gitattributes': '*.txt filter=spy\n' })
  const trace = join(directory, '..', 'ran')
  for (const hook of ['pre-commit', 'post-commit', 'reference-transaction', 'commit-msg', 'post-index-change']) {
    await writeFile(join(directory, '.git/hooks', hook), `#!/bin/sh\ntouch ${trace}\n`, { mode: 0o755 })
  }
  git(directory, 'config', 'filter.spy.smudge', `sh -c "touch ${trace}; cat"`)
  await apply(toolkit, await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'a\n' }] }))
  await t.rejects(readFile(trace), { code: 'ENOENT' })
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
})

t.test('a commit that is not what was approved does not pass as verified', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'b\n' }] })
  await writeFiles(directory, { 'a.txt': 'b\n', 'stowaway.txt': 's\n' })
  git(directory, 'add', '--all')
  git(directory, 'commit', '--quiet', '--message', 'More than approved')
  const head = git(directory, 'rev-parse', 'HEAD').trim()
  await t.rejects(toolkit.verify!(plans, head), { code: 'CTX_VERIFICATION_FAILED', message: /stowaway/ })
  await t.rejects(toolkit.verify!(plans.map((each) => ({ ...each, diff: each.diff.replace('+b', '+c') })), head), { code: 'CTX_VERIFICATION_FAILED' })
})

t.test('reading redacts, searches and tells the history', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'app.env': 'DB_PASSWORD=hunter2hunter2\nPORT=80\n', 'b/c.md': 'See DB_PASSWORD\n' })
  const read = (name: string, input: object) => reader(toolkit, name).run(input, { signal, draft: [] })
  const { text } = await read('workspace_read', { path: 'app.env' })
  t.notMatch(text, /hunter2/)
  t.match(text, /DB_PASSWORD=\[redacted: password or token\]\nPORT=80/)
  const found = await read('workspace_search', { text: 'db_password' })
  t.match(found.text, /b\/c\.md:1: See DB_PASSWORD/)
  t.notMatch(found.text, /hunter2/)
  t.match((await read('workspace_history', {})).text, /Person: Begin/)
  t.match((await read('workspace_list', { folder: 'b' })).text, 'b/c.md (16 bytes)')
  await t.rejects(read('workspace_read', { path: 'absent' }), { code: 'CTX_FILE_NOT_FOUND' })
  await t.rejects(read('workspace_read', { path: 'app.env', extra: 1 }), { code: 'CTX_TOOL_INPUT_INVALID', message: /extra/ })
})
