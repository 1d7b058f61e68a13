/* eslint-disable no-template-curly-in-string -- texts of other languages */
import fc from 'fast-check'
import t from 'tap'
import { stringify } from 'yaml'
import { findSecrets, redact, redactionMark, redactValue } from '../src/index.ts'
import { base64, drawn, lineEnds, negatives, parts, places, positives } from './secrets-corpus.ts'

t.test('no secret of any kind is left in a text', (t) => {
  const left = [...positives, ...parts].filter(({ text, secrets }) => secrets.some((secret) => redact(text).includes(secret)))
  t.strictSame(left.map(({ kind, text }) => `${kind}: ${redact(text)}`), [])
  t.ok(positives.length >= 150, `${positives.length} texts`)
  t.end()
})

t.test('nor once it stands among other lines, in JSON, or in a diff', (t) => {
  const settings: Array<[string, (text: string) => string]> = [
    ['among others', (text) => `# A file\n\nname: x\n\n${text}\n\nlast: line\n`],
    ['in a string', (text) => JSON.stringify({ at: '2026-01-01', message: `failed:\n${text}` })],
    ...lineEnds.map(([name, end]): [string, (text: string) => string] => [`in lines of ${name}`, (text) => text.replaceAll('\n', end)]),
    ['in lines of Windows and a string', (text) => JSON.stringify({ message: text.replaceAll('\n', '\r\n') })],
    ['in the block of a ConfigMap', (text) => `kind: ConfigMap\r\ndata:\r\n  a: |\r\n${text.replace(/^/gm, '    ').replaceAll('\n', '\r\n')}\r\n`],
    ['in a diff', (text) => `diff --git a/x b/x\n@@ -0,0 +1 @@\n${text.replace(/^/gm, '+')}`]
  ]
  for (const [name, set] of settings) {
    const left = positives.filter(({ kind, text, secrets }) => !(/diff|ConfigMap/.test(name) && /diff/.test(kind)) && secrets.some((secret) => redact(set(text)).includes(JSON.stringify(secret).slice(1, -1))))
    t.strictSame(left.map(({ kind, text }) => `${kind} ${name}: ${redact(set(text))}`), [])
  }
  t.end()
})

/** Each line but empty ones with this before it. */
function indented (text: string, indent: string): string {
  return text.replace(/(?<=^|\n)(?=[^\n])/g, indent)
}

t.test('a secret in any of the places is found, whatever its letters are and whatever the text is wrapped in', (t) => {
  const end = fc.constantFrom('\n', '\r\n')
  const wrap = fc.oneof(
    fc.tuple(end, end).map(([before, after]) => (text: string) => `# A file${before}name: x${before}${text}${after}last: line${after}`),
    fc.constant((text: string) => text.replaceAll(/\r?\n/g, '\r\n')),
    fc.constantFrom('  ', '    ').map((indent) => (text: string) => indented(text, indent)),
    fc.constant((text: string) => JSON.stringify({ at: 1, message: `failed:\n${text}` })),
    fc.constant((text: string) => `kind: ConfigMap\ndata:\n  file: |\n${indented(text, '    ')}\n`),
    fc.constant((text: string) => stringify({ kind: 'ConfigMap', data: { file: text } }, { lineWidth: 0 }))
  )
  const last = fc.constantFrom((text: string) => text, (text: string) => text.replaceAll(/\r?\n/g, '\r'), (text: string) => `diff --git a/x b/x\n@@ -0,0 +1 @@\n${indented(text, '+')}`)
  const secret = fc.stringMatching(/^[a-z][A-Z]\d[A-Za-z0-9]{9,30}$/)
  fc.assert(fc.property(fc.constantFrom(...places), secret, fc.array(wrap, { maxLength: 2 }), last, ({ text, secrets: [shown] }, secret, wraps, finish) => {
    const clean = redact(finish(wraps.reduce((inner, each) => each(inner), text.replaceAll(shown!, secret))))
    return !clean.includes(secret) && redact(clean) === clean
  }), { numRuns: 600 })
  t.end()
})

t.test('what is no secret stays as it is', (t) => {
  const changed = negatives.filter((text) => redact(text) !== text)
  t.strictSame(changed.map((text) => redact(text)), [])
  t.ok(negatives.length >= 140, `${negatives.length} texts`)
  t.end()
})

t.test('in a file that is named .env a variable by any name is looked at, alone or in other letters, and in an example of one it is not', (t) => {
  const text = 'signing_material = "x7Kq-93kd8sQ"\nmode = fast\n\n[other]\nretries = 3\n'
  for (const path of ['.env', 'deploy/.env.production', 'config/app.env']) t.equal(redact(text, path), text.replace('x7Kq-93kd8sQ', '[redacted: value of a .env file]'), path)
  for (const path of ['.env.example', 'a.ini', 'environment']) t.equal(redact(text, path), text, path)
  t.end()
})

