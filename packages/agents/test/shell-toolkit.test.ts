import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createChangeSet } from '../src/change-set.ts'
import { readToolkitsFile } from '../src/toolkits/outward/toolkits-file.ts'
import { createShellToolkit } from '../src/toolkits/shell/index.ts'
import type { Plan, Toolkit } from '../src/toolkit.ts'
import { spawnAgents, startCortex } from './cortex.ts'
import { applyWith, begunNotes, requestWith } from './support/journal.ts'
import { plan, reader, signal, temporaryFolder, writeFiles, type TestOwner } from './workspace.ts'

const env = { PATH: process.env.PATH, SECRET_TOKEN: 'a-token-of-cortex', OTHER: 'not passed on' }
const showArguments = ['node', '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--']

async function shellOf (t: TestOwner, commands: string, own: NodeJS.ProcessEnv = env): Promise<Toolkit> {
  const folder = await temporaryFolder(t)
  await writeFiles(folder, { 'toolkits.yaml': `shell:\n  masters: [general-master]\n  commands:\n${commands}` })
  const { shell } = await readToolkitsFile(join(folder, 'toolkits.yaml'), own)
  return createShellToolkit(shell!, own)
}

const run = (kit: Toolkit, name: string, input: unknown = {}, stop = signal) => reader(kit, name).run(input, { signal: stop, draft: [] })
const ran = async (folder: string) => (await readFile(join(folder, 'ran'), 'utf8').catch(() => '')).split('\n').filter(Boolean)
/** What nobody has waited for yet is a zombie, and gone all the same. */
const isRunning = async (pid: number) => !/^$|\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))
const exists = (path: string) => access(path).then(() => true, () => false)

t.test('a value is one argument, whatever it holds', async (t) => {
  const kit = await shellOf(t, `
    - { name: show, description: Shows., kind: read, argv: ${JSON.stringify([...showArguments, '{word}', '--label={word}', '{more}', 'end'])},
        arguments: { word: { description: A word. }, more: { description: More., many: true, optional: true } } }`)
  const words = ['a b', '$(touch x)', '`id`; rm -rf /', '"\'\\', '* ? ~', 'line\nline', '{more}', '$1 $& $$', 'ünï']
  for (const word of words.slice(-3)) {
    const { facts } = await run(kit, 'shell_show', { word, more: words })
    t.strictSame(JSON.parse(String(facts.output)), [word, `--label=${word}`, ...words, 'end'])
  }
  t.strictSame(JSON.parse(String((await run(kit, 'shell_show', { word: 'x' })).facts.output)), ['x', '--label=x', 'end'], 'an optional one is left out whole')
})

t.test('a value that does not fit its place is refused before anything runs', async (t) => {
  const folder = await temporaryFolder(t)
  const kit = await shellOf(t, `
    - { name: touch, description: Touches., kind: read, argv: [touch, "${folder}/ran", "{path}", "--x={size}", "{mode}"],
        arguments: { path: { description: p }, size: { description: s, pattern: "[0-9]+", optional: true }, mode: { description: m, choices: [fast, slow], optional: true } } }
    - { name: free, description: Free., kind: read, argv: ${JSON.stringify([...showArguments, '{option}'])}, arguments: { option: { description: o, dash: true } } }`)
  for (const input of [
    {}, { path: '' }, { path: '-rf' }, { path: 'a\0b' }, { path: '\ud800' }, { path: 'x', size: '1; rm' }, { path: 'x', size: '12a' }, { path: 'x', mode: 'other' }, { path: 'x', extra: 'y' }, { path: ['x'] }, { path: 3 },
    { path: `AKIA${'ABCDEFGHIJKLMNOP'}` }, { path: 'x [redacted: token]' }
  ]) await t.rejects(run(kit, 'shell_touch', input), { code: 'CTX_TOOL_INPUT_INVALID' }, JSON.stringify(input))
  t.notOk(await exists(join(folder, 'ran')))
  t.strictSame(JSON.parse(String((await run(kit, 'shell_free', { option: '--all' })).facts.output)), ['--all'])
})

