import { EventEmitter, once } from 'node:events'
import { rename } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { startCortex } from './cortex.ts'
import { temporaryFolder, writeFiles } from './workspace.ts'

const definitions = {
  'masters/general.yaml': `id: general-master
title: General
categories: [general]
toolkits: [workspace]
effort: low
runbooks: [notes, pages]
instructions: Follow the runbooks.
`,
  'runbooks/notes/runbook.yaml': `id: notes
title: Notes
categories: [general]
match: { all: [[notes]] }
inputs: { name: { description: Whose, default: nobody, pattern: '[a-z]{1,20}', find: 'of ([a-z]+)' } }
steps: [{ name: Plan, tool: workspace_write, with: { files: [{ path: 'notes/<{ name }>.md', content: 'x' }] } }]
result: { summary: Written. }
`
}

t.test('a changed policy or toolkits file counts for what begins then, one with a fault for nothing, and a run under way keeps what it began with', async (t) => {
  const [cortex, folder] = await Promise.all([startCortex(t), temporaryFolder(t)])
  const requests = new EventEmitter()
  const pages = createServer((request, response) => { requests.emit(request.url!, () => response.end('a page')) }).listen(0, '127.0.0.1')
  await once(pages, 'listening')
  t.teardown(() => { pages.close() })
  const page = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`
  const toolkits = (path: string) => `http: { masters: [general-master], allow: [{ url: "${page}/${path}", private: true }] }\n`
  await writeFiles(folder, {
    ...definitions,
    'runbooks/pages/runbook.yaml': `id: pages
title: Pages
categories: [general]
match: { all: [[page]] }
inputs: { name: { description: Which, default: none, pattern: '[a-z]{1,20}', find: 'page ([a-z]+)' } }
steps: [{ name: Read, tool: http_get, with: { url: '${page}/<{ name }>' } }]
result: { summary: Read. }
`,
    'policy.yaml': 'rules: []\n',
    'toolkits.yaml': toolkits('first')
  })
  const told = new EventEmitter()
  const logger = pino({}, { write: (line: string) => { told.emit((JSON.parse(line) as { msg: string }).msg, JSON.parse(line)) } })
  await cortex.agents({ logger, policyFile: join(folder, 'policy.yaml'), toolkitsFile: join(folder, 'toolkits.yaml'), mastersFolder: join(folder, 'masters'), runbooksFolder: join(folder, 'runbooks') })
  const change = async (name: string, text: string, msg: string): Promise<object> => {
    const heard = once(told, msg)
    await writeFiles(folder, { [`${name}.new`]: text })
    await rename(join(folder, `${name}.new`), join(folder, name))
    return (await heard as [object])[0]
  }

  const asked = await cortex.create('Write the notes of ann', 'general')
  await cortex.until(asked, ({ status }) => status === 'awaiting_approval')
  const begun = once(requests, '/first')
  const underWay = await cortex.create('Look at page first', 'general')
  const [answer] = await begun as [() => void]

  t.match(await cortex.ended(await cortex.create('Look at page second', 'general')), { status: 'failed', error: { code: 'CTX_HTTP_REFUSED' } })
  await Promise.all([
    change('policy.yaml', 'rules: [{ name: notes are free, match: { target: "notes/**" }, decision: auto }]\n', 'policy: read again, and counts from now on'),
    change('toolkits.yaml', toolkits('second'), 'toolkits: read again, and counts from now on')
  ])
  const free = cortex.create('Write the notes of bob', 'general').then((id) => cortex.ended(id))
  requests.once('/second', (reply: () => void) => reply())
  t.match(await cortex.ended(await cortex.create('Look at page second', 'general')), { status: 'completed' })
  t.match(await cortex.ended(await cortex.create('Look at page first', 'general')), { status: 'failed', error: { code: 'CTX_HTTP_REFUSED' } })
  t.match(await free, { status: 'completed', result: { evidence: [{ detail: /policy rule "notes are free"/ }] } })
  answer()
  t.match(await cortex.ended(underWay), { status: 'completed' }, 'it had begun when the first page could be read')

  const faults = await Promise.all([
    change('policy.yaml', 'rules: [{ name: notes, match: { target: "notes/**" }, decision: maybe }]\n', 'policy: changed, and cannot be used; what was read before still counts'),
    change('toolkits.yaml', 'http: { masters: [nobody], allow: [{ url: "http://x.example/" }] }\n', 'toolkits: changed, and cannot be used; what was read before still counts')
  ])
  t.match(faults, [{ level: 50, err: { message: /policy\.yaml: rules\.0\.decision/ } }, { level: 50, err: { message: /toolkits\.yaml: http: masters: there is no master nobody/ } }])
  t.match(await cortex.ended(await cortex.create('Write the notes of cy', 'general')), { status: 'completed' })
})