t.test('redacting again changes nothing, and lines stay where they are', (t) => {
  for (const { kind, text } of positives) {
    const once = redact(text)
    t.match(once, redactionMark, kind)
    t.equal(redact(once), once, kind)
    t.equal(once.split('\n').length, text.split('\n').length, kind)
  }
  const file = '  db_password = <<-EOT\r\n    first line\r\n    aA0A0AAaaA00\r\n  EOT\r\n  next = 1\r\n'
  const folded = redact(`@@ -0,0 +1 @@\n${indented(stringify({ kind: 'ConfigMap', data: { file } }, { lineWidth: 0 }), '+')}`)
  t.match(folded, redactionMark)
  t.equal(redact(folded), folded, 'a backslash begins no line of a diff but the one that tells of its end')
  t.end()
})

t.test('values are redacted by their text, by the name of their field, and as a Kubernetes Secret', (t) => {
  const secret = drawn(20)
  t.strictSame(redactValue({
    kind: 'List',
    items: [{ kind: 'Secret', metadata: { name: 'x' }, data: { a: base64('hello'), b: '${LATER}' }, stringData: { deep: { c: 'word' } } }],
    config: { password: 'hunter2', apiKey: secret, tokens: 12, secretName: 'grafana-admin' },
    env: [{ value: 'hunter2', name: 'DB_PASSWORD' }, { name: 'PORT', value: '80' }],
    args: ['--db-password', 'hunter2', '--password-file', '/run/secrets/db', '--port', '80'],
    parameters: [{ ParameterKey: 'DBPassword', ParameterValue: 'hunter2' }],
    variable: { db_password: { type: 'string', default: 'hunter2' }, region: { default: 'eu-west-1' } },
    secrets: { kind: 'SecretList', items: [{ metadata: { name: 'x' }, data: { a: base64('hello') } }] },
    file: 'kind: Secret\r\nstringData:\r\n  a: word\r\n',
    text: `token: ${secret}`,
    none: null
  }), {
    kind: 'List',
    items: [{ kind: 'Secret', metadata: { name: 'x' }, data: { a: '[redacted: Secret value]', b: '${LATER}' }, stringData: { deep: { c: '[redacted: Secret value]' } } }],
    config: { password: '[redacted: password or token]', apiKey: '[redacted: password or token]', tokens: 12, secretName: 'grafana-admin' },
    env: [{ value: '[redacted: password or token]', name: 'DB_PASSWORD' }, { name: 'PORT', value: '80' }],
    args: ['--db-password', '[redacted: password or token]', '--password-file', '/run/secrets/db', '--port', '80'],
    parameters: [{ ParameterKey: 'DBPassword', ParameterValue: '[redacted: password or token]' }],
    variable: { db_password: { type: 'string', default: '[redacted: password or token]' }, region: { default: 'eu-west-1' } },
    secrets: { kind: 'SecretList', items: [{ metadata: { name: 'x' }, data: { a: '[redacted: Secret value]' } }] },
    file: 'kind: Secret\r\nstringData:\r\n  a: [redacted: Secret value]\r\n',
    text: 'token: [redacted: password or token]',
    none: null
  })
  t.end()
})