t.test('a pattern that goes back and forth without end in other engines answers at once, and what it may hold is told where it is written', async (t) => {
  const command = (pattern: string) => `
    - { name: host, description: A host., kind: read, argv: [echo, "{host}"], arguments: { host: { description: h, pattern: '${pattern}' }, more: { description: m, optional: true } } }`.replace('"{host}"', '"{host}", "{more}"')
  const kit = await shellOf(t, command('([a-z0-9-]+\\.?)+'))
  await t.rejects(run(kit, 'shell_host', { host: 'webserver-production-eu-central-1-primary-node_1' }), { code: 'CTX_TOOL_INPUT_INVALID', message: /host: does not fit/ })
  t.match((await run(kit, 'shell_host', { host: 'node-1.example' })).facts, { output: 'node-1.example' })
  t.match(reader(kit, 'shell_host').input.properties.host, { description: /has to fit the regular expression \(\[a-z0-9-\]\+/ })
  t.notOk(JSON.stringify(reader(kit, 'shell_host').input).includes('"pattern"'), 'nobody else runs it either')
  const list = await shellOf(t, `
    - { name: sum, description: Sum., kind: read, argv: [echo, "{words}"], arguments: { words: { description: w, many: true, pattern: "((a?){40}){2}" } } }`)
  await t.rejects(run(list, 'shell_sum', { words: Array(5).fill('a'.repeat(4_000)) }), { message: /words: its values come to more than 16000 characters/ })
  for (const [pattern, message] of [['(?=a)b', /commands\.0\.arguments\.host\.pattern: is no regular expression of RE2's language \(.*\(\?=/], ['(a)\\1', /host\.pattern: .*no back references/], ['((a{1,100}){1,10})', /host\.pattern: comes to \d+ steps, and may come to 1000/], ['[', /host\.pattern: .*missing closing \]/]] as const) {
    await t.rejects(shellOf(t, command(pattern)), { code: 'CTX_DEFINITION_INVALID', message }, pattern)
  }
})

t.test('a value is no option of the check and the undo either', async (t) => {
  const kit = await shellOf(t, `
    - { name: make, description: Makes., kind: change, risk: low, argv: [sh, -c, 'echo "$1"', sh, "x{name}"], arguments: { name: { description: n } }, check: [ls, "{name}"] }
    - { name: keep, description: Keeps., kind: change, risk: low, argv: [echo, "x{name}"], arguments: { name: { description: n } }, undo: [rm, "{name}"] }
    - { name: free, description: Free., kind: change, risk: low, argv: [echo, "x{name}"], arguments: { name: { description: n, dash: true } }, check: [ls, "{name}"] }`)
  for (const name of ['make', 'keep']) await t.rejects(plan(kit, `shell_${name}`, { name: '--version' }), { code: 'CTX_TOOL_INPUT_INVALID', message: /name: must not begin with -/ }, name)
  t.match(await plan(kit, 'shell_free', { name: '--version' }), [{ toolkit: 'shell' }], 'unless its entry lets it')
})

t.test('a program sees PATH, a home of its own and what its entry names, and nothing it was given is shown', async (t) => {
  const kit = await shellOf(t, `
    - { name: env, description: Env., kind: read, argv: [env], env: { PLAIN: one }, env_from: [SECRET_TOKEN] }
    - { name: pwd, description: Pwd., kind: read, argv: [pwd] }`)
  const { facts: { output } } = await run(kit, 'shell_env')
  const seen = Object.fromEntries(String(output).split('\n').map((line) => line.split('=')))
  t.strictSame(Object.keys(seen).sort(), ['HOME', 'LC_ALL', 'PATH', 'PLAIN', 'SECRET_TOKEN'])
  t.equal(seen.PLAIN, 'one')
  t.equal(seen.SECRET_TOKEN, '[redacted: SECRET_TOKEN]')
  const place = String((await run(kit, 'shell_pwd')).facts.output)
  t.match(place, /cortex-shell-/)
  t.notOk(await exists(place), 'its folder is gone afterwards')
})

t.test('a program and all it started is stopped when its time is over, or when the worker stops', async (t) => {
  const folder = await temporaryFolder(t)
  const kit = await shellOf(t, `
    - { name: hang, description: Hangs., kind: read, argv: [sh, -c, "trap '' TERM; sleep 60 & echo $! > pid; wait"], folder: ${folder}, timeout_seconds: 1 }
    - { name: wait, description: Waits., kind: read, argv: [sh, -c, "echo begun; exec sleep 60"] }`)
  await t.rejects(run(kit, 'shell_hang'), { code: 'CTX_COMMAND_FAILED', message: /stopped after 1 s/ })
  const started = Number(await readFile(join(folder, 'pid'), 'utf8'))
  t.notOk(await isRunning(started), 'what it started is gone')
  const stop = new AbortController()
  setImmediate(() => stop.abort(new Error('stopped')))
  await t.rejects(run(kit, 'shell_wait', {}, stop.signal), { message: 'stopped' })
})

t.test('of a long output the beginning is kept', async (t) => {
  const kit = await shellOf(t, '\n    - { name: count, description: Counts., kind: read, argv: [seq, "1", "100000"], max_bytes: 1000 }')
  const { text } = await run(kit, 'shell_count')
  t.match(text, /^1\n2\n3\n/)
  t.match(text, /587895 more bytes were not kept/)
  t.ok(text.length < 1_200)
})

t.test('a program that is not there, or ends badly, is told with what it said', async (t) => {
  const kit = await shellOf(t, `
    - { name: none, description: None., kind: read, argv: [no-such-program] }
    - { name: bad, description: Bad., kind: read, argv: [sh, -c, "echo some; echo 'password: hunter2hunter2' >&2; exit 3"] }
    - { name: grep, description: Grep., kind: read, argv: [grep, x, /dev/null], exit_codes: [0, 1] }`)
  await t.rejects(run(kit, 'shell_none'), { code: 'CTX_COMMAND_FAILED', message: /there is no program no-such-program/ })
  await t.rejects(run(kit, 'shell_bad'), { code: 'CTX_COMMAND_FAILED', message: /exit code 3\nsome\nstderr:\npassword: \[redacted/ })
  t.match((await run(kit, 'shell_grep')).facts, { exit_code: 1, output: '' })
})

/** Three steps that leave their names in a file, of which some can be taken back, and one that fails. */
const steps = (folder: string) => `
    - { name: add, description: Adds., kind: change, risk: low, folder: ${folder}, argv: [sh, -c, 'echo "$1" >> ran', sh, "{word}"], arguments: { word: { description: w } },
        undo: [sh, -c, 'echo "undo $1" >> ran', sh, "{word}"] }
    - { name: keep, description: Keeps., kind: change, risk: medium, folder: ${folder}, argv: [sh, -c, 'echo "$1" >> ran', sh, "{word}"], arguments: { word: { description: w } } }
    - { name: fail, description: Fails., kind: change, risk: high, folder: ${folder}, argv: [sh, -c, "echo no luck >&2; exit 7"] }
    - { name: proven, description: Proven., kind: change, risk: low, folder: ${folder}, argv: [sh, -c, 'echo "$1" >> ran', sh, "{word}"], arguments: { word: { description: w } },
        check: [grep, -x, "{word}", "good"], undo: [sh, -c, 'echo "undo $1" >> ran', sh, "{word}"] }
    - { name: again, description: Again., kind: change, risk: low, folder: ${folder}, argv: [sh, -c, "echo again >> ran"], repeatable: true }`

t.test('a change is planned as exactly what will run, and running it is left to the approval', async (t) => {
  const folder = await temporaryFolder(t)
  const kit = await shellOf(t, steps(folder))
  let plans = await plan(kit, 'shell_add', { word: 'two words\u202e' })
  plans = await plan(kit, 'shell_keep', { word: 'b' }, plans)
  plans = await plan(kit, 'shell_add', { word: 'a' }, plans)
  plans = await plan(kit, 'shell_keep', { word: 'b' }, plans)
  t.strictSame(plans.map(({ target, risk }) => `${target}, ${risk}`).sort(), ['001 add two words\\u202e, low', '002 keep b, medium', '003 add a, low'], 'planned twice is planned once')
  const first = plans.find(({ target }) => target.startsWith('001'))!
  t.equal(first.diff, `--- /dev/null
+++ shell_add
@@ -0,0 +1,15 @@
+run, one argument a line:
+  "sh"
+  "-c"
+  "echo \\"$1\\" >> ran"
+  "sh"
+  "two words\\u202e"
+in "${folder}", for 60 s at most
+environment: PATH HOME LC_ALL
+no check: its exit code and output are the evidence
+if the check or a later step fails, take it back by:
+  "sh"
+  "-c"
+  "echo \\"undo $1\\" >> ran"
+  "sh"
+  "two words\\u202e"
`)
  t.match(plans.find(({ target }) => target.startsWith('002'))!.dry_run, /nothing takes it back/)
  t.strictSame(await ran(folder), [], 'planning runs nothing')
})

t.test('approved steps run in the order they were planned in, with what they showed as evidence, and no second time', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'good'), 'c\n')
  const kit = await shellOf(t, steps(folder))
  let plans: Plan[] = []
  for (const [tool, word] of [['shell_keep', 'z'], ['shell_add', 'a'], ['shell_proven', 'c']] as const) plans = await plan(kit, tool, { word }, plans)
  const { plans: sorted } = createChangeSet('x', plans)
  const notes = new Map<string, string>()
  const applied = await applyWith(kit, sorted, notes)
  t.match(applied, { kind: 'applied', found: false })
  t.strictSame(await ran(folder), ['z', 'a', 'c'])
  if (applied.kind !== 'applied') return
  const evidence = await kit.verify!(sorted, applied.reference, signal)
  t.strictSame(evidence.map(({ claim }) => claim), ['Done: 001 keep z', 'Done: 002 add a', 'Done: 003 proven c'])
  t.match(evidence[2]!.detail, /"c" ended with exit code 0[\s\S]*checked: "grep" "-x" "c" "good" ended with exit code 0\nc/)

  const later = await shellOf(t, steps(folder))
  t.match(await applyWith(later, sorted, notes), { kind: 'applied', found: true, reference: applied.reference }, 'another run finds them in the journal')
  t.equal((await later.verify!(sorted, applied.reference, signal)).length, 3)
  t.equal((await ran(folder)).length, 3)
})

t.test('when a step fails, those before it can be taken back where that is possible, and what stands is said', async (t) => {
  const folder = await temporaryFolder(t)
  const kit = await shellOf(t, steps(folder))
  let plans: Plan[] = []
  for (const [tool, input] of [['shell_add', { word: 'a' }], ['shell_keep', { word: 'b' }], ['shell_fail', {}], ['shell_add', { word: 'd' }]] as const) plans = await plan(kit, tool, input, plans)
  const { plans: sorted } = createChangeSet('x', plans)
  const notes = new Map<string, string>()
  await t.rejects(applyWith(kit, sorted, notes), { code: 'CTX_COMMAND_FAILED', message: /fail: "sh" .* ended with exit code 7\nstderr:\nno luck/ })
  t.strictSame(await ran(folder), ['a', 'b'], 'those behind it are not begun')
  await t.rejects(applyWith(kit, sorted, notes), { code: 'CTX_STEP_UNCERTAIN' }, 'and it is not tried again')
  const account = { undone: ['001 add a'], left: [{ target: '003 fail', reason: /failed, and may have done a part/ }, { target: '002 keep b', reason: /nothing takes it back/ }] }
  t.match(await kit.undo!(requestWith(sorted, notes)), account)
  t.match(await kit.undo!(requestWith(sorted, notes)), account, 'asked again, it says the same')
  t.strictSame(await ran(folder), ['a', 'b', 'undo a'], 'and does nothing')
})

t.test('a step whose check does not find it in place is the last one made, and is taken back', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'good'), 'other\n')
  const kit = await shellOf(t, steps(folder))
  const plans = await plan(kit, 'shell_add', { word: 'd' }, await plan(kit, 'shell_proven', { word: 'c' }))
  const notes = new Map<string, string>()
  await t.rejects(applyWith(kit, plans, notes), { code: 'CTX_COMMAND_FAILED', message: /"grep".*exit code 1/ })
  t.strictSame(await kit.undo!(requestWith(plans, notes)), { undone: ['001 proven c'], left: [] })
  t.strictSame(await ran(folder), ['c', 'undo c'])
})

