import { join } from 'node:path'
import t from 'tap'
import { readMasters } from '../src/master.ts'
import { decide, defaultPolicy, readPolicy } from '../src/policy.ts'
import { redact } from '../src/redact.ts'
import { readRunbooks } from '../src/runbook/runbook.ts'
import { temporaryFolder, tools, writeFiles } from './workspace.ts'

const known = { toolkits: ['workspace', 'inspection', 'kubernetes', 'helm'], runbooks: ['monitoring-stack', 'dashboards', 'network-policies', 'backup-schedule', 'workspace-overview', 'misconfiguration-scan', 'inventory', 'ci-pipeline', 'repository-report'] }

t.test('every category has a built-in master, and every runbook one names is there', async (t) => {
  const runbooks = await readRunbooks(undefined, tools)
  const masters = await readMasters(undefined, { toolkits: known.toolkits, runbooks: runbooks.map(({ id }) => id) })
  t.strictSame(masters.map(({ id }) => id).sort(), ['cicd-master', 'development-master', 'general-master', 'infrastructure-master', 'inventory-master', 'security-master'])
  for (const { categories, runbooks: own } of masters) {
    t.ok(runbooks.some((runbook) => own.includes(runbook.id) && runbook.categories.some((category) => categories.includes(category))), `${categories[0]} has a runbook`)
  }
})

t.test('a master of the operator takes the place of the built-in one', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, { 'mine.yaml': 'id: security-master\ntitle: Ours\ncategories: [security]\ninstructions: Look.\ntoolkits: [inspection]\neffort: low\nconcurrency: 2\n' })
  const masters = await readMasters(folder, known)
  t.match(masters.find(({ id }) => id === 'security-master'), { title: 'Ours', concurrency: 2, runbooks: [] })
  t.equal(masters.length, 6)
})

t.test('a faulty master is named with its file and its fields', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, { 'broken.yaml': 'id: Broken!\ntitle: X\ncategories: [cooking]\ninstructions: x\ntoolkits: [workspace]\neffort: low\nsurprise: 1\n' })
  await t.rejects(readMasters(folder, known), { code: 'CTX_DEFINITION_INVALID', message: /broken\.yaml: .*categories\.0.*/ })
  await t.rejects(readMasters(folder, known), { message: /surprise/ })
  await writeFiles(folder, { 'broken.yaml': 'id: ours\ntitle: X\ncategories: [general]\ninstructions: x\ntoolkits: [telepathy]\neffort: low\nrunbooks: [none]\n' })
  await t.rejects(readMasters(folder, known), { message: /there is no toolkit telepathy.*there is no runbook none/ })
})

t.test('a faulty runbook is named with its file and its fields', async (t) => {
  const folder = await temporaryFolder(t)
  const runbook = (steps: string) => `id: x\ntitle: X\ncategories: [general]\nmatch: { all: [[word]] }\nsteps:\n${steps}\nresult: { summary: done }\n`
  const refused: Array<[string, RegExp]> = [
    [runbook('  - { name: a, tool: rm_rf }'), /steps\.0\.tool: there is no tool rm_rf/],
    [runbook('  - { name: a, tool: workspace_write, with: { files: [{ path: x, content: { template: nowhere.txt } }] } }'), /there is no file nowhere\.txt/],
    [runbook('  - { name: a }'), /steps\.0\.tool/],
    [runbook('  - { name: a, tool: inspect_workspace }').replace('summary: done', 'summary: "<{ unclosed"'), /result\.summary/],
    [runbook('  - { name: a, tool: inspect_workspace }') + 'inputs: { n: { description: d, default: "-", pattern: "[a-z]+" } }', /inputs\.n\.default/],
    ['a: [', /runbook\.yaml/]
  ]
  for (const [text, message] of refused) {
    await writeFiles(folder, { 'x/runbook.yaml': text })
    await t.rejects(readRunbooks(folder, tools), { code: 'CTX_DEFINITION_INVALID', message })
  }
})

t.test('the first rule of the policy that matches decides, and the default asks for changes', async (t) => {
  const file = join(await temporaryFolder(t), 'policy.yaml')
  await writeFiles(join(file, '..'), {
    'policy.yaml': `rules:
  - { name: nobody touches production, match: { target: "apps/prod/**" }, decision: deny }
  - { name: documents are free, match: { kind: change, toolkit: workspace, target: "docs/**/*.md", risk: low }, decision: auto }
  - { name: no search in security, match: { category: security, tool: workspace_search }, decision: deny }
`
  })
  const policy = await readPolicy(file)
  const change = { category: 'general', kind: 'change', toolkit: 'workspace', tool: 'workspace_write', risk: 'low' } as const
  t.strictSame(decide(policy, { ...change, target: 'docs/a/b.md' }), { decision: 'auto', rule: 'documents are free' })
  t.match(decide(policy, { ...change, target: 'docs/a/b.md', risk: 'high' }), { decision: 'ask' })
  t.match(decide(policy, { ...change, target: 'apps/prod/x/y.yaml' }), { decision: 'deny', rule: 'nobody touches production' })
  const read = { category: 'security', kind: 'read', toolkit: 'workspace', tool: 'workspace_search' } as const
  t.match(decide(policy, read), { decision: 'deny' })
  t.match(decide(policy, { ...read, category: 'general' }), { decision: 'auto' })
  t.match(decide(defaultPolicy, { ...change, target: 'x' }), { decision: 'ask' })
  await writeFiles(join(file, '..'), { 'policy.yaml': 'rules: [{ name: x, match: { targets: y }, decision: maybe }]' })
  await t.rejects(readPolicy(file), { code: 'CTX_DEFINITION_INVALID', message: /policy\.yaml.*rules\.0/ })
})

t.test('secrets are replaced by their kind, and ordinary text is left as it is', (t) => {
  const secrets: Array<[string, string]> = [
    ['postgres://app:s3cr3tpassword@db/x', 's3cr3tpassword'],
    ['api_key = "abcdef0123456789"', 'abcdef0123456789'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', 'MIIE'],
    [`token: ghp_${'a1B2'.repeat(9)}`, 'a1B2'],
    ['client-secret: Zm9vYmFyYmF6cXV4', 'Zm9vYmFyYmF6cXV4']
  ]
  for (const [text, secret] of secrets) t.notMatch(redact(text), secret, text.slice(0, 20))
  for (const text of ['secretName: grafana-admin', 'valueFrom:\n  secretKeyRef:\n    name: x', 'password: $(DB_PASSWORD)', 'tokens: 12', 'The secret is out', 'password: changeme', 'http://localhost:8080/a@b']) {
    t.equal(redact(text), text)
  }
  t.end()
})
