import t from 'tap'
import { isSecretFile, redact, redactValue } from '../src/index.ts'
import { clean, held, named, open, secret } from './operators-corpus.ts'

t.test('no secret is left in what operators write, alone, in a string, in a diff or in lines of Windows', (t) => {
  const settings: Array<(text: string) => string> = [
    (text) => text,
    (text) => JSON.stringify({ message: `first:\n${text}` }),
    (text) => `diff --git a/x b/x\n@@ -0,0 +1 @@\n${text.replace(/^(?=.)/gm, '+')}`,
    (text) => text.replaceAll('\n', '\r\n')
  ]
  for (const set of settings) t.strictSame(held.map((text) => redact(set(text))).filter((text) => text.includes(secret)), [])
  t.strictSame(held.map((text) => redact(text)).filter((text) => redact(text) !== text), [], 'and once')
  t.ok(held.length >= 120, `${held.length} texts`)
  t.end()
})

t.test('what operators write without a secret stays as it is', (t) => {
  t.strictSame(clean.filter((text) => redact(text) !== text).map((text) => redact(text)), [])
  t.ok(clean.length >= 120, `${clean.length} texts`)
  t.end()
})

t.test('a file that is named for a secret and holds nothing else is one, and what only looks so is not', (t) => {
  for (const [path, content] of named) {
    t.ok(isSecretFile(path), path)
    const shown = redact(content, path)
    for (const line of content.trim().split('\n')) t.notMatch(shown, line.replace('first ', ''), path)
    t.equal(redact(shown, path), shown, path)
  }
  t.strictSame(open.filter(([path, content]) => redact(content, path) !== content), [])
  t.end()
})

t.test('an object of the cluster is masked by the same names, below the same names and behind the same flags', (t) => {
  const mark = '[redacted: password or token]'
  t.strictSame(redactValue({
    env: [{ name: 'ENC_KEY', value: secret }, { name: 'DATABASE_KEY', value: secret }, { name: 'DB_AUTH', value: secret }, { name: 'SORT_KEY', value: 'created_at_2026' }],
    containers: [{ command: ['/usr/bin/mysqldump'], args: ['--all-databases', `-p${secret}`] }, { command: ['mysqladmin', 'ping', `-p${secret}`, '-p$(PASSWORD)'] }, { command: ['grep'], args: [`-p${secret}`] }],
    affinity: { topologyKey: 'topology.kubernetes.io/zone', tolerations: [{ key: 'dedicated', value: 'gpu-a100-80g' }] },
    volumes: [{ secret: { secretName: 'app-tls-7fk2hm89bt', defaultMode: 420 } }],
    values: { auth: { user: 'app', key: secret, existingSecret: 'grafana-7fk2hm89bt' }, secret: { a: secret } }
  }), {
    env: [{ name: 'ENC_KEY', value: mark }, { name: 'DATABASE_KEY', value: mark }, { name: 'DB_AUTH', value: mark }, { name: 'SORT_KEY', value: 'created_at_2026' }],
    containers: [{ command: ['/usr/bin/mysqldump'], args: ['--all-databases', `-p${mark}`] }, { command: ['mysqladmin', 'ping', `-p${mark}`, '-p$(PASSWORD)'] }, { command: ['grep'], args: [`-p${secret}`] }],
    affinity: { topologyKey: 'topology.kubernetes.io/zone', tolerations: [{ key: 'dedicated', value: 'gpu-a100-80g' }] },
    volumes: [{ secret: { secretName: 'app-tls-7fk2hm89bt', defaultMode: 420 } }],
    values: { auth: { user: 'app', key: mark, existingSecret: 'grafana-7fk2hm89bt' }, secret: { a: mark } }
  })
  t.end()
})