t.test('a step that an earlier run began and nobody saw end is not repeated, unless a check or its entry allows it', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'good'), 'c\n')
  const kit = await shellOf(t, steps(folder))
  const keep = await plan(kit, 'shell_keep', { word: 'b' })
  await t.rejects(applyWith(kit, keep, begunNotes(keep)), { code: 'CTX_STEP_UNCERTAIN', message: /not known whether it was done/, retryable: false })
  const proven = await plan(kit, 'shell_proven', { word: 'c' })
  t.match(await applyWith(kit, proven, begunNotes(proven)), { kind: 'applied' }, 'the check finds it')
  t.strictSame(await ran(folder), [])
  const again = await plan(kit, 'shell_again', {})
  t.match(await applyWith(kit, again, begunNotes(again)), { kind: 'applied' })
  t.strictSame(await ran(folder), ['again'])
})

t.test('an undo that an earlier run began and nobody saw end is not repeated, unless a check or its entry allows it', async (t) => {
  const folder = await temporaryFolder(t)
  const kit = await shellOf(t, `${steps(folder)}
    - { name: set, description: Sets., kind: change, risk: low, folder: ${folder}, argv: [touch, set], undo: [sh, -c, "rm -f set; echo unset >> ran"], repeatable: true }
    - { name: stuck, description: Stuck., kind: change, risk: low, folder: ${folder}, argv: ["true"], undo: [sh, -c, "echo tried >> ran; exit 4"] }`)
  const undoOf = async (tool: string, input: object, state = 'undoing ') => {
    const plans = await plan(kit, tool, input)
    const notes = new Map([[plans[0]!.target, state]])
    const undo = () => kit.undo!(requestWith(plans, notes))
    return { first: await undo(), again: await undo() }
  }
  t.match(await undoOf('shell_add', { word: 'a' }), { first: { undone: [], left: [{ target: '001 add a', reason: /not known whether it was undone/ }] } })
  await writeFile(join(folder, 'good'), 'c\n')
  t.match(await undoOf('shell_proven', { word: 'c' }), { first: { undone: [], left: [{ reason: /found in place/ }] } }, 'the check finds it')
  t.match(await undoOf('shell_proven', { word: 'd' }), { first: { undone: ['001 proven d'], left: [] } }, 'the check finds it gone')
  t.strictSame(await ran(folder), [], 'nothing was run again')
  t.match(await undoOf('shell_set', {}), { first: { undone: ['001 set'], left: [] }, again: { undone: ['001 set'] } })
  t.strictSame(await ran(folder), ['unset'])
  const failed = { undone: [], left: [{ target: '001 stuck', reason: /taking it back failed: .*exit code 4/ }] }
  t.match(await undoOf('shell_stuck', {}, 'done '), { first: failed, again: failed })
  t.strictSame(await ran(folder), ['unset', 'tried'], 'one that failed is not tried again')
})

