import t from 'tap'
import { readYaml } from '../src/toolkits/yaml-documents.ts'

t.test('documents are read with the line of each field, and what is no YAML with the line of its fault', (t) => {
  const { documents, fault } = readYaml('kind: A\nspec:\n  list:\n    - a: 1\n    - b:\n        c: {d: 1}\n---\nx: &y {p: 1}\nz:\n  <<: *y\n')
  t.equal(fault, null)
  t.strictSame(documents.map(({ value }) => value), [{ kind: 'A', spec: { list: [{ a: 1 }, { b: { c: { d: 1 } } }] } }, { x: { p: 1 }, z: { p: 1 } }])
  const places = [['kind'], ['spec'], ['spec', 'list', 1, 'b', 'c', 'd'], ['spec', 'list', 9], ['none']]
  t.strictSame(places.map((keys) => documents[0]?.lineOf(keys)), [1, 3, 6, 4, 1])
  t.equal(documents[1]?.lineOf(['x', 'p']), 8)
  t.match(readYaml('a: 1\r\na: 2'), { documents: [], fault: { line: 2, reason: /duplicated/ } })
  t.match(readYaml('a:\n  - [1\nb: 2'), { documents: [], fault: { line: 3 } })
  t.end()
})

t.test('aliases that stand for more than anybody reads are a fault, and so is one that stands within itself', (t) => {
  const doubled = '- &a0 [1, 1]\n' + Array.from({ length: 40 }, (_, index) => `- &a${index + 1} [*a${index}, *a${index}]\n`).join('')
  for (const text of [doubled, '&a [*a]']) t.match(readYaml(text), { documents: [], fault: { reason: /aliases/ } })
  t.equal(readYaml('- &a [1]\n' + '- *a\n'.repeat(1_000)).fault, null)
  t.end()
})

t.test('time grows with the length of the text and no faster, whatever it holds', (t) => {
  const repeat = (unit: string) => (length: number) => unit.repeat(length / unit.length)
  const numbered = (line: (index: number) => string) => (length: number) => Array.from({ length: length / 12 }, (_, index) => line(index)).join('')
  const hostile: Array<(length: number) => string> = [
    ...['- ', '? ', ': ', '[', '{a: ', '}', '"\n', '- a\n', '---\n', 'a: 1\n---\n', '# a\n', '\n', '\t', '\r', '&a ', '!a ', '? a\n', '%YAML 1.2\n', 'a: b: c\n'].map(repeat),
    ...['a,', '? ,', 'a: b,', '*a,'].map((unit) => (length: number) => `[&a 1, ${repeat(unit)(length)}]`),
    ...['b\n', 'b\n ', '\\n'].map((unit) => (length: number) => `a: "${repeat(unit)(length)}"`),
    numbered((index) => `k${index}: 1\n`), numbered((index) => `a${index}: &x${index} 1\n`), numbered((index) => `- &a${index} [*a${Math.max(0, index - 1)}]\n`),
    (length) => `a: &x {b: 1}\n${numbered((index) => `c${index}: {<<: *x}\n`)(length)}`,
    (length) => `{${numbered((index) => `k${index}: 1, `)(length)}}`
  ]
  for (const text of hostile) {
    const spent = (length: number): number => {
      const given = text(length)
      const start = process.cpuUsage()
      for (const { lineOf } of readYaml(given).documents) lineOf(['a', 0])
      return process.cpuUsage(start).user / 1_000
    }
    // Four times the text takes four times as long when that is linear, and sixteen times when it is not.
    const grows = (): [small: number, large: number] => [spent(16_384), spent(65_536)]
    const isLinear = ([small, large]: [small: number, large: number]) => large < small * 9 + 20
    const first = grows()
    // Once more where something else took the time.
    t.ok(isLinear(first) || isLinear(grows()), `${JSON.stringify(text(24))}: ${first.map((each) => each.toFixed(1)).join(' ms, then ')} ms`)
  }
  t.end()
})
