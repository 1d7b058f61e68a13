import t from 'tap'
import { gradeOf } from '../src/toolkits/inspection/licence-grade.ts'
import { createInspectionToolkit } from '../src/toolkits/inspection/index.ts'
import type { Reading } from '../src/toolkit.ts'
import { reader, repositoryWith, signal, type TestOwner } from './workspace.ts'

async function inspect (t: TestOwner, tool: string, files: Record<string, string>, input: object = {}): Promise<Reading> {
  const { repository } = await repositoryWith(t, files)
  return reader(createInspectionToolkit(repository), tool).run(input, { signal, draft: [] })
}

const lock = (packages: Record<string, string | undefined>) => JSON.stringify({
  packages: {
    '': { dependencies: Object.fromEntries(Object.keys(packages).slice(0, 1).map((name) => [name, '1'])) },
    ...Object.fromEntries(Object.entries(packages).map(([name, license]) => [`node_modules/${name}`, { version: '1.2.3', ...(license !== undefined && { license }) }]))
  }
})

t.test('planted licences are found by how much they ask, and harmless ones are not', async (t) => {
  const { facts, text } = await inspect(t, 'inspect_licences', {
    'a/package-lock.json': lock({ viral: 'AGPL-3.0-only', bare: undefined, library: 'LGPL-2.1-or-later', fine: 'MIT', choice: '(MIT OR GPL-3.0)', both: '(MIT OR GPL-2.0) AND GPL-2.0', 'lower-case': 'gpl-3.0' }),
    'a/package.json': '{"name":"ours","license":"UNLICENSED"}',
    'b/package-lock.json': lock({ other: 'Apache-2.0', named: 'SEE LICENSE IN EULA.txt' }),
    'c/requirements.txt': 'flask==3.0\n'
  })
  t.match(facts, { total: 6, strong: 3, weak: 1, untold: 2, silent: 1, judged: 9 })
  t.strictSame((facts.findings as Array<{ name: string, grade: string }>).map(({ name, grade }) => `${name}: ${grade}`), [
    'both: strong copyleft', 'lower-case: strong copyleft', 'viral: strong copyleft', 'bare: not told', 'named: not told', 'library: weak copyleft'
  ])
  t.match(text, /\| viral \| 1\.2\.3 \| AGPL-3\.0-only \| strong copyleft \| yes \| a\/package-lock\.json \|/)
  t.match(text, /1 package of Python and Go are not judged/)
})

t.test('a clean lock file is not flagged, and one folder can be checked alone', async (t) => {
  const files = { 'good/package-lock.json': lock({ a: 'MIT', b: 'BSD-3-Clause', c: 'ISC', d: 'Apache-2.0 WITH LLVM-exception', e: 'Unlicense', f: 'MIT/X11', g: 'CC0-1.0', h: 'BlueOak-1.0.0' }), 'bad/package-lock.json': lock({ viral: 'GPL-3.0' }) }
  t.match((await inspect(t, 'inspect_licences', files, { folder: 'good' })), { facts: { total: 0, judged: 8 }, text: /No package to look at was found/ })
  t.match((await inspect(t, 'inspect_licences', files)).facts, { total: 1 })
})

t.test('licence expressions are judged as they are meant, and what cannot be read is not called harmless', (t) => {
  const grades: Array<[string, string]> = [
    ['MIT AND GPL-3.0', 'strong copyleft'], ['MIT OR GPL-3.0', 'permissive'], ['GPL-2.0 WITH Classpath-exception-2.0', 'weak copyleft'], ['MIT AND (LGPL-3.0 OR ISC)', 'permissive'], ['(MIT', 'not told'], ['MIT) OR X', 'not told'],
    ['', 'not told'], ['Proprietary', 'not told'], [`${'('.repeat(200)}MIT${')'.repeat(200)}`, 'not told'], ['MIT '.repeat(1_000), 'not told'], ['BUSL-1.1', 'strong copyleft'], ['BSL-1.0', 'permissive'],
    ['MIT, GPL-3.0', 'strong copyleft'], ['ISC;GPL-2.0', 'strong copyleft'], ['MIT, ISC', 'permissive'], ['Apache-2.0 WITH Commons-Clause', 'not told'], ['GPL-3.0 WITH Commons-Clause', 'strong copyleft'], ['MITRE-Proprietary', 'not told'], ['BSD-Source-Code-Proprietary', 'not told'],
    ['GNU GPLv3', 'strong copyleft'], ['GNU LGPL', 'weak copyleft'], ['GNU General Public License v3', 'strong copyleft'], ['Apache License, Version 2.0', 'permissive'], ['The MIT License', 'permissive'], ['BSD 3-Clause', 'permissive'], ['BSD-2-Clause-FreeBSD', 'permissive'], ['Apache2', 'permissive'], ['MIT License with restrictions', 'not told']
  ]
  for (const [expression, grade] of grades) t.equal(gradeOf(expression), grade, expression.slice(0, 40))
  t.end()
})