t.test('what was approved is not run by an entry that has changed since, or is gone', async (t) => {
  const folder = await temporaryFolder(t)
  const plans = await plan(await shellOf(t, steps(folder)), 'shell_keep', { word: 'b' })
  for (const changed of [steps(folder).replaceAll('"$1" >> ran', '"$1" > ran'), steps(folder).replace('name: keep', 'name: other')]) {
    const kit = await shellOf(t, changed)
    t.strictSame(await kit.moved!(requestWith(plans)), ['001 keep b'])
    t.strictSame(await applyWith(kit, plans), { kind: 'moved', targets: ['001 keep b'] })
  }
  t.strictSame(await ran(folder), [])
})

t.test('a faulty command is named by file and field', async (t) => {
  const faults: Array<[string, RegExp]> = [
    ['{ name: a, description: A., kind: change, argv: [x] }', /shell\.commands\.0\.risk: a change needs one/],
    ['{ name: a, description: A., kind: read, argv: [x], undo: [y] }', /shell\.commands\.0\.kind: risk, check, undo/],
    ['{ name: a, description: A., kind: read, argv: [x, "{b}"] }', /shell\.commands\.0\.argv\.1: arguments has no b/],
    ['{ name: a, description: A., kind: read, argv: [x], arguments: { b: { description: b } } }', /arguments\.b: argv has no \{b\}/],
    ['{ name: a, description: A., kind: read, argv: ["{b}"], arguments: { b: { description: b } } }', /argv\.0: the program is fixed/],
    ['{ name: a, description: A., kind: read, argv: [./x] }', /argv\.0: name a program on PATH/],
    ['{ name: a, description: A., kind: read, argv: [sh, -c, "ls {b}"], arguments: { b: { description: b } } }', /argv\.2: a value would become part of a program/],
    ['{ name: a, description: A., kind: read, argv: [env, bash, -lc, "ls {b}"], arguments: { b: { description: b } } }', /argv\.3: a value would become part of a program/],
    ['{ name: a, description: A., kind: read, argv: [python3, -c, "{b}"], arguments: { b: { description: b } } }', /argv\.2: a value would become part of a program/],
    ['{ name: a, description: A., kind: read, argv: [x, "-{b}"], arguments: { b: { description: b, many: true } } }', /argv\.1: a list must be the whole argument/],
    ['{ name: a, description: A., kind: read, argv: [x, "{b}"], arguments: { b: { description: b, pattern: "(" } } }', /arguments\.b\.pattern/],
    ['{ name: a, description: A., kind: read, argv: [x], env_from: [NO_SUCH_VARIABLE] }', /env_from: NO_SUCH_VARIABLE is not set/],
    ['{ name: a, description: A., kind: read, argv: [x], shell: true }', /shell\.commands\.0\.shell/],
    ['{ name: a, description: A., kind: read, argv: x }', /shell\.commands\.0\.argv/],
    ['{ name: a, description: A., kind: read, argv: [x] }, { name: a, description: A., kind: read, argv: [x] }', /shell\.commands: a is there twice/]
  ]
  for (const [command, message] of faults) await t.rejects(shellOf(t, `    [${command}]`), { code: 'CTX_DEFINITION_INVALID', message }, command)
})

