import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { categories } from '@cortex/contracts'
import { redact } from '@cortex/secrets'
import t from 'tap'
import { partCategories, readMasters } from '../src/master.ts'
import { confirmationFor, decide, defaultPolicy, deniedBy, readPolicy, type Policy } from '../src/policy.ts'
import { readRunbooks } from '../src/runbook/runbook.ts'
import type { Plan } from '../src/toolkit.ts'
import { temporaryFolder, tools, writeFiles } from './workspace.ts'

const runbooks = await readRunbooks(undefined, tools)
const known = { toolkits: ['workspace', 'inspection', 'kubernetes', 'helm'], runbooks: runbooks.map(({ id }) => id) }

t.test('every category has a built-in master with runbooks of its own, and each runbook a master for each of its categories', async (t) => {
  const masters = await readMasters(undefined, known)
  t.strictSame(masters.map(({ id }) => id).sort(), ['cicd-master', 'development-master', 'general-master', 'infrastructure-master', 'inventory-master', 'security-master'])
  for (const { categories, runbooks: own } of masters) {
    t.ok(runbooks.filter((runbook) => own.includes(runbook.id) && runbook.categories.some((category) => categories.includes(category))).length >= 2, `${categories[0]} has two at least`)
  }
  t.ok(runbooks.length >= 12, `${runbooks.length} runbooks`)
  for (const { id, categories } of runbooks) {
    for (const category of categories) t.ok(masters.some((master) => master.categories.includes(category) && master.runbooks.includes(id)), `${id} for ${category}`)
  }
})

t.test('a master of the operator takes the place of the built-in one', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, { 'mine.yaml': 'id: security-master\ntitle: Ours\ncategories: [security]\ninstructions: Look.\ntoolkits: [inspection]\neffort: low\nconcurrency: 2\n' })
  const masters = await readMasters(folder, known)
  t.match(masters.find(({ id }) => id === 'security-master'), { title: 'Ours', concurrency: 2, runbooks: [] })
  t.equal(masters.length, 6)
})

