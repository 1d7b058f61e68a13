import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Writable } from 'node:stream'
import { redactLine } from '@cortex/secrets'
import { createLogger } from '@cortex/service'
import t from 'tap'
import { base64, drawn, positives } from '../../secrets/test/secrets-corpus.ts'
import { startCortex } from './cortex.ts'
import { resultsIn, startMessagesServer } from './messages-server.ts'
import { git, writeFiles } from './workspace.ts'

/** Reading one is two processes of git. */
const filesOf = 24

t.test('no secret of any kind is on disk, on the wire, in a log or in a prompt after a run that met them all', async (t) => {
  const lines: string[] = []
  const logger = createLogger({ level: 'trace', name: 'test', redactLine }, new Writable({ write (line, _, done) { lines.push(String(line)); done() } }))
  const [cortex, model] = await Promise.all([startCortex(t), startMessagesServer(t)])
  const agents = await cortex.agents({ model: { baseUrl: model.url, apiKey: 'test' }, logger })
  const files: Record<string, string> = {}
  // Every other file has the line ends of Windows.
  for (const [index, { text: asWritten }] of positives.entries()) {
    const text = index % 2 === 0 ? asWritten : asWritten.replaceAll('\n', '\r\n')
    files[`secrets/${index % filesOf}.txt`] = `${files[`secrets/${index % filesOf}.txt`] ?? ''}${text}\n---\n`
  }
  await writeFiles(cortex.workspace, files)
  git(cortex.workspace, 'add', '--all')
  git(cortex.workspace, 'commit', '--quiet', '--message', `Keep it all, as ${positives[0]!.secrets[0]}`)

  const paths = Object.keys(files)
  const typed = `ghp_${drawn(36, undefined, 77)}`
  const invented = `Invented${drawn(12)}`
  const shown = new Map<string, string>()
  const read = (some: string[]) => ({ calls: some.map((path): [string, unknown] => ['workspace_read', { path }]) })
  const keep = (some: string[]) => (request: Parameters<typeof resultsIn>[0]) => {
    for (const [index, { content }] of resultsIn(request).entries()) shown.set(some[index]!, content.split('\n').slice(1, -1).join('\n'))
  }
  const half = Math.ceil(paths.length / 2)
  model.script(
    { think: `They said ${typed}.`, ...read(paths.slice(0, half)) },
    (request) => { keep(paths.slice(0, half))(request); return read(paths.slice(half)) },
    (request) => {
      keep(paths.slice(half))(request)
      return {
        say: `I use ${typed} and API_KEY=${invented}.`,
        calls: [['workspace_history', {}], ['workspace_search', { text: 'password' }], ['inspect_misconfigurations', {}], ['inspect_workspace', {}], ['inspect_inventory', {}], ['workspace_write', { files: [{ path: 'leak.env', content: `API_KEY=${invented}\n` }] }]]
      }
    },
    () => ({ calls: [['workspace_move', { from: paths[6]!, to: 'moved.txt' }], ['workspace_delete', { paths: [paths[8]!] }], ['workspace_write', { files: [{ path: paths[7]!, content: `# Looked at\n${shown.get(paths[7]!)}` }] }], ['apply_changes', { summary: `Tidy up, password: ${invented}` }]] })
  )
  const id = await cortex.create('Look at every file', 'general', { description: `Look at every file. My token is ${typed}, keep it.` })
  const approval = await cortex.approval(id)
  t.equal(approval.changes.length, 4, 'what holds a secret can be moved, deleted and changed around it')
  model.script({ calls: [['finish', { summary: `Done with ${typed}`, report: `API_KEY=${invented}`, evidence: [{ claim: 'It was applied', quote: 'exactly the approved diff of 4 files' }] }]] })
  await cortex.decide(approval, 'approve')
  t.match(await cortex.ended(id), { status: 'completed', result: { files: ['moved.txt', paths[6], paths[7], paths[8]].sort() } })

  const failing = await cortex.create(`Use ${typed}`, 'security')
  model.script({ calls: [['give_up', { reason: `No host takes ${typed} nor password=${invented}` }]] })
  t.match(await cortex.ended(failing), { status: 'failed', error: { message: /GitHub token/ } })

  const answers = await Promise.all([`/v1/tasks/${id}/log`, '/v1/approvals', '/v1/approvals?status=approved', '/metrics', `/v1/tasks/${failing}/log`].map(async (path) => (await fetch(`${cortex.url}${path}`)).text()))
  const { payload, metadata, ...ours } = await cortex.task(id)
  await agents.close()
  await cortex.stopOrchestrator()

  const secrets = [...new Set([...positives.flatMap((positive) => positive.secrets), invented])]
  const found = (text: string, some = secrets) => some.filter((secret) => [secret, base64(secret), JSON.stringify(secret).slice(1, -1)].some((form) => text.includes(form)))
  t.strictSame(found(JSON.stringify(model.requests), [...secrets, typed]), [], 'nothing of it was sent to the model')
  t.strictSame(found(lines.join(''), [...secrets, typed]), [], 'nor logged')
  t.strictSame(found(JSON.stringify([...answers, ours]), [...secrets, typed]), [], 'nor answered')
  t.match(metadata.original_input, { description: new RegExp(typed) }, 'what a person sent is kept as it was sent')
  t.ok(payload.query.includes(typed))
  let searched = 0
  for (const path of await readdir(cortex.home, { recursive: true })) {
    if (path.split(sep)[0] === 'workspace') continue
    const bytes = await readFile(join(cortex.home, path)).catch(() => undefined)
    if (!bytes) continue
    searched++
    t.strictSame(found(bytes.toString('latin1')), [], `${relative(cortex.home, join(cortex.home, path))} holds none`)
  }
  t.ok(searched >= 3, `${searched} files`)
  t.notMatch(git(cortex.workspace, 'log', '-1', '--format=%B'), typed, 'nor is what was typed in the commit')
})
