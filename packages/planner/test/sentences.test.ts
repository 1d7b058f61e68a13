import t from 'tap'
import { run, scoreOf } from './rules/score.ts'
import { sentences } from './sentences/index.ts'
import { unseen } from './sentences/unseen.ts'

t.test('every sentence of the table gets the calls a person would expect', (t) => {
  const all = Object.values(sentences).flat()
  t.ok(all.length >= 1_000, `${all.length} sentences`)
  t.equal(new Set(all.map(({ say, known }) => `${say}${known ? ' (known)' : ''}`)).size, all.length, 'each sentence is there once')
  const outcomes = Object.entries(sentences).flatMap(([group, list]) => {
    const read = list.map(run)
    t.strictSame(read.filter(({ faults }) => faults.length > 0).map(({ say, faults }) => ({ say, faults })), [], group)
    return read
  })
  for (const line of scoreOf(outcomes).lines) t.comment(line)
  t.end()
})

t.test('of sentences no rule was changed for, most are understood, and what is not starts next to nothing', (t) => {
  t.ok(unseen.length >= 60, `${unseen.length} sentences`)
  const outcomes = unseen.map(run)
  const { right, falseTasks, falseMessages, lines } = scoreOf(outcomes)
  for (const { say, faults } of outcomes) if (faults.length > 0) t.comment(`${JSON.stringify(say)}: ${faults.join('; ')}`)
  for (const line of lines) t.comment(line)
  t.ok(right >= 65, `${right} % right in full`)
  t.ok(falseTasks <= 4, `${falseTasks} tasks nobody asked for`)
  t.ok(falseMessages <= 3, `${falseMessages} messages that were to start nothing`)
  t.end()
})