t.test('parts go to the categories of a master and to those it may hand to, as long as that master reaches no more', async (t) => {
  const masters = await readMasters(undefined, known)
  const of = (id: string, all = masters) => partCategories(all.find((master) => master.id === id)!, all)
  t.strictSame(of('development-master'), ['development'])
  t.strictSame(of('general-master'), [...categories])
  const equipped = masters.map((master) => master.id === 'infrastructure-master' ? { ...master, toolkits: [...master.toolkits, 'shell'] } : master)
  t.strictSame(of('general-master', equipped), categories.filter((category) => category !== 'infrastructure'))
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
    [runbook('  - { name: a, tool: workspace_scan, optional: true }'), /steps\.0\.tool: there is no tool workspace_scan/],
    [runbook('  - { name: a, tool: workspace_delete, with: { paths: [a] }, optional: true }'), /steps\.0\.optional: workspace_delete plans a change/],
    [runbook('  - { name: a, tool: workspace_write, with: { files: [{ path: x, content: { template: nowhere.txt } }] } }'), /there is no file nowhere\.txt/],
    [runbook('  - { name: a }'), /steps\.0\.tool/],
    [runbook('  - { name: a, tool: inspect_workspace }').replace('summary: done', 'summary: "<{ unclosed"'), /result\.summary/],
    [runbook('  - { name: a, tool: inspect_workspace }') + 'inputs: { n: { description: d, default: "-", pattern: "[a-z]+" } }', /inputs\.n\.default/],
    [runbook('  - { name: a, tool: inspect_workspace, with: { folder: x } }'), /steps\.0\.with\.folder: inspect_workspace takes no such argument/],
    [runbook('  - { name: a, tool: workspace_write }'), /steps\.0\.with\.files: workspace_write needs it/],
    [runbook('  - { name: a, tool: inspect_inventory, with: { folder: "<{ nowhere }>" } }'), /steps\.0\.with\.folder: nothing here is called nowhere; there are folder, task/],
    [runbook('  - { name: a, tool: inspect_inventory, with: { folder: "<{ found.x }>" }, as: found }'), /steps\.0\.with\.folder: nothing here is called found/],
    [runbook('  - { name: a, tool: inspect_workspace, require: { value: "<% if %>", message: m } }'), /steps\.0\.require\.value/],
    [runbook('  - { name: a, tool: inspect_workspace, as: task }'), /steps\.0\.as: task is the name of something else/],
    [runbook('  - { name: a, tool: workspace_delete, with: { paths: [a] }, as: gone }'), /steps\.0\.as: workspace_delete plans a change/],
    [runbook('  - { name: a, tool: inspect_workspace }') + 'inputs: { n: { description: d, default: a, pattern: "[" } }', /inputs\.n\.pattern: is no regular expression/],
    [runbook('  - { name: a, tool: inspect_workspace }') + "inputs: { n: { description: d, default: a, pattern: a, find: '(?<=x)(a)' } }", /inputs\.n\.find: is no regular expression of RE2's language.*no look-around/],
    [runbook('  - { name: a, tool: inspect_workspace }') + 'inputs: { n: { description: d, default: a, pattern: a, find: "word" } }', /inputs\.n\.find: has no group/],
    ['a: [', /runbook\.yaml/]
  ]
  for (const [text, message] of refused) {
    await writeFiles(folder, { 'x/runbook.yaml': text })
    await t.rejects(readRunbooks(folder, tools), { code: 'CTX_DEFINITION_INVALID', message })
  }
  t.equal((await readRunbooks(fileURLToPath(new URL('../src/runbooks', import.meta.url)), tools)).length, runbooks.length, 'the built-in ones have no fault, read as one of an operator is')
  const fine = runbook('  - { name: a, tool: inspect_workspace }')
  await writeFiles(folder, { 'x/runbook.yaml': fine, 'y/runbook.yaml': fine })
  await t.rejects(readRunbooks(folder, tools), { message: /y\/runbook\.yaml: id: another folder beside it has the id x already/ })
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
  t.strictSame(decide(policy, { ...change, target: 'docs/a/b.md' }), { decision: 'auto', rule: 'documents are free', confirm: false })
  t.match(decide(policy, { ...change, target: 'docs/a/b.md', risk: 'high' }), { decision: 'ask' })
  t.match(decide(policy, { ...change, target: 'apps/prod/x/y.yaml' }), { decision: 'deny', rule: 'nobody touches production' })
  const hidden = (decision: 'auto' | 'ask' | 'deny') => decide({ rules: [{ name: decision, match: { target: 'apps/**' }, decision }] }, { ...change, target: 'apps/prod/.env' }).rule
  t.strictSame([hidden('auto'), hidden('ask'), hidden('deny')], ['changes ask (default)', 'ask', 'deny'], 'a dot gets round nothing, and lets nothing through')
  const written = (target: string, decision: 'auto' | 'deny') => decide({ rules: [{ name: decision, match: { target: 'apps/prod/**' }, decision }] }, { ...change, target }).decision
  for (const target of ['apps/Prod/x.yaml', 'APPS/prod/x.yaml', 'apps/prod./x.yaml', 'apps/prod /x.yaml', 'apps/pro\u200Cd/x.yaml', 'apps/\uFF50rod/x.yaml', 'apps/PROD/.env']) t.strictSame([written(target, 'deny'), written(target, 'auto')], ['deny', 'ask'], `${target} is the same place on some machines`)
  t.equal(written('apps/prod2/x.yaml', 'deny'), 'ask')
  const read = { category: 'security', kind: 'read', toolkit: 'workspace', tool: 'workspace_search' } as const
  t.match(decide(policy, read), { decision: 'deny' })
  t.match(decide(policy, { ...read, category: 'general' }), { decision: 'auto' })
  t.match(decide(defaultPolicy, { ...change, target: 'x' }), { decision: 'ask' })
  const refused: Array<[string, RegExp]> = [
    ['{ name: x, match: { targets: y }, decision: maybe }', /policy\.yaml.*rules\.0/],
    ['{ name: x, match: {}, decision: ask }, { name: x, match: {}, decision: deny }', /rules\.1\.name: is the name of rules\.0 already/],
    ['{ name: x, match: {}, decision: deny, confirm: true }', /rules\.0\.confirm: goes with the decision ask only/],
    ['{ name: x, match: { target: "apps/*a*a*a*a*b" }, decision: deny }', /rules\.0\.match\.target: has more than 3 wildcards or groups in one part of the path \(\*a\*a\*a\*a\*b\)/],
    ['{ name: x, match: { target: "apps/{*a*a,b}{*a*,c}" }, decision: deny }', /rules\.0\.match\.target: has more than 3 wildcards/],
    ['{ name: x, match: { target: "apps/!(b)!(b)!(b)*" }, decision: deny }', /rules\.0\.match\.target: has more than 3 wildcards/],
    ['{ name: x, match: { target: "+(a|aa)b" }, decision: deny }', /rules\.0\.match\.target: repeats a group/],
    [`{ name: x, match: { target: "${'{a,b}'.repeat(7)}" }, decision: deny }`, /rules\.0\.match\.target: comes to more than 64 globs/],
    ['{ name: x, match: { target: "{1..9999}" }, decision: deny }', /rules\.0\.match\.target: holds a range/],
    ['{ name: x, match: { kind: read }, decision: ask }', /rules\.0\.decision: a read has no change set/]
  ]
  for (const [rules, message] of refused) {
    await writeFiles(join(file, '..'), { 'policy.yaml': `rules: [${rules}]` })
    await t.rejects(readPolicy(file), { code: 'CTX_DEFINITION_INVALID', message })
  }
})

