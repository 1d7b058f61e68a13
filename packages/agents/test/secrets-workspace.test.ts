import t from 'tap'
import { drawn } from '../../secrets/test/secrets-corpus.ts'
import { Type } from '@sinclair/typebox'
import { defineChange, type Plan } from '../src/toolkit.ts'
import { apply, git, plan, reader, repositoryWith, signal } from './workspace.ts'

const env = 'USER=app\nDB_PASSWORD=first-of-two\nHOST=db\nDB_PASSWORD=second-of-two\n'
const pem = ['-----BEGIN ', 'KEY-----\n', drawn(64), '\n', drawn(40), '\n-----END ', 'KEY-----'].map((part) => part.startsWith('-') || part.includes('END') ? `${part}PRIVATE ` : part).join('')
const tls = `key: |\n${pem.replace(/^/gm, '  ')}\nport: 443\n`

t.test('a file with secrets is changed around them by who never sees them', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'app.env': env, 'tls.yaml': tls })
  const read = async (path: string, draft: readonly Plan[] = []) => String((await reader(toolkit, 'workspace_read').run({ path }, { signal, draft })).facts.content)
  const shown = await read('app.env')
  t.equal(shown, 'USER=app\nDB_PASSWORD=[redacted: password or token #1]\nHOST=db\nDB_PASSWORD=[redacted: password or token #2]\n')
  const key = await read('tls.yaml')
  t.equal(key.split('\n').length, tls.split('\n').length, 'lines stay where they are')

  // The first of the two goes, the second stays: each keeps its own value.
  const changed = shown.replace('DB_PASSWORD=[redacted: password or token #1]\n', '').replace('HOST=db', 'HOST=db2')
  const plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'app.env', content: changed }, { path: 'tls.yaml', content: key.replace('443', '8443') }] })
  const stored = JSON.stringify(plans)
  for (const secret of ['first-of-two', 'second-of-two', drawn(64)]) t.notMatch(stored, secret, 'nothing that is stored or shown holds a secret')
  t.match(plans[0]?.diff, /-DB_PASSWORD=\[redacted: password or token\]\n-HOST=db\n\+HOST=db2\n DB_PASSWORD=\[redacted/)

  const applied = await apply(toolkit, plans)
  t.equal(git(directory, 'show', 'HEAD:app.env'), 'USER=app\nHOST=db2\nDB_PASSWORD=second-of-two\n')
  t.equal(git(directory, 'show', 'HEAD:tls.yaml'), tls.replace('443', '8443'))
  t.match(await toolkit.verify!(plans, applied.kind === 'applied' ? applied.reference : '', signal), [{ claim: /exactly the approved diff of 2 files/ }])
})

t.test('a file with secrets is moved whole, changed after it was moved, and deleted, and no diff shows them', async (t) => {
  const { directory, toolkit } = await repositoryWith(t, { 'app.env': env })
  let plans = await plan(toolkit, 'workspace_move', { from: 'app.env', to: 'config/app.env' })
  const shown = String((await reader(toolkit, 'workspace_read').run({ path: 'config/app.env' }, { signal, draft: plans })).facts.content)
  plans = await plan(toolkit, 'workspace_write', { files: [{ path: 'config/app.env', content: `${shown}PORT=80\n` }] }, plans)
  t.notMatch(JSON.stringify(plans), /of-two/)
  await apply(toolkit, plans)
  t.equal(git(directory, 'show', 'HEAD:config/app.env'), `${env}PORT=80\n`)
  const gone = await plan(toolkit, 'workspace_delete', { paths: ['config/app.env'] })
  t.notMatch(JSON.stringify(gone), /of-two/)
  await apply(toolkit, gone)
  t.equal(git(directory, 'ls-files'), '')
})

t.test('a mark is not put where its secret did not stand', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'app.env': env, 'tls.yaml': tls, 'plain.txt': 'x\n' })
  const [, first, , second] = 'USER=app\nDB_PASSWORD=[redacted: password or token #1]\nHOST=db\nDB_PASSWORD=[redacted: password or token #2]\n'.split('\n')
  const refused: Array<[path: string, content: string]> = [
    ['app.env', `${first}\n${first}\n`], ['app.env', `PUBLIC_NOTE=${first!.split('=')[1]}\n`], ['app.env', `${first} # and\n${second}\n`], ['app.env', 'DB_PASSWORD=[redacted: password or token #3]\n'],
    ['app.env', 'DB_PASSWORD=[redacted: password or token]\n'], ['app.env', 'DB_PASSWORD=[redacted: GitHub token #1]\n'], ['app.env', 'x [redacted:'], ['plain.txt', `${first}\n`], ['new.txt', `${first}\n`],
    ['tls.yaml', 'key: |\n  [redacted: private key #1]\nport: 443\n']
  ]
  for (const [path, content] of refused) {
    await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path, content }] }), { code: 'CTX_FILE_UNSUITED' }, JSON.stringify(content))
  }
})