t.test('planted notes are found at their line, and the same words elsewhere are no notes', async (t) => {
  const token = `ghp_${'a1B2'.repeat(9)}`
  const { facts, text } = await inspect(t, 'inspect_notes', {
    'src/a.js': `const x = 1\n// TODO: name it better\nlog("TODO later") // FIXME(ada) and this\n/* XXX ${token} */\n`,
    'b.py': 'def f():\n    # HACK around the cache\n    pass\n',
    'deploy.yaml': 'a: b # TODO move it\n',
    'query.sql': 'SELECT 1 -- FIXME slow\n',
    'page.html': '<p>TODO</p>\n<!-- TODO: alt text -->\n',
    'clean.js': 'const TODO_LIST = "TODO"\nconst mastodon = "https://example.com//TODO/1"\nfetch(`https://x/#TODO`)\n// to do nothing is fine, and todo in small letters too\n// see APP-TODO-12\nconst s = "a // TODO b"\n',
    'README.md': '# TODO\n\n- TODO write more\n',
    'package-lock.json': '{"a": "# TODO"}\n',
    'vendor/lib.js': '// TODO not ours\n'
  })
  t.strictSame((facts.notes as Array<{ kind: string, path: string, line: number }>).map(({ kind, path, line }) => `${kind} ${path}:${line}`).sort(), [
    'FIXME query.sql:1', 'FIXME src/a.js:3', 'HACK b.py:2', 'TODO deploy.yaml:1', 'TODO page.html:2', 'TODO src/a.js:2', 'XXX src/a.js:4'
  ])
  t.match(facts, { total: 7, files: 5 })
  t.match(text, /\| TODO \| src\/a\.js:2 \| name it better \|/)
  t.notMatch(text, token)
})

t.test('notes are found however a comment is written, and what only looks like one is none', async (t) => {
  const { facts, text, summary } = await inspect(t, 'inspect_notes', {
    'a.js': '//TODO: six\n// Don\'t ship this. TODO: one\nconst s = "don\'t" // TODO: two\nconst q = `\n// TODO in a text\n\\`// TODO in it still`\n/*\n * a\n   FIXME: inner\n */\nconst r = /["\'`]/ // TODO: behind a pattern\nconst url = \'http://x//TODO\'\nfoo(\'/*\'); bar(\'TODO */\')\n',
    'b.html': '<!--\n  TODO: in it\n-->\n<p>// TODO not</p>\n<script>\n  go() // TODO: of a script\n</script>\n<style>\n/* TODO of a style */\n</style>\n',
    'c.yaml': 'a: don\'t # TODO: plain\nb: \'x # TODO no\'\n',
    'd.py': '"""\n# TODO in a docstring\n"""\nx = f\'# TODO no\' #TODO yes\n',
    'e.rs': 'fn a<\'a>(x: &\'a str) {} // TODO: life\n',
    Makefile: 'all: src/*.c\n\t@echo # HACK it\n',
    'words.txt': 'see src/* and\nTODO\nlib/*/x\n'
  })
  t.strictSame((facts.notes as Array<{ kind: string, path: string, line: number }>).map(({ kind, path, line }) => `${kind} ${path}:${line}`).sort(), [
    'FIXME a.js:9', 'HACK Makefile:2', 'TODO a.js:1', 'TODO a.js:11', 'TODO a.js:2', 'TODO a.js:3', 'TODO b.html:2', 'TODO b.html:6', 'TODO b.html:9', 'TODO c.yaml:1', 'TODO d.py:4', 'TODO e.rs:1'
  ])
  t.match(summary, 'only words in capitals in comments')
  t.match(text, /\| TODO \| a\.js:2 \| one \|[^]*Looked for TODO, FIXME, HACK and XXX in capitals/)
})

t.test('a line made to be slow is read as fast as any', async (t) => {
  const started = performance.now()
  const { facts } = await inspect(t, 'inspect_notes', { 'x.js': `${`" # ${'TODO '.repeat(98)}\n`.repeat(990)}// TODO the last\n`, 'y.js': `${'//'.repeat(200_000)} TODO`, 'z.js': '"\'=/[(`'.repeat(60_000), 'w.js': `// ${'x '.repeat(300)}${'TODO '.repeat(90_000)}`, w: '/*'.repeat(250_000), 'z.html': '<script '.repeat(50_000), 'z.py': `"""${'\\'.repeat(400_000)}` })
  t.ok(performance.now() - started < 5_000)
  t.match(facts, { total: 1 })
})

