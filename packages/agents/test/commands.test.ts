import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { runCommand } from '../src/commands/command.ts'
import { policy } from '../src/commands/policy.ts'
import { runbook } from '../src/commands/runbook.ts'
import { temporaryFolder, writeFiles } from './workspace.ts'

const command = (name: 'policy' | 'runbook', args: string[], env: NodeJS.ProcessEnv = {}) => runCommand(name === 'policy' ? policy : runbook, args, env)

const rules = `rules:
  - { name: nobody touches production, match: { target: "apps/prod/**" }, decision: deny }
  - { name: documents are free, match: { kind: change, toolkit: workspace, target: "docs/**", risk: low }, decision: auto }
  - { name: the rest is asked, match: { toolkit: workspace }, decision: ask, confirm: true }
  - { name: too late, match: { toolkit: workspace, category: cicd }, decision: ask }
  - { name: clusters, match: { toolkit: starship }, decision: deny }
`
const write = ['explain', '--category', 'cicd', '--tool', 'workspace_write', '--policy', 'policy.yaml']

t.test('explain tells which rule decides, and of every other why not', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, { 'policy.yaml': rules })
  const env = { INIT_CWD: folder }
  const [decided, open, read, byDefault] = await Promise.all([
    command('policy', [...write, '--target', 'apps/web.yaml', '--risk', 'low', '--verb', 'update'], env),
    command('policy', [...write, '--target', 'docs/a.md', '--json'], env),
    command('policy', ['explain', '--category', 'cicd', '--tool', 'workspace_read'], { CORTEX_POLICY: join(folder, 'policy.yaml') }),
    command('policy', ['explain', '--category', 'cicd', '--tool', 'x', '--toolkit', 'y', '--kind', 'change', '--verb', 'delete', '--risk', 'high'])
  ])
  t.equal(decided.code, 0)
  for (const line of [
    /1\. nobody touches production +deny +passed over: target is apps\/web\.yaml, not apps\/prod\/\*\*\n/, /2\. documents are free +auto +passed over: target is apps\/web\.yaml, not docs\/\*\*\n/,
    /3\. the rest is asked +ask +decides\n/, /4\. too late +ask +not reached\n/, /\nask, by "the rest is asked"; the person has to type the name of what is changed\n$/
  ]) t.match(decided.out, line)
  t.equal(open.code, 3)
  t.match(JSON.parse(open.out), { answer: null, rules: [{ outcome: 'passed over' }, { outcome: 'may decide', reasons: ['if risk is low'] }, { outcome: 'may decide' }, { outcome: 'not reached' }, {}] })
  t.equal(read.code, 0)
  t.match(read.out, /3\. the rest is asked +ask +passed over: it decides ask, and a read has no change set to ask about[\s\S]*auto, by "reads run \(default\)"/)
  const part = [...write, '--target', 'docs/a.md', '--risk', 'low', '--part-of', 'security', '--policy', 'family.yaml']
  await writeFiles(folder, { 'family.yaml': 'rules:\n  - { name: security asks, match: { category: security }, decision: ask }\n  - { name: the rest is free, match: {}, decision: auto }\n' })
  t.match((await command('policy', part, env)).out, /for a cicd task that is a part of a security task[\s\S]*2\. the rest is free +auto +decides\n[\s\S]*As a part of a security task:\n[\s\S]*1\. security asks +ask +decides\n[\s\S]*\nask, by "security asks"/)
  t.match(JSON.parse((await command('policy', [...part, '--json'], env)).out), { answer: { decision: 'ask' }, above: [{ category: 'security', answer: { decision: 'ask' } }] })
  await writeFiles(folder, { 'payments.yaml': 'rules:\n  - { name: not payments, match: { target: "namespace/payments/**" }, decision: deny }\n  - { name: the rest is free, match: {}, decision: auto }\n' })
  const remove = ['explain', '--category', 'infrastructure', '--tool', 'kubernetes_delete', '--policy', 'payments.yaml', '--target']
  t.match((await command('policy', [...remove, 'cluster/namespace/payments'], env)).out, /2\. the rest is free +auto +decides\n[\s\S]*As it also touches namespace\/payments\/namespace\/payments:\n +1\. not payments +deny +decides\n[\s\S]*\ndeny, by "not payments"/, 'what goes with a namespace is asked about too')
  t.match((await command('policy', [...remove, 'cluster/namespace/other'], env)).out, /\nauto, by "the rest is free"/)
  t.match(byDefault, { code: 0, out: /ask, by "changes ask \(default\)"; the person has to type the name/ })
})