t.test('the value of a secret is not written, be its kind certain or not', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'a.txt': 'a\n' })
  const write = (content: string) => plan(toolkit, 'workspace_write', { files: [{ path: 'new.yaml', content }] })
  for (const content of ['kind: Secret\nstringData:\n  a: word\n', 'DB_PASSWORD=hunter2\n', `DB_PASSWORD ?= ${drawn(16)}\n`, `parser.add_argument("--password", default="${drawn(16)}")\n`, `kennwort: ${drawn(16)}\n`, `x: ghp_${drawn(36)}\n`, pem]) {
    await t.rejects(write(content), { code: 'CTX_FILE_UNSUITED', message: /holds what looks like a secret \(.+, line \d+\).*SealedSecret/ }, content)
  }
  t.equal((await write('kind: Secret\nstringData:\n  a: ${DB_PASSWORD}\n')).length, 1) // eslint-disable-line no-template-curly-in-string
})

t.test('a search answers nothing about what stands in a secret only', async (t) => {
  const { toolkit } = await repositoryWith(t, { 'app.env': env, 'b.md': 'There is a first-aid box\nUse DB_PASSWORD\n' })
  const search = async (text: string) => (await reader(toolkit, 'workspace_search').run({ text }, { signal, draft: [] })).text
  t.equal(await search('first-'), 'b.md:1: There is a first-aid box')
  for (const guess of ['first-o', 'second-of-two', '=first', 'PASSWORD=s']) t.equal(await search(guess), 'No line holds it.', guess)
  t.match(await search('db_password'), /app\.env:2: DB_PASSWORD=\[redacted: password or token #1\]\napp\.env:4[^\n]*\nb\.md:2: Use DB_PASSWORD/)
})

t.test('a file that is named for the secret it holds is shown, searched and kept without it', async (t) => {
  const files = { 'password.txt': 'swordfish-of-two\n', db_password: 'swordfish-of-two', 'secrets/api-token': `${drawn(30)}\n`, 'password.md': 'Of swordfish-of-two nothing is said.\n', 'run.sh': "mysql -p'swordfish-of-two' app\necho swordfish-of-two | docker login --password-stdin\n", 'app.yaml': `ENC_KEY: ${drawn(30)}\nauth:\n  key: ${drawn(30)}\n` }
  const { directory, toolkit } = await repositoryWith(t, files)
  for (const path of Object.keys(files).filter((path) => !path.endsWith('.md'))) {
    const { text } = await reader(toolkit, 'workspace_read').run({ path }, { signal, draft: [] })
    t.match(text, /\[redacted: [^\]]+ #1\]/, path)
    t.notMatch(text, /swordfish/, path)
    t.notMatch(text, drawn(30), path)
  }
  const search = async (text: string) => (await reader(toolkit, 'workspace_search').run({ text }, { signal, draft: [] })).text
  t.equal(await search('swordfish'), 'password.md:1: Of swordfish-of-two nothing is said.')
  t.equal(await search(drawn(30).slice(0, 6)), 'No line holds it.')
  await t.rejects(plan(toolkit, 'workspace_write', { files: [{ path: 'config/db_password', content: 'swordfish' }] }), { code: 'CTX_FILE_UNSUITED', message: /secret in a file of its own/ })
  await apply(toolkit, await plan(toolkit, 'workspace_delete', { paths: ['password.txt'] }))
  t.notMatch(git(directory, 'ls-files'), /password\.txt/)
})

t.test('a file whose lines end as those of Windows do is read, searched and changed like any', async (t) => {
  const file = 'kind: Secret\nstringData:\n  a: first-of-two\n  b: |\n    line one\n    line two\nother: x\n'.replaceAll('\n', '\r\n')
  const { directory, toolkit } = await repositoryWith(t, { 'secret.yaml': file })
  const shown = String((await reader(toolkit, 'workspace_read').run({ path: 'secret.yaml' }, { signal, draft: [] })).facts.content)
  t.match(shown, 'stringData:\r\n  a: [redacted: Secret value #1]\r\n')
  t.notMatch(shown, /first|line/)
  for (const guess of ['first-of', 'line two']) t.equal((await reader(toolkit, 'workspace_search').run({ text: guess }, { signal, draft: [] })).text, 'No line holds it.')
  await apply(toolkit, await plan(toolkit, 'workspace_write', { files: [{ path: 'secret.yaml', content: shown.replace('other: x', 'other: y') }] }))
  t.equal(git(directory, 'show', 'HEAD:secret.yaml'), file.replace('other: x', 'other: y'), 'what a person stored stays, to the byte')
})

t.test('a plan of any toolkit that holds a secret is refused', async (t) => {
  const shared = { toolkit: 'other', tool: 'other_set', target: 'x', verb: 'update', base: null, risk: 'low', dry_run: 'x', diff: '+x', arguments: {}, inverse: {} } as const
  const tool = (more: Partial<Plan>) => defineChange({ name: 'other_set', description: 'x', input: Type.Object({}), plan: async () => ({ plans: [{ ...shared, ...more }], standing: [] }) }).plan({}, { signal, draft: [] })
  t.match(await tool({}), { plans: [{ target: 'x' }] })
  for (const more of [{ diff: '+password: hunter2' }, { arguments: { input: { content: "mysql -p'hunter2x' app" } } }, { arguments: { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] } }, { inverse: { object: { kind: 'Secret', data: { a: 'Yg==' } } } }, { dry_run: `ghp_${drawn(36)}` }]) {
    await t.rejects(tool(more), { code: 'CTX_PLAN_HOLDS_SECRET' }, JSON.stringify(more))
  }
})
