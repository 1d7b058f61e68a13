import { EventEmitter, once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { keepCurrent } from '../src/index.ts'

t.test('a changed file counts a moment later, one that cannot be used is told and changes nothing, and a link that is moved is a change', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cortex-current-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'rules.json')
  await writeFile(file, '1')
  const told = new EventEmitter()
  // Looking at a file keeps no process alive.
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(alive))
  const log = (level: string) => (about: object, text?: string) => { told.emit(level, { ...about, text }) }
  const options = {
    file,
    what: 'rules',
    logger: { info: log('info'), error: log('fault') },
    read: async (path: string | undefined) => JSON.parse(await readFile(path!, 'utf8')) as unknown,
    replaced: (old: unknown) => told.emit('replaced', old)
  }
  const first = once(told, 'info')
  const current = await keepCurrent(options)
  t.teardown(() => current.close())
  t.match(await first, [{ file, read_at: /^\d{4}-/, text: 'rules: read' }])
  t.equal(current.value, 1)

  const replaced = once(told, 'replaced')
  const again = once(told, 'info')
  await writeFile(`${file}.new`, '2')
  await rename(`${file}.new`, file)
  const [{ read_at: readAt }] = await again as [{ read_at: string }]
  t.strictSame([current.value, await replaced], [2, [1]])

  const fault = once(told, 'fault')
  await writeFile(file, '{ half')
  t.match(await fault, [{ file, read_at: readAt, err: SyntaxError, text: /cannot be used; what was read before still counts/ }])
  t.equal(current.value, 2)

  const gone = once(told, 'fault')
  await rm(file)
  t.match(await gone, [{ err: { code: 'ENOENT' } }])
  t.equal(current.value, 2)

  const linked = once(told, 'info')
  await mkdir(join(folder, 'v3'))
  await writeFile(join(folder, 'v3', 'rules.json'), '3')
  await symlink('v3/rules.json', file)
  await linked
  t.equal(current.value, 3)
})
