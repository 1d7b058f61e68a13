import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createWorkspaceToolkit } from '../src/toolkits/workspace/index.ts'
import { openWorkspace } from '../src/toolkits/workspace/open-workspace.ts'
import { apply, git, plan, reader, repositoryWith, request, signal, temporaryFolder, writeFiles } from './workspace.ts'

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

const conversions: Array<[how: string, attributes: string, settings: string[], onDisk: (text: string) => string | Buffer]> = [
  ['line ends by attributes', '* text eol=crlf\n', [], (text) => text.replaceAll('\n', '\r\n')],
  ['line ends by a setting', '* text=auto\n', ['core.autocrlf=true'], (text) => text.replaceAll('\n', '\r\n')],
  ['an encoding', '*.txt working-tree-encoding=UTF-16LE\n', [], (text) => Buffer.from(text, 'utf16le')]
]
for (const [how, attributes, settings, onDisk] of conversions) {
  t.test(`a repository whose files git converts on disk (${how}) is changed as any other, and is clean afterwards`, async (t) => {
    const { directory, toolkit } = await repositoryWith(t, { '.gitattributes': attributes })
    for (const setting of settings) git(directory, 'config', ...setting.split('='))
    const stands = async (path: string, text: string) => {
      t.strictSame(await readFile(join(directory, path)), Buffer.from(onDisk(text)), `${path} on disk`)
      t.equal(git(directory, 'show', `HEAD:${path}`), text, `${path} in git`)
    }
    for (const path of ['a.txt', 'b.txt']) await writeFiles(directory, { [path]: onDisk('a\nb\n') })
    git(directory, 'add', '--all')
    git(directory, 'commit', '--quiet', '--message', 'Theirs')
    t.equal(git(directory, 'status', '--porcelain'), '')

    const plans = await plan(toolkit, 'workspace_delete', { paths: ['b.txt'] }, await plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'A\nb\n' }, { path: 'c/c d.txt', content: 'c\n' }] }))
    t.match(await apply(toolkit, plans), { kind: 'applied' })
    t.equal(git(directory, 'status', '--porcelain'), '')
    await stands('a.txt', 'A\nb\n')
    await stands('c/c d.txt', 'c\n')
    t.match(await toolkit.undo!(request(plans)), { undone: { length: 3 }, left: [] })
    await stands('b.txt', 'a\nb\n')

    await writeFiles(directory, { 'a.txt': onDisk('theirs\n') })
    await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path: 'a.txt', content: 'ours\n' }] }), { code: 'CTX_WORKSPACE_DIRTY' }, 'what somebody wrote is seen all the same')
    t.strictSame(await readFile(join(directory, 'a.txt')), Buffer.from(onDisk('theirs\n')))
  })
}

t.test('attributes that a change set brings count for the files it brings, and a mark git fills in is none of a person', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { '.gitattributes': 'id.txt ident\n', 'id.txt': '$Id$\none\n' })
  await rm(join(directory, 'id.txt'))
  git(directory, 'checkout', '--', 'id.txt')
  t.match(await readFile(join(directory, 'id.txt'), 'utf8'), /\$Id: [0-9a-f]{40} \$/)
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: '.gitattributes', content: 'id.txt ident\n*.bat eol=crlf\n' }, { path: '.bat/go.bat', content: 'a\nb\n' }, { path: 'id.txt', content: '$Id$\ntwo\n' }] })
  t.match(await apply(toolkit, plans), { kind: 'applied' })
  t.equal(await readFile(join(directory, '.bat/go.bat'), 'utf8'), 'a\r\nb\r\n')
  t.match(await readFile(join(directory, 'id.txt'), 'utf8'), /\$Id: [0-9a-f]{40} \$\ntwo/)
  t.equal(git(directory, 'status', '--porcelain'), '')
})

t.test('what a killed process had put aside is cleared away an hour later, and nothing else', async (t) => {
  const { directory } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const [old, young] = [`cortex-${randomUUID()}.blobs`, `cortex-${randomUUID()}.index`]
  await writeFiles(join(directory, '.git'), { [`${old}/0`]: 'x', [young]: 'x', 'cortex-mine.index': 'x' })
  for (const name of [old, 'cortex-mine.index']) await utimes(join(directory, '.git', name), 0, 0)
  await openWorkspace(directory)
  t.strictSame((await readdir(join(directory, '.git'))).filter((name) => name.startsWith('cortex-')), [young, 'cortex-mine.index'].sort())
})