t.test('a policy file is checked as a whole: faults by field, and rules that never decide', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, { 'policy.yaml': rules, 'broken.yaml': 'rules:\n  - { name: a, match: { targets: x }, decision: maybe }\n  - { name: b, match: {}, decison: ask }\n' })
  const env = { INIT_CWD: folder }
  const [fine, broken, missing] = await Promise.all([command('policy', ['check', 'policy.yaml'], env), command('policy', ['check', 'broken.yaml'], env), command('policy', ['check', 'nowhere.yaml'], env)])
  t.match(fine, { code: 0, out: /can be used: 5 rules\n {2}note: rules\.3: "too late" never decides, for rules\.2, "the rest is asked".*\n {2}note: rules\.4\.match\.toolkit: starship is no built-in toolkit/ })
  t.match(broken, { code: 1, out: '' })
  for (const field of [/broken\.yaml cannot be used:\n/, /\n {2}rules\.0\.match\.targets: /, /\n {2}rules\.0\.decision: /, /\n {2}rules\.1\.decison: /]) t.match(broken.err, field)
  t.match(missing, { code: 1, err: /nowhere\.yaml/ })
})

t.test('wrong usage is told with what would be right, exit code 2', async (t) => {
  const wrong: Array<[name: 'policy' | 'runbook', args: string[], message: RegExp]> = [
    ['policy', [], /Say explain or check/],
    ['policy', ['explain', '--category', 'cooking', '--tool', 'x'], /--category is "cooking", and may be development/],
    ['policy', ['explain', '--category', 'cicd', '--tool', 'workspace_list', '--risk', 'low'], /workspace_list reads, and a read has no --risk/],
    ['policy', ['explain', '--category', 'cicd', '--tool', 'starship'], /is no built-in tool, so give --toolkit and --kind/],
    ['policy', ['explain', '--colour', 'x'], /--colour/],
    ['runbook', ['list', '--match', 'Set up monitoring'], /list takes no --match/],
    ['runbook', ['list', '--category', 'cicd'], /list takes no --category/],
    ['runbook', ['check', '/nowhere/at/all', '--category', 'cicd'], /--category narrows --match/],
    ['runbook', ['list', 'x'], /list takes no more/],
    ['policy', ['check', 'x', '--risk', 'low'], /check takes no --risk/],
    ['runbook', ['check'], /Name one file or folder/],
    ['runbook', ['check', '/nowhere/at/all'], /There is no \/nowhere\/at\/all/]
  ]
  const outcomes = await Promise.all(wrong.map(([name, args]) => command(name, args)))
  for (const [index, [name, args, message]] of wrong.entries()) t.match(outcomes[index], { code: 2, out: '', err: new RegExp(`${message.source}[\\s\\S]*Usage: npm run ${name}`) }, args.join(' '))
  for (const name of ['policy', 'runbook'] as const) t.match(await command(name, ['--help']), { code: 0, out: /^Usage: npm run/, err: '' })
})

