import t from 'tap'
import { redact } from '../src/index.ts'
import { clean, held, secret } from './usual-corpus.ts'

t.test('no secret is left that is assigned by signs of make, is a default, or has a name in another language', (t) => {
  const settings: Array<(text: string) => string> = [
    (text) => text,
    (text) => JSON.stringify({ message: `first:\n${text}` }),
    (text) => `diff --git a/x b/x\n@@ -0,0 +1 @@\n${text.replace(/^(?=.)/gm, '+')}`,
    (text) => text.replaceAll('\n', '\r\n')
  ]
  for (const set of settings) t.strictSame(held.map((text) => redact(set(text))).filter((text) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').slice(0, -4))), [])
  t.strictSame(held.map((text) => redact(text)).filter((text) => redact(text) !== text), [], 'and once')
  t.end()
})

t.test('a default is replaced, and not the word for it', (t) => {
  t.equal(redact(`parser.add_argument("--password", default="${secret}")`), 'parser.add_argument("--password", default="[redacted: password or token]")')
  t.end()
})

t.test('what looks like these and holds no secret stays as it is', (t) => {
  t.strictSame(clean.filter((text) => redact(text) !== text).map((text) => redact(text)), [])
  t.end()
})
