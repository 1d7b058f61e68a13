import { randomUUID } from 'node:crypto'
import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createWorkspaceToolkit } from '../src/toolkits/workspace/index.ts'
import { openWorkspace } from '../src/toolkits/workspace/open-workspace.ts'
import { apply, git, plan, reader, repositoryWith, signal, temporaryFolder, writeFiles } from './workspace.ts'

t.test('a repository with SHA-256 names whose branch is packed is listed, changed and read back as any other, and each commit is seen', async (t) => {
  const directory = join(await temporaryFolder(t), 'workspace')
  await writeFiles(directory, { 'a.txt': 'a\n', 'b.txt': 'b\n' })
  git(directory, 'init', '--quiet', '--initial-branch=main', '--object-format=sha256')
  git(directory, 'add', '--all')
  git(directory, 'commit', '--quiet', '--message', 'Begin')
  git(directory, 'pack-refs', '--all')
  const { repository } = await openWorkspace(directory)
  const toolkit = createWorkspaceToolkit(repository)
  const listed = async () => (await reader(toolkit, 'workspace_list').run({}, { signal, draft: [] })).facts.paths
  t.strictSame(await listed(), ['a.txt', 'b.txt'])

  const plans = await plan(toolkit, 'workspace_delete', { paths: ['b.txt'] }, await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'A\n' }, { path: 'c/c.txt', content: 'c\n' }] }))
  const applied = await apply(toolkit, plans)
  if (applied.kind !== 'applied') throw new Error(applied.kind)
  t.match(await toolkit.verify!(plans, applied.reference, signal), [{ claim: /exactly the approved diff of 3 files/ }])
  t.equal(git(directory, 'status', '--porcelain'), '')
  t.strictSame(await listed(), ['a.txt', 'c/c.txt'])

  await writeFiles(directory, { 'd.txt': 'd\n' })
  git(directory, 'add', '--all')
  git(directory, 'commit', '--quiet', '--message', 'Theirs')
  git(directory, 'pack-refs', '--all')
  t.strictSame(await listed(), ['a.txt', 'c/c.txt', 'd.txt'])
})

t.test('what a killed process had put aside is cleared away an hour later, and nothing else', async (t) => {
  const { directory } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const [old, young] = [`cortex-${randomUUID()}.blobs`, `cortex-${randomUUID()}.index`]
  await writeFiles(join(directory, '.git'), { [`${old}/0`]: 'x', [young]: 'x', 'cortex-mine.index': 'x' })
  for (const name of [old, 'cortex-mine.index']) await utimes(join(directory, '.git', name), 0, 0)
  await openWorkspace(directory)
  t.strictSame((await readdir(join(directory, '.git'))).filter((name) => name.startsWith('cortex-')), [young, 'cortex-mine.index'].sort())
})
