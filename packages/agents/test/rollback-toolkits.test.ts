import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readToolkitsFile } from '../src/toolkits/outward/toolkits-file.ts'
import { createShellToolkit } from '../src/toolkits/shell/index.ts'
import type { MadeChange, Plan, Toolkit } from '../src/toolkit.ts'
import { configMap, startCluster } from './support/cluster.ts'
import { applyWith } from './support/journal.ts'
import { git, plan, repositoryWith, request, signal, temporaryFolder, writeFiles } from './workspace.ts'

const context = { signal, draft: [] }
/** As the journal gives the changes back. */
const back = (toolkit: Toolkit, changes: readonly MadeChange[]) => toolkit.planBack!(JSON.parse(JSON.stringify(changes)) as MadeChange[], context)

async function make (toolkit: Toolkit, plans: Plan[]): Promise<Plan[]> {
  const noted = new Map<string, string>()
  const applied = await toolkit.apply!({ ...request(plans), noted, note: async (target, state) => { noted.set(target, state) } })
  if (applied.kind !== 'applied') throw new Error(`moved: ${applied.targets.join()}`)
  await toolkit.verify!(plans, applied.reference, signal)
  return plans
}

t.test('objects go back to what they were before the first of several changes, by an ordinary plan', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  const of = { namespace: cluster.namespace, kind: 'ConfigMap' }
  await cluster.write({ ...configMap('old', { mode: 'a', kept: 'x' }) })
  await cluster.write(configMap('gone', { mode: 'a' }))
  const created = await make(toolkit, await plan(toolkit, 'kubernetes_apply', { manifest: JSON.stringify({ ...configMap('new', { mode: 'a' }), metadata: { name: 'new', namespace: cluster.namespace } }) }))
  const patched = await make(toolkit, await plan(toolkit, 'kubernetes_patch', { ...of, name: 'old', patch: { metadata: { annotations: { added: 'y' } }, data: { mode: 'b', added: 'y', kept: null } } }))
  const again = await make(toolkit, await plan(toolkit, 'kubernetes_patch', { ...of, name: 'old', patch: { data: { mode: 'c' } } }))
  const deleted = await make(toolkit, await plan(toolkit, 'kubernetes_delete', { ...of, name: 'gone' }))
  const changes = [...deleted, ...again, ...patched, ...created]
  const { plans, standing, left } = await back(toolkit, changes)
  t.strictSame(plans.map(({ target, verb }) => [target.split('/').at(-1), verb]), [['gone', 'create'], ['old', 'update'], ['new', 'delete']])
  t.strictSame([standing, left], [[], []])
  t.match(plans[1]!.diff, /-\s+added: y[\s\S]*\+\s+kept: x/)
  t.notMatch(plans[1]!.dry_run, /changed since/)
  await make(toolkit, plans)
  t.match(await cluster.read('v1/configmaps/old'), { data: { mode: 'a', kept: 'x' } })
  t.notMatch(await cluster.read('v1/configmaps/old'), { data: { added: 'y' } })
  t.notMatch(await cluster.read('v1/configmaps/old'), { metadata: { annotations: { added: 'y' } } })
  t.match(await cluster.read('v1/configmaps/gone'), { data: { mode: 'a' } })
  t.equal(await cluster.read('v1/configmaps/new'), null)
  t.match(await back(toolkit, changes), { plans: [], standing: { length: 3 }, left: [] }, 'then nothing is left to undo')
})

t.test('an object somebody changed since is planned back at a high risk, with their change in the diff', async (t) => {
  const cluster = await startCluster(t)
  const toolkit = cluster.toolkit()
  await cluster.write(configMap('old', { mode: 'a' }))
  const patched = await make(toolkit, await plan(toolkit, 'kubernetes_patch', { namespace: cluster.namespace, kind: 'ConfigMap', name: 'old', patch: { data: { mode: 'b' } } }))
  await cluster.write(configMap('old', { mode: 'b', theirs: 'z' }))
  t.match((await back(toolkit, patched)).plans, [{ risk: 'high', dry_run: /changed since by others/, diff: /-\s+theirs: z/ }])
})