t.test('time grows with the length of the text and no faster, whatever it holds', (t) => {
  const hostile = [
    'a', ' ', '-', '{', '"', '\\"', "'", '\\', ':', '@', '$', '.', '\n', '=', 'password', 'password=', 'password: ', 'password |\n', 'password: |\n', '-----BEGIN PRIVATE KEY-----', '-----BEGIN PRIVATE KEY-----\nAAAA\n', 'eyJ', 'eyJhbGciOi.', 'eyJhbGciOi.eyJ', 'sk-', 'AKIA', 'AKIA0000000000000000,', 'a://', 'a:b@', 'http://a:b', 'kind: Secret\ndata:\n  a: b\n', ' kind: Secret\n', '{"kind":"Secret","data":{', '{"Secret":', '[', 'name: token\n', 'name: password value: ', 'curl ', 'mysql -u ', 'bearer ', 'Authorization: ', 'cookie: a=', 'machine a login b ', '<password>', '--password', '- ', 'a: ', 'xoxb-', '$6$', 'QUJD', 'Secret\\"', '\\\\\\"{Secret', 'password = "', 'Secret{"a":"',
    'password ?= ', '("password", default=(', 'option("password" ', 'default "aaaa" ', 'password: {{', '{{ env "password" ', ':"password" ', '&quot;password&quot;:', '| password |\n|---|\n', '--- | ', 'a,password\n', 'mc alias set ', 'pulumi config set --secret ', 'etcdctl --user ', 'PLAIN AAAAAAAA', '"random_password"', 'kennwort', 'type: password\n', 'password=<<A\n', 'password: """\n', 'password:\n', 'value: a, name: password,', 'password {', '"--password", ', '- --password\n', '\r', '\u001B[0m', 'kind: Secret\ndata: {', 'Secret\ndata:\n ', 'kind: SecretList\n', '"\\\n', 'key: token\n value: ', 'password{default=', 'create secret --from-literal=a=b ', 'create secret \\\n', 'kubernetes_secret { data = { ', 'kubernetes_secret {\n', "password '", 'identified with a by ', 'A=', 'A=b1c2d3\n', 'A=b\n\n', 'docker login -p ', 'passwords: [', 'passwords: [a, ', 'a:b@tcp(', 'a:b@', 'http://a:b/', 'LOGIN=a:', 'password_prod_', 'pw_v1_v2',
    'password="\\"', "password='a''", "password='a'\\''", 'password=""', 'setPassword("', 'getenv("PASSWORD","', 'PASSWORD || "', 'password = a("b", "', '\\x53', '"\\x6bind": ', 'https://a1b2c3d4e5f6a7b8@', 'password:\n  - ', 'password:\n  - a1B2c3D4e5\n', '${PASSWORD:-', 'authorization "', "password=N'", 'password: !!str ', 'value="a" name="', 'user a on >', "echo 'a:b", '"PASSWORD=a ', 'password: string =',
    'password: [', 'password: {a: ', '? password: ', '- password: ', '- password:\n', 'password: &a [*a, ', 'password: &a\n', 'a: &a {password: x}\n<<: *a\n', '<<: {password: ', 'kind: Secret\ndata: &a [*a, ', 'password: |\n  a: |\n', 'password = x ? "', 'password = x ? "a" : ', 'password = "a" + ', 'password = [\n', 'tokens: [\n"a1b2c3d4",\n', 'password() { return "', 'password(', 'password {get;', 'name: PASSWORD\nvalue: |\n ', '- name: password\n  value:\n', 'a://b@', '?key=a1', '\u00A0', 'password：',
    'curl a ', 'curl \\\n', 'token is ', 'password - ', '| password | ', 'tokens = { a = ', 'secretGenerator:\n- literals:\n  - a=b\n', 'chpasswd:\n list: |\n a:b\n', 'password=a\\\n', 'password%3A', '-----END PRIVATE KEY-----\n', `${'A'.repeat(20)}\n-----END PRIVATE KEY-----\n`, 'password        ', 'auth = ("a", ', 'getConnection(a,', 'zip -P', 'sqlplus a/', 'htpasswd -b a a ', 'set password "', 'password != "',
    'mysql -', 'mysql \\\n', 'mysql\n', 'mysql\n- a\n', '"mysql",', 'echo a | ', 'printf "a" | b ', 'sudo -S <<< ', 'a --stdin ', '<<< ', 'vault kv put a=b ', 'vault write a=b \\\n', 'openssl enc ', 'ldapsearch ', 'snmpwalk -', 'put-parameter --value ', 'put-parameter SecureString ', 'gh secret set ', 'nmcli password ', 'ansible-vault encrypt_string --a ', 'send "', 'net use \\\\a ', 'a_key', 'a_key: ', 'aKey = "', 'auth = ', 'auth: {a: ', 'auth {', 'a_key: |\n a1B2 ', 'createUser a SHA b ', '<auth-user-pass>\n', 'a b c1d2e3f4 * ', '"a" "b1c2d3e4f5"\n', 'username a password ', 'aZ', 'aZ-', '- mysql\n- -pabc\n', 'command: [mysql, ', 'K10a'
  ]
  for (const unit of hostile) {
    const spent = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length))
      const start = process.cpuUsage()
      findSecrets(text)
      return process.cpuUsage(start).user / 1_000
    }
    // Four times the text takes four times as long when that is linear, and sixteen times when it is not.
    const grows = (): [small: number, large: number] => [spent(15_000), spent(60_000)]
    const isLinear = ([small, large]: [small: number, large: number]) => large < small * 9 + 20
    const first = grows()
    // Once more where something else took the time.
    t.ok(isLinear(first) || isLinear(grows()), `${JSON.stringify(unit)}: ${first.map((each) => each.toFixed(1)).join(' ms, then ')} ms`)
  }
  t.end()
})