t.test('a command runs once a person has approved it, and not again when the agent is killed while it runs', async (t) => {
  const cortex = await startCortex(t)
  const folder = await temporaryFolder(t)
  await writeFiles(folder, {
    'toolkits.yaml': `shell:
  masters: [general-master]
  commands:
    - { name: note, description: Notes., kind: change, risk: low, folder: ${folder}, argv: [sh, -c, 'echo $$ >> ran; test ! -e hold || exec sleep 60'] }`,
    'masters/general.yaml': 'id: general-master\ntitle: General\ncategories: [general]\ntoolkits: [workspace]\neffort: low\nrunbooks: [note]\ninstructions: Look.\n',
    'runbooks/note/runbook.yaml': 'id: note\ntitle: Take a note\ncategories: [general]\nmatch: { all: [[note]], does: [take] }\nsteps: [{ name: Take the note, tool: shell_note }]\nresult: { summary: A note was taken. }\n'
  })
  const settings = { CORTEX_TOOLKITS: join(folder, 'toolkits.yaml'), CORTEX_MASTERS: join(folder, 'masters'), CORTEX_RUNBOOKS: join(folder, 'runbooks') }
  const agents = await spawnAgents(t, cortex, settings)
  const first = await cortex.create('Take a note', 'general')
  const approval = await cortex.approval(first)
  t.match(approval, { risk: 'low', changes: [{ toolkit: 'shell', target: '001 note', diff: /"sh"/ }] })
  t.strictSame(await ran(folder), [])
  await cortex.decide(approval, 'approve')
  t.match(await cortex.ended(first), { status: 'completed', result: { evidence: [{ claim: /A person approved/ }, { claim: 'Done: 001 note', detail: /exit code 0/ }] } })

  await writeFile(join(folder, 'hold'), '')
  const second = await cortex.create('Take a note', 'general')
  await cortex.decide(await cortex.approval(second), 'approve')
  await cortex.until(second, ({ progress }) => progress?.step === 'Apply the change set')
  while ((await ran(folder)).length < 2) await cortex.task(second)
  process.kill(agents.pid!, 'SIGKILL')
  t.teardown(async () => process.kill(Number((await ran(folder))[1]), 'SIGKILL'))
  await writeFiles(folder, { 'policy.yaml': 'rules: [{ name: no commands any more, match: { toolkit: shell }, decision: deny }]' })
  await spawnAgents(t, cortex, { ...settings, CORTEX_POLICY: join(folder, 'policy.yaml') })
  t.match(await cortex.ended(second), { status: 'failed', error: { code: 'CTX_CHANGES_STAND', message: /not known whether it was done/ } }, 'what was begun is told of whatever a rule says by now')
  t.equal((await ran(folder)).length, 2)
})
