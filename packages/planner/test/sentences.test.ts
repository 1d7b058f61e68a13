import t from 'tap'
import { run, scoreOf } from './rules/score.ts'
import { sentences } from './sentences/index.ts'
import { unseen } from './sentences/unseen.ts'
import { unseenAsked } from './sentences/unseen-asked.ts'
import { unseenLater } from './sentences/unseen-later.ts'
import { unseenLeadIns } from './sentences/unseen-lead-ins.ts'
import { unseenNotAsked } from './sentences/unseen-not-asked.ts'
import { unseenSingle } from './sentences/unseen-single.ts'
import { unseenTalk } from './sentences/unseen-talk.ts'
import { unseenTurns } from './sentences/unseen-turns.ts'

t.test('every sentence of the table gets the calls a person would expect', (t) => {
  const all = Object.values(sentences).flat()
  t.ok(all.length >= 1_000, `${all.length} sentences`)
  t.equal(new Set(all.map(({ say, known }) => `${say}${known ? ' (known)' : ''}`)).size, all.length, 'each sentence is there once')
  for (const [group, list] of Object.entries(sentences)) t.strictSame(list.map(run).filter(({ faults }) => faults.length > 0).map(({ say, faults }) => ({ say, faults })), [], group)
  t.end()
})

/** Percent right in full at least; tasks and messages that start what nobody asked for at most. */
const sets = { first: { list: unseen, floor: 65, falseTasks: 4, falseMessages: 3 }, second: { list: [...unseenLater, ...unseenTalk], floor: 80, falseTasks: 3, falseMessages: 2 }, third: { list: unseenTurns, floor: 50, falseTasks: 13, falseMessages: 11 }, fourth: { list: [...unseenNotAsked, ...unseenLeadIns], floor: 90, falseTasks: 6, falseMessages: 5 }, fifth: { list: unseenAsked, floor: 65, falseTasks: 4, falseMessages: 0 }, sixth: { list: unseenSingle, floor: 60, falseTasks: 12, falseMessages: 10 } }

for (const [name, { list, floor, ...most }] of Object.entries(sets)) {
  t.test(`of the ${name} set of sentences no rule was changed for, most are understood, and what is not starts little`, (t) => {
    t.ok(list.length >= 30, `${list.length} sentences`)
    t.strictSame(list.filter(({ tasks = [], titles = [] }) => tasks.length !== titles.length).map(({ say }) => say), [], 'each task is told by words of its title')
    const outcomes = list.map(run)
    const { right, falseTasks, falseMessages, lines } = scoreOf(outcomes)
    for (const { say, faults } of outcomes) if (faults.length > 0) t.comment(`${JSON.stringify(say)}: ${faults.join('; ')}`)
    for (const line of lines) t.comment(line)
    t.ok(right >= floor, `${right} % right in full`)
    t.ok(falseTasks <= most.falseTasks, `${falseTasks} tasks nobody asked for`)
    t.ok(falseMessages <= most.falseMessages, `${falseMessages} messages that were to start nothing`)
    t.end()
  })
}