t.test('runbooks are checked before they are used, and what they would match is told', async (t) => {
  const folder = await temporaryFolder(t)
  const recipe = (id: string, steps: string) => `id: ${id}\ntitle: ${id}\ncategories: [general]\nmatch: { all: [[teapot]], does: [polish] }\nsteps:\n${steps}result: { summary: 'Done with <{ folder }>' }\n`
  await writeFiles(folder, {
    'mine/good/runbook.yaml': recipe('polish-teapots', '  - { name: Look, tool: inspect_workspace, as: found }\n'),
    'mine/bad/runbook.yaml': recipe('bad', '  - { name: Look, tool: inspect_teapots }\n  - { name: Write, tool: workspace_write, with: { files: [{ path: a, content: { template: a.txt } }] } }\n').replace('<{ folder }>', '<{ folder'),
    'slow/runbook.yaml': `${recipe('slow', '  - { name: Look, tool: inspect_workspace }\n')}inputs: { n: { description: d, default: a, pattern: '((a+)+)', find: '((a+)+)$' } }\n`,
    'mine/bad/a.txt': '<% for x in nowhere %><% endfor %>'
  })
  const env = { INIT_CWD: folder, CORTEX_RUNBOOKS: join(folder, 'good-only') }
  await writeFiles(folder, { 'good-only/polish-teapots/runbook.yaml': recipe('polish-teapots', '  - { name: Look, tool: inspect_workspace }\n') })
  const [both, file, matched, list, slow] = await Promise.all([
    command('runbook', ['check', 'mine'], env),
    command('runbook', ['check', 'mine/good/runbook.yaml', '--match', 'Polish the teapots and disable monitoring', '--category', 'general'], env),
    command('runbook', ['check', 'mine/good', '--match', 'Polish the teapots'], env),
    command('runbook', ['list'], env),
    command('runbook', ['check', 'slow', '--match', `Polish the teapot ${'a'.repeat(60)}!`], env)
  ])
  t.equal(both.code, 1)
  t.match(both.out, /bad\/runbook\.yaml cannot be used:\n {2}steps\.0\.tool: there is no tool inspect_teapots; there are workspace_list, [\s\S]*\n {2}a\.txt: nothing here is called nowhere[\s\S]*\n {2}result\.summary: /)
  t.match(both.out, /good\/runbook\.yaml can be used\n {2}polish-teapots\n {2}for general; only reads; 1 step: inspect_workspace\n {2}note: no master for general lists polish-teapots/)
  t.match(file, { code: 0, out: /general: none; a runbook sets something up or reports, and this asks to "disable"|general: none; / })
  t.match(matched, { code: 0, out: /A task with the title "Polish the teapots":\n[\s\S]*security: no runbook's words\n[\s\S]*general: polish-teapots\n/ })
  t.match(list, { code: 0, out: /polish-teapots \(yours\)\n/ })
  t.match(slow, { code: 0, out: /general: slow\. Asked for/ }, 'a pattern that goes back and forth in other engines ends')
  t.ok(list.out.split('\n\n').length >= 13)
})

t.test('run as a program, a command speaks on its streams and ends with its code', async (t) => {
  const program = fileURLToPath(new URL('../src/commands/main.ts', import.meta.url))
  const outcome = await new Promise((resolve) => {
    execFile(process.execPath, [program, 'policy', 'check'], (error, out, err) => resolve({ code: error?.code, out, err }))
  })
  t.match(outcome, { code: 2, out: '', err: /^Name one file to check\n\nUsage: npm run policy/ })
})

t.test('the runbook and the master of the documents can be used as they stand, and a master with a fault is told by field', async (t) => {
  const folder = await temporaryFolder(t)
  const documents = await readFile(new URL('../../../docs/runbooks.md', import.meta.url), 'utf8')
  const [recipe = '', master = ''] = Array.from(documents.matchAll(/```yaml\n([^]*?)```/g), ([, block]) => block!)
  await writeFiles(folder, { 'mine/owners/runbook.yaml': recipe, 'mine/owners/codeowners.txt': '* @<{ team }>\n', 'masters/development-master.yaml': master, 'faulty/x.yaml': master.replace('effort: high', 'effort: heroic') })
  const checkWith = async (masters: string) => await command('runbook', ['check', 'mine'], { INIT_CWD: folder, CORTEX_MASTERS: masters, CORTEX_RUNBOOKS: 'mine' })
  const good = await checkWith('masters')
  t.match(good, { code: 0, out: /owners[^]*The masters of .*masters can be used/ })
  t.notMatch(good.out, 'note:')
  t.match(await checkWith('faulty'), { code: 1, out: /x\.yaml[^]*effort/ })
})
