/* eslint-disable no-template-curly-in-string -- texts of other languages */
import t from 'tap'
import { findSecrets, redact, redactionMark, redactValue } from '../src/redact.ts'
import { base64, drawn, lineEnds, negatives, positives } from './secrets-corpus.ts'

t.test('no secret of any kind is left in a text', (t) => {
  const left = positives.filter(({ text, secrets }) => secrets.some((secret) => redact(text).includes(secret)))
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

t.test('what is no secret stays as it is', (t) => {
  const changed = negatives.filter((text) => redact(text) !== text)
  t.strictSame(changed.map((text) => redact(text)), [])
  t.ok(negatives.length >= 140, `${negatives.length} texts`)
  t.end()
})

t.test('redacting again changes nothing, and lines stay where they are', (t) => {
  for (const { kind, text } of positives) {
    const once = redact(text)
    t.match(once, redactionMark, kind)
    t.equal(redact(once), once, kind)
    t.equal(once.split('\n').length, text.split('\n').length, kind)
  }
  t.end()
})

t.test('values are redacted by their text, by the name of their field, and as a Kubernetes Secret', (t) => {
  const secret = drawn(20)
  t.strictSame(redactValue({
    kind: 'List',
    items: [{ kind: 'Secret', metadata: { name: 'x' }, data: { a: base64('hello'), b: '${LATER}' }, stringData: { deep: { c: 'word' } } }],
    config: { password: 'hunter2', apiKey: secret, tokens: 12, secretName: 'grafana-admin' },
    env: [{ name: 'DB_PASSWORD', value: 'hunter2' }, { name: 'PORT', value: '80' }],
    text: `token: ${secret}`,
    none: null
  }), {
    kind: 'List',
    items: [{ kind: 'Secret', metadata: { name: 'x' }, data: { a: '[redacted: Secret value]', b: '${LATER}' }, stringData: { deep: { c: '[redacted: Secret value]' } } }],
    config: { password: '[redacted: password or token]', apiKey: '[redacted: password or token]', tokens: 12, secretName: 'grafana-admin' },
    env: [{ name: 'DB_PASSWORD', value: '[redacted: password or token]' }, { name: 'PORT', value: '80' }],
    text: 'token: [redacted: password or token]',
    none: null
  })
  t.end()
})

t.test('time grows with the length of the text and no faster, whatever it holds', (t) => {
  const hostile = [
    'a', ' ', '-', '{', '"', '\\"', "'", '\\', ':', '@', '$', '.', '\n', '=', 'password', 'password=', 'password: ', 'password |\n', 'password: |\n', '-----BEGIN PRIVATE KEY-----', '-----BEGIN PRIVATE KEY-----\nAAAA\n', 'eyJ', 'eyJhbGciOi.', 'eyJhbGciOi.eyJ', 'sk-', 'AKIA', 'AKIA0000000000000000,', 'a://', 'a:b@', 'http://a:b', 'kind: Secret\ndata:\n  a: b\n', ' kind: Secret\n', '{"kind":"Secret","data":{', '{"Secret":', '[', 'name: token\n', 'name: password value: ', 'curl ', 'mysql -u ', 'bearer ', 'Authorization: ', 'cookie: a=', 'machine a login b ', '<password>', '--password', '- ', 'a: ', 'xoxb-', '$6$', 'QUJD', 'Secret\\"', '\\\\\\"{Secret', 'password = "', 'Secret{"a":"'
  ]
  for (const unit of hostile) {
    const spent = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length))
      const start = process.cpuUsage()
      findSecrets(text)
      return process.cpuUsage(start).user / 1_000
    }
    // Four times the text takes four times as long when that is linear, and sixteen times when it is not.
    const small = Math.min(spent(30_000), spent(30_000))
    const large = Math.min(spent(120_000), spent(120_000))
    t.ok(large < small * 9 + 20, `${JSON.stringify(unit)}: ${small.toFixed(1)} ms, then ${large.toFixed(1)} ms`)
  }
  t.end()
})