t.test('committed files that should be kept out are found, and what looks like them is not', async (t) => {
  const { facts, text } = await inspect(t, 'inspect_ignores', {
    '.gitignore': '.env\n/coverage\n**/node_modules\n',
    'app/.env': 'A=1\n',
    'app/.env.production': 'A=1\n',
    'app/.env.example': 'A=\n',
    'app/environment.ts': '',
    'tls/server.key': 'x',
    'tls/server.crt': 'x',
    'docs/keys.md': 'x',
    'infra/main.tf': '',
    'infra/terraform.tfstate': '{}',
    'web/package.json': '{}',
    'web/node_modules/x/index.js': '',
    'ops/kubeconfig': 'x',
    'ops/kubeconfig.md': 'x',
    'ops/.kube/config': 'x',
    'keys/id_ecdsa': 'x',
    'keys/id_dsa': 'x',
    'keys/id_dsa.pub': 'x',
    'keys/app.jks': 'x',
    'tls/own.pem': `-----BEGIN EC ${'PRIVATE'} KEY-----\n`
  })
  t.strictSame((facts.files as string[]).toSorted(), ['app/.env', 'app/.env.production', 'infra/terraform.tfstate', 'keys/app.jks', 'keys/id_dsa', 'keys/id_ecdsa', 'ops/.kube/config', 'ops/kubeconfig', 'tls/own.pem', 'tls/server.key', 'web/node_modules/x/index.js'])
  t.match(facts, { committed: 11, secrets: 10 })
  const missing = (facts.missing as Array<{ patterns: string[] }>).flatMap(({ patterns }) => patterns)
  t.ok(['.env.*', '!.env.example', '*.key', '*.pem', '*.jks', '*.keystore', 'id_ecdsa', 'id_dsa', '**/.kube/config', '*.tfstate', 'coverage/'].every((pattern) => missing.includes(pattern)))
  t.notOk(missing.some((pattern) => ['.env', 'node_modules/', '__pycache__/'].includes(pattern)), 'what is there already, and what nothing here needs')
  t.match(text, /\| app\/\.env\.production \| settings with secrets in them \| Remove it, and change what it holds/)
})

t.test('certificates belong into a repository, so no rule is planned that keeps them out', async (t) => {
  const { facts } = await inspect(t, 'inspect_ignores', { 'ca.pem': '-----BEGIN CERTIFICATE-----\n', 'own.pem': `-----BEGIN ${'PRIVATE'} KEY-----\n` })
  t.strictSame(facts.files, ['own.pem'])
  t.notOk((facts.missing as Array<{ patterns: string[] }>).some(({ patterns }) => patterns.includes('*.pem')))
})

t.test('what is broken in a workspace is found, and what is whole is not', async (t) => {
  const service = (name: string, app: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { selector: { app: ${app} } }\n`
  const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [] } } }\n'
  const whole = { 'web.yaml': deployment, 'service.yaml': service('web', 'web'), 'kustomization.yaml': 'resources:\n  - web.yaml\n  - service.yaml\n', 'package.json': '{}\n' }
  t.match((await inspect(t, 'inspect_workspace', whole)).facts, { manifests: 2, concerns: 0 })
  const { facts, text } = await inspect(t, 'inspect_workspace', {
    ...whole,
    'lost.yaml': service('lost', 'nobody'),
    'broken.yaml': 'a: [1\n',
    'merge.txt': 'a\n<<<<<<< ours\nb\n',
    'package.json': '{\n',
    'kustomization.yaml': 'resources:\n  - web.yaml\n  - gone.yaml\n',
    'hpa.yaml': 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: h }\nspec: { scaleTargetRef: { kind: Deployment, name: gone } }\n',
    'ingress.yaml': 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i }\nspec: { rules: [{ http: { paths: [{ backend: { service: { name: gone } } }] } }] }\n'
  })
  t.equal(facts.concerns, 7)
  for (const planted of [/lost\.yaml:\d+ \|.*selects no pod/, /broken\.yaml:\d+ \| does not parse as YAML/, /merge\.txt:2 \|.*merge conflict/, /package\.json:1 \| does not parse as JSON/, /kustomization\.yaml:3 \| names gone\.yaml/, /hpa\.yaml:\d+ \|.*scales Deployment gone/, /ingress\.yaml:\d+ \|.*Service gone/]) t.match(text, planted)
})

t.test('planted packages, images and actions are all in the inventory, each once', async (t) => {
  const { facts } = await inspect(t, 'inspect_inventory', {
    Dockerfile: 'FROM node:22.14.0 AS build\nFROM build\n',
    'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ image: "nginx:1.27.4" }], initContainers: [{ image: "nginx:1.27.4" }] }\n',
    'package-lock.json': lock({ a: 'MIT', b: 'ISC' }),
    '.github/workflows/x.yml': 'jobs: { a: { steps: [{ uses: actions/checkout@v4 }, { uses: ./own }] } }\n',
    'notes.txt': 'image: ghost:1\nuses: nobody/nothing@v1\n'
  })
  t.match(facts, { images: 2, packages: 2, licences: 2, actions: 1 })
})

t.test('files made to be slow are looked at in time that grows as they do', async (t) => {
  const size = 500_000
  const { repository } = await repositoryWith(t, {
    'compose.yaml': '\n'.repeat(size),
    'go.mod': `\t${'a.'.repeat(size / 2)}`,
    'package-lock.json': lock({ spaces: `a${' '.repeat(size)}b` }),
    Dockerfile: `FROM scratch\nRUN ${'curl '.repeat(size / 5)}`
  })
  const kit = createInspectionToolkit(repository)
  for (const tool of ['inspect_inventory', 'inspect_licences', 'inspect_misconfigurations']) t.ok((await reader(kit, tool).run({}, { signal, draft: [] })).summary, tool)
})