t.test('files with secrets go back whole, and no secret is shown', async (t) => {
  const secret = 'kX9!vQ2#mZ7pL4wR'
  const { directory, toolkit } = await repositoryWith(t, { 'app.env': `PORT=1\nDB_PASSWORD=${secret}\n` })
  const plans = await make(toolkit, await plan(toolkit, 'workspace_delete', { paths: ['app.env'] }))
  const planned = await back(toolkit, plans)
  t.match(planned, { plans: [{ verb: 'create' }], left: [] })
  t.notMatch(JSON.stringify(planned), secret)
  await make(toolkit, planned.plans)
  t.equal(git(directory, 'show', 'HEAD:app.env'), `PORT=1\nDB_PASSWORD=${secret}\n`)
})

t.test('a file that can be run stays one: moved, deleted and taken back, and where an approved change set is undone', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'run.sh': '#!/bin/sh\ntrue\n', 'go.sh': '#!/bin/sh\nfalse\n' })
  const modes = () => git(directory, 'ls-tree', '--format=%(path) %(objectmode)', 'HEAD').trim().split('\n')
  const commitMode = (path: string, mode: '+x' | '-x') => {
    git(directory, 'update-index', `--chmod=${mode}`, path)
    git(directory, 'commit', '--quiet', '--message', 'mode')
    git(directory, 'checkout', '--quiet', '--', path)
  }
  commitMode('run.sh', '+x')
  commitMode('go.sh', '+x')
  const moved = await make(toolkit, await plan(toolkit, 'workspace_write', { files: [{ path: 'bin/go.sh', content: '#!/bin/sh\nexit 1\n' }] }, await plan(toolkit, 'workspace_move', { from: 'go.sh', to: 'bin/go.sh' })))
  const deleted = await make(toolkit, await plan(toolkit, 'workspace_delete', { paths: ['run.sh'] }))
  t.match(git(directory, 'ls-tree', 'HEAD', 'bin/go.sh'), /^100755/)
  const planned = await back(toolkit, [...deleted, ...moved])
  t.match(planned, { plans: [{ target: 'run.sh', diff: /^new file mode 100755$/m, risk: 'medium' }, { target: 'go.sh', diff: /^new file mode 100755$/m }, { target: 'bin/go.sh' }], left: [] })
  await make(toolkit, planned.plans)
  t.strictSame(modes(), ['go.sh 100755', 'run.sh 100755'])
  t.equal(git(directory, 'status', '--porcelain'), '', 'and so it lies in the folder')

  const again = await plan(toolkit, 'workspace_delete', { paths: ['go.sh'] })
  await make(toolkit, again)
  t.match(await toolkit.undo!(request(again)), { undone: ['go.sh'], left: [] })
  t.strictSame(modes(), ['go.sh 100755', 'run.sh 100755'])

  const written = await make(toolkit, await plan(toolkit, 'workspace_write', { files: [{ path: 'run.sh', content: '#!/bin/sh\nexit 2\n' }] }))
  commitMode('run.sh', '-x')
  t.match((await back(toolkit, written)).plans, [{ risk: 'high', dry_run: /changed since by others/, diff: /^old mode 100644\nnew mode 100755$/m }])
  t.match(await toolkit.undo!(request(written)), { undone: [], left: [{ target: 'run.sh' }] })
})

t.test('commands are taken back by their undo, the last first, and one without is named', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, {
    'toolkits.yaml': `shell:
  masters: [general-master]
  commands:
    - { name: make, description: Makes., kind: change, risk: low, argv: [mkdir, "${folder}/{name}"], undo: [rmdir, "${folder}/{name}"], arguments: { name: { description: n } } }
    - { name: once, description: Once., kind: change, risk: low, argv: [mkdir, "-p", "${folder}/once"] }
`
  })
  const { shell } = await readToolkitsFile(join(folder, 'toolkits.yaml'), process.env)
  const kit = createShellToolkit(shell!, process.env)
  let plans = await plan(kit, 'shell_make', { name: 'a' })
  plans = await plan(kit, 'shell_make', { name: 'b' }, plans)
  plans = await plan(kit, 'shell_once', {}, plans)
  for (const name of ['a', 'b']) await mkdir(join(folder, name))
  const planned = await back(kit, [...plans].reverse())
  t.match(planned, { plans: [{ target: /^001 undo 002 make b/, diff: /\+run, one argument a line:\n\+ {2}"rmdir"\n/ }, { target: /^002 undo 001 make a/ }], left: [{ target: /once/, reason: 'nothing takes it back' }] })
  await applyWith(kit, planned.plans)
  t.strictSame((await readdir(folder)).sort(), ['toolkits.yaml'])
})