t.test('without a rule that says otherwise, what reaches a whole cluster or is deleted at high risk wants its name typed', (t) => {
  const plan = (more: Partial<Plan>): Plan => ({ toolkit: 'kubernetes', tool: 'kubernetes_apply', target: 'cluster/prod/namespace/payments', verb: 'update', diff: '', arguments: {}, base: null, risk: 'high', dry_run: '', inverse: {}, ...more })
  const rule = (match: Policy['rules'][number]['match'], confirm?: boolean): Policy => ({ rules: [{ name: 'x', match, decision: 'ask', ...(confirm !== undefined && { confirm }) }] })
  const name = (policy: Policy, ...plans: Plan[]) => confirmationFor(policy, { category: 'infrastructure' }, plans)
  t.equal(name(defaultPolicy, plan({})), undefined)
  t.equal(name(defaultPolicy, plan({ verb: 'delete', risk: 'medium' })), undefined)
  t.equal(name(defaultPolicy, plan({}), plan({ verb: 'delete', target: 'cluster/prod/namespace/orders' })), 'orders')
  t.equal(name(defaultPolicy, plan({ cluster_wide: true, risk: 'low' })), 'payments')
  t.equal(name(rule({ toolkit: 'kubernetes' }), plan({ verb: 'delete' })), 'payments', 'a rule that only asks takes nothing away')
  t.equal(name(rule({ toolkit: 'kubernetes' }, false), plan({ verb: 'delete' })), undefined)
  t.equal(name(rule({ verb: 'update', cluster_wide: false }, true), plan({ target: 'payments/' })), 'payments')
  t.equal(name({ rules: [{ name: 'x', match: {}, decision: 'auto' }] }, plan({ verb: 'delete' })), undefined)
  t.end()
})

t.test('a rule that asks is for changes, so reads pass it by', (t) => {
  const policy: Policy = { rules: [{ name: 'ask', match: { toolkit: 'workspace' }, decision: 'ask' }, { name: 'no searching', match: { tool: 'workspace_search' }, decision: 'deny' }] }
  const read = { category: 'general', kind: 'read', toolkit: 'workspace' } as const
  t.match(decide(policy, { ...read, tool: 'workspace_list' }), { decision: 'auto', rule: 'reads run (default)' })
  t.match(decide(policy, { ...read, tool: 'workspace_search' }), { decision: 'deny', rule: 'no searching' })
  t.end()
})

t.test('of a part counts the strictest answer of its own category and of each it is a part of', (t) => {
  const rules: Policy['rules'] = [
    { name: 'general changes nothing', match: { kind: 'change', category: 'general' }, decision: 'deny' },
    { name: 'security asks', match: { category: 'security' }, decision: 'ask', confirm: true },
    { name: 'the rest is free', match: {}, decision: 'auto' }
  ]
  const change = { category: 'cicd', kind: 'change', toolkit: 'workspace', tool: 'workspace_write' } as const
  const known = { ...change, target: 'docs/a.md', verb: 'create', risk: 'low' } as const
  t.match(decide({ rules }, known), { decision: 'auto' })
  t.match(decide({ rules }, { ...known, above: ['security'] }), { decision: 'ask', rule: 'security asks', confirm: true })
  t.match(decide({ rules }, { ...known, above: ['security', 'general'] }), { decision: 'deny', rule: 'general changes nothing' })
  t.match(decide({ rules }, { ...known, category: 'security', above: ['cicd'] }), { decision: 'ask' }, 'and one above lets nothing through')
  t.equal(deniedBy({ rules }, { ...change, above: ['general'] }), 'general changes nothing')
  t.equal(deniedBy({ rules }, { ...change, above: ['development'] }), undefined)
  t.end()
})

t.test('before a change is planned, a tool is denied only when every target it could have is', (t) => {
  const rules = (...list: Array<[match: Policy['rules'][number]['match'], decision: 'auto' | 'ask' | 'deny']>): Policy => ({ rules: list.map(([match, decision], index) => ({ name: `rule ${index}`, match, decision })) })
  const write = { category: 'general', kind: 'change', toolkit: 'workspace', tool: 'workspace_write' } as const
  t.equal(deniedBy(rules([{ target: 'docs/**' }, 'auto'], [{ tool: 'workspace_write' }, 'deny']), write), undefined)
  t.equal(deniedBy(rules([{ target: 'docs/**' }, 'deny'], [{ tool: 'workspace_write' }, 'deny']), write), 'rule 1')
  t.equal(deniedBy(rules([{ target: 'docs/**' }, 'deny']), write), undefined)
  t.equal(deniedBy(rules([{ target: 'docs/**', category: 'cicd' }, 'auto'], [{ kind: 'change' }, 'deny']), write), 'rule 1')
  t.equal(deniedBy(rules([{ kind: 'read' }, 'deny']), write), undefined)
  t.end()
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
